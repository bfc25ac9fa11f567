"""The whole road with real processes, on both stores: feed in, webhook and channel feed out, and back again."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable

from tests.harness import Newsroom, eventually
from worker.demo.partner import Partner, Received
from worker.demo.site import Document, Site

CATALOGUE = """
[operator]
name = "示例门户"
contact = "editor@portal.example"

[publishers.minwei]
name = "岭南民委"
domains = ["127.0.0.1"]

[sources.minwei-news]
publisher = "minwei"
kind = "feed"
url = "{feed}"
every = "{every}"
pace = 0
zone = "Asia/Shanghai"
language = "zh"
first_contact = {{ entries = 20, max_age = "3650d" }}

[grants.contract]
publisher = "minwei"

[channels.news]
title = "要闻"

[subscribers.partner]
name = "伙伴报社"

[destinations.hook]
kind = "webhook"
subscriber = "partner"
channels = ["news"]
url = "{hook}"
secret = "env:PARTNER_SECRET"

[destinations.feeds]
kind = "feed"
subscriber = "partner"
channels = ["news"]
access = "public"
"""

TEXT = "各族群众在节日里载歌载舞，市里的代表团到对口支援的县里走访学校和医院，商量来年的帮扶项目。" * 4


def feed(*entries: tuple[str, str, str]) -> Document:
    """An RSS document of (guid, title, text)."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>http://127.0.0.1/{guid}</link>"
        f"<pubDate>Mon, 23 Nov 2026 10:00:00 +0800</pubDate><description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
        for guid, title, text in entries
    )
    body = f"<rss version='2.0'><channel><title>民委新闻</title><link>http://127.0.0.1/</link>{items}</channel></rss>"
    return Document(body.encode(), "application/rss+xml")


def kinds(partner: Partner) -> list[tuple[str, str]]:
    """(type, title or reason) of all that the partner took, in order."""
    return [(one.payload["type"], one.payload["data"].get("title", "")) for one in partner.accepted()]


def of(partner: Partner, kind: str) -> Callable[[], list[Received]]:
    return lambda: [one for one in partner.accepted() if one.payload["type"] == kind]


def test_an_article_goes_out_is_revised_and_taken_down(newsroom: Newsroom, publisher: Site, partner: Partner) -> None:
    publisher.put("/feed.xml", feed(("a1", "第一篇", TEXT)))
    feed_url, hook = publisher.url("/feed.xml"), partner.url("/hook")
    newsroom.declare(CATALOGUE.format(feed=feed_url, hook=hook, every="1s"))
    newsroom.start()

    first = eventually(of(partner, "article.published"))[0]
    assert first.signed
    assert first.payload["data"]["title"] == "第一篇"
    assert "岭南民委" in first.payload["data"]["credit"]["line"]
    eventually(lambda: publisher.count("/feed.xml", 304) >= 2)
    assert len(partner.accepted()) == 1

    publisher.put("/feed.xml", feed(("a2", "第二篇", "另一件事。" * 40), ("a1", "第一篇（更正）", TEXT)))
    eventually(lambda: len(partner.accepted()) == 3)
    assert sorted(kinds(partner)[1:]) == [("article.published", "第二篇"), ("article.updated", "第一篇（更正）")]

    article = first.payload["data"]["id"]
    newsroom.cli("takedown", article, "--by", "值班编辑", "--reason", "rights", "--note", "来信", "--yes")
    gone = eventually(of(partner, "article.withdrawn"))[0]
    assert gone.payload["data"]["id"] == article
    assert gone.payload["data"]["sequence"] == 3
    assert [one.signed for one in partner.accepted()] == [True] * 4


def test_the_channel_feed_shows_the_article_and_its_trace(
    newsroom: Newsroom, publisher: Site, partner: Partner
) -> None:
    publisher.put("/feed.xml", feed(("a1", "第一篇", TEXT)))
    feed_url, hook = publisher.url("/feed.xml"), partner.url("/hook")
    newsroom.declare(CATALOGUE.format(feed=feed_url, hook=hook, every="1h"))
    port = newsroom.settings().web_port
    newsroom.start("worker", "beat", "web")
    first = eventually(of(partner, "article.published"))[0]
    address = f"http://127.0.0.1:{port}/feeds/feeds/news.json"
    shown = eventually(lambda: _items(address))
    assert [item["title"] for item in shown] == ["第一篇"]
    newsroom.cli("takedown", first.payload["data"]["id"], "--by", "编辑", "--reason", "rights", "--note", "x", "--yes")
    eventually(lambda: [item["title"] for item in _items(address)] == ["[已撤回]"])


def _items(address: str) -> list[dict[str, str]]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            found: list[dict[str, str]] = json.load(answer)["items"]
            return found
    except OSError:
        return []
