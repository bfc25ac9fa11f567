"""What happens between two hands: a text that changes while a sender holds it, a word said while something waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.stages import NOON, OTHER, Stages, item, rss
from tests.unit.test_stages_delivery import answer, one_article
from tests.unit.test_stages_stops import pause, resume
from worker.model.catalog import Grant, Guard, Schedule, Use
from worker.model.stops import Letting
from worker.pipeline import recheck, withdraw
from worker.pipeline.review import rejection, review
from worker.ports import Work


def settle_only(stages: Stages, *items: str) -> None:
    """Let ``items`` come and be decided about, and nobody send."""
    stages.publish("alpha", rss(*items))
    stages.poll()
    stages.ingest()


def claim(stages: Stages, lease: str) -> list[int]:
    """The sequences that a sender gets."""
    until = stages.now + timedelta(seconds=60)
    claims = stages.services.deliveries.claim(stages.now, limit=9, batch=9, lease=lease, until=until)
    return [due.sequence for one in claims for due in one.deliveries]


def test_what_is_put_back_unsent_does_not_go_beside_its_successor(stages: Stages) -> None:
    settle_only(stages, item("a1", "走访"))
    assert claim(stages, "one") == [1]
    settle_only(stages, item("a1", "走访（更正）"))
    stages.services.deliveries.record((), (), lease="one", release=["hook"], now=stages.now)
    stages.deliver()
    assert [title for _, title in stages.sent] == ["走访（更正）"]
    stages.run()
    assert [(row.sequence, row.state) for row in stages.deliveries()] == [(1, "superseded"), (2, "accepted")]
    assert stages.services.deliveries.waiting(stages.now) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_takedown_keeps_senders_from_what_it_finds_unsent(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite a sender waits for the whole transaction."""
    settle_only(stages, item("a1", "走访"))
    sender, real = stages.make_services(stages.services.database), withdraw.withdrawal

    def meanwhile(*given: object, **more: object) -> object:
        sender.deliverer().run()
        return real(*given, **more)

    monkeypatch.setattr(withdraw, "withdrawal", meanwhile)
    stages.take_down()
    sender.close()
    stages.deliver()
    assert stages.sent == []
    assert [row.state for row in stages.deliveries()] == ["cancelled"]


def hold_the_next(stages: Stages) -> None:
    stages.declare(guards=(Guard("words", words=("更正",)),))


def reject_the_next(stages: Stages) -> None:
    stages.declare(guards=(Guard("words", words=("更正",), action="reject"),))


@pytest.mark.parametrize("meanwhile", [hold_the_next, reject_the_next])
def test_a_retraction_that_waits_goes_whatever_is_decided_of_the_next_version(
    stages: Stages, meanwhile: Callable[[Stages], None]
) -> None:
    one_article(stages)
    meanwhile(stages)
    stages.partner.next_answers = [answer(503)]
    services, uuid = stages.services, UUID(stages.articles()[0].uuid)
    word = rejection(by="编辑", note="失实")
    review(services.desk(), uuid, word, ("hook",))
    stages.deliver()
    settle_only(stages, item("a1", "走访（更正）"))
    stages.run(minutes=60)
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def test_a_portal_with_fixed_times_shows_what_waited(stages: Stages) -> None:
    hook, feeds = stages.catalogue.destinations
    stages.declare(destinations=(hook, replace(feeds, schedule=Schedule(at=("13:00",), zone="UTC"))))
    one_article(stages)
    assert stages.titles() == []
    stages.now = NOON + timedelta(hours=1, seconds=2)
    stages.deliver()
    assert stages.titles() == ["走访"]


def test_what_nobody_decides_any_more_keeps_no_other_from_its_turn(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "CHUNK", 1)
    ends = NOON + timedelta(hours=1)
    stages.declare(grants=(Grant("contract", "alpha", valid_until=ends, on_expiry="withdraw"),))
    stages.publish("alpha", rss(item("a2", "大雪", OTHER), item("a1", "走访")))
    stages.run()
    stages.declare(destinations=stages.catalogue.destinations[:1])
    stages.now = ends + timedelta(seconds=1)
    stages.recheck()
    assert sorted(kind for kind, _ in stages.sent) == ["published", "published", "withdrawn", "withdrawn"]
    assert not stages.services.deliveries.recheck_due(stages.now), "it comes to rest"


def test_what_may_have_gone_out_before_it_was_dropped_is_taken_back(stages: Stages) -> None:
    settle_only(stages, item("a1", "走访"))
    assert claim(stages, "dies") == [1]
    stages.now += timedelta(seconds=61)
    pause(stages)
    stages.deliver()
    resume(stages, Letting(drop=True))
    stages.take_down()
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["withdrawn"]


def test_a_drop_does_not_keep_more_out_there_than_may_be(stages: Stages) -> None:
    one_article(stages)
    pause(stages)
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run()
    resume(stages, Letting(drop=True))
    stages.recheck()
    assert len(stages.sent) == 1
    stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
    pause(stages)
    stages.recheck()
    resume(stages, Letting(drop=True))
    stages.recheck()
    assert [one.payload["data"]["use"] for one in stages.partner.accepted()] == ["full_text", "excerpt"]


def test_what_was_dropped_and_is_pushed_goes_as_it_is_now(stages: Stages) -> None:
    stages.declare(destinations=stages.catalogue.destinations[:1])
    pause(stages)
    one_article(stages)
    resume(stages, Letting(drop=True))
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run()
    assert stages.sent == []
    stages.services.deliveries.push(stages.articles()[0].id, None, stages.now, by="值班")
    stages.deliver()
    stages.recheck()
    assert stages.sent == [("published", "走访（更正）")]


def test_what_changes_reach_is_decided_by_the_catalogue_in_force(stages: Stages) -> None:
    one_article(stages)
    stages.declare(grants=(Grant("contract", "alpha", reference="第二年"),))
    services = stages.services

    class Works:
        """Another catalogue is put in force just before the transaction begins."""

        @contextmanager
        def open(self) -> Iterator[Work]:
            stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
            with services.works.open() as work:
                yield work

    services.view()
    recheck.recheck(Works(), services.view, services.hints, services.clock)
    stages.deliver()
    assert [one.payload["data"]["use"] for one in stages.partner.accepted()] == ["full_text", "excerpt"]
