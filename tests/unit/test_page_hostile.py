"""Pages made to hurt: read within bounds of time and memory, or not at all, and never with an error."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.model.feed import Document
from worker.parsers.page import read_page

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PROSE = "<p>这是一段正文，说明一件普通的事情，有逗号，也有句号。</p>"
SECONDS = 5.0

PAGES: dict[str, Callable[[], str]] = {
    "ten megabytes of prose": lambda: f"<h1>题目在此</h1><div>{PROSE * 115_000}</div>",
    "ten megabytes of one word": lambda: "<p>" + "a" * 10_000_000,
    "ten megabytes of brackets": lambda: "<" * 10_000_000,
    "a million tags": lambda: "<b>x</b>" * 1_000_000,
    "200,000 nested divs": lambda: "<div>" * 200_000 + PROSE,
    "200,000 nested links": lambda: "<a href=x>" * 200_000 + PROSE,
    "nested tables": lambda: "<table><tr><td>" * 70_000 + PROSE,
    "nested lists": lambda: "<ul><li>" * 100_000 + PROSE,
    "an attribute of one megabyte": lambda: '<div class="' + "a " * 500_000 + '">' + PROSE * 5,
    "an address of one megabyte": lambda: '<p><a href="' + "a/../" * 200_000 + '">x</a></p>' + PROSE * 5,
    "a million attributes": lambda: "<div " + " ".join(f"a{n}=1" for n in range(500_000)) + ">" + PROSE,
    "open tags": lambda: "<div " * 2_000_000,
    "open scripts": lambda: "<script>" * 1_200_000,
    "open brackets of credits": lambda: "<p>" + "（图" * 1_500_000,
    "words on copyright": lambda: "<p>" + "copyright 转载请 " * 400_000,
    "dates": lambda: "<p>" + "2023-09-16 " * 900_000,
    "blanks": lambda: "<p>" + " " * 10_000_000 + "x",
    "breaks": lambda: "<p>" + "文字，还有。<br>" * 400_000,
    "pictures": lambda: "<figure><img src=/a.jpg><figcaption>图为某地</figcaption></figure>" * 120_000,
    "pagers": lambda: "<li><a href='/x_2.html'>下一页</a></li>" * 200_000,
    "nothing": lambda: "\0" * 1_000_000,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_too_much_is_bounded(name: str) -> None:
    document = Document(PAGES[name]().encode(), "https://a.example/x.html", "text/html; charset=utf-8")
    begun = time.process_time()
    page = read_page(document, now=NOW)
    assert time.process_time() - begun < SECONDS
    assert page.warnings or page.body_text


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")
def test_memory_is_bounded_too() -> None:
    script = (
        "from datetime import UTC, datetime; from pathlib import Path\n"
        "from worker.model.feed import Document; from worker.parsers.page import read_page\n"
        "body = b'<html><body>' + b'<b>x</b>' * 1_250_000\n"
        "read_page(Document(body), now=datetime.now(UTC))\n"
        "print(next(line.split()[1] for line in Path('/proc/self/status').open() if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) / 1024 < 200


def test_a_page_is_read_past_inline_tags_that_nobody_closed() -> None:
    page = read_page(Document(("<font>" * 400 + PROSE * 3).encode()), now=NOW)
    assert page.body_text is not None
    assert page.body_text.count("正文") == 3


@settings(max_examples=60)
@given(st.binary(max_size=2_000))
def test_no_bytes_whatever_make_reading_raise(body: bytes) -> None:
    read_page(Document(b"<html><body><h1>x</h1>" + body, "https://a.example/"), now=NOW)


_TAGS = st.sampled_from(
    [
        "div",
        "p",
        "a",
        "table",
        "tr",
        "td",
        "ul",
        "li",
        "br",
        "img",
        "figure",
        "figcaption",
        "span",
        "pre",
        "h1",
        "script",
    ]
)
_PIECES = st.one_of(
    _TAGS.map(lambda tag: f"<{tag}>"),
    _TAGS.map(lambda tag: f"</{tag}>"),
    st.sampled_from(
        [
            PROSE,
            "图为某地。王一 摄",
            "<img src=/a.jpg>",
            "<a href='/b.html'>相关新闻</a>",
            "责任编辑：王一",
            "<!-- x -->y",
        ]
    ),
)


@settings(max_examples=120)
@given(st.lists(_PIECES, max_size=40))
def test_any_markup(pieces: list[str]) -> None:
    page = read_page(Document("".join(pieces).encode(), "https://a.example/"), now=NOW)
    assert page.body_html is None or "<script" not in page.body_html
