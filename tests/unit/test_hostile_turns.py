"""A source that has us ask another's site for this and that: the other's own feed is not kept waiting by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from tests.stages import Stages, item, rss
from worker.demo.site import Document
from worker.model.catalog import FirstContact
from worker.model.polling import HostClaim, HostResult
from worker.pipeline.judge import polled
from worker.store.schema import host

CROWD = 60  # pages: more than a host is asked for at once


def asked(stages: Stages, key: str) -> list[str]:
    return [one.question.path for one in stages.sites[key].asked]


def lead_to(stages: Stages, key: str, whose: str) -> None:
    """Every item of ``key`` is a page on the site of ``whose``."""
    sources = {one.key: one for one in stages.catalogue.sources}
    sources[key] = replace(sources[key], body="page", first_contact=FirstContact(entries=CROWD))
    stages.declare(sources=tuple(sources.values()))
    site = stages.sites[whose]
    links = [item(f"{number}", f"页{number}", link=site.url(f"/{number}.html")) for number in range(CROWD)]
    stages.publish(key, rss(*links))
    stages.poll()
    stages.ingest()
    stages.now += timedelta(seconds=1)


def test_what_others_have_us_ask_of_a_site_does_not_keep_its_own_feed_waiting(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.run()
    lead_to(stages, "beta", whose="alpha")
    before = len(asked(stages, "alpha"))
    stages.publish("alpha", rss(item("a1", "走访：更正")))
    stages.poll()
    then = asked(stages, "alpha")[before:]
    assert len(then) > CROWD // 2, "the crowd is there"
    assert "/feed.xml" in then[:3], "robots.txt, one of theirs, and its own feed"


def test_pages_of_a_site_do_not_keep_its_own_feed_waiting(stages: Stages) -> None:
    lead_to(stages, "alpha", whose="alpha")
    before = len(asked(stages, "alpha"))
    stages.services.polling.poll_now("alpha", stages.now)
    stages.poll()
    assert "/feed.xml" in asked(stages, "alpha")[before:][:2], "robots.txt and its own feed"


def test_what_one_host_asks_for_does_not_silence_its_whole_domain_for_days(stages: Stages) -> None:
    """``alpha`` and ``beta`` are two hosts of one domain, as those of a province or of a provider are."""
    stages.publish("alpha", Document(b"", status=429, validators=False, headers={"Retry-After": "604800"}))
    stages.poll()
    before = stages.sites["beta"].count("/feed.xml")
    stages.publish("beta", rss(item("b1", "走访")))
    stages.run(minutes=59)
    assert stages.sites["beta"].count("/feed.xml") == before, "an hour is for the whole domain"
    stages.publish("alpha", Document(b"", status=429, validators=False, headers={"Retry-After": "60"}))
    stages.run(minutes=2)
    assert stages.sites["beta"].count("/feed.xml") == before + 1
    assert stages.sites["alpha"].count("/feed.xml") == 1, "it asked for a week, and gets it"


def test_hundreds_of_pages_to_read_do_not_keep_others_waiting(stages: Stages) -> None:
    """A page can cost seconds; what is waited for may be a takedown."""
    site = stages.sites["beta"]
    for number in range(CROWD):
        site.put(f"/{number}.html", Document(f"<html><body><p>{number}</p></body></html>".encode(), "text/html"))
    lead_to(stages, "beta", whose="beta")
    stages.publish("beta", rss())
    stages.poll()
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.poll()
    reports = stages.services.ingester().drain()
    assert len(reports) > CROWD // 2, "the crowd is there"
    assert "alpha" in [one.source for one in reports[:3]]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_two_hosts_of_one_domain_that_ask_for_a_pause_at_once_do_not_wait_for_each_other(stages: Stages) -> None:
    declared = (replace(one, url=f"http://{one.key}.example.com/feed.xml") for one in stages.catalogue.sources)
    stages.declare(sources=tuple(declared))
    until, polling = stages.now + timedelta(hours=1), stages.services.polling
    claims = [
        claim
        for claim in polling.claim(stages.now, limit=9, lease="ours", until=until, per_host=1)
        if claim.domain == "example.com"
    ]
    together = Barrier(2, timeout=60)

    def pause(claim: HostClaim, minute: int) -> None:
        at = stages.now + timedelta(minutes=minute)
        asked = polled(claim.resources[0], at, "429", pause=at + timedelta(hours=1))
        together.wait()
        polling.record([HostResult(claim.id, claim.domain, (asked,), at, release=False)], lease="ours")

    with ThreadPoolExecutor(2) as workers:
        for minute in range(8):
            for done in [workers.submit(pause, claim, minute) for claim in claims]:
                done.result()
    paused = {row.name: row.paused_until for row in stages.rows(host) if row.domain == "example.com"}
    assert len(paused) == 2
    assert set(paused.values()) == {until + timedelta(minutes=7)}
