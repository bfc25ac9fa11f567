"""What needs a person, read off figures: pure, with the clock as an argument."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.watching import MORNING, ZONE, a_catalogue, a_scene
from worker.model.alerts import (
    AlertKind,
    DestinationFigure,
    Disk,
    Episode,
    Figures,
    Habit,
    SourceFigure,
    WithheldUpdate,
)
from worker.model.catalog import Alerts, Grant, Publisher
from worker.model.stops import Stopped
from worker.openings import Workdays
from worker.pipeline import alert_words
from worker.pipeline.alert_words import Words
from worker.pipeline.conditions import Scene, compare, concerns
from worker.pipeline.habit import learn, waking

WEEK = frozenset(range(5))
HOUR = timedelta(hours=1)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, in Shanghai; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def kinds(figures: Figures, scene: Scene) -> list[tuple[AlertKind, str]]:
    return [(one.kind, one.target) for one in concerns(figures, scene)]


def office_hours(first: int, last: int) -> list[datetime]:
    """Every hour from 9 to 18 on weekdays of these days."""
    return [
        shanghai(day, hour)
        for day in range(first, last + 1)
        for hour in range(9, 19)
        if date(2026, 11, day).weekday() in WEEK
    ]


def in_workdays(day: date) -> bool:
    return day in Workdays()


def test_a_habit_is_counted_over_waking_hours() -> None:
    habit = learn(office_hours(9, 20), ZONE, in_workdays)
    assert habit is not None
    assert habit.gap == 3600
    assert habit.awake == frozenset(range(9, 19))


def test_too_little_teaches_nothing() -> None:
    assert learn([], ZONE, in_workdays) is None
    assert learn([shanghai(20, hour) for hour in range(24)], ZONE, in_workdays) is None, "one day"
    assert learn([shanghai(day, 9) for day in range(9, 14)], ZONE, in_workdays) is None, "five arrivals"
    many_at_once = [shanghai(day, 9) + timedelta(seconds=one) for day in (9, 12) for one in range(50)]
    assert learn(many_at_once, ZONE, in_workdays) is None, "two polls"


def source(newest: datetime | None, **more: object) -> SourceFigure:
    whole = {"key": "jiang", "name": "江城民族事务局", "failures": 0, "outcome": "200", "trouble": None}
    return SourceFigure(**{**whole, "newest_at": newest, **more})


@pytest.mark.parametrize(
    ("newest", "now", "silent"),
    [
        (shanghai(20, 18), shanghai(21, 8), False),  # the night
        (shanghai(20, 18), shanghai(23, 8), False),  # the weekend
        (shanghai(20, 18), shanghai(23, 11), False),  # three waking hours on Monday
        (shanghai(20, 18), shanghai(23, 13, 30), True),
        (shanghai(23, 9), shanghai(23, 13), False),  # four are its habit fourfold
        (shanghai(23, 9), shanghai(23, 13, 1), True),
    ],
)
def test_a_source_is_silent_beyond_its_habit_nights_and_weekends_apart(
    newest: datetime, now: datetime, silent: bool
) -> None:
    scene = a_scene(habits={"jiang": learn(office_hours(9, 20), ZONE, in_workdays)})
    found = kinds(Figures(now=now, sources=(source(newest),)), scene)
    assert found == ([(AlertKind.SOURCE_SILENT, "jiang")] if silent else [])


def test_a_public_holiday_is_no_silence() -> None:
    habits = {"jiang": learn(office_hours(9, 20), ZONE, in_workdays)}
    figures = Figures(now=shanghai(24, 18), sources=(source(shanghai(23, 18)),))
    assert kinds(figures, a_scene(habits=habits)) == [(AlertKind.SOURCE_SILENT, "jiang")]
    holiday = Workdays(free=frozenset({date(2026, 11, 24)}))
    assert kinds(figures, a_scene(habits=habits, workdays=holiday)) == []


def test_counting_stops_where_it_is_decided() -> None:
    awake = frozenset(range(48))
    far = shanghai(1, 0) - timedelta(days=3650)
    assert 3600 * 10 < waking(far, shanghai(1, 0), awake, ZONE, in_workdays, 3600 * 10) <= 3600 * 11


def test_a_failing_source_is_not_called_silent_as_well() -> None:
    habits = {"jiang": Habit(3600, frozenset(range(48)))}
    old = shanghai(1, 0)
    assert kinds(Figures(MORNING, (source(old, failures=2),)), a_scene(habits=habits)) == [
        (AlertKind.SOURCE_SILENT, "jiang")
    ]
    (failing,) = concerns(Figures(MORNING, (source(old, failures=3, outcome="503"),)), a_scene(habits=habits))
    assert failing.kind is AlertKind.SOURCE_FAILING
    assert failing.words == ("来源「江城民族事务局」（jiang）连续 3 次抓取失败：503。查看：newsroad source show jiang")
    (troubled,) = concerns(Figures(MORNING, (source(old, trouble="robots.txt"),)), a_scene(habits=habits))
    assert "需要人处理：robots.txt" in troubled.words


def test_what_people_stopped_is_not_watched() -> None:
    habits = {"jiang": Habit(3600, frozenset(range(48)))}
    silent = Figures(MORNING, (source(shanghai(1, 0)),))
    by_name = replace(silent, stopped=Stopped(sources=frozenset({"jiang"})))
    assert kinds(by_name, a_scene(habits=habits)) == []
    assert kinds(replace(silent, stopped=Stopped(everything=True)), a_scene(habits=habits)) == []


def place(**more: object) -> DestinationFigure:
    whole = {"key": "hook", "subscriber": "江门户", "contact": None, "state": "active", "reason": None}
    return DestinationFigure(**{**whole, "failing_since": None, "waiting": 3, **more})


@pytest.mark.parametrize(("minutes", "told"), [(29, False), (30, True)])
def test_a_destination_may_fail_for_half_an_hour(minutes: int, told: bool) -> None:
    failing = place(state="open", failing_since=MORNING - timedelta(minutes=minutes))
    found = kinds(Figures(MORNING, destinations=(failing,)), a_scene())
    assert found == ([(AlertKind.DESTINATION_FAILING, "hook")] if told else [])


@pytest.mark.parametrize("state", ["held", "disabled"])
def test_a_stopped_destination_is_told_at_once(state: str) -> None:
    stopped = place(state=state, reason="401: 凭据无效。")
    (one,) = concerns(Figures(MORNING, destinations=(stopped,)), a_scene())
    assert one.kind is AlertKind.DESTINATION_STOPPED
    assert f"「江门户」的 hook 已停用（{state}）：401: 凭据无效；联系人：未登记。" in one.words


def test_holds_are_told_above_the_bound_and_fine_well_below_it() -> None:
    scene = a_scene()
    for holds, open_now, told in ((50, False, False), (51, False, True), (41, True, True), (40, True, False)):
        now_open = replace(scene, open=frozenset({(AlertKind.HOLDS, "")}) if open_now else frozenset())
        assert bool(kinds(Figures(MORNING, holds=holds), now_open)) is told, holds


def test_disks_are_told_below_the_bound_and_fine_well_above_it() -> None:
    for free, open_now, told in ((10**9, False, False), (10**9 - 1, False, True), (10**9 + 1, True, True)):
        low = a_scene(
            disks=(Disk("/var/新闻", free),), open=frozenset({(AlertKind.DISK_LOW, "/var/新闻")} if open_now else ())
        )
        assert kinds(Figures(MORNING), low) == ([(AlertKind.DISK_LOW, "/var/新闻")] if told else [])


@pytest.mark.parametrize(
    ("now", "published", "told"),
    [
        (shanghai(24, 9, 59), None, True),  # nothing since yesterday's deadline either
        (shanghai(24, 9, 59), shanghai(23, 10), False),
        (shanghai(24, 10), shanghai(23, 23, 59), True),
        (shanghai(24, 10), shanghai(24, 0), False),
        (shanghai(28, 12), shanghai(27, 9), False),  # a Saturday
        (shanghai(28, 12), shanghai(26, 9), True),  # Friday's is still open
    ],
)
def test_something_goes_out_by_ten_on_workdays(now: datetime, published: datetime | None, told: bool) -> None:
    scene = a_scene(a_catalogue(alerts=Alerts(published_by="10:00")))
    found = kinds(Figures(now, published_at=published), scene)
    assert found == ([(AlertKind.NOT_PUBLISHED, "")] if told else [])


def test_moved_workdays_count_and_days_off_do_not() -> None:
    """国庆 with 调休: the 1st is off, Saturday the 10th is worked."""
    moved = Workdays(free=frozenset({date(2026, 10, 1)}), worked=frozenset({date(2026, 10, 10)}))
    scene = a_scene(a_catalogue(alerts=Alerts(published_by="10:00")), workdays=moved)
    on_holiday = datetime(2026, 10, 1, 12, tzinfo=ZONE)
    assert kinds(Figures(on_holiday, published_at=on_holiday - timedelta(days=1)), scene) == []
    on_saturday = datetime(2026, 10, 10, 12, tzinfo=ZONE)
    assert kinds(Figures(on_saturday, published_at=on_saturday - timedelta(days=1)), scene) == [
        (AlertKind.NOT_PUBLISHED, "")
    ]
    (one,) = concerns(Figures(on_saturday), scene)
    assert one.words == "10-10 是工作日，到 10:00 还没有发布任何稿件。查看：newsroad status"


@pytest.mark.parametrize(
    ("watched", "tick", "told"),
    [
        (None, None, False),  # the first look ever
        (30, 121, True),
        (30, 119, False),
        (30, None, True),
        (3600, 3600, False),  # everything was off until now
    ],
)
def test_a_dead_tick_is_told_by_a_living_watch(watched: int | None, tick: int | None, told: bool) -> None:
    figures = Figures(
        MORNING,
        watched_at=None if watched is None else MORNING - timedelta(seconds=watched),
        tick_at=None if tick is None else MORNING - timedelta(seconds=tick),
    )
    assert kinds(figures, a_scene()) == ([(AlertKind.TICK_DEAD, "")] if told else [])


def test_an_update_to_tell_by_hand_names_whom() -> None:
    one = WithheldUpdate(UUID(int=5), UUID(int=6), "河谷中学迎来新校车", "hook", "江门户", "周岚", MORNING - HOUR)
    (found,) = concerns(Figures(MORNING, withheld=(one,)), a_scene())
    assert found.words.startswith(
        "《河谷中学迎来新校车》已有更新，「江门户」（hook）不自动接收更新，请人工告知：周岚。"
    )
    assert kinds(Figures(MORNING + timedelta(days=1), withheld=(one,)), a_scene()) == []


def test_a_grant_gets_worse_as_its_end_comes_near() -> None:
    def level(days: int) -> list[int]:
        catalogue = a_catalogue(
            publishers=(Publisher("jiang", "江城民族事务局"),),
            grants=(Grant("jiang-2026", "jiang", valid_until=MORNING + timedelta(days=days)),),
        )
        return [one.level for one in concerns(Figures(MORNING), a_scene(catalogue))]

    assert [level(days) for days in (61, 60, 31, 30, 8, 7, 1, 0)] == [[], [1], [1], [2], [2], [3], [3], []]


def episode(kind: AlertKind, seen: datetime, target: str = "", level: int = 0) -> Episode:
    return Episode(1, kind, target, "…", level, seen, seen)


@pytest.mark.parametrize(
    ("kind", "after", "over"),
    [
        (AlertKind.DESTINATION_FAILING, 299, False),
        (AlertKind.DESTINATION_FAILING, 300, True),
        (AlertKind.SOURCE_FAILING, 599, False),
        (AlertKind.RETRACTION_UNCONFIRMED, 0, True),
    ],
)
def test_what_flaps_must_be_well_for_a_while(kind: AlertKind, after: int, over: bool) -> None:
    turn = compare([episode(kind, MORNING)], [], MORNING + timedelta(seconds=after))
    assert bool(turn.over) is over


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_is_there_in_both_languages(language: str) -> None:
    assert set(alert_words._ZH) == set(alert_words._EN)
    for kind in AlertKind:
        assert any(kind.value.startswith(name.rsplit("_", 1)[0]) for name in alert_words._ZH), kind
    words = Words(language, ZONE)
    assert words.span(7200) in ("2 小时", "2 h")
    assert words.at(MORNING) == "11-24 08:00"


def test_words_from_outside_stay_words() -> None:
    """A title with braces is no template."""
    one = WithheldUpdate(UUID(int=5), UUID(int=6), "{key} {0} %s", "hook", "江门户", None, MORNING)
    (found,) = concerns(Figures(MORNING, withheld=(one,)), a_scene())
    assert "《{key} {0} %s》" in found.words
