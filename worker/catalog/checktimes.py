"""What is wrong with times that no single value shows: days both off and worked, schedules that never open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from worker import openings
from worker.catalog.check import Tables
from worker.catalog.files import Declared, Finding
from worker.model.catalog import Calendar, Schedule

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def check_calendars(tables: Tables) -> Iterator[Finding]:
    """Days that are called both off and worked."""
    for entry in tables["calendars"].values():
        days = _workdays(entry)
        if days is not None and (both := days.free & days.worked):
            yield entry.finding(("workdays",), f"{min(both)} is among days_off too (take it out of one of them)")


def check_schedules(tables: Tables) -> Iterator[Finding]:
    """Destinations that would never open."""
    calendars = {key: _calendar(entry) for key, entry in tables["calendars"].items() if _workdays(entry) is not None}
    for entry in tables["destinations"].values():
        written = entry.values.get("calendar")
        calendar = written if isinstance(written, str) else None
        schedule = Schedule(_texts(entry, "windows"), _texts(entry, "at"), calendar=calendar)
        try:
            table = openings.timetable(schedule, calendars, "UTC")
        except ValueError:  # has a finding of its own
            continue
        if schedule.at and not table.openings(_ANY_DAY, 1):
            yield entry.finding(("at",), "lies in none of the windows, so nothing would ever go (change one of them)")
        elif schedule.windows and not table.openings(_ANY_DAY, 1):
            yield entry.finding(("windows",), "name no day of this calendar, so nothing would ever go (name others)")


def _workdays(entry: Declared) -> openings.Workdays | None:
    """A calendar's days; None when they cannot be read, which is another check's finding."""
    try:
        return openings.workdays_of(_calendar(entry))
    except ValueError:
        return None


def _calendar(entry: Declared) -> Calendar:
    return Calendar(entry.key, _texts(entry, "days_off"), _texts(entry, "workdays"))


def _texts(entry: Declared, name: str) -> tuple[str, ...]:
    written = entry.values.get(name)
    return tuple(one for one in written if isinstance(one, str)) if isinstance(written, list) else ()
