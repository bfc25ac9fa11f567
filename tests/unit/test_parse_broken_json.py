"""A JSON Feed that is no JSON any more keeps every item that is whole."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.model.feed import Document, ParsedFeed
from worker.parsers import parse

ITEMS = [
    {
        "id": f"urn:{number}",
        "url": f"https://news.example/{number}",
        "title": f'标题 {number}: "quoted" \\ [1], {{2}}',
        "content_html": "<p>正文 {} [] , x</p>",
        "authors": [{"name": "张三", "url": "https://news.example/zhang"}],
        "attachments": [{"url": "https://news.example/a.mp3", "mime_type": "audio/mpeg"}],
    }
    for number in range(6)
]
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "例报",
    "home_page_url": "https://news.example/",
    "items": ITEMS,
    "language": "zh",
}
TEXT = json.dumps(FEED, ensure_ascii=False)


def read(text: str) -> ParsedFeed:
    return parse(Document(text.encode()))


WHOLE = read(TEXT).entries


@pytest.mark.parametrize("cut", range(TEXT.index('"items"') + 12, len(TEXT), 41))
def test_where_it_breaks_off_the_items_before_are_kept(cut: int) -> None:
    whole = TEXT[:cut].count('"audio/mpeg"}]}')
    parsed = read(TEXT[:cut])
    assert parsed.entries[:whole] == WHOLE[:whole]
    assert (parsed.format, parsed.title) == ("json", "例报")
    assert "not valid JSON" in parsed.warnings[0]


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ('"id": "urn:2"', '"id": "urn:2', {2}),
        ('"title": "标题 3', '"title": "标题 "3', {3}),
        ('"url": "https://news.example/1"', '"url": https://news.example/1', {1}),
        ('"id": "urn:4", ', '"id" "urn:4", ', {4}),
        (', {"id": "urn:5"', '], {"id": "urn:5"', set()),
        (', {"id": "urn:3"', ' {"id": "urn:3"', set()),
        ('{"id": "urn:0"', '{{"id": "urn:0"', {0}),
    ],
)
def test_one_broken_item_spoils_no_other(old: str, new: str, lost: set[int]) -> None:
    assert old in TEXT
    parsed = read(TEXT.replace(old, new, 1))
    assert parsed.entries == tuple(entry for number, entry in enumerate(WHOLE) if number not in lost)
    assert parsed.title == "例报"
    assert parsed.warnings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("}]}", "}],}"),
        ('}], "language"', '},], "language"'),
        ('"zh"}', '"zh",}'),
        ("正文", "\\'正文\\'"),
        ("x</p>", "\\d</p>"),
    ],
)
def test_commas_and_backslashes_too_many_cost_nothing(old: str, new: str) -> None:
    assert old in TEXT
    parsed = read(TEXT.replace(old, new))
    assert len(parsed.entries) == len(WHOLE)
    assert [entry.title for entry in parsed.entries] == [entry.title for entry in WHOLE]
    assert parsed.language == "zh"
    assert parsed.warnings == ("the feed is not valid JSON; it was mended",)


def test_what_stands_after_the_items_is_read_too() -> None:
    parsed = read(TEXT.replace('"id": "urn:2"', '"id": "urn:2'))
    assert (parsed.language, parsed.link, len(parsed.entries)) == ("zh", "https://news.example/", 5)


@pytest.mark.parametrize(
    "text", ["{broken", '{"items": [', '{"items": [}', '{"items": ["a", 5, {"x": ]', '{"error": "items": [1,']
)
def test_other_broken_json_is_no_feed(text: str) -> None:
    parsed = read(text)
    assert (parsed.format, parsed.entries) == ("", ())
    assert parsed.warnings == ("this is neither XML nor valid JSON",)


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_mutated_characters_never_raise(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    text = list(TEXT)
    for _ in range(changes):
        at = chance.randrange(len(text))
        text[at : at + chance.randrange(3)] = chance.choice(['"', "{", "}", "[", "]", ",", "\\", "\n", ""])
    assert len(read("".join(text)).entries) <= 8
