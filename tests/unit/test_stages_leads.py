"""What leads to articles besides a listing page: sitemaps, data calls, and feeds that carry titles and links only."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.portal import SNOW, VISIT, article, run
from tests.stages import NOON, Stages, item, rss
from tests.unit.test_stages_site import ONE, TWO, asked, data, declare, pages, show
from worker.demo.site import Document
from worker.model.catalog import DataCall, FirstContact, Listing, SourceKind

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{}</urlset>"""
ENTRY = (
    "<url><loc>{url}</loc><news:news><news:publication><news:name>山川民族网</news:name>"
    "<news:language>zh</news:language></news:publication><news:publication_date>{date}</news:publication_date>"
    "<news:title>{title}</news:title></news:news></url>"
)


@pytest.fixture
def site(stages: Stages) -> Stages:
    stages.sites["alpha"].put(ONE[0], article())
    stages.sites["alpha"].put(TWO[0], article("大雪之后的护林员巡山路", SNOW, author="李明", original=None))
    return stages


def sitemap(stages: Stages, *entries: tuple[str, str, str]) -> bytes:
    here = stages.sites["alpha"].url
    return SITEMAP.format(
        "".join(ENTRY.format(url=here(path), date=date, title=title) for path, title, date in entries)
    ).encode()


def test_a_sitemap_index_leads_to_a_packed_news_sitemap_and_its_articles(site: Stages) -> None:
    news = gzip.compress(sitemap(site, (ONE[0], ONE[1], "2026-11-24T18:30:00+08:00")), mtime=0)
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{site.sites['alpha'].url('/news.xml.gz')}</loc></sitemap></sitemapindex>"
    )
    site.sites["alpha"].put("/sitemap.xml", Document(index.encode()))
    site.sites["alpha"].put("/news.xml.gz", Document(news, "application/gzip"))
    declare(site, url=site.sites["alpha"].url("/sitemap.xml"))
    run(site, rounds=4)
    assert site.titles() == ["书车开进村小操场"]


def test_a_sitemap_of_thousands_brings_the_newest_at_first_and_only_news_later(site: Stages) -> None:
    old = [(f"/old/{number}.html", "旧闻", f"2020-01-{1 + number % 28:02}") for number in range(5_000)]
    site.sites["alpha"].put("/sitemap.xml", Document(sitemap(site, *old, (*ONE[:2], "2026-11-24"))))
    declare(site, url=site.sites["alpha"].url("/sitemap.xml"), first_contact=FirstContact(entries=1))
    run(site)
    assert [page.url.rpartition("/")[2] for page in pages(site)] == ["101.html"]
    site.sites["alpha"].put(
        "/sitemap.xml", Document(sitemap(site, *old, (*ONE[:2], "2026-11-24"), (*TWO[:2], "2026-11-24")))
    )
    site.services.polling.poll_now("alpha", site.now)
    run(site)
    assert len(pages(site)) == 2


def test_a_data_call_is_made_as_declared_and_its_items_are_articles(site: Stages) -> None:
    rows = [{"path": path, "name": title, "day": date} for path, title, date in (ONE, TWO)]
    answer = json.dumps({"code": 200, "data": {"list": rows}}, ensure_ascii=False)
    site.sites["alpha"].put("/api/list", Document(answer.encode(), "application/json", validators=False))
    listing = Listing(
        request=DataCall("POST", {"channel": "要闻", "size": "20"}),
        items="data.list",
        link="path",
        title="name",
        date="day",
    )
    declare(site, url=site.sites["alpha"].url("/api/list"), listing=listing)
    run(site)
    call = next(one.question for one in site.sites["alpha"].asked if one.question.path == "/api/list")
    assert call.method == "POST"
    assert call.body == b"channel=%E8%A6%81%E9%97%BB&size=20"
    assert len(site.titles()) == 2


def test_the_cdata_records_of_government_portals_need_no_keys(site: Stages) -> None:
    records = "".join(
        f"<record><![CDATA[<li><a href='{path}'>{title}</a><span>{date}</span></li>]]></record>"
        for path, title, date in (ONE, TWO)
    )
    body = f"<datastore><recordset>{records}</recordset></datastore>".encode()
    site.sites["alpha"].put("/module/jpage/dataproxy.jsp?page=1", Document(body, "text/xml", validators=False))
    declare(
        site,
        url=site.sites["alpha"].url("/module/jpage/dataproxy.jsp"),
        listing=Listing(request=DataCall("GET", {"page": "1"})),
    )
    run(site)
    assert len(site.titles()) == 2


def page_feed(stages: Stages) -> None:
    declare(
        stages,
        kind=SourceKind.FEED,
        url=stages.sites["alpha"].url("/feed.xml"),
        body="page",
    )


def test_a_feed_of_titles_takes_its_bodies_from_the_pages(site: Stages) -> None:
    page_feed(site)
    link = site.sites["alpha"].url(ONE[0])
    site.publish("alpha", rss(item("guid-1", "书车开进村小", "摘要而已。", link=link, published=NOON)))
    run(site)
    mine = data(site)["书车开进村小操场"]
    assert VISIT[0] in mine["body_html"], "the page's text"
    assert mine["original"]["publisher"] == "国家民族事务委员会", "what the page says outranks the feed"
    assert mine["published"] == "2026-11-24T10:30:00Z"
    assert asked(site)[0] == "/feed.xml", "a feed is offered to be polled, robots.txt or not"


def test_an_item_that_changed_has_its_page_read_again(site: Stages) -> None:
    page_feed(site)
    link = site.sites["alpha"].url(ONE[0])
    site.publish("alpha", rss(item("guid-1", "书车开进村小", "摘要而已。", link=link)))
    run(site)
    site.sites["alpha"].put(ONE[0], article(extra="<p>　　更正：书车一次能装七百多册图书。</p>"))
    site.publish("alpha", rss(item("guid-1", "书车开进村小（更新）", "摘要已改。", link=link)))
    run(site)
    assert [kind for kind, _ in site.sent] == ["published", "updated"]
    assert len(site.entries()) == 1


def test_a_deletion_in_the_feed_withdraws_what_its_page_brought(site: Stages) -> None:
    page_feed(site)
    link = site.sites["alpha"].url(ONE[0])
    site.publish("alpha", rss(item("guid-1", "书车开进村小", "摘要而已。", link=link)))
    run(site)
    site.publish("alpha", rss(head='<at:deleted-entry ref="guid-1" when="2026-11-24T12:30:00Z"/>'))
    run(site)
    assert [kind for kind, _ in site.sent] == ["published", "withdrawn"]


def test_pages_of_a_feed_are_not_read_where_robots_forbid_it(site: Stages) -> None:
    site.sites["alpha"].put("/robots.txt", Document(b"User-agent: *\nDisallow: /news/\n", "text/plain"))
    page_feed(site)
    link = site.sites["alpha"].url(ONE[0])
    site.publish("alpha", rss(item("guid-1", "书车开进村小", "摘要而已。", link=link)))
    run(site)
    assert ONE[0] not in asked(site)
    assert "robots.txt" in (site.services.people.source("alpha", site.now, NOON).attention or "")


def test_an_inner_department_is_its_publisher(site: Stages) -> None:
    site.sites["alpha"].put(ONE[0], article(source="办公厅", author=None, original=None))
    declare(site)
    show(site, ONE)
    run(site)
    mine = data(site)["书车开进村小操场"]
    assert mine["original"]["publisher"] == "山川民族网"
