"""Which of a page's dates is its publication: the one a reader sees beside the title, else what the head declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.parsers.dates import zone_named
from worker.parsers.page import labels
from worker.parsers.page.head import Head
from worker.parsers.page.scan import Line, hidden, marks
from worker.parsers.page.times import (
    Day,
    Moment,
    day_of,
    moment_of,
    moments_in,
    published_in_head,
    updated_in_head,
    url_days,
)
from worker.parsers.page.tree import Page
from worker.parsers.page.zones import Zones

_LONGEST = 200  # characters of a line that may be a time stamp
_TODAY = re.compile(r"今天是|现在是|今日是|欢迎|星期[一二三四五六日天]")
_ADOPTED = re.compile(r"(?:会议|大会|会)(?:审议|表决)?(?:通过|修订|修正|批准)")  # (2007年6月29日第二十八次会议通过)
_DATED = re.compile(r"date-?header|(?:post|entry|article|publish|pub)[-_]?(?:date|time)")  # said by the markup
_DIGITS = re.compile(r"[\d\s/:.年月日-]+")
_BOXES = re.compile(
    r"\b((?:19|20)\d\d)\s*[年/.-]?\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})(?:\s*日)?(?:\s+(\d{1,2})\s*:\s*(\d\d)\b)?"
)
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
    timed = _time_element(head, page, now)
    changed = updated_in_head(head, page.zone, now)
    days = _days(page, told, changed, timed)
    seen = _seen(zones, page, now, days) or _in_boxes(zones, page, now)
    updated: tuple[Moment | None, str] = _updated(zones, page, now) or changed or (None, "")
    declared = [*([told] if told else ()), *([(timed, "time")] if timed else ())]
    if told and not told[0].by_day and not zones.ideographic and told[0].at <= now + _SOON:
        # Pages in English are read around the world: what they show is in a zone of its own, what they declare has one.
        return Stamped(*told, *updated, seen[1] if seen else None)
    late = None if seen else _late(zones, page, now)
    shown = seen or late
    exact = [
        (moment, rule)
        for moment, rule in (*([(shown[0], "masthead" if seen else "tail")] if shown else ()), *declared)
        if not moment.by_day and moment.at <= now + _SOON and (not shown or _same_day(shown[0], moment, page.zone))
    ]
    by_day = [(shown[0], "masthead" if seen else "tail")] if shown else declared
    published, rule = next(iter(exact or by_day), (None, ""))
    return Stamped(published, rule, *updated, shown[1] if shown else None)


def _days(page: Page, *found: tuple[Moment, str] | Moment | None) -> list[Day]:
    """The days the address and the head tell: they complete a date that shows no year."""
    moments = [each[0] if isinstance(each, tuple) else each for each in found if each is not None]
    return [*url_days(page.url), *(day_of(moment, page.zone) for moment in moments)]


def _same_day(seen: Moment, other: Moment, zone: str) -> bool:
    there = zone_named(zone)
    return seen.at.astimezone(there).date() == other.at.astimezone(there).date()


def _seen(zones: Zones, page: Page, now: datetime, days: list[Day]) -> tuple[Moment, Line] | None:
    """The first labelled moment of the masthead, else its first to the minute, else its first."""
    best: tuple[int, Moment, Line] | None = None
    for line in zones.masthead:
        if len(line.text) > _LONGEST or hidden(line.block):
            continue
        for moment in moments_in(line.text, page.zone, now, days):
            if moment.at > now + _SOON or (_is_update(line, moment) and best is not None):
                continue
            labelled = _is_labelled(line, moment)
            # What stands above the title is perhaps the clock of the day.
            above = line.index < zones.below and not labelled and not _DATED.search(marks(line.block))
            if moment.by_day and not labelled and _ADOPTED.search(line.text[moment.end :]):
                continue
            if above and (moment.by_day or _TODAY.search(line.text)):
                continue
            rank = (2 if labelled else 0) + (0 if moment.by_day else 3) - (1 if above else 0)
            if (not moment.by_day or labelled or _is_stamp(line, moment)) and (best is None or rank > best[0]):
                best = rank, moment, line
    return (best[1], best[2]) if best else None


def _is_labelled(line: Line, moment: Moment) -> bool:
    around = line.text[max(0, moment.start - 14) : moment.start + 1]
    return labels.PUBLISHED.search(around) is not None


def _is_update(line: Line, moment: Moment) -> bool:
    before = line.text[max(0, moment.start - 14) : moment.start]
    return any(match.end() == len(before) for match in labels.UPDATED.finditer(before))


def _in_boxes(zones: Zones, page: Page, now: datetime) -> tuple[Moment, Line] | None:
    """``2019`` ``09 / 07`` ``19 : 02``: a time whose parts stand in boxes of their own."""
    run: list[Line] = []
    for line in zones.masthead:
        if len(line.text) <= 20 and _DIGITS.fullmatch(line.text):
            run.append(line)
            continue
        if found := _boxed(run, page, now):
            return found
        run = []
    return _boxed(run, page, now)


def _boxed(run: list[Line], page: Page, now: datetime) -> tuple[Moment, Line] | None:
    match = _BOXES.search(" ".join(line.text for line in run)) if len(run) > 1 else None
    if match is None:
        return None
    clock = f" {match[4]}:{match[5]}" if match[4] else ""
    moment = next(moments_in(f"{match[1]}-{match[2]}-{match[3]}{clock}", page.zone, now), None)
    return (moment, run[-1]) if moment else None


def _is_stamp(line: Line, moment: Moment) -> bool:
    """A day alone is a stamp where the line holds little else, or it stands at an edge of it."""
    rest = line.text[: moment.start] + line.text[moment.end :]
    return len(rest.strip()) <= 60 or moment.start == 0


def _late(zones: Zones, page: Page, now: datetime) -> tuple[Moment, Line] | None:
    """A labelled moment below the text; or one to the minute that stands alone right below it."""
    for line in [*zones.tail, *zones.closing]:
        if len(line.text) > _LONGEST or hidden(line.block):
            continue
        for moment in moments_in(line.text, page.zone, now):
            if moment.at <= now + _SOON and _is_labelled(line, moment):
                return moment, line
    for line in zones.tail[:3]:
        for moment in moments_in(line.text, page.zone, now) if len(line.text) <= 25 else ():
            if not moment.by_day and moment.end - moment.start == len(line.text.strip()):
                return moment, line
    return None


def _time_element(head: Head, page: Page, now: datetime) -> Moment | None:
    """The first ``time`` of the page that is dated."""
    return next((moment for value in head.times[:3] if (moment := moment_of(value, page.zone, now))), None)


def _updated(zones: Zones, page: Page, now: datetime) -> tuple[Moment, str] | None:
    for line in zones.masthead + zones.tail[:6]:
        if len(line.text) > _LONGEST or not labels.UPDATED.search(line.text):
            continue
        for moment in moments_in(line.text, page.zone, now):
            if _is_update(line, moment):
                return moment, "masthead"
    return None
