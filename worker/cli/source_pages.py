"""``newsroad source test``: what a source's rules find on its last pages, field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from worker.bootstrap import Services, open_services
from worker.catalog import read_catalogue
from worker.cli.output import JsonOption, Times, console, plain, print_json, print_table, ready, say
from worker.cli.source import app
from worker.cli.sources import SourceArgument
from worker.destinations import OPTIONS
from worker.errors import CatalogueError, NotFound, Refused
from worker.model.catalog import Source, SourceKind
from worker.sources.trial import FieldReport, Tried, report, try_page

__all__ = ["app"]

_SHOWN = 60
_LOST = 1


@app.command("test")
def try_command(
    key: SourceArgument,
    last: Annotated[int, typer.Option("--last", min=1, max=200, help="How many pages, newest first.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Read a source's last pages again, with the rules of the catalogue file, and tell what each field comes from."""
    with open_services() as services:
        times = Times(ready(services))
        source, of_file = _declared(services, key)
        claims = services.people.pages(key, last)
    if source.kind is not SourceKind.SITE and source.body != "page":
        raise Refused(f"{key} takes its articles from its feed, not from pages; to see them: newsroad probe feed URL")
    if not claims:
        raise NotFound(
            f"no page of {key} is at hand: none was read in the last 7 days; see: newsroad source show {key}"
        )
    tried = [try_page(replace(claim, source=key), source) for claim in claims]
    fields = report(tried)
    if as_json:
        print_json(_as_plain(key, tried, fields))
    else:
        _show(key, tried, fields, times, of_file=of_file)
    if any(field.lost_since for field in fields):
        raise typer.Exit(_LOST)


def _declared(services: Services, key: str) -> tuple[Source, bool]:
    """The source as the file has it now, so that rules can be tried before ``apply``; else as it is in force."""
    in_force = services.view().sources.get(key)
    if in_force is None:
        raise NotFound(f"no source is called {key}; see: newsroad source list")
    try:
        written = read_catalogue(services.settings.catalogue, OPTIONS)
    except CatalogueError:
        return in_force, False
    return next(((one, True) for one in written.sources if one.key == key), (in_force, False))


def _as_plain(key: str, tried: list[Tried], fields: list[FieldReport]) -> dict[str, Any]:
    found: dict[str, Any] = plain({"source": key, "fields": fields, "pages": tried})
    return found


def _show(key: str, tried: list[Tried], fields: list[FieldReport], times: Times, *, of_file: bool) -> None:
    rules = "the catalogue file" if of_file else "the catalogue in force"
    say(f"{key}: {len(tried)} pages, newest {times.ago(tried[0].fetched_at)}, read by the rules of {rules}")
    newest = tried[0]
    say(f"  {newest.url}")
    print_table(
        ("field", "found on", "by", "on the newest page"),
        [
            (field.name, f"{field.found} of {field.of}", ", ".join(field.rules) or None, _short(newest, field.name))
            for field in fields
        ],
    )
    for field in fields:
        if field.lost_since is not None:
            console().print(
                f"[bold]✗ {field.name}[/bold] is missing since {times.at(field.lost_since)}, and was there before: "
                "did the site change? A rule may help: docs/catalogue.md, sources.rules"
            )
    for page in tried:
        if page.lacks:
            say(f"  held for {', '.join(page.lacks)}: {page.url}")
        for warning in page.warnings:
            say(f"  {warning}: {page.url}")


def _short(page: Tried, name: str) -> str | None:
    value = page.fields[name].value
    if value is None:
        return None
    first = value.splitlines()[0] if value else ""
    return first if len(first) <= _SHOWN else f"{first[: _SHOWN - 1]}…"
