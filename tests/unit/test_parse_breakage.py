"""Whatever breaks one item of a feed, the item keeps its fields and its neighbours do not notice."""

from __future__ import annotations

import pytest

from worker.model.feed import Document, ParsedEntry
from worker.parsers import parse
from worker.parsers.xml import recovered

RSS_ITEM = (
    "<item>{}<title>标题 {}</title><link>https://news.example/{}?a=1&amp;b=2</link><guid>urn:{}</guid>"
    "<description><![CDATA[<p>正文 <b>bold</b> & more</p>]]></description><author>ann@news.example (Ann)</author>"
    "<pubDate>Tue, 24 Nov 2026 10:00:00 +0800</pubDate><category>国际</category>{}</item>"
)
ATOM_ITEM = (
    "<entry>{}<title>标题 {}</title><link href='https://news.example/{}?a=1&amp;b=2'/><id>urn:{}</id>"
    "<summary type='html'><![CDATA[<p>正文 <b>bold</b> & more</p>]]></summary><author><name>Ann</name></author>"
    "<updated>2026-11-24T10:00:00+08:00</updated><category term='国际'/>{}</entry>"
)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FRAMES = {
    "rss": ("<?xml version='1.0'?><rss version='2.0'><channel><title>例报</title>{}</channel></rss>", RSS_ITEM),
    "rdf": (
        f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='http://purl.org/rss/1.0/'><channel><title>例报</title></channel>{{}}</rdf:RDF>",
        RSS_ITEM,
    ),
    "atom": ("<feed xmlns='http://www.w3.org/2005/Atom'><title>例报</title>{}</feed>", ATOM_ITEM),
}
INSIDE = [  # well-meant or mangled markup in or between the fields
    "<note>A & B, R&D, x&y;</note>",
    "<note>1 < 2 <3 <-- >_<</note>",
    "<note>&nosuch; &nbsp; &eacute; &copy 2026</note>",
    "<note>&#0;&#x1F;&#xFFFF;&#55357;&#1114112;</note>",
    "<note>\x01\x0b\x1f</note>",
    "<foo:bar xyz:at='1'>undeclared</foo:bar><dc:foo/>",
    "<note a=1>unquoted</note>",
    "<note a='1' a='2'>twice</note>",
    "<note a='<b>'>tag in an attribute</note>",
    "<note a='x?a=1&b=2'>x</note>",
    "<note>Ann <ann@news.example></note>",
    "<note><https://news.example/></note>",
    "<note><100 items></note>",
    "<note><标题>《书》</note>",
    "<note>a ]]> b</note>",
    "<note><!DOCTYPE html></note>",
    "<?xml version='1.0'?>",
    "<?php echo 1 ?>",
    "< note>x</ note>",
    "<note>x</NOTE>",
    "<note>x</note foo='1'>",
    "<note>a<br>b</note>",
    "<note><p>never closed</note>",
    "<br><p>",
]
AT_THE_END = [  # what may swallow what comes after it
    "</b>",
    "<note>never closed",
    "<note><![CDATA[never closed</note>",
    "<note><![CDATA[ a <![CDATA[ b ]]> c ]]></note>",
    "<!-- a -- b --->",
    "<!-- never closed ",
    "<not",
]


def told(entry: ParsedEntry) -> tuple[object, ...]:
    return (
        entry.guid,
        entry.link,
        entry.title,
        entry.summary,
        entry.authors,
        entry.published,
        entry.updated,
        entry.categories,
    )


def entries(form: str, first: str = "", last: str = "") -> list[tuple[object, ...]]:
    frame, item = FRAMES[form]
    broken = {2: (first, last)}
    items = [item.format(fore, n, n, n, aft) for n in (1, 2, 3) for fore, aft in [broken.get(n, ("", ""))]]
    parsed = parse(Document(frame.format("".join(items)).encode(), url="https://news.example/feed"))
    assert parsed.title == "例报"
    return [told(entry) for entry in parsed.entries]


@pytest.mark.parametrize("form", FRAMES)
@pytest.mark.parametrize("broken", INSIDE)
def test_broken_markup_before_the_fields_costs_none_of_them(form: str, broken: str) -> None:
    assert entries(form, first=broken) == entries(form)


@pytest.mark.parametrize("form", FRAMES)
@pytest.mark.parametrize("broken", INSIDE + AT_THE_END)
def test_broken_markup_after_the_fields_costs_none_of_them_and_no_neighbour(form: str, broken: str) -> None:
    assert entries(form, last=broken) == entries(form)


def test_what_only_a_forgiving_parser_can_read_keeps_its_ampersands() -> None:
    tangled = "<x><y></x></y>" * 3
    item = "<item><title>R&amp;D &lt;b&gt; &quot;q&quot;</title><x><![CDATA[&amp;]]></x>{}<link>https://n.example/?a=1&amp;b=2</link></item>"
    parsed = parse(Document(f"<rss><channel>{item.format(tangled)}{item.format('')}</channel></rss>".encode()))
    for entry in parsed.entries:
        assert (entry.title, entry.link) == ('R&D <b> "q"', "https://n.example/?a=1&b=2")


def test_recovered_markup_keeps_its_references() -> None:
    root = recovered(b"<a><b c='1' c='2'>x</b><d>1 &amp; 2 &lt; 3 <![CDATA[&amp;]]></d></a>")
    assert root is not None
    assert "1 & 2 < 3 &amp;" in "".join(map(str, root.itertext()))
