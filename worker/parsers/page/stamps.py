"""Which of a page's dates is its publication: the one a reader sees beside the title, else what the head declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from worker.parsers.page import labels
from worker.parsers.page.head import Head
from worker.parsers.page.scan import Line, hidden
from worker.parsers.page.times import Moment, moment_of, moments_in, published_in_head, updated_in_head
from worker.parsers.page.tree import Page
from worker.parsers.page.zones import Zones

_LONGEST = 200  # characters of a line that may be a time stamp
_ATTRIBUTES = ("data-publishtime", "data-ptime", "data-pubtime", "data-time", "data-publish-time", "data-timestamp")
_SOON = timedelta(days=2)  # how far in the future a clock may stand


@dataclass(frozen=True, slots=True)
class Stamped:
    published: Moment | None = None
    rule: str = ""
    updated: Moment | None = None
    updated_rule: str = ""
    line: Line | None = None


def read_stamps(zones: Zones, head: Head, page: Page, now: datetime) -> Stamped:
    told = published_in_head(head, page.zone, now)
    seen = _seen(zones, page, now)
    timed = _time_element(page, now)
    updated = _updated(zones, head, page, now)
    line = seen[1] if seen else None
    for candidate in (seen and (seen[0], "masthead"), told, timed and (timed, "time")):
        if candidate and not candidate[0].by_day and candidate[0].at <= now + _SOON:
            if seen and candidate[0] is not seen[0] and not _same_day(seen[0], candidate[0], page.zone):
                continue
            return Stamped(*candidate, *updated, line)
    if seen:
        return Stamped(seen[0], "masthead", *updated, line)
    late = _labelled_late(zones, page, now)
    if late and not (told and not told[0].by_day):
        return Stamped(late[0], "tail", *updated, late[1])
    if told:
        return Stamped(*told, *updated, None)
    return Stamped(timed, "time", *updated, None) if timed else Stamped(None, "", *updated, None)


def _same_day(seen: Moment, other: Moment, zone: str) -> bool:
    there = ZoneInfo(zone)
    return seen.at.astimezone(there).date() == other.at.astimezone(there).date()


def _seen(zones: Zones, page: Page, now: datetime) -> tuple[Moment, Line] | None:
    """The first labelled moment of the masthead, else its first to the minute, else its first."""
    best: tuple[int, Moment, Line] | None = None
    for line in zones.masthead:
        if len(line.text) > _LONGEST or hidden(line.block):
            continue
        for moment in moments_in(line.text, page.zone, now, page.url):
            before = line.text[max(0, moment.start - 12) : moment.start]
            if labels.UPDATED.search(before) and best is not None:
                continue
            rank = (2 if labels.PUBLISHED.search(before + line.text[moment.start : moment.start + 1]) else 0) + (
                0 if moment.by_day else 3
            )
            if not moment.by_day or rank >= 2 or _is_stamp(line, moment):
                if best is None or rank > best[0]:
                    best = rank, moment, line
    return (best[1], best[2]) if best else None


def _is_stamp(line: Line, moment: Moment) -> bool:
    """A day alone is a stamp where the line holds little else, or it stands at an edge of it."""
    rest = line.text[: moment.start] + line.text[moment.end :]
    return len(rest.strip()) <= 60 or moment.start == 0


def _labelled_late(zones: Zones, page: Page, now: datetime) -> tuple[Moment, Line] | None:
    for line in [*zones.tail, *zones.closing]:
        if len(line.text) > _LONGEST or hidden(line.block):
            continue
        for moment in moments_in(line.text, page.zone, now, page.url):
            before = line.text[max(0, moment.start - 12) : moment.start]
            if (
                labels.PUBLISHED.search(before + line.text[moment.start : moment.start + 1])
                and moment.at <= now + _SOON
            ):
                return moment, line
    return None


def _time_element(page: Page, now: datetime) -> Moment | None:
    """The first ``time`` of the page, or an attribute in which the page keeps its publication time."""
    for element in page.root.xpath("(//time[@datetime])[position() <= 3]"):
        if moment := moment_of((element.get("datetime") or "")[:60], page.zone, now):
            return moment
    return None


def _updated(zones: Zones, head: Head, page: Page, now: datetime) -> tuple[Moment | None, str]:
    for line in zones.masthead + zones.tail[:6]:
        if len(line.text) > _LONGEST or not labels.UPDATED.search(line.text):
            continue
        for moment in moments_in(line.text, page.zone, now, page.url):
            if re.search(
                labels.UPDATED.pattern + r"$", line.text[max(0, moment.start - 14) : moment.start], re.IGNORECASE
            ):
                return moment, "masthead"
    told = updated_in_head(head, page.zone, now)
    return told or (None, "")
