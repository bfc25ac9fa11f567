"""Partners that take no updates: nothing is sent, everything is on record, and rights stand before convenience."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stages import NOON, OTHER, STORY, Stages, item, rss
from worker.demo.site import Document
from worker.model.catalog import Destination, Grant, Use
from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Order, Pair
from worker.pipeline.updates import as_taken

ACCEPTED, WITHHELD = "accepted", "withheld"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def takes(stages: Stages, updates: str) -> None:
    """Let both destinations take updates so."""
    stages.declare(destinations=tuple(replace(one, updates=updates) for one in stages.catalogue.destinations))


def written(stages: Stages, key: str = "hook") -> list[tuple[str, str, str]]:
    return [(row.action, row.use, row.state) for row in stages.deliveries(key)]


def publish(stages: Stages, title: str, text: str = STORY) -> None:
    stages.publish("alpha", rss(item("1", title, text)))
    stages.run()


@pytest.mark.parametrize("updates", ["notify", "never"])
def test_a_changed_article_is_not_sent_and_on_record(stages: Stages, updates: str) -> None:
    takes(stages, updates)
    publish(stages, "代表团走访学校")
    publish(stages, "代表团走访学校（更正）")
    assert stages.sent == [("published", "代表团走访学校")]
    assert stages.titles() == ["代表团走访学校"], "our own feed is a destination like any other"
    for key in ("hook", "feeds"):
        assert written(stages, key) == [("publish", "full_text", ACCEPTED), ("update", "full_text", WITHHELD)]
        last = stages.deliveries(key)[-1]
        assert last.detail.startswith(f'updates = "{updates}"')
        assert last.finished_at is not None


def test_settling_again_writes_nothing_down_again(stages: Stages) -> None:
    takes(stages, "notify")
    publish(stages, "标题一")
    publish(stages, "标题二")
    before = written(stages)
    takes(stages, "never")  # a changed destination has everything decided anew
    stages.recheck()
    publish(stages, "标题二")
    assert written(stages) == before
    publish(stages, "标题三")
    assert written(stages) == [*before, ("update", "full_text", WITHHELD)], "another text is another record"


@SQLITE
def test_what_would_be_withheld_is_no_forecast(stages: Stages) -> None:
    takes(stages, "never")
    stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
    publish(stages, "标题一")
    wider = replace(stages.catalogue, grants=(Grant("contract", "alpha"),))
    assert stages.services.foresee(wider).touched() == {}
    narrower = replace(stages.catalogue, grants=(Grant("contract", "alpha", use=Use.LINK_ONLY),))
    foreseen = stages.services.foresee(narrower).touched()
    assert {key: (one.update, one.retract) for key, one in foreseen.items()} == {"hook": (0, 1), "feeds": (0, 1)}


def test_a_retraction_always_goes(stages: Stages) -> None:
    takes(stages, "never")
    publish(stages, "标题一")
    publish(stages, "标题二")
    stages.take_down()
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]
    assert stages.partner.accepted()[-1].payload["data"]["sequence"] == 3, "it stands above what was withheld"
    assert stages.titles() == []


def test_less_than_is_out_there_takes_the_article_back(stages: Stages) -> None:
    takes(stages, "never")
    publish(stages, "标题一")
    stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]
    assert stages.titles() == []
    assert written(stages)[-1] == ("retract", "excerpt", ACCEPTED)
    stages.recheck()
    publish(stages, "标题二")
    assert len(written(stages)) == 2, "it stays away while no more may be shown than then"


def test_more_than_then_brings_it_back_as_news(stages: Stages) -> None:
    takes(stages, "never")
    publish(stages, "标题一")
    stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
    stages.recheck()
    stages.declare(grants=(Grant("contract", "alpha"),))
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn", "published"]
    assert stages.titles() == ["标题一"]


@SQLITE
def test_what_never_arrived_goes_as_it_is_now(stages: Stages) -> None:
    takes(stages, "never")
    stages.partner.next_answers = [Document(b"later", "text/plain", status=503)]
    publish(stages, "标题一")
    assert stages.sent == []
    publish(stages, "标题二")
    assert stages.sent == [("published", "标题二")]


def test_an_update_that_waited_when_the_partner_stopped_taking_them(stages: Stages) -> None:
    publish(stages, "标题一")
    stages.partner.next_answers = [Document(b"later", "text/plain", status=503)]
    publish(stages, "标题二")
    takes(stages, "notify")
    stages.now += timedelta(hours=1)
    stages.recheck()
    stages.deliver()
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published"]
    assert written(stages)[-1] == ("update", "full_text", WITHHELD)


@SQLITE
def test_taking_updates_again_begins_with_the_next_one(stages: Stages) -> None:
    takes(stages, "never")
    publish(stages, "标题一")
    publish(stages, "标题二")
    takes(stages, "send")
    stages.recheck()
    publish(stages, "标题三")
    assert stages.sent[0] == ("published", "标题一")
    assert stages.sent[-1] == ("updated", "标题三")


@SQLITE
def test_other_articles_are_news_as_ever(stages: Stages) -> None:
    takes(stages, "never")
    publish(stages, "标题一")
    stages.publish("alpha", rss(item("2", "另一篇", OTHER), item("1", "标题一")))
    stages.run()
    assert [title for _, title in stages.sent] == ["标题一", "另一篇"]


HOOK = Destination("hook", "partner", "webhook", ("news",), updates="notify")


def order(action: Action = Action.UPDATE, use: Use = Use.FULL_TEXT, version: int = 2) -> Order:
    return Order(1, "hook", 2, action, version, use, NOON)


def test_a_retraction_on_its_way_is_followed_by_news() -> None:
    pair = Pair("hook", 2, Use.FULL_TEXT, 1, pending=True, pending_action=Action.RETRACT)
    made = as_taken(order(), pair, HOOK)
    assert made is not None
    assert (made.action, made.state) == (Action.PUBLISH, DeliveryState.DUE)
    assert as_taken(order(use=Use.EXCERPT), pair, HOOK) is None, "it is being taken back already"


def test_pictures_that_may_not_stay_take_the_article_back() -> None:
    made = as_taken(order(version=1), Pair("hook", 1, Use.FULL_TEXT, 1), HOOK)
    assert made is not None
    assert made.action is Action.RETRACT


def test_more_than_is_out_there_is_an_update_like_any_other() -> None:
    made = as_taken(order(version=1), Pair("hook", 1, Use.LINK_ONLY, 1), HOOK)
    assert made is not None
    assert made.state is DeliveryState.WITHHELD
