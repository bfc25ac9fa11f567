"""Documents that are no feed, break off, are mended or too much: nothing raises, and what is whole is kept."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.model.feed import Document, ParsedFeed
from worker.parsers import parse


def rss(*items: str) -> ParsedFeed:
    body = "".join(f"<item>{item}</item>" for item in items)
    return parse(Document(f'<rss version="2.0"><channel><title>t</title>{body}</channel></rss>'.encode()))


@pytest.mark.parametrize("body", [b"", b"   \n", b"\xef\xbb\xbf"])
def test_an_empty_document_is_no_feed(body: bytes) -> None:
    assert parse(Document(body)).format == ""
    assert parse(Document(body)).warnings == ("the document is empty",)


@pytest.mark.parametrize(
    "body", [b"hello", b"<html><body>x</body></html>", b"<svg/>", b"[1]", b"{}", b'{"items": 3}', b"{broken"]
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    parsed = parse(Document(body))
    assert parsed.format == ""
    assert parsed.warnings


def test_a_truncated_feed_keeps_its_complete_items() -> None:
    text = b"<rss><channel><title>t</title><item><title>1</title></item><item><title>2</title></item><item><title>3</ti"
    parsed = parse(Document(text))
    assert [entry.title for entry in parsed.entries] == ["1", "2"]
    assert any("breaks off" in warning for warning in parsed.warnings)


def test_a_broken_item_spoils_no_neighbour() -> None:
    parsed = rss(
        "<title>1</title><description><p><b>x</description>", "<title>2</title><description>fine</description>"
    )
    assert [(entry.title, entry.summary) for entry in parsed.entries] == [("1", "<p><b>x</b></p>"), ("2", "fine")]
    assert parsed.warnings


def test_nesting_without_end_is_survived() -> None:
    parsed = rss("<title>1</title>", "<a>" * 5_000 + "</a>" * 5_000, "<title>3</title>")
    assert {entry.title for entry in parsed.entries} >= {"1", "3"}


@pytest.mark.parametrize(
    ("head", "item", "foot"),
    [
        ("<rss><channel><title>t</title>", "<item><guid>{}</guid></item>", "</channel></rss>"),
        ("<rss><channel><title>t</title>", "<item><guid>{}</guid></item>", "<note><p>broken</note></channel></rss>"),
        (
            "<rss><channel><title>t</title><!--</item>-->",
            "<item><guid>{}</guid><!-- </item> --></item>",
            "</channel></rss>",
        ),
        ('{"title":"t","items":[{"id":"x"}', ',{{"id":"{}"}}', "]}"),
    ],
)
def test_of_too_many_items_the_first_are_read_and_a_person_is_told(head: str, item: str, foot: str) -> None:
    document = Document((head + "".join(map(item.format, range(5_010))) + foot).encode())
    parsed = parse(document)
    assert len(parsed.entries) == len(parsed.digests) == 5_000
    assert (parsed.title, parsed.entries[1].guid) == ("t", "1" if head[0] == "<" else "0")
    assert any("only the first 5,000 of 5,01" in warning for warning in parsed.warnings)
    assert parse(document, frozenset(parsed.digests)).entries == ()


VALID = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://www.w3.org/2005/Atom"><channel>'
    "<title>标题 &amp; title</title><ttl>5</ttl>"
    '<a:link rel="self" href="https://a.example/f"/><item><title>One</title><guid>https://a.example/1</guid>'
    "<description><![CDATA[<p>text <b>bold</b></p>]]></description><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate>"
    '<dc:creator>A</dc:creator><enclosure url="https://a.example/x.mp3" length="1" type="audio/mpeg"/></item>'
    "<item><title>Zwei</title><link>https://a.example/2</link><content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded></item>"
    "</channel></rss>"
).encode()
JSON = b'{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","content_html":"<p>x</p>"}]}'


@settings(max_examples=300)
@given(st.sampled_from([VALID, JSON]), st.integers(0, 2**32), st.integers(1, 12))
def test_mutated_bytes_never_raise(body: bytes, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    mutated = bytearray(body)
    for _ in range(changes):
        at = chance.randrange(len(mutated) + 1)
        match chance.randrange(4):
            case 0:
                del mutated[at : at + chance.randrange(1, 40)]
            case 1:
                mutated[at:at] = chance.choice(
                    [
                        b"<",
                        b">",
                        b"&",
                        b"]]>",
                        b"<![CDATA[",
                        b"<item>",
                        b"</item>",
                        b"\0",
                        b"\xff",
                        b'"',
                        b"<!--",
                        b"&#x0;",
                    ]
                )
            case 2:
                mutated[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                piece = mutated[at : at + chance.randrange(60)]
                mutated[at:at] = piece
    parsed = parse(Document(bytes(mutated)))
    assert len(parsed.entries) <= len(parsed.digests)


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_any_bytes_parse_to_something(body: bytes) -> None:
    assert isinstance(parse(Document(body)), ParsedFeed)
    assert isinstance(parse(Document(b"<rss><channel><item>" + body + b"</item></channel></rss>")), ParsedFeed)
