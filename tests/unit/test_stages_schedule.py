"""When deliveries go: windows, fixed times, delay, rate, cap, what goes first; and what passes all of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from tests.stages import Stages, item, rss
from tests.unit.test_stages_delivery import answer
from worker.model.catalog import Destination, Grant, Schedule, Use
from worker.model.stops import Scope
from worker.pipeline import deliver
from worker.store.schema import change, delivery

CN = ZoneInfo("Asia/Shanghai")
TEXTS = ("高原铁路全线贯通", "草原那达慕开幕", "古城修缮完工", "山区新校舍启用", "民族团结进步表彰", "边境口岸通关提速")


def at(clock: str, day: int = 25) -> datetime:
    """A moment of November 2026 in China, where the destinations begin on the evening of the 24th, a Tuesday."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=CN).astimezone(UTC)


def articles(count: int, begin: int = 0, **more: Any) -> list[str]:
    """Items with texts of their own, newest first."""
    made = [
        item(
            f"a{number}",
            f"{TEXTS[number % 6]}{number}",
            f"{TEXTS[number % 6]}{number}，记者从现场发回报道。" * 9,
            **more,
        )
        for number in range(begin, begin + count)
    ]
    return made[::-1]


def schedule(stages: Stages, *keys: str, **timed: Any) -> None:
    """Give destinations (``hook`` unless others are named) this schedule. They take one article after the other, so
    that the order in which they go is the order in which they come."""
    wanted = keys or ("hook",)
    concurrency = 8 if "at" in timed else 1
    stages.declare(
        grants=(Grant("contract", "alpha"), Grant("letter", "beta")),
        destinations=tuple(
            replace(one, schedule=Schedule(**timed), concurrency=concurrency) if one.key in wanted else one
            for one in stages.catalogue.destinations
        ),
    )


def go(stages: Stages, moment: datetime) -> None:
    """Let it be ``moment``, and everything due be polled, ingested and delivered."""
    stages.now = moment
    stages.run(minutes=0)


def put(stages: Stages, key: str, items: Sequence[str]) -> None:
    stages.publish(key, rss(*items))


def titles(stages: Stages) -> list[str]:
    return [title for kind, title in stages.sent if kind == "published"]


def due(stages: Stages, key: str = "hook") -> set[str]:
    """When its waiting deliveries are due, on China's clock."""
    rows = (row for row in stages.deliveries(key) if row.state == "due")
    return {f"{row.due_at.astimezone(CN):%d %H:%M}" for row in rows}


def test_what_comes_at_night_goes_when_the_window_opens_in_order(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",), first=("beta",))
    stages.now = at("22:00")
    put(stages, "alpha", articles(3, published=at("21:00")))
    put(stages, "beta", articles(2, begin=3, published=at("21:00")))
    go(stages, at("22:00"))
    assert due(stages) == {"26 08:30"}
    go(stages, at("08:29", 26))
    assert titles(stages) == []
    go(stages, at("08:30", 26))
    assert [title[-1] for title in titles(stages)] == ["3", "4", "0", "1", "2"], "its first sources, then oldest first"


def test_a_retraction_knows_no_window(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",))
    stages.now = at("17:00")
    put(stages, "alpha", articles(1, published=at("16:00")))
    go(stages, at("17:00"))
    assert len(titles(stages)) == 1
    stages.now = at("23:00")
    stages.take_down()
    stages.deliver()
    assert stages.sent[-1][0] == "withdrawn"


def test_a_retry_stays_within_the_windows(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",))
    stages.now = at("17:59")
    put(stages, "alpha", articles(1, published=at("16:00")))
    stages.partner.next_answers = [answer(503, Retry_After="600")]
    go(stages, at("17:59"))
    assert due(stages) == {"26 08:30"}
    go(stages, at("08:31", 26))
    assert len(titles(stages)) == 1


def test_what_is_due_when_the_window_has_closed_waits_for_the_next(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",))
    stages.now = at("17:59")
    put(stages, "alpha", articles(2, published=at("16:00")))
    stages.poll()
    stages.ingest()
    assert due(stages) == {"25 17:59"}
    go(stages, at("18:00"))
    assert (titles(stages), due(stages)) == ([], {"26 08:30"})
    assert stages.services.deliveries.waiting(stages.now) == [], "nobody is knocked at for what waits"


def test_a_fixed_time_sends_one_batch(stages: Stages) -> None:
    schedule(stages, at=("07:30", "workdays 17:00"), delay=1800)
    stages.now = at("16:00")
    put(stages, "alpha", articles(1, published=at("15:00")))
    go(stages, at("16:00"))
    put(stages, "beta", articles(2, begin=1, published=at("16:40")))
    go(stages, at("16:45"))
    assert due(stages) == {"25 17:00", "26 07:30"}, "half an hour after 16:40 is past the batch of 17:00"
    go(stages, at("17:01"))
    assert [title[-1] for title in titles(stages)] == ["0"]
    go(stages, at("07:30", 26))
    assert [title[-1] for title in titles(stages)] == ["0", "1", "2"]


def test_a_changed_schedule_is_that_of_what_waits(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",))
    stages.now = at("22:00")
    put(stages, "alpha", articles(1, published=at("21:00")))
    go(stages, at("22:00"))
    schedule(stages, windows=("daily 06:00-18:00",), delay=60)
    assert due(stages) == {"26 06:00"}
    schedule(stages)
    go(stages, at("22:01"))
    assert len(titles(stages)) == 1


def test_a_daily_cap_lets_the_rest_go_the_next_day_and_counts_no_updates(stages: Stages) -> None:
    schedule(stages, windows=("daily 08:00-20:00",), daily_cap=2)
    stages.now = at("09:00")
    put(stages, "alpha", articles(5, published=at("08:00")))
    go(stages, at("09:00"))
    assert [title[-1] for title in titles(stages)] == ["0", "1"]
    assert due(stages) == {"26 08:00"}
    put(
        stages,
        "alpha",
        [item("a0", f"{TEXTS[0]}0", "更正后的全文，内容已经核实，请以此为准。" * 9, published=at("08:00"))],
    )
    go(stages, at("10:00"))
    assert [kind for kind, _ in stages.sent] == ["published", "published", "updated"]
    go(stages, at("08:00", 26))
    assert [title[-1] for title in titles(stages)] == ["0", "1", "2", "3"]
    go(stages, at("08:00", 27))
    assert [title[-1] for title in titles(stages)] == ["0", "1", "2", "3", "4"]


def test_a_rate_spreads_what_waits_over_the_minutes(stages: Stages) -> None:
    schedule(stages, rate=2)
    stages.now = at("09:00")
    put(stages, "alpha", articles(6, published=at("08:00")))
    seen = []
    for step in range(25):
        go(stages, at("09:00") + timedelta(seconds=10 * step))
        seen.append(len(titles(stages)))
    assert seen[0] == 1
    assert all(seen[later] - seen[later - 6] <= 2 for later in range(6, len(seen)))
    assert seen[-1] == 6
    assert len(set(seen)) == 6, "one after the other"


def test_what_is_pushed_by_name_passes_window_rate_and_cap(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",), rate=1, daily_cap=1)
    stages.now = at("22:00")
    put(stages, "alpha", articles(3, published=at("21:00")))
    go(stages, at("22:00"))
    wanted = {row.id: row.title[-1] for row in stages.articles()}
    number = next(one for one, name in wanted.items() if name == "2")
    pushed = stages.services.deliveries.push(number, ("hook",), stages.now, by="值班编辑", note="突发")
    assert [one.destination for one in pushed] == ["hook"]
    go(stages, at("22:01"))
    assert [title[-1] for title in titles(stages)] == ["2"]
    go(stages, at("08:30", 26))
    assert [title[-1] for title in titles(stages)] == ["2", "0"]


def test_a_new_text_of_what_was_pushed_goes_in_its_place(stages: Stages) -> None:
    schedule(stages, windows=("workdays 08:30-18:00",))
    stages.now = at("22:00")
    put(stages, "alpha", articles(1, published=at("21:00")))
    go(stages, at("22:00"))
    stages.services.deliveries.push(stages.articles()[0].id, ("hook",), stages.now, by="值班编辑")
    put(stages, "alpha", [item("a0", f"{TEXTS[0]}（更新）", "更正后的全文，内容已经核实，请以此为准。" * 9)])
    stages.poll()
    stages.ingest()
    stages.deliver()
    assert titles(stages) == [f"{TEXTS[0]}（更新）"]


def test_a_portal_shows_what_waited_when_it_opens(stages: Stages) -> None:
    schedule(stages, "feeds", windows=("workdays 08:30-18:00",))
    stages.now = at("22:00")
    put(stages, "alpha", articles(2, published=at("21:00")))
    go(stages, at("22:00"))
    assert (stages.titles(), due(stages, "feeds")) == ([], {"26 08:30"})
    assert len(titles(stages)) == 2, "others have it"
    assert stages.services.deliveries.waiting(at("08:30", 26)) == ["feeds"]
    go(stages, at("08:30", 26))
    assert len(stages.titles()) == 2
    rows = stages.deliveries("feeds")
    assert [(row.state, row.sequence, row.attempts) for row in rows] == [("accepted", 1, 1)] * 2
    assert stages.services.shelf.page("feeds", "news", limit=5).rows[0].release.released == stages.now


def test_what_is_pulled_waits_for_its_hours_and_behind_stops(stages: Stages) -> None:
    pull = Destination("pull", "partner", "pull", ("news",), {"token": "env:SECRET"})
    stages.declare(destinations=(replace(pull, schedule=Schedule(windows=("workdays 08:30-18:00",))),))
    stages.now = at("22:00")
    put(stages, "alpha", articles(2, published=at("21:00")))
    go(stages, at("22:00"))
    assert stages.rows(change) == []
    stages.services.stops.pause(Scope.DESTINATION, "pull", by="值班", reason="x", until=at("09:00", 26), now=stages.now)
    go(stages, at("08:30", 26))
    assert stages.rows(change) == []
    go(stages, at("09:00", 26))
    assert [row.delivery for row in stages.rows(change)] == [row.uuid for row in stages.deliveries("pull")]


def test_what_may_be_shown_is_decided_anew_when_a_portal_opens(stages: Stages) -> None:
    schedule(stages, "feeds", windows=("workdays 08:30-18:00",))
    stages.now = at("22:00")
    put(stages, "alpha", articles(2, published=at("21:00")))
    go(stages, at("22:00"))
    stages.declare(grants=())
    go(stages, at("08:30", 26))
    rows = stages.services.shelf.page("feeds", "news", limit=5).rows
    assert [(row.release.body, row.release.use) for row in rows if row.release] == [(None, Use.EXCERPT)] * 2
    assert {(row.state, row.use, row.sequence) for row in stages.deliveries("feeds")} == {("accepted", "excerpt", 1)}


def test_a_takedown_takes_off_what_waits_for_a_portal(stages: Stages) -> None:
    schedule(stages, "feeds", windows=("workdays 08:30-18:00",))
    stages.now = at("22:00")
    put(stages, "alpha", articles(1, published=at("21:00")))
    go(stages, at("22:00"))
    stages.take_down()
    go(stages, at("08:30", 26))
    assert (stages.titles(), [row.state for row in stages.deliveries("feeds")]) == ([], ["cancelled"])


def test_a_rehearsing_destination_gets_nothing_and_does_not_repeat(stages: Stages) -> None:
    stages.declare(destinations=tuple(replace(one, mode="rehearse") for one in stages.catalogue.destinations))
    stages.now = at("09:00")
    put(stages, "alpha", articles(2, published=at("08:00")))
    go(stages, at("09:00"))
    put(stages, "beta", [item("b0", f"{TEXTS[0]}0", f"{TEXTS[0]}0，记者从现场发回报道。" * 9)])
    go(stages, at("09:30"))
    stages.recheck()
    assert (stages.partner.ledger, stages.titles()) == ([], [])
    for key in ("hook", "feeds"):
        assert [(row.state, row.action) for row in stages.deliveries(key)] == [("rehearsed", "publish")] * 2
    stages.take_down()
    go(stages, at("10:00"))
    assert stages.partner.ledger == [], "what never went out needs no retraction"


def test_a_rehearsing_destination_is_still_told_of_what_it_really_has_to_lose(stages: Stages) -> None:
    stages.now = at("09:00")
    put(stages, "alpha", articles(1, published=at("08:00")))
    go(stages, at("09:00"))
    stages.declare(destinations=tuple(replace(one, mode="rehearse") for one in stages.catalogue.destinations))
    put(stages, "alpha", [item("a0", f"{TEXTS[0]}0", "更正后的全文，内容已经核实，请以此为准。" * 9)])
    go(stages, at("10:00"))
    assert [row.state for row in stages.deliveries()] == ["accepted", "rehearsed"]
    stages.take_down()
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]
    assert stages.titles() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_claims_walk_to_what_is_due_and_not_through_what_waits(stages: Stages) -> None:
    """20,000 deliveries for tomorrow cost a claim nothing."""
    stages.now = at("09:00")
    put(stages, "alpha", articles(1, published=at("08:00")))
    go(stages, at("09:00"))
    hook, later = stages.destination().id, stages.now + timedelta(days=1)
    rows = [
        {
            "uuid": f"{number:036d}",
            "article_id": number + 1000,
            "destination_id": hook,
            "sequence": 1,
            "action": "publish",
            "version": 1,
            "use": "full_text",
            "state": "due",
            "priority": 2,
            "due_at": later,
            "created_at": stages.now,
        }
        for number in range(20_000)
    ]
    with stages.services.database.write() as connection:
        connection.execute(sa.insert(delivery), rows)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with stages.services.database.read() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(count, 100)
        from worker.model.stops import Stopped
        from worker.store import claims

        assert claims.waiting(connection, stages.now, Stopped()) == []
        raw.set_progress_handler(None, 0)
    assert steps < 50, f"{steps} hundred steps of the database's machine"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_burst_is_shared_by_all_destinations(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer slots than destinations could fill, each gets its part from the beginning."""
    monkeypatch.setattr(deliver, "SLOTS", 6)
    monkeypatch.setattr(deliver, "CLAIM_SECONDS", 0.0)
    hook, _ = stages.catalogue.destinations
    places = tuple(
        replace(hook, key=f"hook{number}", options={**hook.options, "url": stages.partner.url(f"/{number}")})
        for number in range(20)
    )
    stages.declare(destinations=places)
    stages.now = at("09:00")
    put(stages, "alpha", articles(10, published=at("08:00")))
    go(stages, at("09:00"))
    paths = [asked.question.path for asked in stages.partner.asked]
    assert len(paths) == 200
    half = Counter(paths[:100])
    assert len(half) == 20, "nobody waits for another's queue"
    assert max(half.values()) <= 10, "nobody has twice its share"
