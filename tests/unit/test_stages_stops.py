"""Stops: what they keep back, how soon, and what becomes of what waited when they are lifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.stages import Stages, item
from tests.unit.test_stages_schedule import TEXTS, articles, at, go, put
from worker.errors import NotFound, Refused
from worker.model.catalog import Channel, Grant, Selection
from worker.model.stops import Behind, Letting, Scope, Stop
from worker.pipeline import deliver
from worker.pipeline.stopping import stopped
from worker.pipeline.withdraw import take_down

ALPHA_ONLY = Channel("own", "本报", select=Selection(sources=("alpha",)))
NEWER = "更正后的全文，内容已经核实，请以此为准。" * 9


def pause(stages: Stages, scope: Scope = Scope.ALL, key: str = "", until: datetime | None = None) -> tuple[Stop, ...]:
    return stages.services.stops.pause(scope, key, by="值班", reason="机房检修", until=until, now=stages.now)


def resume(stages: Stages, letting: Letting = Letting(), scope: Scope = Scope.ALL) -> Behind:  # noqa: B008 (frozen)
    standing = stages.services.stops.in_force(stages.now)
    mine = [one for one in standing if one.scope is scope]
    left = [one for one in standing if one not in mine]
    view = stages.services.view()
    said = stopped(mine, view), stopped(left, view), letting
    counted = stages.services.stops.behind(*said, stages.now)
    done = stages.services.stops.resume(mine, *said, by="值班", note="检修完毕", now=stages.now)
    assert done == counted, "it does what it said"
    return done


def sent(stages: Stages) -> list[str]:
    return [title for _, title in stages.sent]


@pytest.fixture
def wide(stages: Stages) -> Stages:
    """Both publishers grant everything; ``own`` is a second channel, of alpha alone."""
    both = tuple(replace(one, channels=("news", "own"), concurrency=1) for one in stages.catalogue.destinations)
    news = replace(stages.catalogue.channels[0], select=Selection(include=("报道",)))
    grants = (Grant("contract", "alpha"), Grant("letter", "beta"))
    stages.declare(channels=(news, ALPHA_ONLY), destinations=both, grants=grants)
    return stages


def test_a_stop_of_everything_keeps_all_but_retractions(stages: Stages) -> None:
    put(stages, "alpha", articles(1))
    go(stages, at("09:00"))
    pause(stages)
    put(stages, "alpha", articles(3))
    go(stages, at("10:00"))
    assert (len(stages.sent), len(stages.titles())) == (1, 1), "polled and decided, not sent and not shown"
    assert [row.state for row in stages.deliveries()] == ["accepted", "due", "due"]
    assert stages.services.deliveries.waiting(stages.now) == [], "nobody is knocked at for what is stopped"
    stages.take_down()
    stages.deliver()
    assert stages.sent[-1][0] == "withdrawn"
    assert stages.titles() == []
    assert resume(stages) == Behind({"feeds": 2, "hook": 2})
    stages.deliver()
    assert (len(stages.sent), len(stages.titles())) == (4, 2)


def test_a_stop_ends_by_itself_and_is_on_record(stages: Stages) -> None:
    stages.now = at("09:00")
    pause(stages, until=at("10:00"))
    put(stages, "alpha", articles(1))
    go(stages, at("09:59"))
    assert (stages.sent, stages.titles()) == ([], [])
    go(stages, at("10:00"))
    assert (len(stages.sent), len(stages.titles())) == (1, 1)
    assert stages.services.stops.in_force(stages.now) == ()


def test_a_stop_of_a_source_keeps_what_it_leads(wide: Stages) -> None:
    wide.now = at("09:00")
    pause(wide, Scope.SOURCE, "alpha")
    put(wide, "alpha", articles(1))
    put(wide, "beta", articles(1, begin=1))
    go(wide, at("09:00"))
    assert (sent(wide), wide.titles()) == ([f"{TEXTS[1]}1"], [f"{TEXTS[1]}1"])
    assert wide.services.deliveries.waiting(wide.now) == []
    resume(wide, scope=Scope.SOURCE)
    wide.deliver()
    assert (len(sent(wide)), len(wide.titles())) == (2, 2)


def test_a_stop_of_a_channel_keeps_what_has_no_other_way(wide: Stages) -> None:
    wide.now = at("09:00")
    pause(wide, Scope.CHANNEL, "own")
    put(wide, "alpha", [item("x", "只在本报频道", NEWER), *articles(1)])
    go(wide, at("09:00"))
    assert sent(wide) == [f"{TEXTS[0]}0"], "the other is in no channel but the stopped one"
    assert wide.titles() == [f"{TEXTS[0]}0"]
    pause(wide, Scope.CHANNEL, "news")
    put(wide, "beta", articles(1, begin=1))
    go(wide, at("09:10"))
    assert len(sent(wide)) == 1
    assert resume(wide, scope=Scope.CHANNEL).go == 4
    wide.deliver()
    assert len(sent(wide)) == 3


def test_a_stop_of_a_destination_leaves_the_others_alone(stages: Stages) -> None:
    stages.now = at("09:00")
    pause(stages, Scope.DESTINATION, "hook")
    put(stages, "alpha", articles(1))
    go(stages, at("09:00"))
    assert (stages.sent, len(stages.titles())) == ([], 1)


def test_a_stop_holds_between_sends_and_a_retraction_passes_it(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "LOOK_SECONDS", 0.0)
    stages.declare(destinations=tuple(replace(one, concurrency=1) for one in stages.catalogue.destinations))
    put(stages, "alpha", articles(1, published=at("09:00")))
    go(stages, at("09:00"))
    put(stages, "alpha", articles(6, published=at("09:00")))
    stages.poll()
    stages.ingest()
    run = stages.services.deliverer()
    answered = run._answered

    def stop_after_two(*given: object) -> None:
        answered(*given)
        if len(stages.sent) == 3:
            pause(stages)
            stages.take_down()

    monkeypatch.setattr(run, "_answered", stop_after_two)
    run.run()
    kinds = [kind for kind, _ in stages.sent]
    assert kinds[:3] == ["published"] * 3
    assert "withdrawn" in kinds[3:]
    assert kinds.count("published") == 3
    assert [row.state for row in stages.deliveries() if row.state != "accepted"] == ["due"] * 3
    assert {row.attempts for row in stages.deliveries() if row.state == "due"} == {0}, "what never left is no attempt"


def test_lifting_counts_what_another_stop_still_keeps(wide: Stages) -> None:
    wide.now = at("09:00")
    pause(wide)
    pause(wide, Scope.DESTINATION, "hook")
    put(wide, "alpha", articles(2))
    go(wide, at("09:10"))
    assert resume(wide) == Behind({"feeds": 2}, staying=2)
    wide.deliver()
    assert (wide.sent, len(wide.titles())) == ([], 2)


def test_newest_with_an_age_drops_old_news_for_good(stages: Stages) -> None:
    stages.now = at("09:00")
    pause(stages)
    put(stages, "alpha", articles(1))
    go(stages, at("09:00"))
    put(stages, "alpha", articles(2))
    go(stages, at("09:00", 27))
    done = resume(stages, Letting(oldest=stages.now - timedelta(hours=24)))
    assert done == Behind({"feeds": 1, "hook": 1}, dropped=2)
    stages.deliver()
    assert (sent(stages), stages.titles()) == ([f"{TEXTS[1]}1"], [f"{TEXTS[1]}1"])
    # Whatever settles it again, and be it with a new text: what a person let go does not come back by itself.
    put(stages, "alpha", [item("a0", f"{TEXTS[0]}（更新）", NEWER)])
    go(stages, at("09:00", 28))
    stages.declare(grants=(Grant("contract", "alpha", use=stages.catalogue.grants[0].use), Grant("letter", "beta")))
    stages.recheck()
    assert (sent(stages), stages.titles()) == ([f"{TEXTS[1]}1"], [f"{TEXTS[1]}1"])
    # Only by name.
    stages.services.deliveries.push(stages.articles()[0].id, None, stages.now, by="值班")
    stages.deliver()
    stages.recheck()
    assert sent(stages) == [f"{TEXTS[1]}1", f"{TEXTS[0]}（更新）"]
    assert stages.titles()[0] in (f"{TEXTS[0]}（更新）", f"{TEXTS[1]}1")
    assert len(stages.titles()) == 2


def test_drop_drops_everything_that_waited_and_an_update_only_once(stages: Stages) -> None:
    put(stages, "alpha", articles(1))
    go(stages, at("09:00"))
    pause(stages)
    put(stages, "alpha", [item("a0", f"{TEXTS[0]}（更新）", NEWER)])
    go(stages, at("10:00"))
    assert resume(stages, Letting(drop=True)) == Behind({}, dropped=2)
    stages.recheck()
    stages.deliver()
    assert sent(stages) == [f"{TEXTS[0]}0"]
    put(stages, "alpha", [item("a0", f"{TEXTS[0]}（再次更新）", NEWER + "又及。")])
    go(stages, at("11:00"))
    assert sent(stages) == [f"{TEXTS[0]}0", f"{TEXTS[0]}（再次更新）"], "the next version goes out"
    stages.take_down()
    stages.deliver()
    assert stages.sent[-1][0] == "withdrawn"


def test_what_is_stopped_cannot_be_stopped_twice_nor_what_is_unknown(stages: Stages) -> None:
    pause(stages)
    with pytest.raises(Refused, match="everything is stopped already, by 值班: 机房检修"):
        pause(stages)
    with pytest.raises(NotFound, match="no channel is called weather"):
        pause(stages, Scope.CHANNEL, "weather")


def between_sends(stages: Stages, monkeypatch: pytest.MonkeyPatch, **acts: Callable[[], object]) -> None:
    """Run the deliver stage, and do each act once as many deliveries were answered as its name (``after_2``) says."""
    monkeypatch.setattr(deliver, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(deliver, "GATHER_SECONDS", 0.0)
    run = stages.services.deliverer()
    answered = run._answered
    count = 0

    def then_act(*given: object) -> None:
        nonlocal count
        answered(*given)
        count += 1
        acts.get(f"after_{count}", lambda: None)()

    monkeypatch.setattr(run, "_answered", then_act)
    run.run()


def test_a_stop_lets_go_at_once_of_what_a_running_batch_holds(wide: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    wide.now = at("09:00")
    for key, begin in (("alpha", 0), ("beta", 3)):
        put(wide, key, articles(3, begin=begin))
        wide.poll()
        wide.ingest()
    held: list[tuple[str, int]] = []
    victim = next(row for row in wide.articles() if row.title == f"{TEXTS[2]}2")

    def look() -> None:
        held.extend((row.state, row.attempts) for row in wide.deliveries() if row.article_id == victim.id)
        services = wide.services
        uuid = UUID(victim.uuid)
        take_down(services.desk(), [uuid], reason="NOTICE", by="编辑")

    stop = {"after_1": lambda: pause(wide, Scope.SOURCE, "alpha"), "after_3": look}
    between_sends(wide, monkeypatch, **stop)
    assert held == [("due", 0)], "while the batch went on with what is not stopped"
    assert [kind for kind, _ in wide.sent] == ["published"] * 4, "of what never left nobody is told that it is gone"
    left = [row for row in wide.deliveries() if row.state != "accepted"]
    assert {(row.state, row.attempts) for row in left} == {("cancelled", 0), ("due", 0)}


def test_a_retraction_does_not_wait_for_the_batch(wide: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    put(wide, "alpha", articles(1, published=at("09:00")))
    go(wide, at("09:00"))
    put(wide, "alpha", articles(6, published=at("09:00")))
    wide.poll()
    wide.ingest()
    services = wide.services
    both = [UUID(row.uuid) for row in wide.articles() if row.title in (f"{TEXTS[0]}0", f"{TEXTS[5]}5")]
    assert len(both) == 2, "one is out, one is in the batch"
    between_sends(
        wide,
        monkeypatch,
        after_1=lambda: take_down(services.desk(), both, reason="NOTICE", by="编辑"),
    )
    kinds = [kind for kind, _ in wide.sent]
    assert kinds[:2] == ["published"] * 2
    assert "withdrawn" in kinds[2:4], "at most what was in flight goes before it"
    assert f"{TEXTS[5]}5" not in sent(wide), "what was taken back before it left does not leave"
    assert kinds.count("published") == 5
