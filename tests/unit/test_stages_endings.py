"""A grant ends, or its line is deleted: what is out stays or is taken back as it says, nothing new goes in full."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.stages import NOON, OTHER, Stages, item, rss
from worker.errors import NotFound
from worker.model.catalog import Grant, Publisher
from worker.store.declared import installation
from worker.store.schema import decision

ENDS = NOON + timedelta(hours=1)


def granted(stages: Stages, **changes: object) -> Grant:
    return Grant("contract", "alpha", valid_until=ENDS, **changes)


def out(stages: Stages, grant: Grant) -> None:
    """One article out in full under ``grant``, which has ended since."""
    stages.declare(grants=(grant,))
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.run()
    assert uses(stages) == ["full_text"]
    stages.now = ENDS + timedelta(seconds=1)
    stages.recheck()


def uses(stages: Stages) -> list[str]:
    return [one.payload["data"].get("use", "withdrawn") for one in stages.partner.accepted()]


def decided(stages: Stages) -> str:
    """The newest decision at the webhook: use and reasons."""
    story = stages.services.people.stories([stages.articles()[0].id])[0]
    decision = story.pairs["hook"].decision
    assert decision is not None
    return f"{decision.use.value} {' '.join(decision.reasons)}"


def test_what_is_out_stays_as_it_is_and_what_is_new_goes_as_less(stages: Stages) -> None:
    out(stages, granted(stages))
    assert uses(stages) == ["full_text"]
    assert decided(stages) == "full_text GRANT_ENDED"
    stages.recheck()
    stages.publish("alpha", rss(item("a2", "大雪", OTHER), item("a1", "走访")))
    stages.run()
    assert uses(stages) == ["full_text", "excerpt"]
    assert sorted(stages.titles()) == sorted(["走访", "大雪"])
    assert not stages.services.deliveries.recheck_due(stages.now), "settling comes to rest"


def test_a_newer_version_does_not_go_out_and_waits_for_nobody(stages: Stages) -> None:
    out(stages, granted(stages))
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run()
    assert uses(stages) == ["full_text"]
    assert stages.titles() == ["走访"]
    assert decided(stages) == "hold GRANT_ENDED"
    assert stages.services.people.overview(stages.now, NOON).held == 0
    stages.declare(grants=(Grant("contract", "alpha"),))
    stages.recheck()
    assert stages.sent == [("published", "走访"), ("updated", "走访（更正）")], "renewed, it catches up"


def test_what_waited_when_the_grant_ended_goes_as_less(stages: Stages) -> None:
    stages.declare(grants=(granted(stages),))
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.poll()
    stages.ingest()
    stages.now = ENDS + timedelta(seconds=1)
    stages.deliver()
    stages.recheck()
    assert uses(stages) == ["excerpt"]


def test_a_grant_that_wants_it_back_gets_it_back_for_good(stages: Stages) -> None:
    out(stages, granted(stages, on_expiry="withdraw"))
    assert uses(stages) == ["full_text", "withdrawn"]
    assert stages.titles() == []
    assert decided(stages) == "reject EXPIRED"
    for grants in ((granted(stages, on_expiry="withdraw", reference="旧约"),), ()):
        stages.declare(grants=grants)
        stages.recheck()
        assert uses(stages) == ["full_text", "withdrawn"], "not back as an excerpt, whatever becomes of the line"
    stages.publish("alpha", rss(item("a2", "大雪", OTHER), item("a1", "走访（更正）")))
    stages.run()
    assert uses(stages) == ["full_text", "withdrawn", "excerpt"], "what is new goes as far as it may without"


def test_a_line_deleted_by_mistake_takes_nothing_back(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.run()
    for grants in ((), (Grant("beta-own", "beta"),), (Grant("feeds-only", "alpha", destinations=("feeds",)),)):
        stages.declare(grants=grants)
        stages.recheck()
        assert stages.sent == [("published", "走访")]
    stages.declare(grants=(Grant("contract", "alpha"),))
    stages.recheck()
    assert stages.sent == [("published", "走访")]
    assert decided(stages).startswith("full_text GRANT_ACTIVE")


def test_another_grant_takes_over_without_a_word(stages: Stages) -> None:
    following = Grant("next", "alpha", valid_from=ENDS)
    stages.declare(grants=(granted(stages), following))
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.run()
    stages.now = ENDS + timedelta(seconds=1)
    stages.recheck()
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run()
    assert uses(stages) == ["full_text", "full_text"]


def test_a_changed_scope_still_takes_back(stages: Stages) -> None:
    out(stages, granted(stages))
    stages.declare(
        grants=(granted(stages, destinations=("feeds",)),),
        publishers=(*stages.catalogue.publishers, Publisher("c", "丙")),
    )
    stages.recheck()
    assert uses(stages) == ["full_text", "withdrawn"]


def look_and_fail(stages: Stages) -> None:
    """Look for what ended, and die before the transaction is over."""
    with stages.services.works.open() as work:
        work.queue_expired(stages.now)
        work.article(UUID(int=0))


def test_an_end_is_looked_for_once_and_not_lost_in_a_crash(stages: Stages) -> None:
    stages.declare(grants=(granted(stages, on_expiry="withdraw"),))
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.run()
    stages.now = ENDS + timedelta(minutes=1)
    with pytest.raises(NotFound):
        look_and_fail(stages)
    stages.now += timedelta(days=1)
    assert stages.services.deliveries.recheck_due(stages.now), "however long nobody looked"
    stages.recheck()
    assert uses(stages) == ["full_text", "withdrawn"]
    # An old end that was looked at is not read again: a decision put there by hand is not even seen.
    stages.now += timedelta(days=1)
    stages.services.prune()
    long_ago = {"use": "hold", "reasons": "NO_GRANT", "version": 1, "decided_at": NOON, "valid_until": ENDS}
    with stages.services.database.write() as connection:
        connection.execute(sa.insert(decision).values(article_id=1, destination_id=99, **long_ago))
    assert not stages.services.deliveries.recheck_due(stages.now)


def test_a_clock_that_was_ahead_hides_no_end(stages: Stages) -> None:
    stages.declare(grants=(granted(stages, on_expiry="withdraw"),))
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.run()
    with stages.services.works.open() as work:
        work.queue_expired(NOON - timedelta(days=1))
    with stages.services.database.write() as connection:
        connection.execute(sa.update(installation).values(expired_to=ENDS + timedelta(days=365)))
    stages.now = ENDS + timedelta(minutes=1)
    assert stages.services.deliveries.recheck_due(stages.now)
    stages.recheck()
    assert uses(stages) == ["full_text", "withdrawn"]
    with stages.services.database.read() as connection:
        mark = connection.execute(sa.select(installation.c.expired_to)).scalar_one()
    assert mark < stages.now, "the mark is back on the road"
