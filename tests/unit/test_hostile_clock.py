"""A clock that was a year ahead for a while, as of a machine that woke before it asked for the time: what was written
then is not waited for until that year comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.timetable import Timetable
from tests.stages import OTHER, Stages, item, rss, telling
from worker.demo.site import Document
from worker.store import ahead
from worker.store.schema import host

YEAR = timedelta(days=366)


def test_what_was_polled_and_sent_a_year_ahead_goes_on_when_the_clock_is_right_again(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.run()
    right, stages.now = stages.now, stages.now + YEAR
    stages.publish("alpha", rss(item("b", "乙", OTHER, published=stages.now)))
    stages.partner.next_answers = [Document(b"", status=503)]
    stages.run()
    assert [title for _, title in stages.sent] == ["甲"]
    stages.now = right
    stages.sites["alpha"].put("/feed.xml", rss(item("c", "丙", telling(3))))
    stages.run()
    assert [title for _, title in stages.sent] == ["甲"], "nothing is due before the year is over"
    stages.services.prune()
    stages.run()
    assert {title for _, title in stages.sent} == {"甲", "乙", "丙"}


def test_a_lease_of_next_year_ends_today(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    right, stages.now = stages.now, stages.now + YEAR
    until = stages.now + timedelta(seconds=60)
    assert stages.services.polling.claim(stages.now, limit=4, lease="dead", until=until, per_host=4)
    stages.now = right
    stages.run()
    assert stages.sent == []
    stages.services.prune()
    stages.run()
    assert [title for _, title in stages.sent] == ["甲"]


def test_waits_of_a_right_clock_stay_as_they_are(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.partner.next_answers = [Document(b"", status=503)] * 3
    stages.run()
    before = stages.resource().due_at, stages.deliveries()[0].due_at, stages.rows(host)
    stages.services.prune()
    assert (stages.resource().due_at, stages.deliveries()[0].due_at, stages.rows(host)) == before


def test_what_waits_a_while_is_put_right_once(stages: Stages) -> None:
    right, stages.now = stages.now, stages.now + YEAR
    stages.publish("alpha", rss(item("a", "甲", published=stages.now)))
    stages.partner.next_answers = [Document(b"", status=503, headers={"retry-after": "3600"})]
    stages.run()
    stages.now = right
    stages.services.prune()
    due = stages.deliveries()[0].due_at
    assert right + timedelta(minutes=50) < due < right + timedelta(hours=2)
    stages.now += timedelta(minutes=10)
    stages.services.prune()
    assert stages.deliveries()[0].due_at == due


def test_however_much_waits_for_its_time_what_a_wrong_clock_put_off_is_found(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "AT_ONCE", 2)
    away = Document(b"", status=503, headers={"retry-after": "7200"})
    stages.partner.next_answers = [away] * 4
    stages.publish("alpha", rss(*(item(str(number), f"第{number}", telling(number)) for number in range(4))))
    stages.run()
    right, stages.now = stages.now, stages.now + YEAR
    stages.publish("alpha", rss(item("b", "乙", OTHER, published=stages.now)))
    stages.poll()
    stages.ingest()
    stages.now = right
    waits = {row.id: row.due_at for row in stages.deliveries() if row.due_at < right + YEAR}
    assert len(waits) == 4
    stages.services.prune()
    [late] = [row for row in stages.deliveries() if row.id not in waits]
    assert late.due_at <= right + timedelta(minutes=1)
    assert {row.id: row.due_at for row in stages.deliveries() if row.id in waits} == waits


def test_a_machine_whose_own_clock_is_slow_sets_nothing_back(stages: Stages) -> None:
    daily = tuple(replace(one, every=24 * 3600) for one in stages.catalogue.sources)
    stages.declare(sources=daily)
    stages.publish("alpha", rss(item("a", "甲")))
    stages.run()
    slow = stages.make_services(stages.services.database)
    slow.clock = lambda: stages.now - timedelta(hours=8)
    asked = stages.sites["alpha"].count("/feed.xml")
    for _ in range(6):
        stages.now += timedelta(minutes=10)
        stages.services.pulse.beat("tick", stages.now)
        slow.prune()
        stages.poll()
    slow.close()
    assert stages.sites["alpha"].count("/feed.xml") == asked


@pytest.mark.parametrize("restarted", [False, True])
def test_beat_knocks_again_when_the_clock_is_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restarted: bool
) -> None:
    from celery import Celery
    from celery.beat import ScheduleEntry
    from celery.schedules import BaseSchedule

    app = Celery("beat", broker="memory://")
    app.conf.beat_schedule = {name: {"task": name, "schedule": seconds} for name, seconds in (("a", 2.0), ("b", 600.0))}
    knocked: list[str] = []

    class Noted(Timetable):
        def apply_async(self, entry: object, *_: object, **__: object) -> None:
            knocked.append(entry.name)

    def made() -> Noted:
        return Noted(app, schedule_filename=str(tmp_path / "schedule"))

    for part, name in ((ScheduleEntry, "default_now"), (BaseSchedule, "now")):
        monkeypatch.setattr(part, name, lambda _: clock)
    clock = datetime.now(UTC) + YEAR

    def let_pass(timetable: Timetable) -> set[str]:
        nonlocal clock
        knocked.clear()
        for _ in range(8):
            clock += timedelta(seconds=300)
            timetable.tick()
            timetable.tick()
        return set(knocked)

    timetable = made()
    assert let_pass(timetable) == {"a", "b"}
    clock -= YEAR
    if restarted:
        timetable.close()
        timetable = made()
    assert let_pass(timetable) == {"a", "b"}
    timetable.close()
