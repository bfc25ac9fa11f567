"""The dates real feeds carry → aware UTC, or None. Nothing is ever guessed: a date without a year is no date.

A text with no zone is read in the zone of the source. Years outside 1990–2100 are refused as nonsense.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from worker.parsers.datewords import plain
from worker.parsers.months import ENGLISH, MERIDIEM, MONTHS, WEEKDAY_OR_MONTH, WORD_OR_ZONE, ZONES, without_accents

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LONGEST = 200  # characters, once signs of several letters are spelt out
_LAST_COUNTED = 2_000_000_000  # ten digits from here on are rather 2026112410

_TIME = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?"
_AM_PM = r"[AaPp]\.?\s?[Mm]\b\.?"
_ZONE = (
    rf"(?P<zone>(?!{_AM_PM})(?:[A-Za-z]{{1,5}}\s*)?[+\-\u2212]\s*\d{{1,2}}:?\d{{0,2}}(?::\d{{2}})?"
    r"|Z|[A-Za-z][A-Za-z/_]*)?"
)
_HALF_ZONE = rf"\s*(?P<half>{_AM_PM})?\s*{_ZONE}"

_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s*)?(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4}|\d{2})"
    rf"(?:[,T\s]+{_TIME}{_HALF_ZONE})?(?:\s*\((?!\d)[^)]*\))?"
)
_ISO = re.compile(
    r"(?P<year>[12]\d{3})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?"
    r"(?:(?:\s*[Tt,|]\s*|\s+(?:-\s+)?|-(?=\d{2}:\d{2}:\d{2}$))(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,:]\d*)?)?)?"
    rf"{_HALF_ZONE}(?:(?<=[+-]00:00)Z)?)?(?:\s*\[[\w/+-]+\]|\s+[A-Z]{{3,5}}(?:\s+m=[+-][\d.]+)?)?"
)
# Week and day, or day of the year.
_ISO_COUNTED = re.compile(
    r"(?P<year>[12]\d{3})(?:-?W(?P<week>\d{2})(?:-?(?P<weekday>[1-7]))?|-(?P<ordinal>\d{3}))"
    rf"(?:[Tt\s]\s*(?P<hour>\d{{2}})(?::?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}})(?:[.,]\d+)?)?)?\s*{_ZONE})?"
)
_ISO_COMPACT = re.compile(
    r"(?P<year>[12]\d{3})(?P<month>[01]\d)(?P<day>[0-3]\d)"
    r"(?:(?:[Tt\s]?(?=\d{2}:?\d{2})|[Tt])(?P<hour>\d{2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    rf"\s*{_ZONE})?"
)
_YEAR_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<year>[12]\d{3})\s*[年년/.\-]\s*(?P<month>\d{1,2})\s*[月월/.\-]\s*(?P<day>\d{1,2})\s*[日号號일]?"
    r"(?:[\s,T|]*|\s+-\s+)"
    r"(?:(?P<half>[^\d\s]{1,4})?\s*(?P<hour>\d{1,2})\s*[:时時点點時시h]\s*(?:(?P<minute>\d{1,2})\s*[:分분]?\s*"
    rf"(?:(?P<second>\d{{1,2}})(?:[.,]\d+)?\s*[秒초]?)?)?\s*(?P<half_after>{_AM_PM})?\s*{_ZONE})?"
)
_CTIME = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+"
    rf"{_TIME}\s+(?:{_ZONE}\s+)?(?P<year>\d{{4}})"
)
_CLOCK = re.compile(
    rf"(?<![\d.])(?P<hour>\d{{1,2}})(?:[:.h](?P<minute>\d{{2}})(?:[:.](?P<second>\d{{2}})(?:[.,]\d+)?)?|(?=\s*{_AM_PM}))"
    rf"\s*(?P<half>{_AM_PM}|[μπΜΠ]\.?[μΜ]\b\.?)?\s*{_ZONE}"
)
_WORDS = re.compile(r"[^\W\d_]+\.?|\d+", re.UNICODE)
_BEFORE_TIME = r"(?:[,T\s|]+|\s+-\s+)(?:(?:at|@|à|às|om|um|u|kl\.?|klo|alle(?:\sore)?|ore|a\slas|o|в|у|godz\.?)\s+)?"
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?P<mark>[./\-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})"
    rf"(?:{_BEFORE_TIME}{_TIME}{_HALF_ZONE}(?:\s(?:Uhr|uur|h))?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:[A-Za-z]*)\s*([+\-\u2212])\s*(\d{1,2}):?(\d{2})?")


def parse_date(text: str | None, zone: str) -> datetime | None:
    """The moment ``text`` names, as aware UTC. ``zone`` is the IANA name for texts without one.

    Knows RFC 822, RFC 3339, ISO 8601 (weeks and days of the year too), W3CDTF, ctime, Chinese, Japanese and Korean
    dates with their numerals, eras and halves of the day, seconds and milliseconds since 1970, and dates with month
    names in the larger European languages. A date without time is midnight in its zone. What could be two days or two
    hours (``05/11/2026``, ``05-11-2026``, 晚上12点) is None.
    """
    stripped = " ".join((text or "").split())
    if not 4 < len(stripped) < 100:
        return None
    try:
        return _parse(stripped if stripped.isascii() else plain(stripped), zone)
    except (ValueError, OverflowError):
        return None


def _parse(text: str, zone: str) -> datetime | None:
    if len(text) > _LONGEST:
        return None
    if text.isascii():
        if text.isdigit() and len(text) in {10, 13}:
            seconds = int(text[:10])
            return _bounded(datetime.fromtimestamp(seconds, UTC)) if seconds < _LAST_COUNTED else None
        for pattern in (_RFC822, _ISO, _ISO_COMPACT, _CTIME):
            if match := pattern.fullmatch(text):
                return _moment(match.groupdict(), zone)
        if match := _ISO_COUNTED.fullmatch(text):
            return _moment(_counted(match.groupdict()), zone)
    for pattern in (_YEAR_FIRST, _DAY_FIRST):
        if match := pattern.fullmatch(text):
            return _moment(match.groupdict(), zone)
    return _by_words(text, zone)


def _by_words(text: str, zone: str) -> datetime | None:
    """``24 novembre 2026 à 10:00``, ``November 24th, 2026 10:00 am``: a named month, a day, a year, maybe a clock."""
    clock = _CLOCK.search(text)
    date_text = text if clock is None else text[: clock.start()] + " " + text[clock.end() :]
    words = _WORDS.findall(date_text)
    numbers = [word for word in words if word.isdigit()]
    month = _only_month([word for word in words if not word.isdigit()])
    days = [number for number in numbers if len(number) <= 2]
    years = [number for number in numbers if len(number) == 4]
    if month is None or len(days) != 1 or len(years) != 1 or len(numbers) != 2:
        return None
    parts: dict[str, str | None] = {"year": years[0], "month": str(month), "day": days[0]}
    if clock is not None:
        parts |= clock.groupdict()
        if parts["zone"] is not None and not _is_zone(parts["zone"], after_half=parts["half"] is not None):
            parts["zone"] = None  # a word of the sentence, not a zone
    return _moment(parts, zone)


def _only_month(words: list[str]) -> int | None:
    """The month the words name; None where they name none or two: ``mar. 24 nov.`` is one, ``mardi`` is none."""
    months = {word.rstrip(".").lower(): month for word in words if (month := _month(word, whole=True))}
    if len(set(months.values())) > 1:
        months = {word: month for word, month in months.items() if word not in WEEKDAY_OR_MONTH}
    named = set(months.values())
    return named.pop() if len(named) == 1 else None


def _is_zone(text: str, *, after_half: bool) -> bool:
    """Whether what follows a clock in a sentence is a zone: ``10:00 est`` may be French, ``10 pm est`` is not."""
    if text.isalpha() and (len(text) == 1 or (not text.isupper() and text.lower() in WORD_OR_ZONE and not after_half)):
        return text in "Zz"
    return _zone(text) is not None


def _counted(parts: dict[str, str | None]) -> dict[str, str | None]:
    """``2026-W48-2`` and ``2026-328`` as year, month and day; a week without a day is its Monday."""
    year = int(parts["year"] or 0)
    if parts["week"]:
        day = date.fromisocalendar(year, int(parts["week"]), int(parts["weekday"] or 1))
    else:
        day = date(year, 1, 1) + timedelta(days=int(parts["ordinal"] or 0) - 1)
        if day.year != year:
            raise ValueError("no such day of the year")
    return {**parts, "year": f"{day.year}", "month": f"{day.month}", "day": f"{day.day}"}


def _moment(parts: dict[str, str | None], zone: str) -> datetime | None:
    month_text = parts["month"] or ""
    month = int(month_text) if month_text.isdigit() else _month(month_text)
    day = int(parts["day"] or 1)
    if month is None:
        return None
    if mark := parts.get("mark"):
        swapped = _by_marks(day, month, mark, american=bool(parts.get("half")))
        if swapped is None:
            return None
        day, month = swapped
    offset = _named_zone(parts.get("zone"), zone)
    if offset is None:
        return None
    hour = hour_of(int(parts.get("hour") or 0), parts.get("half") or parts.get("half_after"))
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if hour is None or hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second > 0):
        return None
    local = datetime(_year(parts["year"] or ""), month, day, tzinfo=offset)
    # 24:00 and a leap second run over into the next minute or day, on the wall clock.
    wall = local.replace(tzinfo=None) + timedelta(hours=hour, minutes=minute, seconds=second)
    return _bounded(wall.replace(tzinfo=offset).astimezone(UTC))


def _by_marks(first: int, second: int, mark: str, *, american: bool) -> tuple[int, int] | None:
    """Day and month of ``11/23/2026``; None where it could be either, unless dots say that the day is first, or
    slashes with am or pm show an American hand."""
    if second > 12 or (mark == "/" and american and first <= 12):
        return second, first
    return (first, second) if first > 12 or first == second or mark == "." else None


def _bounded(moment: datetime) -> datetime | None:
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 70 else 1900)
    return year


def hour_of(hour: int, half: str | None) -> int | None:
    """The hour on the 24-hour clock, given 上午, 下午, am, p. m. …; None where the two contradict each other, or where
    晚上12点 may be of this day or of the next."""
    if not half:
        return hour
    meridiem = MERIDIEM.get(half.replace(".", "").replace(" ", "").lower())
    match meridiem:
        case "am" | "morning":
            return (0 if meridiem == "am" else None) if hour == 12 else hour if hour < 12 else None
        case "noon":
            return hour if hour > 9 else hour + 12 if 1 <= hour <= 3 else None
        case "pm":
            return hour if hour > 11 else hour + 12
        case "night":
            return hour if hour > 12 else hour + 12 if 5 <= hour < 12 else None
    return None


def _month(word: str, *, whole: bool = False) -> int | None:
    """The number of the month a word names. Unless it must be the ``whole`` word, Novembr is one too."""
    folded = word.rstrip(".").lower()
    month = MONTHS.get(folded) or (None if folded.isascii() else MONTHS.get(without_accents(folded)))
    if month is None and _ENGLISH.match(folded):
        month = MONTHS[folded[:3]]
        if whole and not ENGLISH[month - 1].startswith(folded):
            return None
    return month


_ENGLISH = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where there is none of that name."""
    return _iana(name) or UTC


def _named_zone(text: str | None, default: str) -> tzinfo | None:
    if not text or text.upper() == _own_name(default):
        return zone_named(default)
    return _zone(text)


@lru_cache(maxsize=64)
def _own_name(zone: str) -> str | None:
    """What a zone without summer time calls its time: CST, which is Chicago's elsewhere, in Asia/Shanghai."""
    winter, summer = (datetime(2026, month, 1, tzinfo=zone_named(zone)) for month in (1, 7))
    return winter.tzname() if winter.tzname() == summer.tzname() else None


@lru_cache(maxsize=512)
def _zone(text: str) -> tzinfo | None:
    if match := _OFFSET.fullmatch(text):
        sign, hours, minutes = match.groups()
        if len(hours) == 1 and minutes is None:
            minutes = "00"
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if span > timedelta(hours=15) or int(minutes or 0) > 59:
            return None
        return timezone(-span if sign != "+" else span)
    folded = text.upper()
    if len(text) == 1 and text not in "Zz" and text.islower():
        return None  # the m of 10h30m
    if folded in ZONES:
        return timezone(timedelta(minutes=ZONES[folded]))
    return _iana(text) if "/" in text else None


@lru_cache(maxsize=64)
def _iana(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
