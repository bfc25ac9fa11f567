"""Pages made to hurt: the masthead is read in bounded time, or not, but nothing raises."""

from __future__ import annotations

import time

import pytest

from tests.unit.page_samples import NOW, TITLE, article, json_ld, page_of
from worker.parsers.page.masthead import read_masthead

BOMBS = {
    "many tags": "<b>" * 100_000 + "x",
    "many short lines": "<p>来源：</p>" * 150_000,
    "many labels on a line": "<p>" + "来源：作者：时间：" * 100_000 + "</p>",
    "many digits": "<p>" + "2023-09-16 " * 150_000 + "</p>",
    "many spaces": "<p>作者：" + "　" * 1_000_000 + "</p>",
    "many brackets": "<p>" + "（记者" * 300_000 + "</p>",
    "names without end": "<p>记者 " + "李明、" * 300_000 + "</p>",
    "arrows without end": "<p>当前位置：" + "> " * 500_000 + "</p>",
    "one long attribute": "<p class='" + "source " * 200_000 + "'>2023-09-16 10:05 茶乡日报</p>",
    "deep json": '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
    "wide json": '<script type="application/ld+json">[' + '{"@type":"Article"},' * 15_000 + "{}]</script>",
    "many metas": "<meta name='author' content='李明'>" * 100_000,
    "a long title": f"<title>{TITLE}" + "_- |" * 200_000 + "</title>",
    "a long heading": "<h1>" + TITLE * 20_000 + "</h1>",
    "a long link": "<p>原文链接：<a href='http://" + "a" * 1_000_000 + "'>x</a></p>",
    "many marked boxes": "<div class='crumb path position'>" * 3_000,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("where", ["head", "before", "stamp", "closing"])
def test_a_bomb_costs_bounded_time(name: str, where: str) -> None:
    page = page_of(article(**{where: BOMBS[name]}))
    started = time.process_time()
    read_masthead(page, now=NOW)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("html", ["<html></html>", "<p>", "<title></title>", "<body>x", "<svg><title>x</title></svg>"])
def test_almost_nothing_has_almost_no_fields(html: str) -> None:
    found = read_masthead(page_of(html), now=NOW)
    assert (found.published, found.source, found.authors) == (None, None, ())


@pytest.mark.parametrize(
    "head",
    [
        json_ld('{"@type": ["Article", 3], "author": [[], {}, null, 7, {"name": {}}]}'),
        json_ld('{"@type": "Article", "datePublished": {"a": 1}, "headline": [1], "publisher": 0}'),
        json_ld('{"@type": "BreadcrumbList", "itemListElement": {"item": 3}}'),
        json_ld('{"@type": "Article", "isBasedOn": [3, {"url": 4}, "javascript:alert(1)"]}'),
        json_ld("not json") + json_ld(""),
        "<meta property='article:published_time' content='99999-99-99T99:99:99+99:99'>",
        "<link rel='canonical' href='javascript:x'><meta property='og:url' content='file:///etc/passwd'>",
    ],
)
def test_nonsense_in_the_head_is_no_value(head: str) -> None:
    found = read_masthead(page_of(article(head=head)), now=NOW)
    assert found.title == TITLE
    assert (found.published, found.source, found.authors, found.original_url, found.canonical_url) == (
        None,
        None,
        (),
        None,
        None,
    )


def test_a_zone_that_does_not_exist_is_utc() -> None:
    page = page_of(article(stamp="<p>昨天 18:20 茶乡日报</p>"), zone="Nowhere/Zone")
    found = read_masthead(page, now=NOW)
    assert found.published is not None
    assert found.published.isoformat() == "2026-11-25T18:20:00+00:00"
