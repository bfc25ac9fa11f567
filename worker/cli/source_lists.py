"""``newsroad source import | export``: sources from and to lists that other programs write and read."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker.catalog import read_catalogue
from worker.catalog.edit import replace_file
from worker.catalog.importing import Import, plan_import
from worker.catalog.sheets import LARGEST, read_sheet, to_csv, to_opml
from worker.catalog.values import KEY, KEY_RULE
from worker.cli.output import JsonOption, print_json, print_table, say
from worker.cli.source_backfill import app
from worker.cli.written import ask_to_write, check_with, text_of
from worker.destinations import OPTIONS
from worker.errors import NotFound, Refused
from worker.model.catalog import Catalogue, SourceKind
from worker.settings import read_settings

__all__ = ["app"]

_SHOWN = 20


class Format(StrEnum):
    OPML = "opml"
    CSV = "csv"


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV with a header line, or OPML.")],
    publisher: Annotated[
        str | None, typer.Option("--publisher", help="Key of the publisher of all of them; made if missing.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="Where to write them: the catalogue or a file it includes.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; writes only with --yes.")] = False,
) -> None:
    """Write the sources of a list into the catalogue file. Those that are polled already are left out."""
    path = read_settings().catalogue
    catalogue = read_catalogue(path, OPTIONS)
    if publisher is not None and not KEY.fullmatch(publisher):
        raise Refused(f"--publisher {publisher}: is no key ({KEY_RULE})")
    planned = plan_import(catalogue, read_sheet(_read(file), str(file)), publisher=publisher)
    target = into or path
    before = text_of(target)
    after = planned.written_into(before or "")
    check_with(path, target, after, planned.sources)
    if as_json:
        print_json(_as_plain(planned, target, written=yes and bool(planned.sources)))
    else:
        _show(planned, file)
    if not planned.sources or (as_json and not yes):
        return
    if not yes:
        ask_to_write(target)
    replace_file(target, before, after)
    if not as_json:
        say(f"Wrote {len(planned.sources)} sources into {target}. Next: newsroad plan, newsroad apply")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}") from None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from error


def _show(planned: Import, file: Path) -> None:
    print_table(
        ("source", "publisher", "address", "category"),
        [
            (key, values["publisher"], values["url"], values["category"])
            for key, values in list(planned.sources.items())[:_SHOWN]
        ],
    )
    if len(planned.sources) > _SHOWN:
        say(f"… and {len(planned.sources) - _SHOWN} more")
    for row, key in planned.skipped:
        say(f"{file}:{row.line}: left out, {row.url} is polled by [sources.{key}]")
    for key in planned.foreign:
        values = planned.sources[key]
        say(f"! {values['url']} is no address of {values['publisher']}: the list says that it is theirs. Is it?")
    if planned.publishers:
        say(f"New publishers: {', '.join(planned.publishers)}. Without a grant only excerpts and links of them go out.")
    say(f"{len(planned.sources)} sources to add, {len(planned.skipped)} left out.")


def _as_plain(planned: Import, target: Path, *, written: bool) -> dict[str, object]:
    return {
        "file": str(target),
        "written": written,
        "sources": [{"key": key, **_given(values)} for key, values in planned.sources.items()],
        "publishers": [{"key": key, **values} for key, values in planned.publishers.items()],
        "foreign": list(planned.foreign),
        "skipped": [{"line": row.line, "url": row.url, "source": key} for row, key in planned.skipped],
    }


def _given(values: object) -> dict[str, object]:
    return {name: value for name, value in dict(values).items() if value is not None}  # type: ignore[call-overload]


@app.command("export")
def export_command(
    form: Annotated[Format, typer.Option("--format", help="opml for feed readers, csv for spreadsheets.")] = Format.CSV,
    as_json: JsonOption = False,
) -> None:
    """Print the sources of the catalogue file as a list that other programs read."""
    catalogue = read_catalogue(read_settings().catalogue, OPTIONS)
    if as_json:
        print_json({"sources": list(catalogue.sources)})
        return
    sys.stdout.buffer.write(to_csv(catalogue) if form is Format.CSV else to_opml(catalogue))
    sys.stdout.buffer.flush()
    _tell_missing(catalogue, form)


def _tell_missing(catalogue: Catalogue, form: Format) -> None:
    sites = sum(source.kind is SourceKind.SITE for source in catalogue.sources)
    if sites and form is Format.OPML:
        say(f"{sites} sites are left out: OPML lists feeds; --format csv has them", err=True)
    elif sites:
        listed = "1 site is listed without its" if sites == 1 else f"{sites} sites are listed without their"
        say(f"{listed} rules, which no list holds", err=True)
