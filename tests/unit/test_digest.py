"""The same text is the same text in any dress; a real change is a real change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.identity.digest import content_digest, terms_digest, text_key
from worker.model.feed import Enclosure, ParsedEntry, Person, SourceRef

BODY = "<p>" + "上海市代表团到青海考察对口支援工作，双方举行座谈会。" * 5 + "</p>"
ENGLISH = "<p>" + "The council met on Tuesday to discuss the new bridge over the river. " * 4 + "</p>"
ENTRY = ParsedEntry(
    digest=b"d" * 16,
    raw=b"<item/>",
    guid="g",
    link="https://news.example.org/a",
    title="A headline",
    authors=(Person(name="Ann"),),
    summary="<p>Short</p>",
    content='<p>Text with <a href="https://news.example.org/b">link</a></p><img src="https://cdn.example.org/i.jpg?v=1">',
    published=datetime(2026, 11, 24, tzinfo=UTC),
    enclosures=(Enclosure("https://cdn.example.org/a.mp3"),),
    rights="All rights reserved",
    source=SourceRef("Origin", "https://origin.example.net/"),
)


@pytest.mark.parametrize(
    "dressed",
    [
        BODY.replace("，", ","),
        BODY.replace("<p>", "<div><b>").replace("</p>", "</b></div>\n\n"),
        BODY.replace("。", "。\u3000\u3000"),
        BODY.replace("上海", "上 海").replace("到", "<a href='x'>到</a>"),
        BODY.replace("对口", "對口").replace("会", "會").replace("团", "團").replace("举", "舉").replace("双", "雙"),
    ],
)
def test_the_same_text_in_another_dress_has_the_same_key(dressed: str) -> None:
    assert text_key("t", dressed) == text_key("another title", BODY) is not None


def test_width_case_and_quotes_do_not_count() -> None:
    assert text_key(None, ENGLISH.upper().replace(" ", "  ")) == text_key(None, ENGLISH)
    assert text_key(None, ENGLISH.replace("2", "２")) == text_key(None, ENGLISH)


def test_another_text_has_another_key() -> None:
    assert text_key("t", BODY) != text_key("t", BODY.replace("青海", "西藏"))


def test_a_short_text_counts_only_with_its_title() -> None:
    assert text_key(None, "<p>短讯一则</p>") is None
    assert text_key("标题", "<p>短讯一则</p>") == text_key("标题", "短讯，一则。")
    assert text_key("标题", "<p>短讯一则</p>") != text_key("别的", "<p>短讯一则</p>")


@pytest.mark.parametrize("body", ["", "<p></p>", "<img src='https://cdn.example.org/a.jpg'>"])
def test_no_text_no_key(body: str) -> None:
    assert text_key("标题", body) is None


@pytest.mark.parametrize(
    "change",
    [
        {"updated": datetime(2026, 11, 25, tzinfo=UTC), "published": None},
        {"title": " A  headline "},
        {"content": (ENTRY.content or "").replace("<p>", "<div>\n").replace("</p>", "</div>")},
        {"content": (ENTRY.content or "").replace("?v=1", "?v=2")},
        {"content": (ENTRY.content or "").replace("/b", "/b?utm_source=rss")},
        {"categories": ("x",), "rights": "CC BY", "authors": ()},
    ],
)
def test_markup_times_and_cache_busters_are_no_new_content(change: dict[str, object]) -> None:
    assert content_digest(replace(ENTRY, **change)) == content_digest(ENTRY)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another headline"},
        {"summary": None},
        {"content": (ENTRY.content or "").replace("Text", "Test")},
        {"content": (ENTRY.content or "").replace("i.jpg", "j.jpg")},
        {"content": (ENTRY.content or "").replace("/b", "/c")},
        {"enclosures": ()},
    ],
)
def test_words_pictures_links_and_files_are_content(change: dict[str, object]) -> None:
    assert content_digest(replace(ENTRY, **change)) != content_digest(ENTRY)


@pytest.mark.parametrize(
    "change",
    [
        {"authors": (Person(name="Bob"),)},
        {"authors": ()},
        {"rights": None},
        {"license": "https://creativecommons.org/licenses/by/4.0/"},
        {"source": None},
        {"source": SourceRef("Origin", "https://origin.example.net/", rights="None")},
        {"via": "https://origin.example.net/a"},
        {"link": "https://news.example.org/b"},
    ],
)
def test_every_term_counts(change: dict[str, object]) -> None:
    assert terms_digest(replace(ENTRY, **change)) != terms_digest(ENTRY)


def test_content_is_no_term() -> None:
    changed = replace(ENTRY, title="x", content=None, link="http://www.news.example.org/a?utm_source=x")
    assert terms_digest(changed) == terms_digest(ENTRY)
