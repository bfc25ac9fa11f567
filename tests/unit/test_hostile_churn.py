"""A publisher that serves other bytes every time: what it has us keep in a day is bounded, nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.stages import Stages, item, rss, telling
from worker import schedule
from worker.demo.site import Document
from worker.model.catalog import SourceKind
from worker.store.declared import source
from worker.store.schema import host, resource

one_store = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def due_in(stages: Stages) -> timedelta:
    due: datetime = stages.resource().due_at
    return due - stages.now


def show(stages: Stages, texts: int, at: int, *, long: int = 1) -> None:
    """So many entries under the same names, with texts that nobody has seen, each of 450 bytes ``long`` times."""
    texts_of = (
        "".join(telling(100_000 * at + 1_000 * number + part) for part in range(long)) for number in range(texts)
    )
    stages.publish("alpha", rss(*(item(f"a{number}", f"第{number}条", text) for number, text in enumerate(texts_of))))
    stages.run()


def test_what_is_common_costs_nothing() -> None:
    assert schedule.rest(0) == schedule.rest(schedule.FREE_BYTES) == timedelta()
    assert timedelta(minutes=70) < schedule.rest(10 * 1024 * 1024) < timedelta(minutes=80)
    assert schedule.rest(10**12) == timedelta(days=1)


@pytest.fixture
def often(stages: Stages) -> Stages:
    """Sources are asked every minute."""
    stages.declare(sources=tuple(replace(one, every=60) for one in stages.catalogue.sources))
    return stages


def test_who_rewrites_its_entries_for_ever_is_asked_the_more_rarely_the_more_it_brings(often: Stages) -> None:
    show(often, 4, 0)
    show(often, 4, 1)
    assert due_in(often) < timedelta(seconds=70)
    show(often, 30, 2, long=20)
    assert timedelta(minutes=2) < due_in(often) < timedelta(minutes=5)
    assert often.rows(source)[0].attention is None
    asked = often.sites["alpha"].count("/feed.xml")
    often.run(minutes=1.5)
    assert often.sites["alpha"].count("/feed.xml") == asked
    often.publish("alpha", rss(item("a0", "最后一版", telling(9))))
    often.run(minutes=11)
    assert due_in(often) < timedelta(seconds=70), "it was let be once"
    assert ("updated", "最后一版") in often.sent


@one_store
def test_what_is_told_says_what_to_do(often: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.pipeline.take.TOLD", timedelta(minutes=2))
    show(often, 4, 0)
    show(often, 30, 1, long=20)
    words = often.rows(source)[0].attention
    assert "it brought 30 new or changed entries and 0 pages at once" in words
    assert "newsroad source pause alpha" in words


@one_store
def test_junk_that_is_never_taken_in_is_bounded_as_well(often: Stages) -> None:
    for number in range(2):
        often.publish("alpha", Document(Random(number).randbytes(1_500_000), "application/rss+xml"))
        often.run()
        assert due_in(often) > timedelta(minutes=8)
        assert "let be for 9 min" in often.resource().outcome


@one_store
def test_pages_without_end_have_the_whole_domain_wait(stages: Stages) -> None:
    site = stages.sites["alpha"]
    stages.declare(sources=tuple(replace(one, body="page") for one in stages.catalogue.sources))
    page = f"<html><body><p>{telling(1)}</p><!-- {Random(2).randbytes(1_500_000).hex()} --></body></html>"
    site.put("/1.html", Document(page.encode(), "text/html"))
    stages.publish("alpha", rss(item("1", "页", link=site.url("/1.html"))))
    stages.poll()
    stages.ingest()
    stages.poll()
    paused = min(row.paused_until for row in stages.rows(host) if row.domain == "127.0.0.1")
    assert timedelta(minutes=1) < paused - stages.now < timedelta(minutes=3)


@one_store
def test_an_index_with_other_names_every_time_is_not_walked_without_end(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.store.resources.MOST_LISTINGS", 10)
    site = stages.sites["alpha"]
    stages.declare(sources=(replace(stages.catalogue.sources[0], kind=SourceKind.SITE),))
    for edition in range(3):
        names = (site.url(f"/map-{edition}-{number}.xml") for number in range(8))
        index = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
        stages.publish("alpha", Document(f"<sitemapindex>{index}</sitemapindex>".encode(), "application/xml"))
        stages.run()
    asked = [row.url for row in stages.rows(resource, resource.c.role == "listing") if row.due_at is not None]
    assert len(asked) == 11
    assert sum("/map-2-" in url for url in asked) == 8


def test_a_sitemap_that_brings_news_is_asked_however_many_others_came_after_it(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.store.resources.MOST_LISTINGS", 10)
    site = stages.sites["alpha"]
    stages.declare(sources=(replace(stages.catalogue.sources[0], kind=SourceKind.SITE),))
    for edition in range(3):
        page = f"<url><loc>{site.url(f'/2026/11/{edition}.html')}</loc></url>"
        site.put("/news.xml", Document(f"<urlset>{page}</urlset>".encode(), "application/xml"))
        names = (site.url(name) for name in ("/news.xml", *(f"/map-{edition}-{number}.xml" for number in range(8))))
        index = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
        stages.publish("alpha", Document(f"<sitemapindex>{index}</sitemapindex>".encode(), "application/xml"))
        stages.run()
        stages.run()
    asked = [row.url for row in stages.rows(resource, resource.c.role == "listing") if row.due_at is not None]
    assert len(asked) == 11
    assert site.url("/news.xml") in asked
