"""Portal pages, as readers meet them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.browser import Get, article, tree, words_of
from tests.fakes import (
    CREDIT,
    DOMESTIC,
    NATION,
    OPEN_FEED,
    OPERATOR,
    PARTNER_FEED,
    PORTAL,
    FakeShelf,
    a_mongolian_release,
    a_release,
    a_uyghur_release,
    a_withdrawal,
    article_id,
)
from worker.model.article import Hop, HopBasis, HopRole
from worker.renderers.page import card


# ── the article page ────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_article_page_says_whose_it_is_and_where_it_stands(get: Get) -> None:
    answer = get(article())
    page = tree(answer)
    assert answer.status_code == 200
    assert [words_of(step) for step in page.cssselect(".crumbs > *")] == ["首页", "国内", "民族"]
    assert words_of(page.cssselect("h1")[0]) == "江城代表团赴高原州对接教育协作"
    assert words_of(page.cssselect("article .when")[0]) == "2026-11-23 08:00"
    credit = page.cssselect(".newsroad-credit")[0]
    assert words_of(credit).startswith("来源：江城民族事务局（经 同心在线 转载）")
    assert "原文未署名" in words_of(credit)
    assert "责任编辑：周岚" in words_of(credit)
    assert credit.cssselect("a")[0].get("href") == CREDIT.original_link
    assert "走访了三所学校" in words_of(page.cssselect(".body")[0])
    assert page.cssselect(".original a")[0].get("href") == CREDIT.original_link
    assert words_of(page.cssselect(".original a")[0]) == "原文链接"
    assert "30 日内" in words_of(page.cssselect(".newsroad-notice")[0])
    assert OPERATOR.contact in words_of(page.cssselect(".newsroad-notice")[0])


def test_the_credit_stands_above_the_body(get: Get) -> None:
    text = get(article()).text
    assert text.index("newsroad-credit") < text.index('class="body"') < text.index("newsroad-notice")


@pytest.mark.parametrize("path", [article(), "/portal/portal/", "/portal/portal/nation/", "/portal/", "/nowhere"])
def test_the_first_link_of_a_page_leads_past_what_every_page_begins_with(get: Get, path: str) -> None:
    page = tree(get(path))
    first = page.cssselect("body a")[0]
    assert words_of(first) == "跳到正文"
    assert [main.tag for main in page.cssselect(first.get("href"))] == ["main"]


def test_who_else_carried_it_is_no_part_of_the_way_it_came(get: Get, shelf: FakeShelf) -> None:
    other = Hop(HopRole.REPUBLISHER, "珠湾日报", HopBasis.SOURCE, "zhuwan", "https://zhuwan.example/a/1", None, "zw")
    claimed = Hop(HopRole.CLAIMED, "某网", HopBasis.LINK)
    shelf.put("portal", a_release(credit=replace(CREDIT, hops=(*CREDIT.hops, other), claimed=(claimed,))))
    about = words_of(tree(get(article())).cssselect(".about")[0])
    assert [words_of(name) for name in tree(get(article())).cssselect(".chain bdi")] == ["江城民族事务局", "同心在线"]
    assert "另有转载" in about
    assert "珠湾日报" in about
    assert "某网" not in about


@pytest.mark.parametrize(("later", "told"), [(0, False), (40, False), (3600, True)])
def test_a_time_of_update_is_told_where_it_is_another(get: Get, shelf: FakeShelf, later: int, told: bool) -> None:
    published = a_release().published
    assert published is not None
    shelf.put("portal", a_release(updated=published + timedelta(seconds=later)))
    assert ("更新时间" in words_of(tree(get(article())).cssselect(".about")[0])) is told


def test_an_article_page_leads_on_within_its_channel(get: Get, shelf: FakeShelf) -> None:
    page = tree(get(article()))
    others = page.cssselect(".others .card a")
    assert [link.get("href") for link in others] == [article(3), CREDIT.original_link]
    assert page.cssselect(".others .more a")[0].get("href") == "/portal/portal/nation/"
    assert all("江城民族事务局" in words_of(card) for card in page.cssselect(".others .card"))


def test_what_is_near_it_stands_apart_from_the_rest_of_the_channel(get: Get, shelf: FakeShelf) -> None:
    shelf.near[article_id(1)] = (article_id(3),)
    page = tree(get(article()))
    assert words_of(page.cssselect(".related h2")[0]) == "相关新闻"
    assert [link.get("href") for link in page.cssselect(".related .card a")] == [article(3)]
    assert article(3) not in [link.get("href") for link in page.cssselect(".others:not(.related) .card a")]


def test_a_named_author_is_shown_and_in_the_metas(get: Get) -> None:
    page = tree(get(article(2)))
    assert "By Ida Quill and Tom Reed" in words_of(page.cssselect(".newsroad-credit")[0])
    assert [meta.get("content") for meta in page.cssselect("meta[name=author]")] == ["Ida Quill", "Tom Reed"]
    assert page.cssselect("article.text")[0].get("lang") == "en"
    assert page.cssselect("html")[0].get("lang") == "zh"


def structured(answer: httpx.Response) -> Any:
    return json.loads(tree(answer).cssselect('script[type="application/ld+json"]')[0].text)


def test_structured_data_names_the_origin_and_never_us_as_its_maker(get: Get) -> None:
    facts = structured(get(article()))
    assert facts["@type"] == "NewsArticle"
    assert facts["isBasedOn"]["url"] == CREDIT.original_link
    assert facts["sourceOrganization"]["name"] == "江城民族事务局"
    assert facts["sdPublisher"]["name"] == OPERATOR.name
    assert facts["copyrightNotice"] == CREDIT.copyright_notice
    assert "author" not in facts
    assert "publisher" not in facts
    assert "copyrightHolder" not in facts
    signed = structured(get(article(2)))
    assert [one["name"] for one in signed["author"]] == ["Ida Quill", "Tom Reed"]


def test_metas_follow_the_government_page_guideline(get: Get) -> None:
    page = tree(get(article()))
    metas = {meta.get("name"): meta.get("content") for meta in page.cssselect("meta[name]")}
    assert metas["ContentSource"] == "江城民族事务局"
    assert metas["ArticleTitle"] == "江城代表团赴高原州对接教育协作"
    assert metas["PubDate"] == "2026-11-23 08:00"
    assert metas["ColumnName"] == "民族"
    assert "author" not in metas


@pytest.mark.parametrize(
    ("indexing", "robots", "news", "canonical"),
    [
        ("noindex", ["noindex"], [], []),
        ("noindex_news", [], ["noindex"], []),
        ("canonical", [], [], [CREDIT.original_link]),
        ("index", [], [], []),
    ],
)
def test_engines_are_told_what_the_portal_says(
    get: Get, shelf: FakeShelf, indexing: str, robots: list[str], news: list[str], canonical: list[str]
) -> None:
    shelf.places = (replace(PORTAL, options={"indexing": indexing}),)
    page = tree(get(article()))
    assert [one.get("content") for one in page.cssselect("meta[name=robots]")] == robots
    assert [one.get("content") for one in page.cssselect("meta[name=Googlebot-News]")] == news
    assert [one.get("href") for one in page.cssselect("link[rel=canonical]")] == canonical


def test_an_excerpt_shows_no_more_than_the_excerpt(get: Get) -> None:
    page = tree(get(article(3)))
    assert words_of(page.cssselect(".body")[0]) == "代表团一行走访了三所学校。"
    assert words_of(page.cssselect(".original a")[0]) == "阅读原文"


def test_a_link_leads_to_the_original_from_every_list(get: Get) -> None:
    links = [one.get("href") for one in tree(get("/portal/portal/nation/")).cssselect(".card a")]
    assert links == [article(1), article(3), CREDIT.original_link]
    assert words_of(tree(get(article(4))).cssselect(".body")[0]) == ""


def test_a_withdrawn_article_answers_410_and_keeps_nothing(get: Get) -> None:
    answer = get(article(5))
    assert answer.status_code == 410
    assert "本文已于 2026年11月23日 撤回" in answer.text
    assert "代表团" not in answer.text
    assert "no-cache" in answer.headers["cache-control"]


def test_a_takedown_shows_at_once_even_to_a_reader_with_a_copy(get: Get, shelf: FakeShelf) -> None:
    etag = get(article()).headers["etag"]
    assert get(article(), if_none_match=etag).status_code == 304
    shelf.put("portal", a_withdrawal(1))
    assert get(article(), if_none_match=etag).status_code == 410


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/portal/nowhere/",
        "/portal/portal/nothing/",
        "/portal/out/",
        "/portal/portal/article/not-a-uuid",
        "/portal/portal/article/00000000-0000-4000-8000-000000000000",
        "/static/../app.py",
        "/static/webhook-payload.schema.json",
        "/feeds/portal/nation.rss",
        "/feeds/out/nothing.rss",
        "/feeds/out/nation.xml",
        "/docs",
        "/openapi.json",
        "/portal/portal/%3Cscript%3E/",
    ],
)
def test_unknown_addresses_are_404_with_a_way_home(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "<script" not in answer.text


HOSTILE = [
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %>",
    "</script><!--<script>",
    "\u202etxt.exe \u2066gnihtyreve",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(get: Get, shelf: FakeShelf, text: str) -> None:
    credit = replace(
        CREDIT, origin=text, original_title=text, original_link=f"javascript:alert('{text}')", copyright_notice=text
    )
    hostile = a_release(9, title=text, credit=credit, categories=(text,), channels=(NATION, DOMESTIC))
    shelf.put("portal", hostile)
    for path in (article(9), "/portal/portal/nation/", "/portal/portal/"):
        page = tree(get(path))
        assert not page.xpath("//*[@onerror]")
        assert not page.xpath("//script[not(@type='application/ld+json')]")
        assert not [link for link in page.xpath("//@href|//@src") if link.lower().startswith("javascript:")]
        assert "49" not in page.xpath("string(//h1)")
    answer = get(article(9))
    assert tree(answer).cssselect("h1")[0].text_content() == text
    assert structured(answer)["headline"] == text


def test_a_uyghur_article_on_a_chinese_portal(get: Get, shelf: FakeShelf) -> None:
    uyghur = a_uyghur_release(9)
    shelf.put("portal", uyghur)
    page = tree(get(article(9)))
    assert (page.get("lang"), page.get("dir")) == ("zh", "ltr")
    text = page.cssselect("article.text")[0]
    assert (text.get("lang"), text.get("dir")) == ("ug", "rtl")
    for ours in (".newsroad-credit", ".newsroad-notice", ".about", ".original"):
        part = text.cssselect(ours)[0]
        assert (part.get("lang"), part.get("dir")) == ("zh", "ltr"), ours
    assert words_of(text.cssselect(".newsroad-credit")[0]).startswith("来源：تەڭرىتاغ خەۋەرلىرى")
    assert words_of(text.cssselect(".original")[0]).startswith("原文链接 https://")
    assert page.cssselect("title")[0].text_content() == f"\u2068{uyghur.title}\u2069 · {OPERATOR.name}"
    assert structured(get(article(9)))["inLanguage"] == "ug"
    assert text.cssselect(".when time")[0].get("dir") == "ltr", "or it reads 08:00 2026-11-23"
    cards = tree(get("/portal/portal/nation/")).cssselect(".card")
    assert {card.cssselect("time")[0].get("dir") for card in cards} == {"ltr"}
    assert {(card.get("lang"), card.get("dir")) for card in cards} >= {("ug", "rtl"), ("zh-CN", "ltr")}


def test_a_text_with_a_wrong_tag_runs_as_its_letters_do(get: Get, shelf: FakeShelf) -> None:
    shelf.put("portal", a_uyghur_release(9, language="zh"))
    assert tree(get(article(9))).cssselect("article.text")[0].get("dir") == "rtl"


def test_traditional_mongolian_stands_in_columns(get: Get, shelf: FakeShelf) -> None:
    shelf.put("portal", a_mongolian_release(9))
    text = tree(get(article(9))).cssselect("article.text.vertical")[0]
    assert (text.get("lang"), text.get("dir")) == ("mn-Mong", "ltr")
    assert not tree(get(article())).cssselect(".vertical")
    assert "writing-mode: vertical-lr" in get("/static/portal.css").text


def test_a_withdrawn_uyghur_article_speaks_our_words_our_way(get: Get, shelf: FakeShelf) -> None:
    shelf.put("portal", a_withdrawal(9, language="ug"))
    main = tree(get(article(9))).cssselect("main")[0]
    assert (main.get("lang"), main.get("dir")) == ("en", "ltr"), "stored before we spoke the operator's language"


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_root_leads_to_the_first_portal(get: Get) -> None:
    answer = get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/portal/portal/")


def test_without_a_portal_the_root_lists_the_feeds(get: Get, shelf: FakeShelf) -> None:
    shelf.places = (OPEN_FEED, PARTNER_FEED)
    page = tree(get("/"))
    assert "/feeds/out/nation.rss" in page.xpath("//main//@href")
    assert "需要令牌" in page.text_content()
    assert not [link for link in page.xpath("//main//@href") if "partner" in link]


def test_before_set_up_the_root_says_what_to_do(get: Get, shelf: FakeShelf) -> None:
    shelf.places = ()
    assert "newsroad.toml" in get("/").text


def test_the_portal_shows_each_column_with_a_way_to_more(get: Get) -> None:
    page = tree(get("/portal/portal/"))
    assert [words_of(one) for one in page.cssselect(".column > h2")] == ["国内 民族", "World"]
    assert [one.get("href") for one in page.cssselect(".column .more a")] == [
        "/portal/portal/domestic/",
        "/portal/portal/world/",
    ]
    assert all(words_of(card.cssselect(".origin")[0]) for card in page.cssselect(".card"))


def test_a_channel_page_shows_its_place_and_its_sub_channels(get: Get) -> None:
    page = tree(get("/portal/portal/domestic/"))
    assert words_of(page.cssselect("h1")[0]) == "国内"
    assert [one.get("href") for one in page.cssselect(".children a")] == ["/portal/portal/nation/"]
    assert [words_of(one) for one in page.cssselect(".masthead [aria-current]")] == ["国内"]
    assert "/feeds/out/domestic.rss" in page.xpath("//link[@rel='alternate']/@href")
    assert not [link for link in page.xpath("//@href") if "/feeds/partner/" in link]


def test_older_pages_are_reached_one_after_the_other(get: Get, shelf: FakeShelf) -> None:
    shelf.places = (replace(PORTAL, options={"per_page": 4}),)
    shelf.rows["portal"] = []
    shelf.put("portal", *(a_release(number, title=f"第 {number} 篇") for number in range(1, 11)))
    path, seen = "/portal/portal/nation/", []
    while path:
        page = tree(get(path))
        seen += [words_of(one) for one in page.cssselect(".card h2")]
        path = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert seen == [f"第 {number} 篇" for number in range(1, 11)]


@pytest.mark.parametrize("cursor", ["x", "'; drop table", "-1", "%00", "9" * 400])
def test_an_odd_cursor_harms_nothing(get: Get, cursor: str) -> None:
    assert get(f"/portal/portal/nation/?older={cursor}").status_code == 200


def test_addresses_without_their_slash_lead_on(get: Get) -> None:
    assert get("/portal/portal").headers["location"] == "/portal/portal/"
    assert get("/portal/portal/nation").headers["location"] == "/portal/portal/nation/"
    assert get("/portal/portal/nothing").status_code == 404


def test_a_site_below_a_path_links_within_it(get: Get, shelf: FakeShelf) -> None:
    shelf.runs = replace(OPERATOR, site="https://beichen.example/news")
    for path in ("/portal/portal/", article()):
        for link in tree(get(path)).xpath("//@href"):
            assert link.startswith(("/news/", "https://", "#"))
    assert "https://beichen.example/news/feeds/out/nation.rss" in get("/feeds/out/nation.rss").text


def test_a_chinese_teaser_has_no_gap_where_a_paragraph_ended() -> None:
    one = card(a_release(body="<p>展览 今天开幕。</p><p>“石榴籽”展区最受欢迎。</p><p>Free entry. Come.</p>"), "/a")
    assert one.teaser == "展览 今天开幕。“石榴籽”展区最受欢迎。 Free entry. Come."


def test_the_page_of_a_withdrawn_article_says_it_once(get: Get) -> None:
    told = words_of(tree(get(article(5))))
    assert "本文已于" in told
    assert "[已撤回]" not in told
