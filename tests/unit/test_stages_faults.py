"""A fault of our own in what decides about one article: it is told, tried again after longer and longer waits, and
costs neither other articles nor other destinations anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stages import OTHER, Stages, item, rss, telling
from worker.model.catalog import Grant, Use
from worker.model.delivery import Decision
from worker.model.feed import ParsedEntry
from worker.model.ingest import Current
from worker.model.review import HeldFilter
from worker.pipeline import dispatch, settle, shared
from worker.rights.decide import Case, decide
from worker.store.schema import decision, recheck

SETTLING, SENDING = (settle, "decide"), (dispatch, "decide")
BAD = HeldFilter(reason="FAULT")


class Faulty:
    """Deciding, but for articles with 坏 in their title, at every destination or at ``only`` one."""

    def __init__(self, only: str | None = None) -> None:
        self.only, self.tries = only, 0

    def __call__(self, case: Case) -> Decision:
        if "坏" in case.version.title and self.only in (None, case.destination.key):
            self.tries += 1
            raise RuntimeError("少了一个栏目")
        return decide(case)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Faulty:
    found = Faulty()
    monkeypatch.setattr(*SETTLING, found)
    monkeypatch.setattr(*SENDING, found)
    return found


GOOD = [item(f"g{number}", f"好{number}", telling(number)) for number in range(2)]


def states(stages: Stages, key: str = "hook") -> dict[str, int]:
    return Counter(row.state for row in stages.deliveries(key))


def test_an_article_that_cannot_be_decided_about_keeps_no_other_back(stages: Stages, faulty: Faulty) -> None:
    stages.publish("alpha", rss(item("b", "坏", OTHER), *GOOD))
    stages.run()
    assert {title for _, title in stages.sent} == {"好0", "好1"}
    assert set(stages.titles()) == {"好0", "好1"}
    assert {row.state for row in stages.snapshots()} == {"done"}
    told = stages.services.people.held(10, BAD)
    assert {(row.title, row.destination) for row in told} == {("坏", "hook"), ("坏", "feeds")}
    assert told[0].decision.note is not None
    assert "RuntimeError: 少了一个栏目 (test_stages_faults.py:" in told[0].decision.note


def test_it_is_tried_again_after_longer_and_longer_waits_and_goes_out_when_the_fault_is_mended(
    stages: Stages, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.publish("alpha", rss(item("b", "坏", OTHER)))
    stages.run()
    made = []
    for _ in range(6 * 24):
        stages.now += timedelta(minutes=10)
        before = faulty.tries
        if stages.services.deliveries.recheck_due(stages.now):
            stages.recheck()
        made.append(faulty.tries > before)
    assert sum(made) == 8
    assert made[:15] == [at in (0, 1, 3, 7) for at in range(15)]
    monkeypatch.setattr(*SETTLING, decide)
    monkeypatch.setattr(*SENDING, decide)
    stages.now += timedelta(days=1)
    stages.recheck()
    assert [title for _, title in stages.sent] == ["坏"]
    assert stages.titles() == ["坏"]
    assert stages.services.people.held(10, BAD) == []


def test_at_one_destination_it_is_no_matter_of_the_others(stages: Stages, faulty: Faulty) -> None:
    faulty.only = "hook"
    stages.publish("alpha", rss(item("b", "坏", OTHER)))
    stages.run()
    assert stages.titles() == ["坏"]
    assert stages.sent == []


def test_what_is_out_stays_out_and_the_others_are_decided_about_again(stages: Stages, faulty: Faulty) -> None:
    faulty.only = "nobody"
    stages.publish("alpha", rss(item("b", "坏", OTHER), *GOOD))
    stages.run()
    faulty.only = None
    stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
    stages.recheck()
    assert stages.rows(recheck) == []
    assert Counter(kind for kind, _ in stages.sent) == {"published": 3, "updated": 2}
    assert set(stages.titles()) == {"坏", "好0", "好1"}
    rows = len(stages.rows(decision))
    stages.recheck()
    assert len(stages.rows(decision)) == rows, "the same said twice is nothing new"


def test_a_fault_in_all_of_settling_holds_up_no_recheck(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    stages.publish("alpha", rss(item("b", "坏", OTHER), *GOOD))
    stages.run()
    make = settle.make_version

    def fails(*parts: object, document: ParsedEntry, **others: object) -> object:
        if document.title == "坏":
            raise RuntimeError("没有出处")
        return make(*parts, document=document, **others)

    monkeypatch.setattr(settle, "make_version", fails)
    less = Grant("contract", "alpha", use=Use.EXCERPT)
    assert stages.services.foresee(replace(stages.catalogue, grants=(less,))).counts["hook"].shorten == 2
    stages.declare(grants=(less,))
    stages.recheck()
    assert stages.rows(recheck) == []
    assert {row.title for row in stages.services.people.held(10, BAD)} == {"坏"}
    assert Counter(kind for kind, _ in stages.sent) == {"published": 3, "updated": 2}


def test_a_fault_at_the_first_destination_there_is_costs_it_no_article(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = stages.catalogue.destinations[0]
    stages.declare(destinations=())
    stages.publish("alpha", rss(item("b", "坏", OTHER)))
    stages.run()
    came = stages.now
    stages.now += timedelta(minutes=1)
    stages.declare(destinations=(hook,))

    def fails(*_parts: object, **_others: object) -> object:
        raise RuntimeError("没有出处")

    with monkeypatch.context() as broken:
        broken.setattr(settle, "make_version", fails)
        moved = [row.id for row in stages.articles()]
        stages.services.catalogue.begin("hook", came - timedelta(days=1), moved, stages.now, by="值班")
        stages.recheck()
    assert [(row.title, row.destination) for row in stages.services.people.held(10, BAD)] == [("坏", "hook")]
    stages.now += timedelta(minutes=10)
    stages.recheck()
    assert [title for _, title in stages.sent] == ["坏"]


def test_what_waits_for_a_shelf_stops_no_sending(stages: Stages, faulty: Faulty) -> None:
    faulty.only = "nobody"
    hook, feeds = stages.catalogue.destinations
    closed = replace(feeds, schedule=replace(feeds.schedule, delay=7200))
    stages.declare(destinations=(hook, closed))
    stages.publish("alpha", rss(item("b", "坏", OTHER), GOOD[0]))
    stages.run()
    assert stages.titles() == []
    faulty.only = "feeds"
    stages.now += timedelta(hours=1)
    stages.publish("alpha", rss(item("b", "坏", OTHER), *GOOD))
    stages.run()
    assert {title for _, title in stages.sent} == {"坏", "好0", "好1"}
    assert set(stages.titles()) == {"好0", "好1"}
    assert states(stages, "feeds") == {"accepted": 2, "cancelled": 1}


def test_a_delivery_that_cannot_be_decided_again_costs_no_other_and_is_given_up(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, feeds = stages.catalogue.destinations
    stages.declare(destinations=(hook, replace(hook, key="twin"), feeds))
    found = Faulty("hook")
    monkeypatch.setattr(*SENDING, found)
    stages.publish("alpha", rss(item("b", "坏", OTHER), *GOOD))
    stages.run()
    assert states(stages) == {"accepted": 2, "due": 1}
    assert states(stages, "twin") == {"accepted": 3}
    [late] = [row for row in stages.deliveries() if row.state == "due"]
    assert "RuntimeError: 少了一个栏目" in late.detail
    assert (late.result, late.failures, late.lease) == ("not_sent", 1, None)
    tries = found.tries
    stages.deliver()
    assert found.tries == tries, "not before its time"
    assert stages.destination().failures == 0
    for _ in range(10):
        stages.now += timedelta(days=2)
        stages.deliver()
    assert states(stages) == {"accepted": 2, "parked": 1}
    monkeypatch.setattr(*SENDING, decide)
    [parked] = [row for row in stages.deliveries() if row.state == "parked"]
    stages.services.deliveries.replay(parked.uuid, stages.now, by="值班")
    stages.deliver()
    assert states(stages) == {"accepted": 3}


def test_a_takedown_goes_out_whatever_is_wrong_with_the_text(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    stages.publish("alpha", rss(item("b", "坏", OTHER), *GOOD))
    stages.run()

    def fails(_uuid: object, current: Current, _view: object) -> None:
        raise RuntimeError(f"{current.document.title}：没有出处")

    monkeypatch.setattr(shared, "version_of", fails)
    stages.take_down()
    stages.deliver()
    assert stages.sent[-1][0] == "withdrawn"
    assert states(stages) == {"accepted": 4}
