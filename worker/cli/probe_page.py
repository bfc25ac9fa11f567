"""``newsroad probe page``: what our parser makes of an article page, field by field with the rule that found it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import chain, islice
from multiprocessing import get_context
from queue import Queue
from threading import Thread
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from worker.cli.probe_input import Node, asked_in, check_zone, document_of, named_in, print_node, read
from worker.errors import NewsroadError
from worker.log import readable
from worker.model.feed import Document
from worker.model.page import ParsedPage
from worker.parsers.charset import decode
from worker.parsers.page import read_page

_HAN = re.compile("[\u3400-\u9fff]")
_KANA, _HANGUL = re.compile("[\u3041-\u30ff]"), re.compile("[\uac00-\ud7a3]")
_FROM = 100  # letters of its own script that make a page a Chinese, Japanese or Korean one
_ALONE = 8  # lines read in this process before others are started
_AHEAD = 64  # pages read before their turn to be printed

ZoneOption = Annotated[
    str | None,
    typer.Option(
        help="IANA zone for times that name none; without it that of Chinese, Japanese, Korean pages, else UTC."
    ),
]


def page_command(
    what: Annotated[
        str | None, typer.Argument(metavar="FILE|URL", help="A page: a file, an address, or - for stdin.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="The address the page came from; links are read against it.")
    ] = None,
    content_type: Annotated[str | None, typer.Option(help="The Content-Type it came with.")] = None,
    zone: ZoneOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read {file, url?, content_type?} lines from stdin.")] = False,
) -> None:
    """Print what the parser makes of an article page."""
    if zone is not None:
        check_zone(zone)
    if jsonl:
        for node in _answers(zone):
            print_node(node)
        return
    if what is None:
        raise typer.BadParameter("name a file or an address, or give --jsonl", param_hint="FILE|URL")
    document = document_of(what, url, content_type, zone or "UTC")
    if zone is None:
        document = replace(document, zone=_zone_for(document))
    parsed = read_page(document, now=datetime.now(UTC))
    if as_json:
        typer.echo(readable(json.dumps(as_node(parsed, document.zone), ensure_ascii=False, indent=2)))
    else:
        _tell(parsed, document.zone)


def as_node(parsed: ParsedPage, zone: str = "UTC") -> Node:
    """A parsed page as the JSON object that ``probe page`` prints; times RFC 3339 in ``zone``, absent values null."""
    node = asdict(parsed)
    for name in ("published", "updated"):
        node[name] = _time(node[name], zone)
    return node


def _time(moment: datetime | None, zone: str) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds").replace("+00:00", "Z")


def _zone_for(document: Document) -> str:
    """Where nobody names a zone, a page in Chinese is read in China's, one in Japanese or Korean in theirs."""
    _, text = decode(document.body[:400_000], document.content_type)
    written = text.decode("utf-8", "replace")
    han, kana, hangul = (len(letters.findall(written)) for letters in (_HAN, _KANA, _HANGUL))
    if kana >= _FROM and 3 * kana >= han:
        return "Asia/Tokyo"
    if hangul >= _FROM and hangul >= han:
        return "Asia/Seoul"
    return "Asia/Shanghai" if han >= _FROM else "UTC"


def probe_line(line: bytes, zone: str | None) -> Node:
    """One line of ``--jsonl``. Whatever is wrong with it or its file becomes a warning in its answer."""
    try:
        asked = asked_in(line)
        given = asked.get("zone", zone)
        document = Document(read(asked["file"]), asked.get("url"), asked.get("content_type"), given or "UTC")
        if not given:
            document = replace(document, zone=_zone_for(document))
        return {"file": asked["file"], **as_node(read_page(document, now=datetime.now(UTC)), document.zone)}
    except NewsroadError as error:
        warning = f"cannot be read: {error}"
    except Exception as error:  # noqa: BLE001 -- one page of thousands must not end the run; the answer names it
        warning = f"the parser failed: {error!r}"
    return {"file": named_in(line), **as_node(ParsedPage(warnings=(warning,)))}


def _answers(zone: str | None) -> Iterator[Node]:
    """One answer a line of standard input, in order; a long input is read by as many processes as there are cores."""
    lines = (line for line in sys.stdin.buffer if line.strip())
    for line in islice(lines, _ALONE):
        yield probe_line(line, zone)
    ahead = list(islice(lines, 1))
    if not ahead:
        return
    waiting: Queue[tuple[bytes, Future[Node]] | None] = Queue(_AHEAD)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:

        def hand_out() -> None:
            for line in chain(ahead, lines):
                waiting.put((line, pool.submit(probe_line, line, zone)))
            waiting.put(None)

        Thread(target=hand_out, daemon=True).start()
        while (turn := waiting.get()) is not None:
            yield _result(*turn)


def _result(line: bytes, future: Future[Node]) -> Node:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 -- a process that died takes its page with it, not the run
        return {"file": named_in(line), **as_node(ParsedPage(warnings=(f"the parser failed: {error!r}",)))}


def _tell(parsed: ParsedPage, zone: str) -> None:
    """The page in words, for a person: a line a field with the rule that found it."""
    for name, value in _rows(parsed, zone):
        rule = parsed.confidence.get(name, "")
        typer.echo(readable(f"{name:<14} {rule:<12} {value}"))
    typer.echo("")
    typer.echo(readable(parsed.body_text or "(no text was found)"))
    for warning in parsed.warnings:
        typer.echo(readable(f"! {warning}"), err=True)


def _rows(parsed: ParsedPage, zone: str) -> Iterator[tuple[str, str]]:
    source = parsed.source
    yield "title", parsed.title or "-"
    yield "published", (_time(parsed.published, zone) or "-") + (" (the day only)" if parsed.dated_by_day else "")
    yield "source", " ".join(filter(None, (source.name, source.url))) if source else "-"
    yield "authors", ", ".join(f"{each.name} ({each.state})" for each in parsed.authors) or "unsigned"
    rest = {
        "updated": _time(parsed.updated, zone),
        **{name: getattr(parsed, name) for name in ("subtitle", "editor", "original_url", "canonical_url")},
        "breadcrumb": " > ".join(parsed.breadcrumb),
        "category": parsed.category,
        "language": parsed.language,
    }
    yield from ((name, value) for name, value in rest.items() if value)
    yield from (("image", " | ".join(filter(None, (each.url, each.caption, each.credit)))) for each in parsed.images)
    yield from (("attachment", f"{each.url} {each.title or ''}") for each in parsed.attachments)
    yield from (("statement", f"[{each.place}] {each.text}") for each in parsed.statements)
    yield from (("related", f"{each.title} {each.url}") for each in parsed.related)
    yield from (("in another language", " ".join(each)) for each in parsed.translations)
    yield from (("next page", each) for each in parsed.next_pages)
