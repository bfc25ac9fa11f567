"""Documents made to cost: each is read in bounded time and memory, and nothing is fetched or opened for it."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from worker.identity.names import clean_name, is_placeholder, means_elsewhere
from worker.model.feed import Document, ParsedFeed
from worker.parsers import parse
from worker.rights.decide import is_reserved
from worker.rights.provenance import section_of

HEAD = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>t</title>'
SECONDS = 5.0  # of CPU, far above what any of them takes on a busy machine and far below ingest's limit


def read(text: str, content_type: str | None = None) -> ParsedFeed:
    return parse(Document(body=text.encode(), content_type=content_type, url="https://a.example/f", zone="UTC"))


def feed(inside: str, before: str = "") -> str:
    return f"{before}{HEAD}<item><guid>1</guid><title>a</title>{inside}</item></channel></rss>"


def html(markup: str) -> str:
    return feed(f"<content:encoded><![CDATA[{markup}]]></content:encoded>")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        feed("<description>&a9;</description>", f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'),
        feed(f"<description>{'&a;' * 100_000}</description>", f'<!DOCTYPE x [<!ENTITY a "{"A" * 600}">]>'),
        feed("".join(f"<author>a{n}@x.example (N{n})</author>" for n in range(20_000))),
        feed("".join(f"<category>c{n}</category>" for n in range(100_000))),
        feed("<a>" * 100_000),
        feed("<!--" * 100_000),
        HEAD + "<!--" * 275_000,
        html("<div>" * 200_000),
        html('<img src="' * 100_000),
        html("<img " + "a" * 200_000 + ">"),
        html("<img " + "a " * 200_000 + ">"),
        html("<img a" + " " * 200_000 + ">"),
        feed("<b " + "a" * 200_000 + ">&<"),
        html("<!--" * 100_000),
        feed(f"<title>{'&lt;' * 300_000}</title>"),
        feed(f"<title>{'A' * 9_000_000}</title>"),
        feed(f"<guid>{'g' * 1_000_000}</guid>"),
        feed(f"<author>{'a@' * 200_000}</author>"),
        feed(f"<author>{'a' * 200_000}</author>"),
        feed(f"<pubDate>{'1 ' * 200_000}</pubDate>"),
        '{"items": [{"id": 1, "x": ' + "[" * 200_000,
        '{"version": "jsonfeed", "items": [' + '{"id": "1", "tags": [' + '"t",' * 100_000 + '"t"]}]}',
    ],
    ids=lambda text: text[-60:-30] if len(text) < 300 else f"{text[120:150]!r}…{text[-70:-40]!r} {len(text)}",
)
def test_costly_documents_are_read_in_bounded_time_and_memory(text: str) -> None:
    read(feed(""))  # what is loaded once
    tracemalloc.start()
    began = time.process_time()
    read(text)
    seconds, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 5 * SECONDS, "tracing triples it"
    assert peak < 200 * 1024 * 1024


def test_no_entity_is_looked_up(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("x") / "secret"
    secret.write_text("CANARY")
    for text in (
        feed("<description>&a;</description>", f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'),
        feed("", f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">'),
        feed(
            f'<description><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
            f'href="{secret.as_uri()}"/></description>'
        ),
    ):
        assert "CANARY" not in repr(read(text))


BAD = (
    "javascript:alert(1)",
    "data:text/html,x",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "vbscript:x",
    "file:///x",
)


@pytest.mark.parametrize(
    "url", [*BAD, " javascript:alert(1)", "//javascript:alert(1)/%0a", "http:javascript:x", "blob:x"]
)
def test_only_web_addresses_pass_in_any_field(url: str) -> None:
    text = feed(
        f"<link>{url}</link><guid>{url}</guid><source url='{url}'>s</source><enclosure url='{url}'/>"
        f"<comments>{url}</comments><category domain='{url}'>c</category>"
        f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='via' href='{url}'/>"
        f"<atom:author xmlns:atom='http://www.w3.org/2005/Atom'><atom:name>n</atom:name><atom:uri>{url}</atom:uri></atom:author>"
        f"<cc:license xmlns:cc='http://web.resource.org/cc/'>{url}</cc:license>"
        f"<dc:source xmlns:dc='http://purl.org/dc/elements/1.1/'>{url}</dc:source>"
        f"<content:encoded>&lt;a href='{url}'>x&lt;/a>&lt;img src='{url}'></content:encoded>"
    )
    entry = read(text).entries[0]
    source = entry.source.url if entry.source else None
    urls = [entry.link, entry.via, entry.license, source, *(one.url for one in entry.enclosures)]
    urls += [person.uri for person in entry.authors]
    assert [one for one in urls if one and not one.startswith(("http://", "https://"))] == []
    assert "script:" not in (entry.content or "")
    assert "data:" not in (entry.content or "")


@pytest.mark.parametrize(
    "seed", ["1", "１", "1 ", "2026-", "%41", " ", "\u3000", "a ", "by ", "来源：", "《", "- ", "|"]
)
def test_names_made_to_cost_are_judged_at_once(seed: str) -> None:
    name = seed * (20_000 // len(seed)) + "x"
    began = time.process_time()
    clean_name(name)
    is_placeholder(name)
    means_elsewhere(name)
    is_reserved(name)
    section_of(name)
    assert time.process_time() - began < 1
