"""``source test``: field by field, what the rules find on a source's pages, and what a redesign upstream lost."""

from __future__ import annotations

import json

import pytest

from tests.portal import SNOW, article, listing
from tests.road import CATALOGUE, Road
from worker.demo.site import Document
from worker.store.schema import host, resource

PLAIN = 'kind = "feed"\nurl = "<jiang>"'
SITE = """kind = "site"
url = "<jiang>/news/"
follow = ["1s"]
zone = "Asia/Shanghai"
{rules}"""
ONE = ("/jiang/news/101.html", "书车开进村小操场", "2026-11-24")
TWO = ("/jiang/news/102.html", "大雪之后的护林员巡山路", "2026-11-24")


def site(road: Road, rules: str = "") -> None:
    road.write(CATALOGUE.replace(PLAIN, SITE.format(rules=rules)))


@pytest.fixture
def pages(road: Road) -> Road:
    """Two pages of a portal, read."""
    site(road)
    assert road.cli("apply", "--yes").code == 0
    road.site.put("/jiang/news/", listing(ONE, TWO))
    road.site.put(ONE[0], article())
    road.site.put(TWO[0], article(TWO[1], SNOW, author="李明", original=None))
    road.run()
    road.run()
    return road


def fields(road: Road) -> dict[str, dict[str, object]]:
    shown = road.cli("source", "test", "jiang", "--json")
    return {field["name"]: field for field in json.loads(shown.text)["fields"]}


def test_it_shows_each_field_with_its_rule_on_the_last_pages(pages: Road) -> None:
    found = fields(pages)
    assert (found["title"]["found"], found["title"]["of"]) == (2, 2)
    assert found["source"]["rules"] == ["masthead"]
    assert found["original_url"]["found"] == 1
    shown = pages.cli("source", "test", "jiang")
    assert shown.code == 0
    assert "国家民族事务委员会" in shown.text
    assert "missing since" not in shown.text


def test_a_redesign_upstream_is_noticed(pages: Road) -> None:
    bare = article().body.decode("gb18030").replace("文章来源：国家民族事务委员会", "").replace("作者：佚名", "")
    for path, _, _ in (ONE, TWO):
        pages.site.put(path, Document(bare.encode("gb18030"), "text/html"))
    pages.services.polling.poll_now("jiang", pages.services.clock())
    now = pages.services.clock()
    with pages.services.database.write() as connection:
        connection.execute(resource.update().where(resource.c.role == "article").values(due_at=now))
        connection.execute(host.update().values(due_at=now))
    pages.run()
    assert fields(pages)["source"]["lost_since"] is not None
    shown = pages.cli("source", "test", "jiang")
    assert shown.code == 1
    assert "source is missing since" in shown.text
    assert "held for source" in shown.text


def test_a_rule_is_tried_from_the_file_before_it_is_in_force(pages: Road) -> None:
    site(pages, 'rules = { editor = ".info span:last-child" }')
    assert fields(pages)["editor"]["rules"] == ["rule"]


def test_a_source_without_pages_says_so(road: Road) -> None:
    refused = road.cli("source", "test", "jiang")
    assert refused.code == 4
    assert "feed" in refused.text
    site(road)
    assert road.cli("apply", "--yes").code == 0
    unread = road.cli("source", "test", "jiang")
    assert unread.code == 3
    assert "none was read" in unread.text
