"""When a destination takes articles: windows and fixed times, in its zone, on the days of its calendar. Pure.

A wall clock that jumps: a moment it skips is taken as far after the jump as it was to be after the last good minute;
of a moment that comes twice the first counts. A window that the clock jumps over opens after the jump, for as long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from worker.model.catalog import Calendar, Schedule
from worker.model.dispatch import Terms

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY, WORKDAYS, WEEKENDS = "daily", "workdays", "weekends"
HORIZON = 400  # days looked ahead; a schedule that does not open within them is taken to open at their end
MIDNIGHT = 24 * 60
RATE_LAG = 4.0  # seconds that a send may be late, for the tick wakes senders every two; see ``gap``

WINDOW_FORM = (
    '"workdays 08:30-18:00", "daily 22:00-02:00", "weekends 10:00-16:00", "mon-fri 09:00-17:00" or "sat,sun …"'
)
MARK_FORM = '"07:30" or, on some days only, "workdays 07:30"'
DAYS_FORM = '"2026-10-01" or, for several, "2026-10-01..2026-10-07"'

_CLOCK = r"(\d{1,2}):(\d{2})"
_WINDOW = re.compile(rf"(?:(\S+)\s+)?{_CLOCK}\s*-\s*{_CLOCK}")
_MARK = re.compile(rf"(?:(\S+)\s+)?{_CLOCK}")


@dataclass(frozen=True, slots=True)
class Days:
    """Some days of the week (0 is Monday), or the calendar's ``workdays`` or ``weekends`` (all other days)."""

    word: str
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """From ``begin`` until ``end`` (exclusive), in minutes of the day; ``end`` beyond midnight is the next day's."""

    days: Days
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A fixed time, in minutes of the day."""

    days: Days
    minute: int


@dataclass(frozen=True, slots=True)
class Workdays:
    """Monday to Friday, less the days ``free``, and the days ``worked`` in their stead."""

    free: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def __contains__(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.free)


@dataclass(frozen=True, slots=True)
class Opening:
    """From when to when articles go, aware UTC; ``ends`` is None for a fixed time."""

    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule, read. Without windows and marks it is always open."""

    zone: ZoneInfo
    windows: tuple[Window, ...] = ()
    marks: tuple[Mark, ...] = ()
    workdays: Workdays = Workdays()

    def is_open(self, moment: datetime) -> bool:
        """Whether ``moment`` lies in a window; without windows any does, for a fixed time is when a batch begins."""
        if not self.windows:
            return True
        day = moment.astimezone(self.zone).date()
        return any(
            begins <= moment < ends for one in (day - timedelta(days=1), day) for begins, ends in self._spans(one)
        )

    def opening(self, not_before: datetime) -> datetime:
        """The earliest moment, aware UTC, from ``not_before`` on at which an article may go."""
        if not self.marks and self.is_open(not_before):
            return not_before
        for moment in self._begins(not_before):
            if moment >= not_before:
                return moment
        return not_before + timedelta(days=HORIZON)

    def openings(self, now: datetime, count: int) -> list[Opening]:
        """The next ``count`` openings, the one that is open now first; none for a schedule that is always open."""
        if self.marks:
            marks = (one for one in self._begins(now) if one >= now)
            return [Opening(one, None) for one, _ in zip(marks, range(count), strict=False)]
        found: list[Opening] = []
        for begins, ends in self._all_spans(now):
            if ends <= now:
                continue
            if found and found[-1].ends is not None and begins <= found[-1].ends:
                found[-1] = Opening(found[-1].begins, max(ends, found[-1].ends))
            elif len(found) == count:
                break
            else:
                found.append(Opening(begins, ends))
        return found

    def day_began(self, moment: datetime) -> datetime:
        """When the day of ``moment`` began here, aware UTC."""
        return self._at(moment.astimezone(self.zone).date(), 0)

    def tomorrow(self, moment: datetime) -> datetime:
        """The first opening of the days after that of ``moment``."""
        return self.opening(self._at(moment.astimezone(self.zone).date(), MIDNIGHT))

    def _begins(self, since: datetime) -> Iterator[datetime]:
        """When it opens, in order, from the day before ``since``: fixed times where there are any, else windows."""
        if not self.marks:
            yield from (begins for begins, _ in self._all_spans(since))
            return
        for day in self._days(since):
            moments = {self._at(day, mark.minute) for mark in self.marks if self._has(mark.days, day)}
            yield from (one for one in sorted(moments) if self.is_open(one))

    def _all_spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        for day in self._days(since):
            yield from sorted(self._spans(day))

    def _days(self, since: datetime) -> Iterator[date]:
        first = since.astimezone(self.zone).date() - timedelta(days=1)
        return (first + timedelta(days=number) for number in range(HORIZON + 2))

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The windows that begin on ``day``."""
        found = []
        for window in self.windows:
            if self._has(window.days, day):
                begins, ends = self._at(day, window.begin), self._at(day, window.end)
                long = timedelta(minutes=window.end - window.begin)
                found.append((begins, ends if ends > begins else begins + long))
        return found

    def _has(self, days: Days, day: date) -> bool:
        if days.word == WORKDAYS:
            return day in self.workdays
        if days.word == WEEKENDS:
            return day not in self.workdays
        return day.weekday() in days.weekdays

    def _at(self, day: date, minute: int) -> datetime:
        local = datetime.combine(day, time()) + timedelta(minutes=minute)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def timetable(schedule: Schedule, calendars: Mapping[str, Calendar], zone: str) -> Timetable:
    """``schedule`` read; ``zone`` is for one that names none. Raises ValueError for what ``check`` refuses."""
    calendar = calendars.get(schedule.calendar or "")
    return Timetable(
        ZoneInfo(schedule.zone or zone),
        tuple(read_window(text) for text in schedule.windows),
        tuple(read_mark(text) for text in schedule.at),
        workdays_of(calendar) if calendar is not None else Workdays(),
    )


def workdays_of(calendar: Calendar) -> Workdays:
    """The days of ``calendar``. Raises ValueError for an unreadable one."""
    return Workdays(
        frozenset(day for text in calendar.days_off for day in read_days(text)),
        frozenset(day for text in calendar.workdays for day in read_days(text)),
    )


def read_window(text: str) -> Window:
    """``workdays 08:30-18:00``. Raises ValueError saying what is allowed."""
    match = _WINDOW.fullmatch(_plain(text))
    if match is None:
        raise ValueError(f'must be a window such as {WINDOW_FORM}, not "{text}"')
    days = read_weekdays(match[1] or DAILY)
    begin, end = _minute(match[2], match[3]), _minute(match[4], match[5], last=True)
    if begin == end:
        raise ValueError(f'"{text}" ends when it begins (the whole day is "{days.word} 00:00-24:00")')
    return Window(days, begin, end if end > begin else end + MIDNIGHT)


def read_mark(text: str) -> Mark:
    """``07:30``, ``workdays 07:30``. Raises ValueError saying what is allowed."""
    match = _MARK.fullmatch(_plain(text))
    if match is None:
        raise ValueError(f'must be a time of day such as {MARK_FORM}, not "{text}"')
    return Mark(read_weekdays(match[1] or DAILY), _minute(match[2], match[3]))


def read_weekdays(text: str) -> Days:
    """``daily``, ``workdays``, ``weekends``, ``mon-fri``, ``sat,sun``. Raises ValueError saying what is allowed."""
    if text in (WORKDAYS, WEEKENDS):
        return Days(text)
    if text == DAILY:
        return Days(text, frozenset(range(7)))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            allowed = ", ".join((DAILY, WORKDAYS, WEEKENDS, *WEEKDAYS))
            raise ValueError(f'"{text}" names no days (allowed: {allowed}, lists and ranges of the last seven)')
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found.update(number % 7 for number in range(begin, end + 1 if end >= begin else end + 8))
    return Days(text, frozenset(found))


def read_days(text: str) -> tuple[date, ...]:
    """``2026-10-01``, ``2026-10-01..2026-10-07``. Raises ValueError saying what is allowed."""
    first, dots, last = text.strip().partition("..")
    try:
        begin = date.fromisoformat(first.strip())
        end = date.fromisoformat(last.strip()) if dots else begin
    except ValueError:
        raise ValueError(f'must be a day such as {DAYS_FORM}, not "{text}"') from None
    if not begin <= end <= begin + timedelta(days=HORIZON):
        raise ValueError(f'"{text}" ends before it begins, or is longer than a year')
    return tuple(begin + timedelta(days=number) for number in range((end - begin).days + 1))


def _plain(text: str) -> str:
    """Full-width digits, colons and dashes as everybody else types them."""
    return unicodedata.normalize("NFKC", text).strip().lower().replace("–", "-")


def _minute(hour: str, minute: str, *, last: bool = False) -> int:
    """Minutes since midnight; 24:00 only as the end of a window."""
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > MIDNIGHT or (found == MIDNIGHT and not last):
        raise ValueError(f'"{hour}:{minute}" is no time of day (00:00 to 23:59)')
    return found


def due_at(schedule: Schedule, table: Timetable, published: datetime, now: datetime) -> datetime:
    """When an article of ``published`` goes: not before its delay is over, and when the destination is open."""
    return table.opening(max(now, published + timedelta(seconds=schedule.delay)))


def terms(schedule: Schedule, table: Timetable, now: datetime) -> Terms:
    """What ``schedule`` allows at ``now``."""
    capped = schedule.daily_cap is not None
    return Terms(
        opens=None if table.is_open(now) else table.opening(now),
        gap=gap(schedule.rate) if schedule.rate is not None else None,
        cap=schedule.daily_cap,
        day_began=table.day_began(now) if capped else None,
        tomorrow=table.tomorrow(now) if capped else None,
    )


def gap(rate: int) -> timedelta:
    """Between two sends of ``rate`` a minute, so that no minute sees more of them although each may be late by
    ``RATE_LAG``."""
    return timedelta(seconds=(60.0 + RATE_LAG) / rate)


def slots(free_from: datetime | None, pause: timedelta, now: datetime, most: int) -> tuple[int, datetime]:
    """How many sends, up to ``most``, may begin at ``now``, and from when the next one may. ``free_from`` is what this
    said the last time. What was not used in time is lost: nobody catches up."""
    begin = max(free_from or now, now - timedelta(seconds=RATE_LAG))
    if begin > now:
        return 0, begin
    count = min(most, 1 + int((now - begin) / pause))
    return count, begin + count * pause
