"""Sites that are rebuilt: every address is another one, and the articles are the same."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests import portal
from tests.portal import article, listing, run
from tests.stages import NOON, Stages, item, rss
from worker.demo.site import Document
from worker.model.catalog import SourceKind
from worker.store.declared import source
from worker.store.schema import entry, resource, revision

TITLES = (
    "书车开进村小操场的第一天", "大雪之后的护林员巡山路", "织锦老人的最后一堂手艺课", "牧场上的流动诊所开诊了",
    "一座新桥和三个老村子", "春耕前的种子交换大会", "灯会上的两代扎灯匠人", "山里来了一支支教队伍",
)  # fmt: skip
FOLLOW = (600, 3600, 7 * 86_400)


def text(number: int) -> tuple[str, ...]:
    """Paragraphs of an own text for every number."""
    signs = "".join(chr(0x4E00 + sign) for sign in Random(number).choices(range(6_000), k=240))
    return tuple(f"{signs[at : at + 29]}，{signs[at + 29 : at + 60]}。" for at in range(0, 240, 60))


def page(number: int, *, day: int = 24, title: str | None = None) -> Document:
    written = f"2026-11-{day:02} 18:{10 + number % 40}"
    return article(title or TITLES[number], text(number), time=written, author="李明", original=None)


def build(stages: Stages, path: str, *, day: int = 24, dates: bool = True, numbers: range = range(8)) -> None:
    """Let the site have its articles at ``path``, and list them."""
    site = stages.sites["alpha"]
    for number in numbers:
        site.put(path.format(number), page(number, day=day))
    lines = [(path.format(number), TITLES[number], f"2026-11-{day:02}" if dates else "") for number in numbers]
    site.put("/news/", listing(*lines))
    stages.services.polling.poll_now("alpha", stages.now)


def declare(stages: Stages, **changes: Any) -> None:
    portal.declare(stages, **{"follow": FOLLOW, **changes})


def attention(stages: Stages) -> str:
    return stages.rows(source, source.c.key == "alpha")[0].attention or ""


def pages(stages: Stages, path: str) -> list[Any]:
    return [row for row in stages.rows(resource, resource.c.role == "article") if path in row.url]


def held(stages: Stages) -> int:
    return len(stages.rows(entry, entry.c.held_at.is_not(None)))


@pytest.fixture
def eight(stages: Stages) -> Stages:
    """Eight articles of a site are out; a day passes."""
    declare(stages)
    build(stages, "/news/202611/{}.html")
    run(stages)
    assert len(stages.sent) == 8
    run(stages, rounds=2, minutes=60)
    stages.now += timedelta(days=1)
    return stages


@pytest.mark.parametrize("dates", [True, False], ids=["dated", "undated"])
def test_a_rebuilt_site_publishes_nothing_again_and_its_old_pages_may_go(eight: Stages, *, dates: bool) -> None:
    build(eight, "/articles/2026/story-{}.htm", dates=dates)
    for number in range(8):
        eight.sites["alpha"].remove(f"/news/202611/{number}.html")
    run(eight)
    assert len(eight.sent) == 8
    assert len(eight.entries()) == 8
    assert len(eight.rows(revision)) == 8
    assert "8 of 8 addresses were new at once" in attention(eight)
    assert {row.due_at for row in pages(eight, "/news/202611/")} == {None}, "asked for no more"
    run(eight, rounds=4, minutes=14 * 60)
    assert eight.services.people.held(50) == []
    eight.sites["alpha"].put("/articles/2026/story-3.htm", article(TITLES[3], (*text(3), "更正：诊所每周开两天。")))
    run(eight, rounds=3, minutes=3 * 24 * 60)
    assert eight.sent[8:] == [("updated", TITLES[3])], "the new page is followed"


def test_old_pages_under_new_titles_and_addresses_wait_for_a_person(eight: Stages) -> None:
    site = eight.sites["alpha"]
    lines = []
    for number in range(20, 32):
        title = f"往事钩沉之{number}：老县志里的人和事"
        site.put(f"/old/{number}.html", page(number, day=3, title=title))
        lines.append((f"/old/{number}.html", title, "2026-11-03"))
    new = "今早刚刚写成的一则新消息"
    site.put("/news/new.html", page(90, day=25, title=new))
    site.put("/news/", listing(("/news/new.html", new, "2026-11-25"), *lines))
    eight.services.polling.poll_now("alpha", eight.now)
    run(eight)
    assert eight.sent[8:] == [("published", new)]
    assert held(eight) == 12
    assert len(eight.services.people.held_back("alpha")) == 12


def test_a_listing_without_dates_is_judged_page_by_page(eight: Stages) -> None:
    """More addresses at once than a first contact lets through, of which nothing is told but titles."""
    site = eight.sites["alpha"]
    lines = []
    for number in range(100, 124):
        title, day = f"第{number}号乡村图书故事连载", 25 if number < 103 else 2
        site.put(f"/b/{number}.html", page(number, day=day, title=title))
        lines.append((f"/b/{number}.html", title, ""))
    site.put("/news/", listing(*lines))
    eight.services.polling.poll_now("alpha", eight.now)
    run(eight)
    assert len(eight.sent) == 8 + 3
    assert held(eight) == 21
    assert "held back" in attention(eight)


def test_a_day_of_many_articles_is_no_flood(eight: Stages) -> None:
    site = eight.sites["alpha"]
    lines = []
    for number in range(200, 212):
        site.put(f"/news/{number}.html", page(number, day=25, title=f"第{number}号乡村图书故事连载"))
        lines.append((f"/news/{number}.html", f"第{number}号乡村图书故事连载", "2026-11-25"))
    site.put("/news/", listing(*lines))
    eight.services.polling.poll_now("alpha", eight.now)
    run(eight)
    assert len(eight.sent) == 8 + 12
    assert attention(eight) == ""


def test_a_feed_of_titles_that_moved_publishes_nothing_again(stages: Stages) -> None:
    declare(stages, kind=SourceKind.FEED, url=stages.sites["alpha"].url("/feed.xml"), body="page")

    def show(guid: str, path: str) -> None:
        items = []
        for number in range(8):
            link = stages.sites["alpha"].url(path.format(number))
            stages.sites["alpha"].put(path.format(number), page(number))
            items.append(item(guid.format(number), TITLES[number], "摘要。", link=link, published=NOON))
        stages.publish("alpha", rss(*items))

    show("a{}", "/news/{}.html")
    run(stages)
    assert len(stages.sent) == 8
    stages.now += timedelta(days=1)
    show("tag:{}", "/2026/11/{}/")
    run(stages)
    assert len(stages.sent) == 8
    assert len(stages.entries()) == 8
    assert "8 known by title or link" in attention(stages)


def test_pages_that_all_go_missing_ask_for_one_look_not_for_hundreds(stages: Stages) -> None:
    declare(stages)
    for number in range(40):
        stages.sites["alpha"].put(f"/n/{number}.html", page(number, title=f"第{number}号乡村图书故事连载"))
    lines = [(f"/n/{number}.html", f"第{number}号乡村图书故事连载", "2026-11-24") for number in range(40)]
    stages.sites["alpha"].put("/news/", listing(*lines[:20]))
    run(stages)
    stages.sites["alpha"].put("/news/", listing(*lines[20:]))
    run(stages, rounds=2, minutes=11)
    assert len(stages.sent) == 40
    for number in range(40):
        stages.sites["alpha"].remove(f"/n/{number}.html")
    run(stages, rounds=5, minutes=14 * 60)
    assert len(stages.services.people.held(100)) <= 2 * 8, "no more than a fifth, at each of two destinations"
    assert "the site may have moved" in attention(stages)
    assert {kind for kind, _ in stages.sent} == {"published"}


def test_a_site_that_says_410_for_all_it_had_does_not_empty_the_portal(eight: Stages) -> None:
    for number in range(8):
        gone = Document(b"", status=410, validators=False)
        eight.sites["alpha"].put(f"/news/202611/{number}.html", gone)
    run(eight, rounds=3, minutes=4 * 24 * 60)
    assert [kind for kind, _ in eight.sent].count("withdrawn") == 5
    assert "deletions arrived at once" in attention(eight)
