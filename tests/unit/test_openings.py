"""When a destination takes articles: windows, fixed times, calendars with moved workdays, clocks that jump."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import openings
from worker.catalog import read_catalogue
from worker.destinations import OPTIONS
from worker.errors import CatalogueError
from worker.model.catalog import Calendar, Schedule
from worker.openings import Opening, timetable

CN = "Asia/Shanghai"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "calendars" / "cn-2026.toml"
HOLIDAY = Calendar("cn", days_off=("2026-10-01..2026-10-07",), workdays=("2026-09-20", "2026-10-10"))


def at(text: str, zone: str = CN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def opens(text: str, *windows: str, marks: tuple[str, ...] = (), zone: str = CN, calendar: str | None = None) -> str:
    """When a destination with these windows and times takes what is ready at ``text``, on its own clock."""
    table = timetable(Schedule(windows, marks, calendar=calendar), {"cn": HOLIDAY}, zone)
    return f"{table.opening(at(text, zone)).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("ready", "window", "goes"),
    [
        ("2026-11-24 09:00", "workdays 08:30-18:00", "2026-11-24 09:00"),
        ("2026-11-24 08:29", "workdays 08:30-18:00", "2026-11-24 08:30"),
        ("2026-11-24 18:00", "workdays 08:30-18:00", "2026-11-25 08:30"),
        ("2026-11-27 18:00", "workdays 08:30-18:00", "2026-11-30 08:30"),
        ("2026-11-24 01:30", "daily 22:00-02:00", "2026-11-24 01:30"),
        ("2026-11-24 02:00", "daily 22:00-02:00", "2026-11-24 22:00"),
        ("2026-11-28 01:30", "mon-fri 22:00-02:00", "2026-11-28 01:30"),
        ("2026-11-29 01:30", "mon-fri 22:00-02:00", "2026-11-30 22:00"),
        ("2026-11-24 09:00", "weekends 10:00-16:00", "2026-11-28 10:00"),
        ("2026-11-24 09:00", "sat,sun 10:00-12:00", "2026-11-28 10:00"),
        ("2026-11-24 09:00", "fri-mon 10:00-12:00", "2026-11-27 10:00"),
        ("2026-11-24 23:59", "daily 00:00-24:00", "2026-11-24 23:59"),
        ("2026-11-24 07:00", "workdays 08：30－18：00", "2026-11-24 08:30"),
    ],
)
def test_a_window_opens_on_its_days_and_hours(ready: str, window: str, goes: str) -> None:
    assert opens(ready, window) == goes


def test_a_calendar_has_days_off_and_moved_workdays() -> None:
    window = "workdays 08:30-18:00"
    assert opens("2026-09-30 19:00", window, calendar="cn") == "2026-10-08 08:30", "the holiday is over on the 8th"
    assert opens("2026-10-09 19:00", window, calendar="cn") == "2026-10-10 08:30", "a Saturday that is worked"
    assert opens("2026-10-09 19:00", window) == "2026-10-12 08:30"
    assert opens("2026-10-01 09:00", "weekends 10:00-16:00", calendar="cn") == "2026-10-01 10:00", "a day off"
    assert opens("2026-10-10 09:00", "weekends 10:00-16:00", calendar="cn") == "2026-10-11 10:00", "not on a worked one"


def test_fixed_times_gather_what_is_ready_before_them() -> None:
    marks = ("07:30", "workdays 17:00")
    assert opens("2026-11-24 07:30", marks=marks) == "2026-11-24 07:30"
    assert opens("2026-11-24 07:31", marks=marks) == "2026-11-24 17:00"
    assert opens("2026-11-28 08:00", marks=marks) == "2026-11-29 07:30", "no batch on a Saturday afternoon"
    assert opens("2026-11-27 18:00", "workdays 07:00-18:00", marks=("07:30",)) == "2026-11-30 07:30"


def test_the_clock_is_the_destinations() -> None:
    window = Schedule(("daily 09:00-17:00",), zone="Europe/Berlin")
    assert timetable(window, {}, CN).opening(at("2026-11-24 09:00")) == at("2026-11-24 09:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("ready", "window", "goes"),
    [
        ("2026-03-29 00:00", "daily 02:30-04:00", "2026-03-29 03:30"),  # 02:00 to 03:00 is skipped that night
        ("2026-03-29 00:00", "daily 02:15-02:45", "2026-03-29 03:15"),
        ("2026-03-29 00:00", "daily 02:30-03:15", "2026-03-29 03:30"),
        ("2026-10-25 00:00", "daily 02:30-04:00", "2026-10-25 02:30"),  # 02:00 to 03:00 comes twice
    ],
)
def test_a_window_survives_a_clock_that_jumps(ready: str, window: str, goes: str) -> None:
    assert opens(ready, window, zone="Europe/Berlin") == goes


def test_a_fixed_time_that_comes_twice_counts_once() -> None:
    table = timetable(Schedule(at=("02:30",)), {}, "Europe/Berlin")
    found = [one.begins for one in table.openings(at("2026-10-24 12:00", "Europe/Berlin"), 2)]
    assert found[1] - found[0] == timedelta(hours=25), "the night is an hour longer, the batch is one"


def test_openings_are_told_in_order_and_those_that_touch_are_one() -> None:
    table = timetable(Schedule(("workdays 08:00-12:00", "daily 12:00-14:00")), {}, CN)
    assert table.openings(at("2026-11-27 09:00"), 2) == [
        Opening(at("2026-11-27 08:00"), at("2026-11-27 14:00")),
        Opening(at("2026-11-28 12:00"), at("2026-11-28 14:00")),
    ]
    assert timetable(Schedule(), {}, CN).openings(at("2026-11-27 09:00"), 2) == []


def test_a_delay_counts_from_the_publication() -> None:
    schedule = Schedule(("daily 08:00-20:00",), delay=3600)
    table = timetable(schedule, {}, CN)
    now = at("2026-11-24 09:00")
    assert openings.due_at(schedule, table, at("2026-11-24 08:30"), now) == at("2026-11-24 09:30")
    assert openings.due_at(schedule, table, at("2026-11-23 08:30"), now) == now
    assert openings.due_at(schedule, table, at("2026-11-24 19:30"), at("2026-11-24 19:31")) == at("2026-11-25 08:00")


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (openings.read_window, "weekdays 08:30-18:00", 'names no days (allowed: daily, workdays, weekends, mon'),
        (openings.read_window, "8am-6pm", 'must be a window such as "workdays 08:30-18:00"'),
        (openings.read_window, "daily 08:30-25:00", "is no time of day"),
        (openings.read_window, "daily 24:00-08:00", "is no time of day"),
        (openings.read_window, "daily 08:00-08:00", 'the whole day is "daily 00:00-24:00"'),
        (openings.read_mark, "24:00", "is no time of day"),
        (openings.read_mark, "07:30-08:00", "must be a time of day"),
        (openings.read_days, "2026-02-30", "must be a day such as"),
        (openings.read_days, "2026-10-07..2026-10-01", "ends before it begins"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_can(read: object, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read(text)


clock = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
days = st.sampled_from(["daily", "workdays", "weekends", "mon-fri", "sat,sun", "fri-mon", "wed"])
spans = st.builds("{} {}-{}".format, days, clock, clock).filter(lambda text: text[-11:-6] != text[-5:])
zones = st.sampled_from([CN, "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
moments = st.datetimes(datetime(2011, 12, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001


@given(st.lists(spans, min_size=1, max_size=3), st.lists(clock, max_size=2), zones, moments)
def test_an_opening_is_never_past_and_always_open(
    windows: list[str], marks: list[str], zone: str, moment: datetime
) -> None:
    table = timetable(Schedule(tuple(windows), tuple(marks), calendar="cn"), {"cn": HOLIDAY}, zone)
    found = table.opening(moment)
    assert found >= moment
    if found != moment + timedelta(days=openings.HORIZON):  # times that lie in none of the windows
        assert table.is_open(found)
        assert table.opening(found) == found
        if not marks and found > moment:
            assert all(not table.is_open(moment + part * (found - moment) / 7) for part in range(7))


@given(st.integers(1, 600), st.lists(st.floats(0.0, 30.0), max_size=60))
def test_no_minute_sees_more_than_its_rate(rate: int, waits: list[float]) -> None:
    now, free_from, sent = at("2026-11-24 09:00"), None, []
    for wait in waits:
        now += timedelta(seconds=wait)
        count, free_from = openings.slots(free_from, openings.gap(rate), now, 1000)
        sent += [now] * count
    assert all(sum(one <= other < one + timedelta(minutes=1) for other in sent) <= rate for one in sent)


def test_a_rate_is_used_when_senders_look_every_two_seconds() -> None:
    now, free_from, sent = at("2026-11-24 09:00"), None, 0
    for _ in range(300):
        count, free_from = openings.slots(free_from, openings.gap(120), now, 1000)
        sent += count
        now += timedelta(seconds=2)
    assert 1100 <= sent <= 1200, "ten minutes at two a second, less what lateness costs"


DESTINATION = """
include = ["{calendar}"]
[operator]
name = "示例门户"
contact = "editor@portal.example"
[sources]
[channels.news]
title = "要闻"
[subscribers.partner]
name = "伙伴"
[destinations.feeds]
kind = "feed"
subscriber = "partner"
access = "public"
channels = ["news"]
"""


def findings(tmp_path: Path, *lines: str) -> list[str]:
    path = tmp_path / "newsroad.toml"
    path.write_text(DESTINATION.format(calendar=EXAMPLE) + "\n".join(lines), encoding="utf-8")
    try:
        read_catalogue(path, OPTIONS)
    except CatalogueError as error:
        return [one.partition(": ")[2] for one in error.findings]
    return []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('windows = ["weekdays 08:30-18:00"]', 'windows: "weekdays" names no days (allowed: daily, workdays'),
        ('at = ["7.30"]', 'at: must be a time of day such as "07:30"'),
        ('calendar = "china"', "calendar: there is no [calendars.china]"),
        ('first = ["xinhua"]', 'first: there is no "xinhua"'),
        ('windows = ["daily 08:00-09:00"]\nat = ["07:30"]', "at: lies in none of the windows"),
    ],
)
def test_check_refuses_a_schedule_that_cannot_be(tmp_path: Path, line: str, said: str) -> None:
    found = findings(tmp_path, line)
    assert len(found) == 1
    assert said in found[0]


def test_the_example_calendar_is_the_one_of_2026(tmp_path: Path) -> None:
    assert findings(tmp_path, 'calendar = "cn"', 'windows = ["workdays 08:30-18:00"]') == []
    table = timetable(Schedule(("workdays 08:30-18:00",), calendar="cn"), _calendars(tmp_path), CN)
    assert [f"{one.begins.astimezone(ZoneInfo(CN)):%m-%d}" for one in table.openings(at("2026-02-13 19:00"), 3)] == [
        *("02-14", "02-24", "02-25")
    ]


def _calendars(tmp_path: Path) -> dict[str, Calendar]:
    return {one.key: one for one in read_catalogue(tmp_path / "newsroad.toml", OPTIONS).calendars}


def test_a_day_cannot_be_both_off_and_worked(tmp_path: Path) -> None:
    found = findings(tmp_path, "[calendars.x]", 'days_off = ["2026-05-01..2026-05-05"]', 'workdays = ["2026-05-04"]')
    assert found == ["calendars.x.workdays: 2026-05-04 is among days_off too (take it out of one of them)"]
