"""``newsroad probe``: what our parser, our address rules and our date reader make of something, without a database."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from worker.cli.probe_input import Node, asked_in, check_zone, document_of, lines, named_in, print_node, read
from worker.cli.probe_near import near_command
from worker.cli.probe_page import page_command
from worker.errors import NewsroadError
from worker.identity.urls import host_of, link_key, registrable_domain
from worker.log import readable
from worker.model.feed import Document, ParsedEntry, ParsedFeed, Person
from worker.parsers import parse
from worker.parsers.clean import safe_url
from worker.parsers.dates import parse_date

app = typer.Typer(help="Show what the parser makes of a feed, a page, an address or a date.", no_args_is_help=True)
app.command("page")(page_command)
app.command("near")(near_command)


@app.command("feed")
def feed_command(
    what: Annotated[
        str | None, typer.Argument(metavar="FILE|URL", help="A feed: a file, an address, or - for stdin.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="The address the feed came from; links are read against it.")
    ] = None,
    content_type: Annotated[str | None, typer.Option(help="The Content-Type it came with.")] = None,
    zone: Annotated[str, typer.Option(help="IANA zone for times that name none.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read {file, url?, content_type?} lines from stdin.")] = False,
) -> None:
    """Print what the parser makes of a feed."""
    check_zone(zone)
    if jsonl:
        for line in sys.stdin.buffer:
            if line.strip():
                print_node(_probe_line(line, zone))
        return
    if what is None:
        raise typer.BadParameter("name a file or an address, or give --jsonl", param_hint="FILE|URL")
    parsed = parse(document_of(what, url, content_type, zone))
    if as_json:
        _say(json.dumps(as_node(parsed), ensure_ascii=False, indent=2))
    else:
        _tell(parsed)


@app.command("url")
def url_command() -> None:
    """Read one address a line, print one JSON object a line: how it is fetched, and by what key it is known."""
    for line in lines():
        fetched = safe_url(line, None)
        host = host_of(line)
        print_node(
            {
                "url": line,
                "fetch_url": fetched,
                "key": link_key(line),
                "host": host,
                "registrable_domain": registrable_domain(host) if host else None,
                "safe": fetched is not None,
            }
        )


@app.command("date")
def date_command(zone: Annotated[str, typer.Option(help="IANA zone for times that name none.")] = "UTC") -> None:
    """Read one date a line, print one JSON object a line: the moment it names in UTC, or null."""
    check_zone(zone)
    for line in lines():
        print_node({"text": line, "utc": _time(parse_date(line, zone))})


def as_node(parsed: ParsedFeed) -> Node:
    """A parsed feed as the JSON object that ``probe feed`` prints; times RFC 3339 in UTC, absent values null."""
    return {
        "feed": {
            "format": parsed.format,
            "title": parsed.title,
            "description": parsed.description,
            "link": parsed.link,
            "self_link": parsed.self_link,
            "hubs": list(parsed.hubs),
            "language": parsed.language,
            "rights": parsed.rights,
            "license": parsed.license,
            "authors": [_person(author) for author in parsed.authors],
            "generator": parsed.generator,
            "updated": _time(parsed.updated),
            "ttl_minutes": parsed.ttl_minutes,
            "charset": parsed.charset,
        },
        "entries": [_entry(entry) for entry in parsed.entries],
        "tombstones": [{"ref": each.ref, "when": _time(each.when), "by": each.by} for each in parsed.tombstones],
        "warnings": list(parsed.warnings),
    }


def _entry(entry: ParsedEntry) -> Node:
    source = entry.source
    return {
        "guid": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "authors": [_person(author) for author in entry.authors],
        "summary": entry.summary,
        "content": entry.content,
        "published": _time(entry.published),
        "updated": _time(entry.updated),
        "categories": list(entry.categories),
        "enclosures": [{"url": each.url, "type": each.type, "length": each.length} for each in entry.enclosures],
        "rights": entry.rights,
        "license": entry.license,
        "source": {"title": source.title, "url": source.url} if source else None,
        "via": entry.via,
        "language": entry.language,
    }


def _person(person: Person) -> Node:
    return {"name": person.name, "email": person.email, "uri": person.uri}


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def _probe_line(line: bytes, zone: str) -> Node:
    """One line of ``--jsonl``. Whatever is wrong with it or its file becomes a warning in its answer."""
    try:
        asked = asked_in(line)
        document = Document(read(asked["file"]), asked.get("url"), asked.get("content_type"), asked.get("zone", zone))
        return {"file": asked["file"], **as_node(parse(document))}
    except NewsroadError as error:
        warning = f"cannot be read: {error}"
    except Exception as error:  # noqa: BLE001 -- one feed of thousands must not end the run; the answer names it
        warning = f"the parser failed: {error!r}"
    return {"file": named_in(line), **as_node(ParsedFeed(format="", warnings=(warning,)))}


def _say(words: str, *, err: bool = False) -> None:
    typer.echo(readable(words), err=err)


def _tell(parsed: ParsedFeed) -> None:
    """The feed in words, for a person."""
    _say(f"{parsed.title or '(no title)'}: {parsed.format or 'no feed'}, {len(parsed.entries)} entries")
    for label, value in (("link", parsed.link), ("language", parsed.language), ("rights", parsed.rights)):
        if value:
            _say(f"  {label}: {value}")
    for entry in parsed.entries:
        when = _time(entry.published or entry.updated) or "no date"
        who = ", ".join(person.name or person.email or "" for person in entry.authors) or "unsigned"
        _say(f"- {entry.title or '(no title)'} | {when} | {who}\n  {entry.link or entry.guid or '(no link)'}")
    for tombstone in parsed.tombstones:
        _say(f"x {tombstone.ref} withdrawn {_time(tombstone.when) or ''}")
    for warning in parsed.warnings:
        _say(f"! {warning}", err=True)
