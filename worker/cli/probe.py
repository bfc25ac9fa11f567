"""``newsroad probe``: what our parser, our address rules and our date reader make of something, without a database."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from worker.errors import NewsroadError, NotFound
from worker.identity.urls import host_of, link_key, registrable_domain
from worker.log import readable
from worker.model.feed import Document, ParsedEntry, ParsedFeed, Person
from worker.model.fetch import Request
from worker.parsers import parse
from worker.parsers.clean import safe_url
from worker.parsers.dates import parse_date

Node = dict[str, Any]

app = typer.Typer(help="Show what the parser makes of a feed, an address or a date.", no_args_is_help=True)

_GZIP = b"\x1f\x8b"
_MOST_BYTES = 64 * 1024 * 1024


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
    lines: Annotated[bool, typer.Option("--jsonl", help="Read {file, url?, content_type?} lines from stdin.")] = False,
) -> None:
    """Print what the parser makes of a feed."""
    _check_zone(zone)
    if lines:
        for line in sys.stdin.buffer:
            if line.strip():
                _print(_probe_line(line, zone))
        return
    if what is None:
        raise typer.BadParameter("name a file or an address, or give --jsonl", param_hint="FILE|URL")
    if what.startswith(("http://", "https://")) and not Path(what).exists():
        document = _fetched(what, url, content_type, zone)
    else:
        document = Document(_read(what), url, content_type, zone)
    parsed = parse(document)
    if as_json:
        _say(json.dumps(as_node(parsed), ensure_ascii=False, indent=2))
    else:
        _tell(parsed)


@app.command("url")
def url_command() -> None:
    """Read one address a line, print one JSON object a line: how it is fetched, and by what key it is known."""
    for line in _lines():
        fetched = safe_url(line, None)
        host = host_of(line)
        _print(
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
    _check_zone(zone)
    for line in _lines():
        _print({"text": line, "utc": _time(parse_date(line, zone))})


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
    name: Any = None
    try:
        asked = json.loads(line)
        name = asked["file"]
        document = Document(_read(name), asked.get("url"), asked.get("content_type"), asked.get("zone") or zone)
        return {"file": name, **as_node(parse(document))}
    except (NewsroadError, OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        return {"file": name, **as_node(ParsedFeed(format="", warnings=(f"cannot be read: {error}",)))}
    except Exception as error:  # noqa: BLE001 -- one feed of thousands must not end the run; the answer names it
        return {"file": name, **as_node(ParsedFeed(format="", warnings=(f"the parser failed: {error!r}",)))}


def _read(name: str) -> bytes:
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise NotFound(f"{name}: {error.strerror or error}; name a file that can be read") from error
    if body.startswith(_GZIP):
        try:
            with gzip.open(BytesIO(body)) as packed:
                return packed.read(_MOST_BYTES)
        except (OSError, EOFError) as error:
            raise NotFound(f"{name}: looks like gzip, but cannot be unpacked ({error})") from error
    return body


def _fetched(address: str, url: str | None, content_type: str | None, zone: str) -> Document:
    """The feed at an address. Any address goes, private ones too: whoever types it could as well use curl."""
    from worker.http.client import Http
    from worker.http.guard import Guard

    everywhere = Guard(allow=(ip_network("0.0.0.0/0"), ip_network("::/0")), ports=None)
    http = Http(user_agent="newsroad probe", guard=everywhere, clock=lambda: datetime.now(UTC))
    try:
        outcome = http.fetch(Request(0, address, follow=5))
    finally:
        http.close()
    if outcome.error is not None or outcome.status != 200:
        reason = outcome.detail or outcome.error or f"the answer was {outcome.status}"
        raise NotFound(f"{address}: {reason}; check the address, or save the feed and name the file")
    return Document(outcome.body, url or outcome.url, content_type or outcome.headers.get("content-type"), zone)


def _lines() -> Iterator[str]:
    """Every line of standard input, blank ones too: one answer a line keeps both in step."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _print(node: Mapping[str, Any]) -> None:
    sys.stdout.write(readable(json.dumps(node, ensure_ascii=False)) + "\n")
    sys.stdout.flush()


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise typer.BadParameter(
            f"{zone} is no IANA zone; write one like Asia/Shanghai", param_hint="--zone"
        ) from error


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
