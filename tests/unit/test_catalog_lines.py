"""The line of every key of a TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.catalog.lines import Place, locate

EXAMPLE = '''\
# a comment with [brackets] and "quotes
title = "one # no comment"

[sources.neac-news] # header comment
url = "https://example.cn/rss"
first_contact = { entries = 5, max_age = "1h" }
tags = [
  "a", # first
  "b", "c",
]

[sources."quoted key"]
text = """
[not.a.table]
key = 1
"""
after = \'\'\'
raw ' text\'\'\'
nested = [[1, 2], [3]]

[a.b]
c.d = 1979-05-27T07:32:00+08:00
"e.f" = 2.5

[[list]]
x = 1
[[list]]
x = 2
[list.sub]
y = 3
'''


def test_keys_headers_and_array_elements_have_their_lines() -> None:
    lines = locate(EXAMPLE)
    expected: dict[Place, int] = {
        ("title",): 2,
        ("sources", "neac-news"): 4,
        ("sources", "neac-news", "url"): 5,
        ("sources", "neac-news", "first_contact", "max_age"): 6,
        ("sources", "neac-news", "tags", 0): 8,
        ("sources", "neac-news", "tags", 2): 9,
        ("sources", "quoted key"): 12,
        ("sources", "quoted key", "text"): 13,
        ("sources", "quoted key", "after"): 17,
        ("sources", "quoted key", "nested", 1, 0): 19,
        ("a", "b", "c", "d"): 22,
        ("a", "b", "e.f"): 23,
        ("list", 0, "x"): 26,
        ("list", 1, "x"): 28,
        ("list", 1, "sub", "y"): 30,
    }
    assert {place: lines.get(place) for place in expected} == expected
    assert ("not",) not in lines


def test_a_header_after_its_children_still_gives_its_own_line() -> None:
    assert locate("[a.b]\nx = 1\n[a]\ny = 2\n")[("a",)] == 3


def test_windows_line_ends_count_once() -> None:
    assert locate('[a]\r\n\r\nx = """\r\n\r\n"""\r\ny = 1\r\n')[("a", "y")] == 6


def test_strings_that_end_in_quotes() -> None:
    lines = locate("""a = \"\"\"say "no\"\"\"\"\nb = ''\nc = "\\\\"\nd = "\\""\n""")
    assert lines == {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4}


_texts = st.text(alphabet="ab\"'[]{}#=,.\n\\民", max_size=8)
_values = st.recursive(
    st.integers() | st.booleans() | _texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner)
)


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{escaped}"'
        case list():
            return "[\n" + "".join(f"{_toml(part)}, # ]\n" for part in value) + "]"
        case dict():
            return "{" + ", ".join(f"{_toml(key)} = {_toml(part)}" for key, part in value.items()) + "}"
    return str(value)


def _places(value: object, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    match value:
        case list():
            for position, part in enumerate(value):
                yield from _places(part, (*place, position))
        case dict():
            for key, part in value.items():
                yield from _places(part, (*place, key))


@settings(max_examples=60)
@given(st.dictionaries(_texts, _values, max_size=4))
def test_the_places_found_are_those_that_tomllib_reads(document: dict[str, object]) -> None:
    text = "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in document.items())
    assert tomllib.loads(text) == document
    assert set(locate(text)) == set(_places(document))
