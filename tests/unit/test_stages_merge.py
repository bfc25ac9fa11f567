"""A person says that two articles are one: it is done everywhere, and nothing that comes later undoes it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.repairing import (
    BOTH_GRANTED,
    SQLITE,
    arrive,
    homes,
    join,
    one,
    take_away,
    told,
    two_articles,
    uuids,
)
from tests.stages import OTHER, STORY, Stages, item, rss, telling
from worker.errors import Refused
from worker.model.catalog import Channel, Destination, Schedule, Selection
from worker.model.feed import ParsedFeed
from worker.model.ingest import Story
from worker.pipeline import correct
from worker.pipeline.repair import merge, merging
from worker.store.schema import act, change, shelf


def test_the_other_is_taken_back_and_says_what_it_has_become(stages: Stages) -> None:
    two_articles(stages)
    a, b = map(str, uuids(stages))
    done = join(stages)
    stages.deliver()
    assert homes(stages) == [1, 1]
    assert (str(done.article), str(done.other), done.entries) == (a, b, (2,))
    assert told(stages, 2) == [("hook", "withdrawn", b)]
    gone = stages.partner.accepted()[-1].payload["data"]
    assert gone["merged_into"] == {"id": f"urn:uuid:{a}", "address": None}
    assert gone["reason"] == "MERGED"
    assert "并入另一篇文章" in gone["line"]
    shown = stages.services.shelf.page("feeds", "news", limit=9, withdrawn=True).rows
    assert [str(row.article) for row in shown if row.release] == [a]
    (trace,) = [row.withdrawal for row in shown if row.withdrawal]
    assert trace.merged_into is not None
    assert str(trace.merged_into.article) == a
    rows = {row.uuid: (row.state, row.merged_into) for row in stages.articles()}
    assert rows == {a: ("live", None), b: ("merged", 1)}
    stages.run(minutes=60)
    stages.recheck()
    assert len(stages.partner.accepted()) == 3, "it comes to rest"


@SQLITE
def test_what_counts_it_first_is_what_is_done_and_on_record(stages: Stages) -> None:
    two_articles(stages)
    found: list[Story] = stages.services.people.stories([1, 2])
    _, would = merging(found[0], found[1], stages.services.view(), stages.now)
    assert stages.rows(act) == []
    assert would == join(stages)
    assert [(one.destination, one.article, one.other.action if one.other else None) for one in would.places] == [
        ("hook", None, "retract"),
        ("feeds", None, "retract"),
    ]
    a, b = map(str, uuids(stages))
    rows = {row.target: row for row in stages.rows(act)}
    assert {(row.verb, row.by, row.note) for row in rows.values()} == {("merge", "周岚", "同一篇通稿")}
    assert rows[b].detail["before"] == {
        "state": "live",
        "copies": [2],
        "out": {"hook": "full_text", "feeds": "full_text"},
    }
    assert rows[b].detail["after"] == {"state": "merged", "merged_into": a}
    assert rows[a].detail["after"]["copies"] == [1, 2]


def places_apart(stages: Stages, **second: Any) -> Stages:
    """``hook`` and ``feeds`` take 甲报's articles only, ``second`` and ``page`` 乙网's."""
    options = stages.catalogue.destinations[0].options
    stages.declare(
        grants=BOTH_GRANTED,
        channels=(
            Channel("news", "要闻", select=Selection(sources=("alpha",))),
            Channel("others", "他报", select=Selection(sources=("beta",))),
        ),
        destinations=(
            *stages.catalogue.destinations,
            Destination("second", "partner", "webhook", ("others",), options, **second),
            Destination("page", "partner", "portal", ("others",), {}),
        ),
    )
    one(stages, "alpha", "a1", "代表团走访学校", STORY)
    one(stages, "beta", "b1", "教师迎来慰问", OTHER)
    assert [row[:2] for row in told(stages)] == [("hook", "published"), ("second", "published")]
    return stages


@SQLITE
def test_it_takes_the_place_of_the_other_before_that_is_taken_back(stages: Stages) -> None:
    places_apart(stages)
    a, b = map(str, uuids(stages))
    join(stages)
    stages.deliver()
    assert told(stages, 2) == [("second", "published", a)], "the channels of both are its own"
    stages.now += timedelta(seconds=31)
    stages.deliver()
    assert told(stages, 3) == [("second", "withdrawn", b)]
    trace = stages.services.shelf.row("page", UUID(b))
    assert trace is not None
    assert trace.withdrawal is not None
    page = f"https://portal.example/portal/page/article/{a}"
    assert trace.withdrawal.merged_into is not None
    assert trace.withdrawal.merged_into.address == page
    assert stages.partner.accepted()[-1].payload["data"]["merged_into"]["address"] == page
    both = stages.rows(shelf, shelf.c.destination_id == stages.destination("page").id)
    assert {row.state: row.changed_at for row in both} == {"shown": both[0].changed_at, "retracted": both[0].changed_at}


@SQLITE
def test_what_takes_a_place_waits_for_no_window(stages: Stages) -> None:
    places_apart(stages)
    closed = Schedule(windows=("daily 02:00-03:00",))
    destinations = [
        replace(each, schedule=closed) if each.key in ("second", "page") else each
        for each in stages.catalogue.destinations
    ]
    stages.declare(destinations=tuple(destinations))
    join(stages)
    stages.deliver()
    stages.now += timedelta(seconds=31)
    stages.deliver()
    assert [row[:2] for row in told(stages, 2)] == [("second", "published"), ("second", "withdrawn")]
    row = stages.services.shelf.row("page", uuids(stages)[0])
    assert row is not None
    assert row.release is not None


@SQLITE
def test_what_waits_for_its_time_already_goes_in_its_place(stages: Stages) -> None:
    places_apart(stages)
    everything = tuple(replace(each, select=Selection()) for each in stages.catalogue.channels)
    closed = Schedule(windows=("daily 02:00-03:00",))
    destinations = [
        replace(each, schedule=closed) if each.key == "second" else each for each in stages.catalogue.destinations
    ]
    stages.declare(channels=everything, destinations=tuple(destinations))
    one(stages, "alpha", "a1", "代表团走访学校（更正）", STORY)
    a, b = map(str, uuids(stages))
    assert ("second", "published", a) not in told(stages), "it waits for the night"
    before = len(told(stages))
    join(stages)
    stages.deliver()
    stages.now += timedelta(seconds=31)
    stages.deliver()
    assert [row for row in told(stages, before) if row[0] == "second"] == [
        ("second", "published", a),
        ("second", "withdrawn", b),
    ]


@SQLITE
def test_a_place_that_began_later_does_not_lose_it(stages: Stages) -> None:
    stages.declare(grants=BOTH_GRANTED, destinations=stages.catalogue.destinations[1:])
    one(stages, "alpha", "a1", "代表团走访学校", STORY)
    stages.now += timedelta(minutes=1)
    options = {"url": stages.partner.url("/hook"), "secret": "env:SECRET"}
    stages.declare(
        destinations=(*stages.catalogue.destinations, Destination("hook", "partner", "webhook", ("news",), options))
    )
    one(stages, "beta", "b1", "教师迎来慰问", OTHER)
    a, b = map(str, uuids(stages))
    assert told(stages) == [("hook", "published", b)]
    join(stages)
    stages.deliver()
    stages.run()
    stages.recheck()
    assert told(stages, 1) == [("hook", "published", a), ("hook", "withdrawn", b)]


@SQLITE
def test_rights_are_the_texts_own(stages: Stages) -> None:
    """What may be shown is what the lead's source permits, whoever had the other."""
    one(stages, "beta", "b1", "教师迎来慰问", OTHER)
    one(stages, "alpha", "a1", "代表团走访学校", STORY)
    assert [request.payload["data"]["use"] for request in stages.partner.accepted()] == ["excerpt", "full_text"]
    join(stages)
    stages.deliver()
    kept = [request.payload["data"] for request in stages.partner.accepted() if "use" in request.payload["data"]]
    texts = {one["use"]: one["credit"]["line"] for one in kept if one["id"].endswith(str(uuids(stages)[0]))}
    assert "甲报" in texts["full_text"]


@SQLITE
def test_pulled_changes_come_in_the_order_that_leaves_nobody_without(stages: Stages) -> None:
    places_apart(stages)
    inbox = Destination("inbox", "partner", "pull", ("others",), {"token": "env:SECRET"})
    stages.declare(destinations=(*stages.catalogue.destinations, inbox))
    one(stages, "beta", "b2", "第三篇", telling(3))
    join(stages, 0, 2)
    changes = stages.services.changes.page(["inbox"], 0, 9).changes
    ids = uuids(stages)
    assert [each.subject.article for each in changes] == [ids[0], ids[2]]
    assert len(stages.rows(change)) == 2


@SQLITE
def test_what_cannot_be_merged_is_refused_in_words(stages: Stages) -> None:
    two_articles(stages)
    with pytest.raises(Refused, match="one article"):
        join(stages, 0, 0)
    services, ids = stages.services, uuids(stages)
    with pytest.raises(Refused, match="--by NAME --note TEXT"):
        merge(services.desk(), *ids, by=" ", note="")
    take_away(stages, 1)
    for pair in ((0, 1), (1, 0)):
        with pytest.raises(Refused, match="withdrawn"):
            join(stages, *pair)
    assert homes(stages) == [1, 2]
    assert {row.verb for row in stages.rows(act)} == {"takedown"}


@SQLITE
def test_corrections_stay_with_their_article(stages: Stages) -> None:
    two_articles(stages)
    services, ids = stages.services, uuids(stages)
    desk = services.desk()
    correct.correct(desk, ids[0], {"title": "走访（更正）"}, [], by="周岚", note="标题")
    correct.correct(desk, ids[1], {"author": "李明"}, [], by="周岚", note="作者")
    done = join(stages)
    assert done.lost == {"author": "李明"}
    stages.deliver()
    assert stages.titles() == ["走访（更正）"]


def test_what_is_on_its_way_while_it_is_merged_is_taken_back(stages: Stages) -> None:
    """Its sender holds it, and does not know yet."""
    stages.declare(grants=BOTH_GRANTED)
    stages.publish("alpha", rss(item("b1", "教师迎来慰问", OTHER), item("a1", "代表团走访学校", STORY)))
    stages.poll()
    stages.ingest()
    until = stages.now + timedelta(seconds=60)
    claims = stages.services.deliveries.claim(stages.now, limit=9, batch=9, lease="flying", until=until)
    assert len(claims[0].deliveries) == 2
    a, b = map(str, uuids(stages))
    join(stages)
    assert {row.state for row in stages.deliveries() if row.article_id == 2} == {"sending", "due"}
    stages.now = until + timedelta(seconds=1)  # whoever held them died with them
    stages.deliver()
    stages.now += timedelta(seconds=61)
    stages.deliver()
    assert sorted(told(stages)) == sorted([("hook", "published", a), ("hook", "withdrawn", b)])


@SQLITE
def test_what_was_claimed_and_not_sent_does_not_go_out_any_more(stages: Stages) -> None:
    stages.declare(grants=BOTH_GRANTED)
    stages.publish("alpha", rss(item("b1", "教师迎来慰问", OTHER), item("a1", "代表团走访学校", STORY)))
    stages.poll()
    stages.ingest()
    join(stages)
    stages.deliver()
    assert told(stages) == [("hook", "published", str(uuids(stages)[0]))]
    assert [row.state for row in stages.deliveries() if row.article_id == 2] == ["cancelled"]


def test_an_edit_that_is_being_read_meanwhile_goes_where_the_copy_is_now(stages: Stages) -> None:
    two_articles(stages)
    edited = item("b1", "教师迎来慰问", OTHER + "补充。" * 300, link="https://www.beta.example/b1.html")
    stages.publish("beta", rss(edited))
    stages.now += timedelta(minutes=11)
    stages.poll()
    ingester = stages.services.ingester()
    read = ingester.readers["feed"]

    def merged_while_reading(*arguments: Any) -> ParsedFeed:
        feed = read(*arguments)
        join(stages)
        return feed

    ingester.readers = {**ingester.readers, "feed": merged_while_reading}
    while ingester.drain():
        pass
    stages.deliver()
    assert homes(stages) == [1, 1]
    assert [row.revision for row in stages.entries()] == [1, 2]
    assert [row.state for row in stages.articles()] == ["live", "merged"]
    b = str(uuids(stages)[1])
    assert [kind for _, kind, uuid in told(stages) if uuid == b] == ["published", "withdrawn"]


def test_two_people_merge_the_same_at_once(stages: Stages) -> None:
    two_articles(stages)
    outcomes: list[object] = []

    def go() -> None:
        try:
            outcomes.append(join(stages))
        except Refused as refused:
            outcomes.append(str(refused))

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(each).__name__ for each in outcomes) == ["Merging", "str"]
    assert len([row for row in stages.deliveries() if row.action == "retract"]) == 1


def test_later_copies_of_what_was_merged_join_what_it_is_now(stages: Stages) -> None:
    two_articles(stages)
    join(stages)
    by_letter = item("a8", "教师迎来慰问", OTHER, link="https://www.alpha.example/a8.html")
    arrive(stages, "alpha", by_letter)
    nearly = OTHER.replace("昨夜", "昨天夜里") + "</p><p>编辑：王五"
    arrive(stages, "alpha", item("a9", "雪夜", nearly, link="https://www.alpha.example/a9.html"), by_letter)
    assert homes(stages) == [1, 1, 1, 1]
    assert [kind for _, kind, _ in told(stages)].count("published") == 2


@SQLITE
def test_a_copy_that_was_merged_goes_by_itself_when_its_source_deletes_it(stages: Stages) -> None:
    two_articles(stages)
    join(stages)
    stone = '<at:deleted-entry ref="b1" when="2026-11-24T11:00:00Z"/>'
    stages.publish("beta", rss(head=stone))
    stages.run()
    assert [row.state for row in stages.articles()] == ["live", "merged"]
    assert stages.titles() == ["代表团走访学校"]
    assert [row.removed_at is None for row in stages.entries()] == [True, False]


@SQLITE
def test_a_takedown_reaches_what_was_merged_in(stages: Stages) -> None:
    two_articles(stages)
    join(stages)
    take_away(stages, 0)
    one(stages, "alpha", "a9", "教师迎来慰问", OTHER)
    stages.deliver()
    assert homes(stages) == [1, 1], "neither text comes back"
    assert stages.titles() == []
