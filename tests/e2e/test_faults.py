"""What operators fear: a worker killed in the middle, a broker that forgets everything, a restart. Nothing is lost,
nothing is sent twice under another id."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import redis

from tests.e2e.test_walk import CATALOGUE, feed
from tests.harness import Newsroom, eventually
from tests.stages import telling
from worker.demo.partner import Partner
from worker.demo.site import Document, Site

ARTICLES = 60


class SlowPartner(Partner):
    """Takes its time over each webhook, so that there is a middle to be killed in."""

    def _next(self) -> Document:
        return replace(super()._next(), delay=0.15)


@pytest.fixture
def partner(partner: Partner) -> Partner:
    partner.__class__ = SlowPartner
    return partner


def many() -> Document:
    return feed(*((f"n{n}", f"第{n}条", telling(n)) for n in range(ARTICLES)))


def forget_everything(newsroom: Newsroom) -> None:
    url = newsroom.environment["NEWSROAD_REDIS_URL"].replace("redis+socket://", "unix://")
    with redis.Redis.from_url(url) as client:
        client.flushall()


def test_a_killed_worker_and_a_broker_that_forgets_lose_and_double_nothing(
    newsroom: Newsroom, publisher: Site, partner: Partner
) -> None:
    publisher.put("/feed.xml", many())
    catalogue = CATALOGUE.replace("entries = 20", f"entries = {ARTICLES}")
    newsroom.declare(catalogue.format(feed=publisher.url("/feed.xml"), hook=partner.url("/hook"), every="1h"))
    newsroom.start()

    eventually(lambda: len(partner.accepted()) >= 5, 30)
    newsroom.kill("worker")
    forget_everything(newsroom)
    assert len(partner.accepted()) < ARTICLES, "the kill came too late to prove anything"
    newsroom.start("worker")
    forget_everything(newsroom)

    # A dead sender's lease runs out after 60 s; then its deliveries go one by one.
    eventually(lambda: len(partner.accepted()) == ARTICLES, 150)
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
