"""An entry that comes again is recognised, whatever of it changed; two entries never are one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.identity.keys import KeyMode, alias_keys, detect_mode, guid_keys, tombstone_keys
from worker.model.feed import ParsedEntry

ENTRY = ParsedEntry(
    digest=b"d" * 16,
    raw=b"<item/>",
    guid="https://news.example.org/?p=7",
    link="https://news.example.org/2026/11/a.html",
    title="A headline",
    content="<p>Some text</p>",
)


def same(one: ParsedEntry, other: ParsedEntry, mode: KeyMode = KeyMode.GUID) -> bool:
    return bool(set(alias_keys(one, mode=mode)) & set(alias_keys(other, mode=mode)))


def test_an_entry_answers_to_guid_path_and_link() -> None:
    assert [key.kind for key in alias_keys(ENTRY)] == ["guid", "path", "link"]
    assert {len(key.digest) for key in alias_keys(ENTRY)} == {16}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another headline", "content": "<p>Edited</p>"},
        {"guid": "http://news.example.org/?p=7", "link": None},
        {"guid": "https://www.news.example.net/?p=7", "link": None},
        {"guid": None},
        {"guid": "urn:new", "link": "http://www.news.example.org/2026/11/a.html?utm_source=rss"},
    ],
)
def test_the_same_entry_again(change: dict[str, str | None]) -> None:
    assert same(ENTRY, replace(ENTRY, **change))


def test_another_entry_shares_no_key() -> None:
    assert not same(ENTRY, replace(ENTRY, guid="https://news.example.org/?p=8", link="https://news.example.org/b.html"))


def test_one_guid_for_all_items_moves_the_source_to_guid_and_link() -> None:
    items = [replace(ENTRY, guid="feed", link=f"https://news.example.org/{n}") for n in range(3)]
    mode = detect_mode(items)
    assert mode is KeyMode.GUID_LINK
    assert not same(items[0], items[1], mode)
    assert same(items[0], replace(items[0], title="Edited"), mode)


def test_a_mode_is_never_taken_back() -> None:
    assert detect_mode([ENTRY], KeyMode.GUID_LINK) is KeyMode.GUID_LINK
    assert detect_mode([], "guid_only") is KeyMode.GUID_ONLY


def test_repeats_with_one_link_leave_the_mode_alone() -> None:
    assert detect_mode([ENTRY, ENTRY]) is KeyMode.GUID


def test_a_changed_guid_over_one_story_leaves_the_mode_alone() -> None:
    assert detect_mode([ENTRY, replace(ENTRY, guid="urn:2")]) is KeyMode.GUID


def test_items_that_all_link_to_the_home_page_are_told_apart_by_guid() -> None:
    items = [replace(ENTRY, guid=f"urn:{n}", link="https://news.example.org/", title=f"T{n}") for n in range(3)]
    mode = detect_mode(items)
    assert mode is KeyMode.GUID_ONLY
    assert not same(items[0], items[1], mode)


def test_items_on_one_page_are_told_apart_by_their_anchors() -> None:
    items = [replace(ENTRY, guid=None, link=f"https://news.example.org/log#{n}", title=f"T{n}") for n in range(3)]
    mode = detect_mode(items)
    assert mode is KeyMode.ANCHOR
    assert not same(items[0], items[1], mode)
    assert same(items[0], items[0], mode)


def test_without_guid_and_link_title_and_text_are_the_key_and_no_date_is() -> None:
    bare = replace(ENTRY, guid=None, link=None)
    assert [key.kind for key in alias_keys(bare)] == ["text"]
    assert same(bare, replace(bare, content="<div>Some\n text</div>"))
    assert not same(bare, replace(bare, title="Other"))


def test_an_empty_entry_has_no_key() -> None:
    assert alias_keys(ParsedEntry(digest=b"", raw=b"")) == ()


def test_a_tombstone_finds_its_entry() -> None:
    assert set(tombstone_keys("http://news.example.org/?p=7")) & set(alias_keys(ENTRY))
    assert set(tombstone_keys("https://news.example.org/2026/11/a.html")) & set(alias_keys(ENTRY))
    assert tombstone_keys("tag:example.org,2026:1") == guid_keys("tag:example.org,2026:1")
