"""What operators fear: a worker killed in the middle, a broker that forgets everything, a restart. Nothing is lost,
nothing is sent twice under another id."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
import sqlalchemy as sa

from tests.e2e.test_walk import CATALOGUE, feed
from tests.harness import Newsroom, eventually
from tests.stages import telling
from worker.demo.partner import Partner
from worker.demo.site import Document, Question, Site
from worker.store.engine import Database
from worker.store.schema import SCHEMA

ARTICLES = 60
ANSWERED = 10


class SlowPartner(Partner):
    """Takes every webhook, and answers the first ten; the others hang until ``go``, so that there is a middle to be
    killed in."""

    go: threading.Event

    def answer(self, question: Question) -> Document:
        document = super().answer(question)
        if len(self.ledger) > ANSWERED:
            self.go.wait(60)
        return document


@pytest.fixture
def partner(partner: Partner) -> Iterator[SlowPartner]:
    partner.__class__ = SlowPartner
    assert isinstance(partner, SlowPartner)
    partner.go = threading.Event()
    yield partner
    partner.go.set()


def many() -> Document:
    return feed(*((f"n{n}", f"第{n}条", telling(n)) for n in range(ARTICLES)))


def forget_everything(newsroom: Newsroom) -> None:
    url = newsroom.environment["NEWSROAD_REDIS_URL"].replace("redis+socket://", "unix://")
    with redis.Redis.from_url(url) as client:
        client.flushall()


def let_a_minute_pass(newsroom: Newsroom) -> None:
    """For the leases of the dead: 60 s that nobody needs to wait for."""
    database = Database(newsroom.database_url)
    with database.write() as connection:
        for table in SCHEMA.sorted_tables:
            if "lease_until" in table.columns:
                past = datetime.now(UTC) - timedelta(seconds=10)
                connection.execute(sa.update(table).where(table.c.lease.is_not(None)).values(lease_until=past))
    database.close()


def test_a_killed_worker_and_a_broker_that_forgets_lose_and_double_nothing(
    newsroom: Newsroom, publisher: Site, partner: SlowPartner
) -> None:
    publisher.put("/feed.xml", many())
    catalogue = CATALOGUE.replace("entries = 20", f"entries = {ARTICLES}")
    newsroom.declare(catalogue.format(feed=publisher.url("/feed.xml"), hook=partner.url("/hook"), every="1h"))
    newsroom.start()

    eventually(lambda: len(partner.accepted()) > ANSWERED)
    newsroom.kill("worker")
    forget_everything(newsroom)
    assert len(partner.accepted()) < ARTICLES
    partner.go.set()
    let_a_minute_pass(newsroom)
    newsroom.start("worker")
    forget_everything(newsroom)

    # What the dead one had on its way goes one by one.
    eventually(lambda: len(partner.accepted()) == ARTICLES)
    assert len(partner.ledger) > ARTICLES, "what was taken and not answered came again"
    articles = Counter(one.payload["data"]["id"] for one in partner.accepted())
    assert len(articles) == ARTICLES
    assert set(articles.values()) == {1}
    ids = {
        one.payload["data"]["id"]: {two.id for two in partner.ledger if two.payload == one.payload}
        for one in partner.accepted()
    }
    assert all(len(found) == 1 for found in ids.values()), "a repeat carries the same webhook id"
    states = {one["state"] for one in newsroom.json("delivery", "list", "--limit", "500")["deliveries"]}
    assert states == {"accepted"}
