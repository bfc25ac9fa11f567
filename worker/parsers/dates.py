"""The dates real feeds carry → aware UTC, or None. Nothing is ever guessed: a date without a year is no date.

A text with no zone is read in the zone of the source. Years outside 1990–2100 are refused as nonsense.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from worker.parsers.months import MERIDIEM, MONTHS, ZONES

_FIRST_YEAR, _LAST_YEAR = 1990, 2100

_TIME = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?"
_ZONE = r"(?P<zone>(?:[A-Za-z]{1,5}\s*)?[+\-\u2212]\s*\d{1,2}:?\d{0,2}(?::\d{2})?|Z|[A-Za-z][A-Za-z/_]*)?"

_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s*)?(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4}|\d{2})"
    rf"(?:[,T\s]+{_TIME}\s*{_ZONE})?(?:\s*\([^)]*\))?"
)
_ISO = re.compile(
    r"(?P<year>[12]\d{3})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?"
    r"(?:(?:\s*[Tt]\s*|\s+)(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,:]\d*)?)?)?"
    rf"\s*{_ZONE})?(?:\s*\[[\w/+-]+\])?"
)
_ISO_COMPACT = re.compile(
    r"(?P<year>[12]\d{3})(?P<month>[01]\d)(?P<day>[0-3]\d)"
    rf"(?:[Tt\s]?(?P<hour>\d{{2}}):?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}})(?:[.,]\d+)?)?\s*{_ZONE})?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>[12]\d{3})\s*[年/.\-]\s*(?P<month>\d{1,2})\s*[月/.\-]\s*(?P<day>\d{1,2})\s*[日号號]?"
    r"[\s,T]*(?:[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?)?\s*"
    r"(?:(?P<half>[^\d\s]{1,4})?\s*(?P<hour>\d{1,2})\s*[:时點点時h]\s*(?:(?P<minute>\d{1,2})\s*[:分]?\s*"
    rf"(?:(?P<second>\d{{1,2}})(?:[.,]\d+)?\s*秒?)?)?\s*(?P<half_after>[AaPp]\.?[Mm]\.?)?\s*{_ZONE})?"
)
_CTIME = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+"
    rf"{_TIME}\s+(?:{_ZONE}\s+)?(?P<year>\d{{4}})"
)
_CLOCK = re.compile(
    r"(?<![\d.])(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?|(?=\s*[AaPp]\.?[Mm]))"
    rf"\s*(?P<half>[AaPp]\.?[Mm]\b\.?)?\s*{_ZONE}"
)
_WORDS = re.compile(r"[^\W\d_]+\.?|\d+", re.UNICODE)
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?P<mark>[./\-])(?P<month>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})(?:[,\s]+{_TIME}\s*"
    rf"(?P<half>[AaPp]\.?[Mm]\b\.?)?\s*{_ZONE})?"
)
_OFFSET = re.compile(r"(?:[A-Za-z]*)\s*([+\-\u2212])\s*(\d{1,2}):?(\d{2})?")


def parse_date(text: str | None, zone: str) -> datetime | None:
    """The moment ``text`` names, as aware UTC. ``zone`` is the IANA name for texts without one.

    Knows RFC 822, RFC 3339, ISO 8601, W3CDTF, ctime, Chinese and Japanese dates, seconds and milliseconds since 1970,
    and dates with month names in the larger European languages. A date without time is midnight in its zone.
    """
    stripped = " ".join((text or "").split())
    if not 4 < len(stripped) < 100:
        return None
    try:
        return _parse(stripped, zone)
    except (ValueError, OverflowError):
        return None


def _parse(text: str, zone: str) -> datetime | None:
    if text.isascii():
        for pattern in (_RFC822, _ISO):
            if match := pattern.fullmatch(text):
                return _moment(match.groupdict(), zone)
        if text.isdigit() and len(text) in {10, 13}:
            return _bounded(datetime.fromtimestamp(int(text[:10]), UTC))
        for pattern in (_ISO_COMPACT, _CTIME):
            if match := pattern.fullmatch(text):
                return _moment(match.groupdict(), zone)
    for pattern in (_YEAR_FIRST, _DAY_FIRST):
        if match := pattern.fullmatch(text):
            return _moment(match.groupdict(), zone)
    return _by_words(text, zone)


def _by_words(text: str, zone: str) -> datetime | None:
    """``24 novembre 2026 à 10:00``, ``November 24th, 2026 10:00 am``: a named month, a day, a year, maybe a clock."""
    clock = _CLOCK.search(text)
    date_text = text if clock is None else text[: clock.start()] + " " + text[clock.end() :]
    month: int | None = None
    numbers: list[str] = []
    for word in _WORDS.findall(date_text):
        if word.isdigit():
            numbers.append(word)
        elif month is None:
            month = _month(word)
    days = [number for number in numbers if len(number) <= 2]
    years = [number for number in numbers if len(number) == 4]
    if month is None or len(days) != 1 or len(years) != 1 or len(numbers) != 2:
        return None
    parts: dict[str, str | None] = {"year": years[0], "month": str(month), "day": days[0]}
    if clock is not None:
        parts |= clock.groupdict()
        if parts["zone"] is not None and _zone(parts["zone"]) is None:
            parts["zone"] = None  # a word of the sentence, not a zone
    return _moment(parts, zone)


def _moment(parts: dict[str, str | None], zone: str) -> datetime | None:
    month_text = parts["month"] or ""
    month = int(month_text) if month_text.isdigit() else _month(month_text)
    day = int(parts["day"] or 1)
    if month is None:
        return None
    if parts.get("mark") == "/":
        swapped = _slashed(day, month, american=bool(parts.get("half")))
        if swapped is None:
            return None
        day, month = swapped
    offset = _named_zone(parts.get("zone"), zone)
    if offset is None:
        return None
    hour = _hour(int(parts.get("hour") or 0), parts.get("half") or parts.get("half_after"))
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if hour is None or hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second > 0):
        return None
    local = datetime(_year(parts["year"] or ""), month, day, tzinfo=offset)
    # 24:00 and a leap second run over into the next minute or day, on the wall clock.
    wall = local.replace(tzinfo=None) + timedelta(hours=hour, minutes=minute, seconds=second)
    return _bounded(wall.replace(tzinfo=offset).astimezone(UTC))


def _slashed(first: int, second: int, *, american: bool) -> tuple[int, int] | None:
    """Day and month of ``11/23/2026``; None where it could be either, unless am or pm shows an American hand."""
    if second > 12 or (american and first <= 12):
        return second, first
    return (first, second) if first > 12 or first == second else None


def _bounded(moment: datetime) -> datetime | None:
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 70 else 1900)
    return year


def _hour(hour: int, half: str | None) -> int | None:
    """The hour on the 24-hour clock, given 上午, 下午, am, p.m. …"""
    if not half:
        return hour
    meridiem = MERIDIEM.get(half.replace(".", "").lower())
    if meridiem is None:
        return None
    if hour > 12:
        return hour  # "15:00 PM" says the same thing twice
    if meridiem == "pm":
        return 12 if hour == 12 else hour + 12
    return 0 if hour == 12 else hour


def _month(word: str) -> int | None:
    folded = word.rstrip(".").lower()
    return MONTHS.get(folded) or (MONTHS.get(folded[:3]) if folded.isascii() and _ENGLISH.match(folded) else None)


_ENGLISH = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where there is none of that name."""
    return _iana(name) or UTC


def _named_zone(text: str | None, default: str) -> tzinfo | None:
    if not text:
        return zone_named(default)
    return _zone(text)


@lru_cache(maxsize=512)
def _zone(text: str) -> tzinfo | None:
    if match := _OFFSET.fullmatch(text):
        sign, hours, minutes = match.groups()
        if len(hours) == 1 and minutes is None:
            minutes = "00"
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if span > timedelta(hours=15):
            return None
        return timezone(-span if sign != "+" else span)
    folded = text.upper()
    if folded in ZONES:
        return timezone(timedelta(minutes=ZONES[folded]))
    return _iana(text) if "/" in text else None


@lru_cache(maxsize=64)
def _iana(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
