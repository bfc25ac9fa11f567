"""A hold that nobody decides in time is dropped: never sent, off the queue, counted, still a person's to approve."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.stages import OTHER, Stages, item, rss
from worker.model.catalog import Grant, ReviewRules
from worker.model.review import HeldFilter
from worker.pipeline.review import approval, review

WEEK = ReviewRules(deadline=7 * 24 * 3600)
PICKED = Grant("contract", "alpha", selection="individual")
DROPPED = HeldFilter(dropped=True)


@pytest.fixture
def waiting(stages: Stages) -> Stages:
    """An article that waits for a person, under a deadline of a week."""
    stages.declare(grants=(PICKED,), review=WEEK)
    stages.publish("alpha", rss(item("1", "市里的代表团走访学校")))
    stages.run()
    return stages


def let_pass(stages: Stages, **span: float) -> None:
    stages.now += timedelta(**span)
    assert stages.services.deliveries.recheck_due(stages.now) in (True, False)
    stages.recheck()


def held(stages: Stages) -> list[tuple[str, str]]:
    rows = stages.services.people.held(50)
    return [(row.destination, row.decision.reasons[0].value) for row in rows]


def dropped(stages: Stages) -> list[str]:
    return [row.destination for row in stages.services.people.held(50, DROPPED)]


def approve(stages: Stages, by: str = "周岚") -> None:
    services = stages.services
    word = approval(by=by, note="仍有价值", until=stages.now + timedelta(days=30), now=stages.now)
    article = UUID(stages.articles()[0].uuid)
    review(services.desk(), article, word, ["hook"])
    stages.deliver()


def test_what_nobody_decides_in_a_week_is_dropped_and_counted(waiting: Stages) -> None:
    let_pass(waiting, days=6, hours=23)
    assert sorted(held(waiting)) == [("feeds", "SELECT_INDIVIDUALLY"), ("hook", "SELECT_INDIVIDUALLY")]
    waiting.now += timedelta(hours=1)
    assert waiting.services.deliveries.recheck_due(waiting.now)
    waiting.recheck()
    assert held(waiting) == []
    assert sorted(dropped(waiting)) == ["feeds", "hook"]
    assert waiting.sent == []
    overview = waiting.services.people.overview(waiting.now, waiting.now - timedelta(days=1))
    assert (overview.held, overview.dropped) == (0, 1)
    assert not waiting.services.deliveries.recheck_due(waiting.now + timedelta(days=100))


def test_what_was_dropped_is_not_let_out_by_a_rule_but_by_a_person(waiting: Stages) -> None:
    let_pass(waiting, days=8)
    waiting.declare(grants=(Grant("contract", "alpha"),))
    waiting.recheck()
    assert waiting.sent == []
    assert waiting.titles() == []
    approve(waiting)
    assert waiting.sent == [("published", "市里的代表团走访学校")]
    assert dropped(waiting) == ["feeds"]


def test_a_new_version_begins_anew(waiting: Stages) -> None:
    let_pass(waiting, days=8)
    waiting.publish("alpha", rss(item("1", "市里的代表团走访学校", OTHER)))
    waiting.run()
    assert len(held(waiting)) == 2
    assert dropped(waiting) == []
    let_pass(waiting, days=6)
    assert len(held(waiting)) == 2
    let_pass(waiting, days=1)
    assert held(waiting) == []


def test_settling_again_for_another_reason_does_not_prolong_it(waiting: Stages) -> None:
    let_pass(waiting, days=4)
    waiting.declare(grants=(Grant("contract", "alpha", selection="individual", media=True),))
    waiting.recheck()
    assert len(held(waiting)) == 2
    let_pass(waiting, days=3)
    assert held(waiting) == []
    assert waiting.services.people.held(50, DROPPED)[0].decision.reasons[1] == "SELECT_INDIVIDUALLY"


def test_what_is_decided_about_others_neither_prolongs_nor_shortens_it(waiting: Stages) -> None:
    let_pass(waiting, days=2)
    waiting.publish("alpha", rss(item("2", "草原大雪", OTHER), item("1", "市里的代表团走访学校")))
    waiting.run()
    assert len(held(waiting)) == 4
    let_pass(waiting, days=2)
    approve(waiting)
    waiting.take_down()
    assert {row.title for row in waiting.services.people.held(50)} == {"草原大雪"}
    (since,) = {row.since for row in waiting.services.people.held(50)}
    assert timedelta(days=2) <= waiting.now - since < timedelta(days=2, hours=1)
    let_pass(waiting, days=4, hours=23)
    assert len(held(waiting)) == 2
    let_pass(waiting, hours=1)
    assert held(waiting) == []


def test_what_waits_already_when_a_deadline_is_set_waits_since_it_was_held(stages: Stages) -> None:
    stages.declare(grants=(PICKED,))
    stages.publish("alpha", rss(item("1", "市里的代表团走访学校")))
    stages.run()
    stages.now += timedelta(days=5)
    stages.declare(review=WEEK)
    stages.recheck()
    assert len(held(stages)) == 2
    let_pass(stages, days=2)
    assert held(stages) == []


def test_what_is_out_stays_as_it_is(stages: Stages) -> None:
    stages.publish("alpha", rss(item("1", "市里的代表团走访学校")))
    stages.run()
    assert stages.sent == [("published", "市里的代表团走访学校")]
    stages.declare(grants=(PICKED,), review=WEEK)
    stages.publish("alpha", rss(item("1", "市里的代表团走访学校和医院")))
    stages.run()
    let_pass(stages, days=8)
    assert held(stages) == []
    assert stages.sent == [("published", "市里的代表团走访学校")]
    assert stages.titles() == ["市里的代表团走访学校"]


def test_two_may_still_agree_on_what_was_dropped(stages: Stages) -> None:
    sources = tuple(replace(one, approval="two") for one in stages.catalogue.sources)
    stages.declare(sources=sources, review=WEEK)
    stages.publish("alpha", rss(item("1", "市里的代表团走访学校")))
    stages.run()
    let_pass(stages, days=8)
    assert sorted(dropped(stages)) == ["feeds", "hook"]
    approve(stages)
    assert held(stages) == [("hook", "SECOND_APPROVAL")]
    let_pass(stages, days=6)
    assert held(stages) == [("hook", "SECOND_APPROVAL")]
    approve(stages, by="吴敏")
    assert stages.sent == [("published", "市里的代表团走访学校")]


def test_a_word_given_in_time_stands(waiting: Stages) -> None:
    let_pass(waiting, days=3)
    approve(waiting)
    let_pass(waiting, days=5)
    assert waiting.sent == [("published", "市里的代表团走访学校")]
    assert dropped(waiting) == ["feeds"]
