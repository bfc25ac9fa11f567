"""Moments on an article page: dates found inside text, and which of them is the publication.

Dates carry a day and often a minute, in the zone of the page. A date without a year is completed only by the address
of the page, words such as 3小时前 by ``now``. Nothing is invented.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from worker.parsers.dates import hour_of, parse_date, zone_named
from worker.parsers.page.head import Head

_SHORT = 50  # a line that may say no more than 3小时前
_LONGEST = 300  # characters of a line in which dates are looked for
_CLOCK = (
    r"(?:[\sT,]{0,4}(?:[(（]?(?:星期|周|週)[一二三四五六日天][)）]?)?\s{0,4}(?P<half>上午|下午|凌晨|早上|清晨|中午|晚上|晚[间間]?|傍晚|午[后後]|深夜|AM|PM)?"
    r"\s{0,3}(?P<hour>[01]?\d|2[0-4])\s?[:时點点時]\s?(?P<minute>[0-5]\d)(?!\d)(?:\s?[:分]\s?(?P<second>[0-5]\d)(?!\d))?分?秒?"
    r"(?:\s?(?P<after>[AaPp]\.?[Mm])\b)?(?P<zone>\s?(?:Z\b|[+-]\d{2}:?\d{2}\b))?)?"
)
_FULL = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})\s?(?P<mark>[-/.年])\s?(?P<month>1[0-2]|0?[1-9])\s?[-/.月]\s?(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
    rf"\s?[日号號]?{_CLOCK}"
)
_PARTIAL = re.compile(
    r"(?<![\d.年/-])(?:(?P<short>\d\d)[-/.])?(?P<month>1[0-2]|0?[1-9])(?:\s?月\s?|[-/])(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s?日?"
    + _CLOCK.removesuffix("?")
)
_ENGLISH = re.compile(
    r"\b(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\s{1,2}\d{1,2}(?:st|nd|rd|th)?,?\s{1,2}(?:19|20)\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s{1,2}(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?,?\s{1,2}(?:19|20)\d{2})"
    r"(?P<clock>[,\s·|-]{0,4}(?:at\s)?\s?\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:GMT|UTC|BST|E[SD]?T|C[SD]T|P[SD]?T|M[SD]T)\b)?)?",
    re.IGNORECASE,
)
# 10.06.2018 22:00, 3 juillet 2018 à 10:22: whether the word is a month, parse_date knows.
_EUROPEAN = re.compile(
    r"(?<![\w.,])\d{1,2}(?:\.\s?\d{1,2}\.\s?|(?:\.|er|º)?\s(?:de\s)?[^\W\d_]{3,12}\.?\s(?:de\s)?)(?:19|20)\d{2}(?![\d.])"
    r"(?P<clock>[\s,·|•–-]{1,4}(?:at\s|um\s|à\s|om\s|kl\.?\s|alle\s|a las\s)?\d{1,2}[:.h]\d{2})?"
)
_AGO = re.compile(
    r"(?<![\d.])(?P<count>\d{1,3})\s?(?P<unit>分钟|分鐘|小时|小時|天|minutes?|mins?|hours?|hrs?|days?)\s?(?:之?前|ago\b)",
    re.IGNORECASE,
)
_NEAR_DAY = re.compile(
    r"(?P<day>今天|今日|昨天|昨日|前天|today|yesterday)[\s,]{0,3}(?:at\s)?(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)",
    re.IGNORECASE,
)
_DAY_END = re.compile(r"(?<=\d)-23:59:59$")  # www.gov.cn, where only the day is known
_YEAR_LAST = re.compile(r"(?:[A-Za-z\u00c0-\u04ff][.,]?\s|\d,?\s|\.\s?)(?:19|20)\d{2}(?!\d)")
_HINT = re.compile(r"\d|刚刚|剛剛|昨[天日]|前天|yesterday|just now", re.IGNORECASE)
_JUST = re.compile(r"(?:^|\s)(?:刚刚|剛剛|just now)(?:\s|$)", re.IGNORECASE)
_DAY_ALONE = re.compile(r"(?:^|\s)(?P<day>昨天|昨日|前天|yesterday)(?:\s|$)", re.IGNORECASE)
_BACK = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}
_URL_DATE = re.compile(
    r"(?<!\d)(?P<year>20\d{2}|19\d{2})(?:[-_/]?(?P<month>1[0-2]|0[1-9])(?:[-_/]?(?P<day>3[01]|[12]\d|0[1-9]))?)"
    r"(?!\d{1,3}(?!\d))"
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PUBLISHED_METAS = _words("""
    article:published_time og:article:published_time og:published_time pubdate pub_date publishdate
    publish_date publish-date publishtime datepublished og:release_date og:time release_date
    weibo:article:create_at article:create_at bytedance:published_time og:pubdate sailthru.date
    parsely-pub-date dc.date.issued dcterms.created dcterms.issued dc.date date firstpublishedtime
    article.published created createdate article_date_original
""")
_UPDATED_METAS = _words("""
    article:modified_time og:updated_time article:updated_time datemodified dateupdate lastmodified
    last-modified bytedance:updated_time bytedance:lrdate_time dcterms.modified revision_date article_date_updated
""")


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is aware UTC. ``by_day``: the text gives no time of day. ``start`` and ``end`` bound it in its text."""

    at: datetime
    by_day: bool = False
    start: int = 0
    end: int = 0


Day = tuple[int, int, int]


def moments_in(text: str, zone: str, now: datetime, days: Sequence[Day] = ()) -> Iterator[Moment]:
    """The moments a line names: full dates, else English ones, else relative ones and those without a year.

    ``days`` are year, month and day that the page tells elsewhere; only they complete a date.
    """
    line = _folded(text[:_LONGEST])
    found = False
    if not _HINT.search(line):
        return
    for match in _FULL.finditer(line):
        if moment := _full(match, match["year"], zone):
            found = True
            yield moment
    for pattern in (_ENGLISH, _EUROPEAN) if _YEAR_LAST.search(line) else ():
        for match in () if found else pattern.finditer(line):
            if at := parse_date(match[0], zone):
                found = True
                yield Moment(at, match["clock"] is None, match.start(), match.end())
    if not found and len(line) <= _SHORT:
        yield from _relative(line, zone, now)
    if not found:
        yield from _completed(line, zone, days)


def _folded(text: str) -> str:
    """Full-width digits and marks to ASCII, character by character, so that places stay."""
    if text.isascii():
        return text
    return "".join(chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text)


def _full(match: re.Match[str], year: str, zone: str) -> Moment | None:
    day = f"{year}-{int(match['month']):02}-{int(match['day']):02}"
    by_day = match["hour"] is None
    if by_day:
        at = parse_date(day, zone)
        return Moment(at, True, match.start(), match.end()) if at else None
    hour = hour_of(int(match["hour"]), match["half"] or match["after"])
    if hour is None:
        return None
    clock = f"{hour:02}:{match['minute']}:{match['second'] or '00'}"
    at = parse_date(f"{day} {clock}{(match['zone'] or '').strip()}", zone)
    return Moment(at, False, match.start(), match.end()) if at else None


def _relative(line: str, zone: str, now: datetime) -> Iterator[Moment]:
    local = now.astimezone(zone_named(zone))
    if match := _NEAR_DAY.search(line):
        day = local - timedelta(days=_BACK[match["day"].lower()])
        at = day.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0)
        yield Moment(at.astimezone(UTC), False, match.start(), match.end())
    elif match := _AGO.search(line):
        count, unit = int(match["count"]), match["unit"].lower()
        if unit.startswith(("天", "day")):
            day = (local - timedelta(days=count)).replace(hour=0, minute=0, second=0, microsecond=0)
            yield Moment(day.astimezone(UTC), True, match.start(), match.end())
        else:
            span = timedelta(hours=count) if unit.startswith(("小", "h")) else timedelta(minutes=count)
            yield Moment(
                (now - span).astimezone(UTC).replace(second=0, microsecond=0), False, match.start(), match.end()
            )
    elif match := _JUST.search(line):
        yield Moment(now.astimezone(UTC).replace(second=0, microsecond=0), False, match.start(), match.end())
    elif match := _DAY_ALONE.search(line):
        day = (local - timedelta(days=_BACK[match["day"].lower()])).replace(hour=0, minute=0, second=0, microsecond=0)
        yield Moment(day.astimezone(UTC), True, match.start(), match.end())


def _completed(line: str, zone: str, days: Sequence[Day]) -> Iterator[Moment]:
    """Dates without a year, or with half of one, where the page tells the year of the same month and day."""
    for match in _PARTIAL.finditer(line) if days else ():
        for year, month, day in days:
            same = (int(match["month"]), int(match["day"])) == (month, day)
            if same and (match["short"] is None or int(match["short"]) == year % 100):
                if moment := _full(match, str(year), zone):
                    yield moment
                break


def url_days(url: str | None) -> Iterator[Day]:
    """Year, month and day (0 where unsaid) that an address carries."""
    for match in _URL_DATE.finditer((url or "")[:500]):
        yield int(match["year"]), int(match["month"]), int(match["day"] or 0)


def day_of(moment: Moment, zone: str) -> Day:
    local = moment.at.astimezone(zone_named(zone))
    return local.year, local.month, local.day


def published_in_head(head: Head, zone: str, now: datetime) -> tuple[Moment, str] | None:
    """The publication time the head declares, and by which rule; one to the minute before one to the day."""
    told = [(str(head.thing("datePublished", "pubDate", "dateCreated", "uploadDate") or ""), "json-ld")]
    told += [(value, "meta") for value in head.all(*_PUBLISHED_METAS)]
    found = [(moment, rule) for value, rule in told if (moment := moment_of(value, zone, now))]
    return next((pair for pair in found if not pair[0].by_day), found[0] if found else None)


def updated_in_head(head: Head, zone: str, now: datetime) -> tuple[Moment, str] | None:
    told = [(str(head.thing("dateModified", "upDate") or ""), "json-ld")]
    told += [(value, "meta") for value in head.all(*_UPDATED_METAS)]
    return next(((moment, rule) for value, rule in told if (moment := moment_of(value, zone, now))), None)


def moment_of(value: str, zone: str, now: datetime) -> Moment | None:
    """The moment that is the whole of ``value``."""
    text = _DAY_END.sub("", value.strip()[:80])
    if not text:
        return None
    if (moment := next(moments_in(text, zone, now), None)) and moment.start <= 12 and len(text) - moment.end <= 12:
        return _exact(text, zone, moment)
    at = parse_date(text, zone)
    return Moment(at, not re.search(r"\d:\d\d|T\d\d|\d{10}", text)) if at else None


def _exact(text: str, zone: str, moment: Moment) -> Moment:
    """ISO texts with fractions and odd zones are read by the reader of feeds' dates, which knows them all."""
    at = parse_date(unicodedata.normalize("NFKC", text), zone)
    return Moment(at, moment.by_day and at == moment.at) if at else moment
