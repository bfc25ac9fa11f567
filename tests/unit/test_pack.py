"""Values and markup as they are kept: what goes in comes out, tiny or large, whatever earlier versions wrote."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from worker.model.article import Credit
from worker.model.feed import ParsedEntry, Person
from worker.store.pack import pack, pack_beside, squeeze, unpack, unpack_body, unpack_markup

WHEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def an_entry(words: int) -> ParsedEntry:
    text = "".join(f"<p>第{number}段，山水城乡。</p>" for number in range(words))
    return ParsedEntry(guid="g", title="题", authors=(Person("李明"),), content=text, published=WHEN)


@pytest.mark.parametrize("words", [0, 1, 10, 200, 5_000])
def test_a_value_comes_back_as_it_was(words: int) -> None:
    entry = an_entry(words)
    assert unpack(ParsedEntry, pack(entry)) == entry


@pytest.mark.parametrize("words", [0, 1, 10, 200, 5_000])
def test_markup_comes_back_with_the_value_it_was_read_to(words: int) -> None:
    entry = an_entry(words)
    markup = f"<item><title>题</title><description>{entry.content}</description></item>".encode()
    document, evidence = pack_beside(entry, markup)
    assert unpack(ParsedEntry, document) == entry
    assert evidence is not None
    assert unpack_markup(evidence, document) == markup


def test_without_markup_there_is_no_evidence() -> None:
    assert pack_beside(an_entry(3), b"")[1] is None


def test_what_is_left_out_comes_back_empty() -> None:
    document, _ = pack_beside(ParsedEntry(b"d" * 16, b"<item/>", guid="g"), b"<item/>", without={"raw", "digest"})
    assert unpack(ParsedEntry, document) == ParsedEntry(guid="g")


def test_rows_of_earlier_versions_are_read() -> None:
    credit = Credit("Example Daily", "Title", "https://example.com/1")
    packed = zlib.compress(
        b'{"origin":"Example Daily","original_title":"Title","original_link":"https://example.com/1"}'
    )
    assert unpack(Credit, packed) == credit
    assert unpack_markup(squeeze(b"<item/>"), packed) == b"<item/>"


def test_a_body_is_unpacked_whoever_packed_it() -> None:
    body = "日报".encode() * 100
    assert unpack_body(zlib.compress(body, 1)) == unpack_body(gzip.compress(body)) == body
    assert unpack_body(None) == unpack_body(b"") == b""
    with pytest.raises(zlib.error):
        unpack_body(b"neither")
