"""A person says that a copy is no copy: it is done everywhere, and nothing that comes later undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.repairing import (
    BOTH_GRANTED,
    SQLITE,
    arrive,
    homes,
    join,
    one,
    part,
    take_away,
    told,
    two_articles,
    uuids,
)
from tests.stages import NOON, OTHER, STORY, Stages, item, rss, telling
from tests.unit.test_stages_copies import QUAKE, RELIEF
from worker.cli.article_near import near_lines
from worker.errors import NotFound, Refused
from worker.store.schema import act, article_key

CUT = f"【记者手记】{QUAKE}</p><p>另据了解，周边各县也已派出志愿者队伍赶赴现场，捐助物资正在集中。"


def one_of_two(stages: Stages) -> Stages:
    """甲报's report and 乙网's version of it, which joined."""
    stages.declare(grants=BOTH_GRANTED)
    one(stages, "alpha", "a1", "云南鲁甸发生5.6级地震", QUAKE)
    one(stages, "beta", "b1", "昭通地震：记者手记", CUT)
    assert homes(stages) == [1, 1]
    return stages


@SQLITE
def test_a_copy_becomes_an_article_of_its_own_and_goes_out_as_one(stages: Stages) -> None:
    one_of_two(stages)
    before = len(told(stages))
    done = part(stages, 2)
    stages.deliver()
    assert homes(stages) == [1, 2]
    assert told(stages, before) == [("hook", "published", str(done.other))]
    assert sorted(stages.titles()) == ["云南鲁甸发生5.6级地震", "昭通地震：记者手记"]
    assert [row.joined_by for row in stages.entries()] == [None, None]
    lines = near_lines(stages.services.people.near(done.other), done.other, 2, "en")
    assert "split off by a person since" in lines[0]
    stages.run(minutes=60)
    stages.recheck()
    assert len(told(stages)) == before + 1, "it comes to rest"


@SQLITE
def test_when_the_lead_leaves_another_takes_its_place(stages: Stages) -> None:
    one_of_two(stages)
    before = len(told(stages))
    a = str(uuids(stages)[0])
    done = part(stages, 1)
    stages.deliver()
    assert done.led
    assert sorted(told(stages, before)) == sorted([("hook", "published", str(done.other)), ("hook", "updated", a)])
    newest = {request.payload["data"]["id"][9:]: request.payload["data"] for request in stages.partner.accepted()}
    assert newest[a]["title"] == "昭通地震：记者手记"
    assert newest[str(done.other)]["title"] == "云南鲁甸发生5.6级地震"


@SQLITE
def test_where_the_next_lead_may_not_go_the_article_is_taken_back(stages: Stages) -> None:
    """Its text was that of the copy that left; nothing of it stays out under the old name."""
    one(stages, "alpha", "a1", "云南鲁甸发生5.6级地震", QUAKE)
    one(stages, "beta", "b1", "昭通地震：记者手记", CUT)
    a, before = str(uuids(stages)[0]), len(told(stages))
    done = part(stages, 1)
    stages.deliver()
    stages.now += timedelta(seconds=31)
    stages.deliver()
    first, *rest = told(stages, before)
    assert first == ("hook", "published", str(done.other))
    assert rest == [("hook", "withdrawn", a)]
    assert stages.titles() == ["云南鲁甸发生5.6级地震"]


@SQLITE
def test_a_place_that_takes_no_updates_does_not_keep_the_text_twice(stages: Stages) -> None:
    hook = replace(stages.catalogue.destinations[0], updates="never")
    stages.declare(destinations=(hook, *stages.catalogue.destinations[1:]))
    one_of_two(stages)
    a = str(uuids(stages)[0])
    before = len(told(stages))
    done = part(stages, 1)
    for _ in range(2):
        stages.deliver()
        stages.now += timedelta(seconds=31)
    assert told(stages, before) == [("hook", "published", str(done.other)), ("hook", "withdrawn", a)]


def test_an_article_that_nobody_carries_any_more_is_taken_back(stages: Stages) -> None:
    one_of_two(stages)
    stages.publish("beta", rss(head='<at:deleted-entry ref="b1" when="2026-11-24T11:00:00Z"/>'))
    stages.run()
    a = str(uuids(stages)[0])
    done = part(stages, 1)
    stages.deliver()
    stages.now += timedelta(seconds=31)
    stages.deliver()
    assert done.left
    assert told(stages)[-2:] == [("hook", "published", str(done.other)), ("hook", "withdrawn", a)]
    assert [row.state for row in stages.articles()] == ["withdrawn", "live"]


@SQLITE
def test_what_cannot_be_split_is_refused_in_words(stages: Stages) -> None:
    one_of_two(stages)
    with pytest.raises(NotFound, match="no entry 77"):
        part(stages, 77)
    part(stages, 2)
    with pytest.raises(Refused, match="all there is"):
        part(stages, 1)
    assert homes(stages) == [1, 2]


@SQLITE
def test_splitting_brings_nothing_back_that_was_taken_down(stages: Stages) -> None:
    one_of_two(stages)
    take_away(stages, 0)
    with pytest.raises(Refused, match="withdrawn with"):
        part(stages, 2)
    one(stages, "beta", "b5", "再访震区", f"{CUT}</p><p>{telling(5)}")
    assert homes(stages) == [1, 1, 1], "what looks like it stays away with it"
    done = part(stages, 3)
    stages.deliver()
    assert told(stages)[-1] == ("hook", "published", str(done.other))
    assert [row.state for row in stages.articles()] == ["withdrawn", "live"]


@SQLITE
def test_an_article_that_was_never_sent_on_lets_a_copy_go_out(stages: Stages) -> None:
    """Old ones of a first contact are written down only; whoever splits one off wants it."""
    stages.declare(grants=BOTH_GRANTED)
    old = NOON - timedelta(days=40)
    link = "https://www.alpha.example/a1.html"
    arrive(stages, "alpha", item("a1", "旧闻", STORY, published=old, link=link))
    arrive(stages, "beta", item("b1", "旧闻", STORY, published=old))
    assert homes(stages) == [1, 1]
    assert told(stages) == []
    done = part(stages, 2)
    stages.deliver()
    assert told(stages) == [("hook", "published", str(done.other))]


def test_it_stays_apart_whatever_comes_later(stages: Stages) -> None:
    one_of_two(stages)
    part(stages, 2)
    stages.deliver()
    before = len(told(stages))
    one(stages, "beta", "b1", "昭通地震：记者手记（更新）", CUT + "最新：道路抢通。")
    one(stages, "alpha", "a1", "云南鲁甸发生5.6级地震（更新）", QUAKE + "最新：道路抢通。")
    stages.recheck()
    stages.run(minutes=60)
    assert homes(stages) == [1, 2]
    a, n = map(str, uuids(stages))
    assert sorted(told(stages, before)) == sorted([("hook", "updated", a), ("hook", "updated", n)])
    stages.services.filing.mark(every=True, told=lambda _: None)
    stages.services.reindex(lambda _: None)
    arrive(
        stages,
        "alpha",
        item("a9", "转载手记", CUT),
        item("a1", "云南鲁甸发生5.6级地震（更新）", QUAKE + "最新：道路抢通。"),
    )
    assert homes(stages) == [1, 2, 2], "its own text leads to it"


@SQLITE
def test_an_edit_to_the_text_of_the_other_does_not_join_it_again(stages: Stages) -> None:
    one_of_two(stages)
    part(stages, 2)
    one(stages, "beta", "b1", "云南鲁甸发生5.6级地震", QUAKE)
    assert homes(stages) == [1, 2]
    one(stages, "beta", "b7", "云南鲁甸发生5.6级地震", QUAKE)
    assert homes(stages) == [1, 2, 1], "what is new joins who had the text first"


def test_letters_that_are_shared_stay_with_the_article(stages: Stages) -> None:
    stages.declare(grants=BOTH_GRANTED)
    one(stages, "alpha", "a1", "走访", STORY)
    one(stages, "beta", "b1", "走访", STORY)
    keys = stages.rows(article_key)
    part(stages, 2)
    moved = [row for row in stages.rows(article_key) if row.article_id == 2]
    assert len(moved) == 1, "its link on its own publisher's site is its own"
    assert len(stages.rows(article_key)) == len(keys)
    one(stages, "beta", "b2", "走访", STORY)
    assert homes(stages) == [1, 2, 1]


def test_a_takedown_of_one_does_not_take_the_other(stages: Stages) -> None:
    one_of_two(stages)
    done = part(stages, 2)
    take_away(stages, 0)
    stages.deliver()
    one(stages, "beta", "b1", "昭通地震：记者手记（更新）", CUT + "最新：道路抢通。")
    assert [row.state for row in stages.articles()] == ["withdrawn", "live"]
    assert told(stages)[-1] == ("hook", "updated", str(done.other))
    assert stages.titles() == ["昭通地震：记者手记（更新）"]


@SQLITE
def test_a_takedown_of_what_was_split_off_leaves_the_article(stages: Stages) -> None:
    one_of_two(stages)
    part(stages, 2)
    take_away(stages, 1)
    stages.deliver()
    one(stages, "alpha", "a1", "云南鲁甸发生5.6级地震（更新）", QUAKE + RELIEF)
    assert [row.state for row in stages.articles()] == ["live", "withdrawn"]
    assert stages.titles() == ["云南鲁甸发生5.6级地震（更新）"]


@SQLITE
def test_a_deletion_by_its_source_takes_only_what_was_split_off(stages: Stages) -> None:
    one_of_two(stages)
    part(stages, 2)
    stages.publish("beta", rss(head='<at:deleted-entry ref="b1" when="2026-11-24T11:00:00Z"/>'))
    stages.run()
    assert [row.state for row in stages.articles()] == ["live", "withdrawn"]
    assert stages.titles() == ["云南鲁甸发生5.6级地震"]


def test_a_wrong_merge_is_undone_by_splitting(stages: Stages) -> None:
    two_articles(stages)
    gone = uuids(stages)[1]
    join(stages)
    done = part(stages, 2)
    stages.deliver()
    assert sorted(stages.titles()) == ["代表团走访学校", "教师迎来慰问"]
    assert stages.services.shelf.merged_into(gone) == uuids(stages)[0], "for ever"
    one(stages, "alpha", "a9", "教师迎来慰问", OTHER)
    assert homes(stages) == [1, 3, 3], "its keys went with it"
    assert [row.target for row in stages.rows(act, act.c.verb == "split")] == [str(done.article), str(done.other)]
