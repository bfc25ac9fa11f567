"""``newsroad guard list | test | scan``: word lists and sensitive periods, what they find, what is out already."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from worker.bootstrap import Services, open_services
from worker.catalog import read_catalogue
from worker.cli.output import JsonOption, Times, plain, print_json, print_table, ready, say
from worker.destinations import OPTIONS
from worker.errors import NotFound, Refused
from worker.model.catalog import Catalogue, Guard, Period
from worker.pipeline.scan import Spotted, scan
from worker.rights.guards import Guards, Hit
from worker.rights.guards import plain as plain_lines
from worker.store.people_out import OutTexts

LARGEST = 5_000_000  # bytes of a text to test

app = typer.Typer(help="Word lists and sensitive periods: what they hold, what is out already.", no_args_is_help=True)

DeclaredOption = Annotated[
    bool, typer.Option("--declared", help="The lists as newsroad.toml has them now, before they are applied.")
]
GuardOption = Annotated[list[str] | None, typer.Option("--guard", help="Only this list; may be repeated.")]


@app.command("list")
def list_command(declared: DeclaredOption = False, as_json: JsonOption = False) -> None:
    """List the word lists and the sensitive periods."""
    with open_services() as services:
        times = Times(ready(services))
        catalogue = _catalogue(services, declared=declared)
    if as_json:
        guards = [{**plain(one), "words": len(one.words)} for one in catalogue.guards]
        print_json({"guards": guards, "periods": [plain(one) for one in catalogue.periods]})
        return
    print_table(
        ("list", "words", "looks at", "action", "channels"),
        [(one.key, len(one.words), ", ".join(one.fields), one.action, _limit(one)) for one in catalogue.guards],
        empty="The catalogue has no word lists: [guards.KEY] declares one.",
    )
    print_table(
        ("sensitive period", "from", "to", "channels", "except", "note"),
        [
            (one.key, times.at(one.begins), times.at(one.ends), _limit(one), ", ".join(one.exempt) or None, one.note)
            for one in catalogue.periods
        ],
    )


def _limit(one: Guard | Period) -> str:
    return ", ".join(one.channels) or "all"


@app.command("test")
def find_command(
    text: Annotated[str, typer.Argument(metavar="FILE|-", help="A text or HTML file; - reads standard input.")],
    guard: GuardOption = None,
    declared: DeclaredOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what the lists find in a text."""
    written = plain_lines(_read(text))
    with open_services() as services:
        guards = _guards(_catalogue(ready(services), declared=declared), guard)
    compiled = Guards(guards)
    found: dict[tuple[str, str], Hit] = {}
    for name in ("title", "body"):  # a list that looks at titles only is asked too
        for hit in compiled.find(written, name):
            found.setdefault((hit.guard, hit.word), hit)
    if as_json:
        print_json({"characters": len(written), "hits": [_hit_json(hit) for hit in found.values()]})
        return
    print_table(
        ("list", "action", "word", "where"),
        [(hit.guard, hit.action, hit.word, hit.context) for hit in found.values()],
        empty=f"Nothing of {len(guards)} lists is in these {len(written)} characters.",
    )


@app.command("scan")
def scan_command(
    since: Annotated[str, typer.Option("--since", help="Given to a destination since then: 30d, 2026-11-01.")] = "30d",
    guard: GuardOption = None,
    declared: DeclaredOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the words that are out: in what destinations were given and still have. Changes nothing."""
    with open_services() as services:
        times = Times(ready(services))
        guards = _guards(_catalogue(services, declared=declared), guard)
        begin = times.since(since)
        found, read = _scan(services, guards, begin, quiet=as_json)
    if as_json:
        print_json({"since": begin, "versions": read, "hits": [_spotted_json(one) for one in found]})
        return
    print_table(
        ("article", "title", "version", "list", "word", "where", "at"),
        [
            (str(one.article)[:8], one.title, one.version, one.hit.guard, one.hit.word, one.hit.context, _at(one))
            for one in found
        ],
    )
    articles = len({one.article for one in found})
    say(f"{read} versions read, {articles} articles with a listed word. Take one back: newsroad takedown ARTICLE")


def _scan(services: Services, guards: tuple[Guard, ...], begin: Any, *, quiet: bool) -> tuple[list[Spotted], int]:
    """What was found, and how many versions were read; a bar shows how far, where somebody looks on."""
    read = 0
    with typer.progressbar(length=1, file=sys.stderr, hidden=quiet or not sys.stderr.isatty()) as bar:

        def told(done: int, of: int) -> None:
            nonlocal read
            bar.length = of
            bar.update(done - read)
            read = done

        found = list(scan(OutTexts(services.database), services.view(), Guards(guards), begin, told))
    return found, read


def _at(one: Spotted) -> str:
    return ", ".join(one.destinations)


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {"guard": hit.guard, "action": hit.action, "word": hit.word, "field": hit.field, "context": hit.context}


def _spotted_json(one: Spotted) -> dict[str, Any]:
    about = {"article": one.article, "title": one.title, "version": one.version}
    return {**about, **_hit_json(one.hit), "destinations": list(one.destinations)}


def _catalogue(services: Services, *, declared: bool) -> Catalogue:
    """The catalogue in force, or the one that the file declares. Raises CatalogueError, NotFound."""
    return read_catalogue(services.settings.catalogue, OPTIONS) if declared else services.view().catalogue


def _guards(catalogue: Catalogue, keys: list[str] | None) -> tuple[Guard, ...]:
    """The lists ``keys``, or all. Raises NotFound for one that is not there, Refused when there are none at all."""
    if not catalogue.guards:
        raise Refused("the catalogue has no word lists; declare one: [guards.KEY] in newsroad.toml")
    known = {one.key: one for one in catalogue.guards}
    for key in keys or ():
        if key not in known:
            raise NotFound(f"no word list is called {key}; see: newsroad guard list")
    return tuple(known[key] for key in dict.fromkeys(keys or known))


def _read(name: str) -> str:
    """The text of a file, or of standard input. Raises Refused."""
    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise Refused(f"{name} is too large: at most {LARGEST // 1_000_000} MB")
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    raise Refused(f"{name} is neither UTF-8 nor GB18030 text; save it as UTF-8")
