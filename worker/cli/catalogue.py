"""``newsroad init | check | plan | apply``: the file, what is wrong with it, what it would change, making it so."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from worker.bootstrap import Services, open_services
from worker.catalog import read_catalogue
from worker.catalog.plan import Plan, diff
from worker.catalog.remarks import remarks
from worker.destinations import OPTIONS
from worker.errors import CatalogueError, Refused
from worker.log import readable
from worker.model.catalog import Catalogue
from worker.pipeline.foresee import UNASKED, Foreseen, unagreed
from worker.settings import read_settings
from worker.store import migrate

_NAMED = 3  # destinations named in a sentence
_SAY_EVERY = 2_000

app = typer.Typer()

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="[PATH]", help="The catalogue; newsroad.toml unless NEWSROAD_CATALOGUE is set.")
]
AllowPublishOption = Annotated[
    int | None,
    typer.Option(
        "--allow-publish", min=0, help=f"Agree to so many publishes and updates; up to {UNASKED} need no word."
    ),
]
AllowRetractOption = Annotated[
    int | None,
    typer.Option("--allow-retract", min=0, help="Agree to so many retractions and updates to less than is out."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("init")
def init_command(path: FileArgument = None) -> None:
    """Write a commented catalogue to start from."""
    path = path or read_settings().catalogue
    starter = files("worker").joinpath("templates", "newsroad.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter)
    except FileExistsError:
        raise Refused(f"{path} is there already; name another file, or move that one away first") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from error
    typer.echo(f"Wrote {path}. Fill in operator.contact, put your own sources in, then: newsroad check")


@app.command("check")
def check_command(path: FileArgument = None, as_json: JsonOption = False) -> None:
    """Say whether the catalogue can be applied, and if not, every line that is wrong. Exits with 2 on findings."""
    path = path or read_settings().catalogue
    try:
        catalogue = read_catalogue(path, OPTIONS)
    except CatalogueError as error:
        if not as_json:
            raise
        typer.echo(_json({"file": str(path), "ok": False, "findings": error.findings}))
        raise typer.Exit(error.exit_code) from None
    if as_json:
        typer.echo(_json({"file": str(path), "ok": True, "findings": []}))
    else:
        typer.echo(f"{path}: all right ({_contents(catalogue)})")


@app.command("plan")
def plan_command(path: FileArgument = None, as_json: JsonOption = False) -> None:
    """Show what `apply` would change, publish and retract. Changes nothing."""
    catalogue = read_catalogue(path or read_settings().catalogue, OPTIONS)
    with open_services() as services:
        ahead = _look_ahead(services, catalogue)
    if as_json:
        typer.echo(_json(ahead.as_json()))
        return
    ahead.show()
    if options := unagreed(ahead.foreseen, None, None):
        typer.echo(f"That is more than goes unasked; to make it so: {_apply_words(path, options)}")


@app.command("apply")
def apply_command(
    path: FileArgument = None,
    allow_publish: AllowPublishOption = None,
    allow_retract: AllowRetractOption = None,
    yes: Annotated[  # noqa: ARG001 - so that a script of the first release is not refused for the word
        bool, typer.Option("--yes", "-y", help="Taken for older scripts' sake; agrees to nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put the catalogue in force."""
    catalogue = read_catalogue(path or read_settings().catalogue, OPTIONS)
    with open_services() as services:
        ahead = _look_ahead(services, catalogue)
        if not as_json:
            ahead.show()
        if ahead.plan:
            if options := unagreed(ahead.foreseen, allow_publish, allow_retract):
                again = _apply_words(path, options)
                raise Refused(f"{told(ahead.foreseen)} Nothing was changed; if that is wanted: {again}")
            if migrate.current(services.database) is None:
                migrate.migrate(services.database)
            services.catalogue.apply(catalogue, services.clock())
    if as_json:
        typer.echo(_json({**ahead.as_json(), "applied": bool(ahead.plan)}))
    elif ahead.plan:
        typer.echo("Applied.")


def told(foreseen: Foreseen) -> str:
    """What would go out, in a sentence: at several destinations with how many articles that is."""
    counted = asdict(foreseen.total())
    words = ", ".join(f"{name} {count}" for name, count in counted.items() if count)
    if not words:
        sentence = "This would send nothing."
    elif len(foreseen.touched()) == 1:
        noun = "article" if sum(counted.values()) == 1 else "articles"
        sentence = f"This would {words} {noun} at {next(iter(foreseen.touched()))}."
    else:
        several = "1 article" if len(foreseen.moved) == 1 else f"{len(foreseen.moved)} articles"
        sentence = f"This would {words}: {several}, counted once at each of {_places(foreseen)}."
    if foreseen.complete:
        return sentence
    return f"{sentence} Only the newest {foreseen.articles} articles were counted; older ones may follow them."


def _places(foreseen: Foreseen) -> str:
    places = list(foreseen.touched())
    return ", ".join(places) if len(places) <= _NAMED else f"{len(places)} destinations"


def _apply_words(path: Path | None, options: str) -> str:
    return " ".join(("newsroad apply", *([shlex.quote(str(path))] if path else []), options))


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What an apply would do."""

    plan: Plan
    foreseen: Foreseen
    notes: list[str]

    def show(self) -> None:
        for line in (*self.plan.lines(), *self.notes):
            typer.echo(readable(line))
        typer.echo(f"Catalogue: {self.plan.summary()}.")
        show_counts(self.foreseen)
        if self.plan and not self.foreseen.touched():
            typer.echo("Articles: nothing is published or retracted by this.")

    def as_json(self) -> dict[str, object]:
        return {
            "changes": self.plan.as_json(),
            "notes": self.notes,
            "destinations": {key: asdict(counts) for key, counts in self.foreseen.touched().items()},
            "articles": {"looked_at": self.foreseen.articles, "complete": self.foreseen.complete},
            "needs": unagreed(self.foreseen, None, None),
        }


def show_counts(foreseen: Foreseen) -> None:
    """The table of what would go out where, as far as anything would."""
    if not foreseen.complete:
        typer.echo(f"Articles: the newest {foreseen.articles} were looked at; older ones may follow them.")
    if touched := foreseen.touched():
        table = Table("destination", "to publish", "to update", "to shorten", "to retract", box=None)
        for key, counts in touched.items():
            table.add_row(key, *(str(count) for count in asdict(counts).values()))
        Console(file=sys.stdout).print(table)


def _look_ahead(services: Services, catalogue: Catalogue) -> _Ahead:
    if migrate.current(services.database) is None:  # a new installation: nothing is in force, nothing is out
        return _Ahead(diff(None, catalogue), Foreseen({}), [])
    migrate.require(services.database)
    loaded = services.catalogue.loaded()
    if loaded is None:
        return _Ahead(diff(None, catalogue), Foreseen({}), [])
    plan = diff(loaded.catalogue, catalogue)
    return _Ahead(plan, services.foresee(catalogue, progress()), remarks(plan, loaded.left))


def progress() -> Callable[[int], None]:
    """Says on a terminal how many articles were looked at, once that takes a while."""

    def told(count: int) -> None:
        if count % _SAY_EVERY == 0 and sys.stderr.isatty():
            typer.echo(f"looked at {count} articles …", err=True)

    return told


def _contents(catalogue: Catalogue) -> str:
    tables = ("publishers", "sources", "grants", "channels", "subscribers", "destinations")
    counts = {table: len(getattr(catalogue, table)) for table in tables}
    return ", ".join(f"{count} {table.removesuffix('s') if count == 1 else table}" for table, count in counts.items())


def _json(value: object) -> str:
    return readable(json.dumps(value, ensure_ascii=False, indent=2))
