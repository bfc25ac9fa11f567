"""Rules hold what may not go out yet: words, sensitive times, people who must agree, columns that are not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.stages import NOON, OTHER, STORY, Stages, item, rss
from worker.errors import Refused
from worker.model.catalog import Channel, Guard, Period, Use
from worker.model.delivery import Reason
from worker.pipeline.review import Reviewed, approval, rejection, review
from worker.store.schema import act, decision

DAY = timedelta(days=1)
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what asks nothing of the store
LISTED = STORY + "带队的是張三丰。"
GUARD = Guard("names", ("张三", "张三丰"))


def publish(stages: Stages, text: str = STORY, title: str = "走访", **more: Any) -> None:
    stages.publish("alpha", rss(item("a1", title, text, link="https://www.alpha.example/a1.html", **more)))
    stages.run()


def say_yes(stages: Stages, by: str, *keys: str, use: Use = Use.FULL_TEXT) -> list[Reviewed]:
    services = stages.services
    word = approval(by=by, note="已核对", until=stages.now + DAY, now=stages.now, use=use)
    places = keys or ("hook", "feeds")
    uuid = UUID(stages.articles()[0].uuid)
    done = review(services.desk(), uuid, word, places)
    stages.deliver()
    return done


def newest(stages: Stages, key: str = "hook") -> Any:
    return stages.rows(decision, decision.c.destination_id == stages.destination(key).id)[-1]


def reasons(stages: Stages, key: str = "hook") -> list[str]:
    return str(newest(stages, key).reasons).split()


def test_a_listed_word_waits_until_a_person_agrees(stages: Stages) -> None:
    stages.declare(guards=(GUARD,))
    publish(stages, LISTED)
    assert stages.sent == []
    assert stages.titles() == []
    held = newest(stages)
    assert (held.use, reasons(stages)[0]) == ("hold", "WORD_LISTED")
    assert held.note == "names: …看望了在那里工作的教师。带队的是【張三丰】。"
    done = say_yes(stages, "周岚")
    assert [(one.decision.use, one.decision.by) for one in done] == [(Use.FULL_TEXT, "周岚")] * 2
    assert stages.sent == [("published", "走访")]
    assert stages.titles() == ["走访"]
    assert reasons(stages)[:2] == ["APPROVED", "WORD_LISTED"]


@once
def test_a_word_in_a_new_version_leaves_the_old_one_there(stages: Stages) -> None:
    stages.declare(guards=(GUARD,))
    publish(stages)
    publish(stages, LISTED)
    assert stages.sent == [("published", "走访")]
    assert reasons(stages)[0] == "WORD_LISTED"
    publish(stages, STORY + "带队的是李四。")
    assert stages.sent == [("published", "走访"), ("updated", "走访")]


def test_a_list_that_rejects_takes_back_and_hears_no_approval(stages: Stages) -> None:
    stages.declare(guards=(replace(GUARD, action="reject"),))
    publish(stages)
    publish(stages, LISTED)
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]
    assert stages.titles() == []
    assert (newest(stages).use, reasons(stages)) == ("reject", ["WORD_LISTED"])
    with pytest.raises(Refused, match="WORD_LISTED"):
        say_yes(stages, "周岚")


@once
def test_a_list_is_for_its_channels(stages: Stages) -> None:
    channels = (Channel("news", "要闻"), Channel("culture", "文化"))
    hook, feeds = stages.catalogue.destinations
    stages.declare(
        channels=channels,
        destinations=(replace(hook, channels=("culture",)), feeds),
        guards=(replace(GUARD, channels=("culture",)),),
    )
    publish(stages, LISTED)
    assert stages.sent == []
    assert stages.titles() == ["走访"]


def test_a_changed_list_lets_go_what_it_held_and_takes_back_what_it_rejects(stages: Stages) -> None:
    stages.declare(guards=(GUARD,))
    publish(stages, LISTED)
    stages.declare(guards=(replace(GUARD, words=("李四",)),))
    stages.recheck()
    assert stages.sent == [("published", "走访")]
    stages.declare(guards=(GUARD,))  # holding words says nothing of what is out
    stages.recheck()
    assert len(stages.sent) == 1
    rejecting = (replace(GUARD, action="reject"),)
    assert stages.services.foresee(replace(stages.catalogue, guards=rejecting)).total().retract == 2
    stages.declare(guards=rejecting)
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def period(**more: Any) -> Period:
    return Period("congress", NOON - DAY, NOON + DAY, **more)


def test_a_sensitive_time_ends_by_itself(stages: Stages) -> None:
    publish_before = replace(period(), begins=NOON + timedelta(hours=1))
    stages.declare(periods=(publish_before,))
    publish(stages)
    stages.now = NOON + timedelta(hours=2)
    publish(stages, title="走访（更正）")
    assert stages.sent == [("published", "走访")]  # what is out stays
    assert reasons(stages)[0] == "SENSITIVE_PERIOD"
    assert newest(stages).valid_until == publish_before.ends
    assert newest(stages).note == "congress"
    stages.recheck()
    assert len(stages.sent) == 1
    stages.now = publish_before.ends
    stages.recheck()
    assert stages.sent == [("published", "走访"), ("updated", "走访（更正）")]
    assert stages.titles() == ["走访（更正）"]


@once
def test_some_publishers_go_all_the_same_and_a_person_may_say_so(stages: Stages) -> None:
    stages.declare(periods=(period(exempt=("alpha",)),))
    publish(stages)
    assert stages.sent == [("published", "走访")]
    stages.declare(periods=(period(exempt=("beta",), note="两会期间"),))
    publish(stages, title="走访（二）")
    assert newest(stages).note == "congress: 两会期间"
    say_yes(stages, "周岚")
    assert stages.sent == [("published", "走访"), ("updated", "走访（二）")]


def test_what_waits_to_be_sent_is_looked_at_again_when_the_time_begins(stages: Stages) -> None:
    stages.declare(periods=(replace(period(), begins=NOON + timedelta(minutes=30)),))
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.now += timedelta(minutes=11)
    stages.poll()
    stages.ingest()
    stages.now = NOON + timedelta(minutes=31)
    stages.deliver()
    stages.recheck()
    assert stages.sent == []
    assert reasons(stages)[0] == "SENSITIVE_PERIOD"
    stages.recheck()
    assert [row.state for row in stages.deliveries()] == ["cancelled"]


@once
def test_one_person_agrees_to_one_version(stages: Stages) -> None:
    alpha, beta = stages.catalogue.sources
    stages.declare(sources=(replace(alpha, approval="one"), beta))
    publish(stages)
    assert stages.sent == []
    assert reasons(stages) == ["APPROVAL_NEEDED", "GRANT_ACTIVE"]
    say_yes(stages, "周岚")
    publish(stages, OTHER)
    assert stages.sent == [("published", "走访")]
    assert reasons(stages)[0] == "APPROVAL_NEEDED"
    stages.declare(sources=(alpha, beta))
    stages.recheck()
    assert stages.sent == [("published", "走访"), ("updated", "走访")]


def test_two_different_people_agree(stages: Stages) -> None:
    alpha, beta = stages.catalogue.sources
    stages.declare(sources=(replace(alpha, approval="one"), beta), channels=(Channel("news", "要闻", approval="two"),))
    publish(stages)
    first = say_yes(stages, "Zhou Lan")
    assert {(one.decision.use, one.decision.reasons[0]) for one in first} == {(Use.HOLD, Reason.SECOND_APPROVAL)}
    assert newest(stages).note == "Zhou Lan: 已核对"
    assert stages.sent == []
    before = len(stages.rows(decision)), len(stages.rows(act))
    for same in ("Zhou Lan", "ＺＨＯＵ　ＬＡＮ", "zhoulan"):
        with pytest.raises(Refused, match="second, different person"):
            say_yes(stages, same)
    assert (len(stages.rows(decision)), len(stages.rows(act))) == before
    stages.recheck()
    assert stages.sent == []
    second = say_yes(stages, "李明", "hook", use=Use.EXCERPT)
    assert [(one.decision.use, one.decision.by) for one in second] == [(Use.EXCERPT, "李明")]
    assert reasons(stages)[:2] == ["APPROVED", "SECONDED"]
    assert stages.sent == [("published", "走访")]
    stages.recheck()
    assert stages.sent == [("published", "走访")]
    say_yes(stages, "李明", "feeds")
    assert stages.titles() == ["走访"]
    assert [row.by for row in stages.rows(act)] == ["Zhou Lan", "Zhou Lan", "李明", "李明"]


@once
def test_the_first_yes_is_forgotten_when_it_ends_or_somebody_says_no(stages: Stages) -> None:
    stages.declare(channels=(Channel("news", "要闻", approval="two"),))
    publish(stages)
    say_yes(stages, "周岚")
    stages.now += 2 * DAY
    stages.recheck()
    assert reasons(stages)[0] == "APPROVAL_NEEDED"
    say_yes(stages, "周岚")
    services, uuid = stages.services, UUID(stages.articles()[0].uuid)
    no = rejection(by="王芳", note="有误")
    review(services.desk(), uuid, no, ("hook",))
    assert reasons(stages) == ["REJECTED"]
    say_yes(stages, "李明", "hook")
    assert reasons(stages)[0] == "SECOND_APPROVAL"
    assert stages.sent == []


@once
def test_an_article_of_no_column_waits_for_one(stages: Stages) -> None:
    channels = (Channel("minzu", "民族"), Channel("culture", "文化", parent="minzu"), Channel("sport", "体育"))
    hook, feeds = stages.catalogue.destinations
    placed = replace(hook, channels=("culture", "sport"), columns={"sport": "9"})
    chosen = replace(channels[2], select=replace(channels[2].select, categories=("体育",)))
    stages.declare(channels=(*channels[:2], chosen), destinations=(placed, replace(feeds, channels=("minzu",))))
    publish(stages)
    assert stages.sent == []
    assert reasons(stages)[0] == "COLUMN_UNMAPPED"
    assert stages.titles() == []
    with pytest.raises(Refused, match=r"columns 中补上"):
        say_yes(stages, "周岚", "hook")
    stages.declare(
        destinations=(replace(placed, columns={"minzu": "12", "sport": "9"}), stages.catalogue.destinations[1])
    )
    stages.recheck()
    assert stages.sent == [("published", "走访")]
    assert stages.partner.accepted()[-1].payload["data"]["columns"] == ["12"]


@once
def test_a_feeds_items_may_be_asked_for_an_author(stages: Stages) -> None:
    alpha, beta = stages.catalogue.sources
    stages.declare(sources=(replace(alpha, required=("author", "published", "body")), beta))
    publish(stages, published=None)
    assert reasons(stages)[:2] == ["FIELD:author", "FIELD:published"]
    publish(stages, extra="<dc:creator>李明</dc:creator>")
    assert stages.sent == [("published", "走访")]
