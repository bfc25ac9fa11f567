"""``newsroad source …``: what we poll. ``add`` finds what can be polled behind an address and writes it down."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from worker.catalog import read_catalogue
from worker.catalog.discover import Fetch, Found, find_source
from worker.catalog.edit import Addition, plan_addition, replace_file
from worker.cli.output import say
from worker.cli.written import ask_to_write, check_with, text_of
from worker.destinations import OPTIONS
from worker.errors import Refused
from worker.http.client import Http
from worker.http.guard import Guard, check_url
from worker.log import readable
from worker.model.catalog import Operator, SourceKind
from worker.model.feed import ParsedEntry, Role
from worker.model.fetch import Outcome, Request
from worker.settings import Settings, read_settings

app = typer.Typer(help="What is polled: the sources of the catalogue.", no_args_is_help=True)

_PACE = 1.0
_SHOWN = 10


@app.command("add")
def add_command(
    url: Annotated[
        str, typer.Argument(help="A feed, a page of the site whose feed is wanted, or one that lists articles.")
    ],
    key: Annotated[str | None, typer.Option(help="Key of the source; the publisher's key if absent.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Key of its publisher; found by domain if absent.")] = None,
    every: Annotated[str | None, typer.Option(help="How often to poll it: 15m, 1h …")] = None,
    file: Annotated[Path | None, typer.Option(help="Where to write it: the catalogue or a file it includes.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; writes only with --yes.")] = False,
) -> None:
    """Find the feed behind an address, or the articles on it, show what it yields, write it into the catalogue."""
    settings = read_settings()
    catalogue = read_catalogue(settings.catalogue, OPTIONS)
    if problem := check_url(url):
        raise Refused(f"{url}: {problem}; write the whole address: https://…")
    with _visiting(settings, catalogue.operator) as fetch:
        found = find_source(fetch, url, catalogue.operator.zone)
    addition = plan_addition(catalogue, found, key=key, publisher=publisher, every=every)
    target = file or settings.catalogue
    before = text_of(target)
    after = addition.written_into(before or "")
    check_with(settings.catalogue, target, after, [addition.key])
    if as_json:
        say(json.dumps(_as_json(found, addition, target, written=yes), ensure_ascii=False, indent=2))
    else:
        _show(found, addition, catalogue.operator.zone)
    if not yes and as_json:
        return
    if not yes:
        ask_to_write(target)
    replace_file(target, before, after)
    if not as_json:
        say(f"Wrote [sources.{addition.key}] into {target}. Next: newsroad plan, newsroad apply")
        if addition.publisher:
            say(f"Readers see [publishers.{addition.publisher_key}] name as the source: is it right?")


@contextmanager
def _visiting(settings: Settings, operator: Operator) -> Iterator[Fetch]:
    """Ask as the operator, at most one request a second."""
    agent = f"Newsroad/{version('newsroad')} (+{operator.site}; {operator.contact})"
    guard = Guard(settings.allow_networks)
    http = Http(user_agent=agent, guard=guard, clock=lambda: datetime.now(UTC))
    ready = time.monotonic()

    def fetch(url: str) -> Outcome:
        nonlocal ready
        time.sleep(max(0.0, ready - time.monotonic()))
        ready = time.monotonic() + _PACE
        return http.fetch(Request(0, url, follow=5))

    try:
        yield fetch
    finally:
        http.close()


def _show(found: Found, addition: Addition, zone: str) -> None:
    feed, entries = found.feed, found.entries
    what = f"{feed.format}, {len(entries)} entries" if found.kind is SourceKind.FEED else _yield(found)
    say(f"{readable(feed.title or '(no title)')} ({what})\n{found.url}")
    table = Table(box=None)
    columns = _columns(found, zone)
    for name, width, _ in columns:
        least = width if name == "published" else None  # a narrow terminal shortens the others
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=width, min_width=least)
    for entry in entries[:_SHOWN]:
        table.add_row(*(Text(readable(word(entry))) for _, _, word in columns))
    if entries:
        Console(file=sys.stdout).print(table)
    if len(entries) > _SHOWN:
        say(f"… and {len(entries) - _SHOWN} more")
    for warning in feed.warnings:
        say(f"! {readable(warning)}", err=True)
    if found.kind is SourceKind.SITE:
        say('No feed was found. Articles are taken from these links and read from their pages (kind = "site");')
        say("if links are missing or too many, say so with [sources.KEY.listing]: docs/catalogue.md")
    new = " (new)" if addition.publisher else ""
    say(f"Source {addition.key} of publisher {addition.publisher_key}{new}")
    if addition.claimed:
        say(f"It says that it is {addition.claimed}'s, but lies elsewhere. Is it so: --publisher {addition.claimed}")
    elif addition.publisher and "domains" not in addition.publisher:
        say(f"It says that its site is {addition.publisher['url']}, but lies elsewhere. Is it so: give it its domains")


def _yield(found: Found) -> str:
    """What a listing leads to, in words."""
    further = sum(lead.role is Role.LISTING for lead in found.feed.found)
    more = f", {further} further listing{'s' if further > 1 else ''}" if further else ""
    return f"listing, {len(found.entries)} articles{more}"


def _columns(found: Found, zone: str) -> list[tuple[str, int, Callable[[ParsedEntry], str]]]:
    """What is shown of an entry: name, width, text. A listing tells less, so the address is shown too."""

    def date(entry: ParsedEntry) -> str:
        when = entry.published or entry.updated
        return f"{when.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if when else "no date"

    def licence(entry: ParsedEntry) -> str:
        return entry.license or entry.rights or found.feed.license or found.feed.rights or "–"

    columns: list[tuple[str, int, Callable[[ParsedEntry], str]]] = [
        ("title", 50, lambda entry: entry.title or "(no title)"),
        ("published", 16, date),
    ]
    if found.kind is SourceKind.SITE:
        return [
            *columns,
            ("address", 34, lambda entry: urlsplit(entry.link or "–")._replace(scheme="", netloc="").geturl()),
        ]
    further: list[tuple[str, int, Callable[[ParsedEntry], str]]] = [
        ("author", 20, lambda entry: _authors(entry) or "–"),
        ("origin", 20, lambda entry: _origin(entry) or "–"),
        ("licence", 30, licence),
    ]
    told = [column for column in further if any(column[2](entry) != "–" for entry in found.entries[:_SHOWN])]
    return [*columns, *told]


def _as_json(found: Found, addition: Addition, target: Path, *, written: bool) -> dict[str, object]:
    feed = found.feed
    return {
        "file": str(target),
        "written": written,
        "source": {"key": addition.key, **addition.source},
        "publisher": {"key": addition.publisher_key, **(addition.publisher or {})},
        "new_publisher": addition.publisher is not None,
        "claimed_publisher": addition.claimed,
        "feed": {"title": feed.title, "format": feed.format, "rights": feed.rights, "license": feed.license},
        "entries": [
            {
                "title": entry.title,
                "published": when.isoformat() if (when := entry.published or entry.updated) else None,
                "author": _authors(entry) or None,
                "origin": _origin(entry),
                "license": entry.license,
                **({"link": entry.link} if found.kind is SourceKind.SITE else {}),
            }
            for entry in found.entries
        ],
        "warnings": list(feed.warnings),
    }


def _authors(entry: ParsedEntry) -> str:
    return ", ".join(name for person in entry.authors if (name := person.name or person.email))


def _origin(entry: ParsedEntry) -> str | None:
    """Whom the entry names as its source; without one it is the publisher's own."""
    return (entry.source.title or entry.source.url) if entry.source else None
