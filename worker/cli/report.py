"""``newsroad report``: what came in and went out over some days, for people, spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from worker.bootstrap import open_services
from worker.catalog.sheets import harmless
from worker.cli.output import JsonOption, Times, operator, plain, print_json, print_table, ready, say
from worker.errors import Refused
from worker.model.report import OUTCOMES, Dimension, Reckoned, ReportRow, Span

WEEK = 7
LONGEST = 366  # days
NAMED = {Dimension.PUBLISHER: "publisher_name", Dimension.DESTINATION: "subscriber", Dimension.CHANNEL: "channel_title"}
"""Dimensions whose keys have a name beside them, and what that column is called."""

_SHOWN = ("new", "revised", "duplicate", "held", "published", "updated", "retracted", "parked", "superseded")


def report(
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day; a week ago.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The last day, counted in; today.")] = None,
    by: Annotated[
        str, typer.Option("--by", help="publisher, source, destination, channel, outcome, day; several with commas.")
    ] = "day",
    csv_file: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", help="Write a spreadsheet's file; - for standard output.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count what came in and what became of it, by day, publisher, source, destination, channel or outcome."""
    dimensions = read_dimensions(by)
    if csv_file is not None and as_json:
        raise Refused("--csv and --json are two forms of the same; choose one")
    with open_services() as services:
        times = Times(ready(services))
        span = _span(first, last, times.now.astimezone(times.zone).date(), operator(services).zone)
        found = services.reports.reckon(span, dimensions, times.now)
    if as_json:
        print_json(as_plain(found))
    elif csv_file is not None:
        _write(csv_file, as_csv(found))
    else:
        _show(found)


def read_dimensions(text: str) -> tuple[Dimension, ...]:
    """``publisher,day``. Raises Refused."""
    known = [one.value for one in Dimension]
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        raise Refused(f"--by {text}: give one or several of {', '.join(known)}")
    return tuple(Dimension(name) for name in names)


def _span(first: str | None, last: str | None, today: date, zone: str) -> Span:
    end = today if last is None else _day(last, today)
    begin = end - timedelta(days=WEEK - 1) if first is None else _day(first, today)
    if begin > end:
        raise Refused(f"--from {begin} comes after --to {end}")
    if (end - begin).days >= LONGEST:
        raise Refused(f"--from {begin} --to {end}: at most {LONGEST} days at once")
    return Span(begin, end, zone)


def _day(text: str, today: date) -> date:
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text}: give a day such as {today}, today or yesterday") from None


def as_plain(found: Reckoned) -> dict[str, Any]:
    """The JSON of ``report``."""
    return {
        "from": found.span.first.isoformat(),
        "to": found.span.last.isoformat(),
        "zone": found.span.zone,
        "at": plain(found.at),
        "by": [one.value for one in found.by],
        "rows": [dict(zip(columns(found), cells(found, row), strict=True)) for row in found.rows],
        "total": {**found.total.count.plain(), **_latency(found.total)},
    }


def columns(found: Reckoned) -> list[str]:
    """What a row says: its group, names beside keys, figures."""
    named = [name for one in found.by for name in (one.value, NAMED.get(one)) if name is not None]
    figures = ["number"] if Dimension.OUTCOME in found.by else list(OUTCOMES)
    return [*named, *figures, "latency_p50_ms", "latency_p95_ms"]


def cells(found: Reckoned, row: ReportRow) -> list[object]:
    """The values of ``columns``; absent ones are None."""
    group: list[object] = []
    outcome = ""
    for dimension, value in zip(found.by, row.group, strict=True):
        group.append(value or None)
        if dimension in NAMED:
            group.append(found.names[dimension].get(value))
        outcome = value if dimension is Dimension.OUTCOME else outcome
    figures = row.count.plain()
    return [*group, *([figures[outcome]] if outcome else figures.values()), *_latency(row).values()]


def _latency(row: ReportRow) -> dict[str, int | None]:
    return {"latency_p50_ms": row.latency_p50_ms, "latency_p95_ms": row.latency_p95_ms}


def as_csv(found: Reckoned) -> bytes:
    """As spreadsheet programs read it: UTF-8 with its mark, CRLF, nothing in it that they would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns(found))
    for row in found.rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells(found, row)])
    return text.getvalue().encode("utf-8-sig")


def _write(name: str, content: bytes) -> None:
    if name == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        raise Refused(f"{name} cannot be written: {error.strerror}") from None
    say(f"Written to {name}.", err=True)


def _show(found: Reckoned) -> None:
    say(f"{found.span.first} to {found.span.last}, {found.span.zone}")
    if Dimension.OUTCOME in found.by:
        print_table(columns(found), [cells(found, row) for row in found.rows], empty="Nothing happened.")
        return
    names, figures = columns(found), list(_figures(found))
    at = len(names) - len(OUTCOMES) - 2
    head = [*names[:at], *figures, "p50 ms", "p95 ms"]
    rows = [_shown(cells(found, row)[:at], row, figures) for row in found.rows]
    total = _shown(["total", *([None] * (at - 1))], found.total, figures)
    print_table(head, [*rows, total] if rows else [], empty="Nothing happened.")


def _figures(found: Reckoned) -> Iterator[str]:
    """Those that every table has, and others that are not nought everywhere."""
    for name in OUTCOMES:
        if name in _SHOWN or getattr(found.total.count, name):
            yield name


def _shown(group: Sequence[object], row: ReportRow, figures: Sequence[str]) -> list[object]:
    counted = row.count.plain()
    return [*group, *(counted[name] for name in figures), row.latency_p50_ms, row.latency_p95_ms]
