"""A destination begins when it is added; what leaves the file takes nothing with it; what comes back catches up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.stages import OTHER, Stages, item, rss
from worker.model.catalog import Channel, Destination, Grant, Selection

FIRST, SECOND = item("a1", "走访"), item("a2", "大雪", OTHER)


def twin(stages: Stages, **changes: object) -> Destination:
    return replace(stages.catalogue.destinations[0], key="twin", **changes)


def kinds(stages: Stages, key: str) -> list[str]:
    return [row.action for row in stages.deliveries(key) if row.state == "accepted"]


def test_a_new_destination_begins_now_whatever_is_decided_again(stages: Stages) -> None:
    stages.publish("alpha", rss(FIRST))
    stages.run()
    stages.now += timedelta(hours=1)
    stages.declare(destinations=(*stages.catalogue.destinations, twin(stages)))
    stages.declare(grants=(Grant("contract", "alpha", notice="转载自甲报"),))
    stages.recheck()
    stages.publish("alpha", rss(SECOND, item("a1", "走访（更正）")))
    stages.run()
    assert kinds(stages, "twin") == ["publish"]
    assert sorted(kinds(stages, "hook")) == ["publish", "publish", "update"]
    explained = stages.services.people.stories([stages.articles()[0].id])[0]
    assert "twin" not in explained.pairs, "nobody expects it there: not a word about it"


def test_one_that_rehearsed_begins_when_it_goes_live(stages: Stages) -> None:
    stages.declare(destinations=(*stages.catalogue.destinations, twin(stages, mode="rehearse")))
    stages.publish("alpha", rss(FIRST))
    stages.run()
    stages.now += timedelta(hours=1)
    stages.declare(destinations=(*stages.catalogue.destinations[:2], twin(stages)))
    stages.declare(grants=(Grant("contract", "alpha", notice="转载自甲报"),))
    stages.recheck()
    stages.publish("alpha", rss(SECOND, FIRST))
    stages.run()
    assert kinds(stages, "twin") == ["publish"]
    assert not stages.services.deliveries.recheck_due(stages.now)


def test_a_destination_that_comes_back_gets_what_it_missed_and_is_counted(stages: Stages) -> None:
    both = stages.catalogue.destinations
    stages.publish("alpha", rss(FIRST))
    stages.run()
    stages.declare(destinations=both[1:])
    stages.publish("alpha", rss(SECOND, item("a1", "走访（更正）")))
    stages.run()
    assert [title for _, title in stages.sent] == ["走访"]
    back = replace(stages.catalogue, destinations=both)
    counted = stages.services.foresee(back).counts["hook"]
    assert (counted.publish, counted.update, counted.taken) == (1, 1, 0)
    stages.declare(destinations=both)
    stages.recheck()
    assert sorted(stages.sent) == [("published", "大雪"), ("published", "走访"), ("updated", "走访（更正）")]


def test_a_source_that_comes_back_sends_what_waited_when_it_left(stages: Stages) -> None:
    sources = stages.catalogue.sources
    stages.publish("alpha", rss(FIRST))
    stages.poll()
    stages.ingest()
    stages.declare(sources=sources[1:])
    stages.deliver()
    stages.recheck()
    assert stages.sent == []
    back = replace(stages.catalogue, sources=sources)
    assert stages.services.foresee(back).total().publish == 1
    stages.declare(sources=sources)
    stages.recheck()
    assert stages.sent == [("published", "走访")]
    assert stages.titles() == ["走访"], "our own page never lost it"


def test_a_fill_sends_what_is_older_and_nothing_elsewhere(stages: Stages) -> None:
    stages.publish("alpha", rss(FIRST))
    stages.run()
    came = stages.now
    stages.now += timedelta(days=2)
    stages.publish("alpha", rss(SECOND, FIRST))
    stages.run()
    stages.declare(destinations=(*stages.catalogue.destinations, twin(stages)))
    services = stages.services
    for since, count in ((stages.now + timedelta(seconds=1), 0), (stages.now - timedelta(days=1), 1), (came, 2)):
        found = services.foresee_backfill("twin", since)
        assert {key: counts.publish for key, counts in found.touched().items()} == ({"twin": count} if count else {})
    yesterday = stages.now - timedelta(days=1)
    moved = services.foresee_backfill("twin", yesterday).moved
    services.catalogue.begin("twin", yesterday, moved, stages.now, by="周岚")
    stages.recheck()
    assert kinds(stages, "twin") == ["publish"]
    assert len(stages.sent) == 3
    services.catalogue.begin("twin", stages.now, (), stages.now, by="周岚")
    assert stages.destination("twin").since == yesterday, "it never begins later than it did"


def test_a_fill_reaches_a_channel_that_is_newer_than_the_articles(stages: Stages) -> None:
    stages.publish("alpha", rss(FIRST, SECOND))
    stages.run()
    came = stages.now
    stages.now += timedelta(hours=1)
    snow = Channel("snow", "雪情", select=Selection(include=("大雪",)))
    stages.declare(
        channels=(*stages.catalogue.channels, snow),
        destinations=(*stages.catalogue.destinations, twin(stages, channels=("snow",))),
    )
    found = stages.services.foresee_backfill("twin", came)
    assert {key: counts.publish for key, counts in found.touched().items()} == {"twin": 1}
    stages.services.catalogue.begin("twin", came, found.moved, stages.now, by="周岚")
    stages.recheck()
    assert kinds(stages, "twin") == ["publish"]
    assert len(stages.sent) == 3
