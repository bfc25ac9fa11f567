"""What a feed says, read as it was meant, whatever its shape."""

from __future__ import annotations

import pytest

from worker.model.feed import Document, ParsedEntry, ParsedFeed, Person
from worker.parsers import parse

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:a="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:cc="http://web.resource.org/cc/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


def rss(*items: str, channel: str = "") -> ParsedFeed:
    body = "".join(f"<item>{item}</item>" for item in items)
    text = f'<rss version="2.0" {SPACES}><channel><title>t</title>{channel}{body}</channel></rss>'
    return parse(Document(text.encode(), url="https://news.example.org/feed/rss.xml"))


def atom(entry: str, feed: str = "") -> ParsedEntry:
    text = f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><title>t</title>{feed}<entry>{entry}</entry></feed>'
    return parse(Document(text.encode(), url="https://news.example.org/feed.atom")).entries[0]


def item(markup: str) -> ParsedEntry:
    return rss(markup).entries[0]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Plain", "Plain"),
        ("  two\n   lines ", "two lines"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("Caf&amp;eacute; &amp;#8217;", "Café ’"),
        ("it&amp;amp;#8217;s", "it’s"),
        ("<![CDATA[<em>Strong</em> words]]>", "Strong words"),
        ("&lt;b&gt;Bold&lt;/b&gt;", "Bold"),
        ("Using the &lt;div&gt; tag", "Using the <div> tag"),
        ("List&lt;T&gt; &amp;&amp; a &lt; b", "List<T> && a < b"),
        ("one&lt;br/&gt;two", "one two"),
        ("&lt;script&gt;count()&lt;/script&gt;头条", "头条"),
        ("&lt;iframe src='x'&gt;&lt;/iframe&gt;News", "News"),
        ("Using the &lt;link&gt; tag", "Using the <link> tag"),
        ("中文　标题", "中文　标题"),
        ("&#146;quoted&#148;", "’quoted”"),
        ("", None),
    ],
)
def test_rss_titles_are_plain_text(written: str, title: str | None) -> None:
    assert item(f"<title>{written}</title><link>https://a.example/</link>").title == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('<title type="html">&lt;b&gt;AT&amp;amp;T&lt;/b&gt;</title>', "AT&T"),
        ('<title type="text">The &lt;blink&gt; tag</title>', "The <blink> tag"),
        ('<title type="text">it&amp;#8217;s</title>', "it’s"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>word</i></div></title>', "A word"),
        ("<title>Plain &amp; simple</title>", "Plain & simple"),
    ],
)
def test_atom_titles_are_plain_text(written: str, title: str) -> None:
    assert atom(written).title == title


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("ann@example.org (Ann Author)", Person("Ann Author", "ann@example.org")),
        ("Ann Author &lt;ann@example.org&gt;", Person("Ann Author", "ann@example.org")),
        ("Ann Author (ann@example.org)", Person("Ann Author", "ann@example.org")),
        ("Ann Author, ann@example.org", Person("Ann Author", "ann@example.org")),
        ("ann@example.org", Person(None, "ann@example.org")),
        ("mailto:ann@example.org", Person(None, "ann@example.org")),
        ("Ann Author", Person("Ann Author")),
        ("记者 张三", Person("记者 张三")),
        ("Ann O&amp;#8217;Hara", Person("Ann O’Hara")),
        ("https://example.org/@ann", Person(uri="https://example.org/@ann")),
    ],
)
def test_rss_authors(written: str, person: Person) -> None:
    assert item(f"<author>{written}</author>").authors == (person,)


def test_an_empty_author_is_nobody() -> None:
    assert item("<author> </author><dc:creator/>").authors == ()


def test_two_atom_authors_are_two_people_with_their_own_addresses() -> None:
    entry = atom(
        "<author><name>A</name><email>a@example.org</email></author><author><name>B</name><uri>/b</uri></author>"
    )
    assert entry.authors == (Person("A", "a@example.org"), Person("B", uri="https://news.example.org/b"))


def test_source_authors_and_feed_authors_stay_where_they_are() -> None:
    entry = atom(
        "<source><title>S</title><author><name>Origin</name></author></source>", "<author><name>Feed</name></author>"
    )
    assert entry.authors == ()
    assert entry.source is not None
    assert entry.source.authors == (Person("Origin"),)


def test_podcast_authors_count_only_when_nobody_else_is_named() -> None:
    assert item("<itunes:author>I</itunes:author>").authors == (Person("I"),)
    assert item("<itunes:author>I</itunes:author><dc:creator>D</dc:creator>").authors == (Person("D"),)


@pytest.mark.parametrize(
    ("markup", "link"),
    [
        ("<link>https://a.example/1</link>", "https://a.example/1"),
        ("<link>/1?a=1&amp;b=2</link>", "https://news.example.org/1?a=1&b=2"),
        ('<a:link rel="alternate" href="https://a.example/2"/>', "https://a.example/2"),
        ('<a:link rel="self" href="https://a.example/2"/>', None),
        ("<guid>https://a.example/3</guid>", "https://a.example/3"),
        ('<guid isPermaLink="false">https://a.example/3</guid>', None),
        ("<guid>abc</guid>", None),
        ("<link>javascript:alert(1)</link>", None),
        ('<link href="https://a.example/4"/>', "https://a.example/4"),
        ('<link xml:base="https://b.example/x/">1</link>', "https://b.example/x/1"),
        ("<link><![CDATA[https://a.example/5?a=1&amp;b=2]]></link>", "https://a.example/5?a=1&b=2"),
        ("<link>\n https://a.example/a-long-\n  address </link>", "https://a.example/a-long-address"),
    ],
)
def test_the_link_of_an_item(markup: str, link: str | None) -> None:
    assert item(markup).link == link


@pytest.mark.parametrize(
    ("markup", "licence"),
    [
        ('<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>', "by/4.0"),
        ('<a:link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/>', "by/4.0"),
        ("<dcterms:license>https://creativecommons.org/licenses/by/4.0/</dcterms:license>", "by/4.0"),
        ("<dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights>", "by/4.0"),
        ("<dc:rights>See https://creativecommons.org/licenses/by/4.0/</dc:rights>", None),
        ('<media:license href="https://creativecommons.org/licenses/by/4.0/">x</media:license>', None),
        ("<dcterms:license>ask us</dcterms:license>", None),
        ('<dcterms:rights rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>', "by/4.0"),
    ],
)
def test_the_licence_of_the_text(markup: str, licence: str | None) -> None:
    found = item(markup).license
    assert found == (f"https://creativecommons.org/licenses/{licence}/" if licence else None)


def test_rights_of_a_photo_are_not_rights_of_the_text() -> None:
    entry = item(
        "<media:copyright>© Agency</media:copyright><media:content><media:credit>P</media:credit></media:content>"
    )
    assert entry.rights is None
    assert entry.authors == ()


def test_item_rights_are_the_items_own_and_several_are_all_kept() -> None:
    feed = rss(
        "<title>a</title>",
        "<dc:rights>One</dc:rights><dcterms:rights>Two</dcterms:rights>",
        channel="<copyright>C</copyright>",
    )
    assert feed.rights == "C"
    assert [entry.rights for entry in feed.entries] == [None, "One; Two"]


@pytest.mark.parametrize(
    ("markup", "title", "url"),
    [
        ('<source url="https://s.example/rss">S</source>', "S", "https://s.example/rss"),
        (
            '<source url="https://s.example/rss">S</source><source url="https://t.example/">T</source>',
            "S",
            "https://s.example/rss",
        ),
        ("<dc:publisher>P</dc:publisher>", "P", None),
        ("<dc:source>新华社</dc:source>", "新华社", None),
        ("<a:source><a:title>A</a:title><a:id>https://s.example/</a:id></a:source>", "A", "https://s.example/"),
    ],
)
def test_where_an_item_says_it_comes_from(markup: str, title: str, url: str | None) -> None:
    source = item(markup).source
    assert source is not None
    assert (source.title, source.url) == (title, url)


def test_an_address_as_dc_source_is_the_original_link() -> None:
    entry = item("<dc:source>https://o.example/1</dc:source>")
    assert entry.via == "https://o.example/1"
    assert entry.source is None


def test_published_and_updated_are_kept_apart_and_never_invented() -> None:
    entry = atom("<updated>2026-11-24T10:00:00Z</updated>")
    assert entry.published is None
    assert entry.updated is not None
    assert item("<title>x</title>").published is None


@pytest.mark.parametrize(
    ("channel", "minutes"),
    [
        ("<ttl>15</ttl>", 15),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ('<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily</sy:updatePeriod>', 1440),
    ],
)
def test_how_often_the_feed_wants_to_be_asked(channel: str, minutes: int | None) -> None:
    assert rss(channel=channel).ttl_minutes == minutes


@pytest.mark.parametrize(
    "root",
    [
        '<rss xmlns="http://backend.userland.com/rss2"><channel>{}</channel></rss>',
        '<rss xmlns="http://www.w3.org/2005/Atom"><channel>{}</channel></rss>',
        '<rss xmlns="urn:something:else"><channel>{}</channel></rss>',
        '<r:rss xmlns:r="http://purl.org/rss/1.0/" xmlns="http://purl.org/rss/1.0/"><channel>{}</channel></r:rss>',
        "<RSS><Channel>{}</Channel></RSS>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">{}</rdf:RDF>',
        "<rss>{}</rss>",
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd"><rss><channel>{}</channel></rss>',
        "\n\n <!-- x --><?xml-stylesheet href='x'?><rss><channel>{}</channel></rss>",
    ],
)
def test_items_are_found_under_any_root(root: str) -> None:
    body = root.format("<item><title>Caf&#233;</title><link>https://a.example/</link></item>")
    entry = parse(Document(body.encode())).entries[0]
    assert (entry.title, entry.link) == ("Café", "https://a.example/")


def test_entities_of_an_old_document_type_are_characters_and_never_grow() -> None:
    text = (
        '<!DOCTYPE rss [<!ENTITY pub "Publisher"><!ENTITY lol "&pub;&pub;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<rss><channel><item><title>&pub; &eacute; &lol; &x;</title></item></channel></rss>"
    )
    assert parse(Document(text.encode())).entries[0].title == "Publisher é &lol; &x;"


def test_an_entry_says_where_it_stands_in_other_languages() -> None:
    others = (
        '<link rel="alternate" hreflang="zh" type="text/html" href="https://n.example/zh/7"/>'
        '<link hreflang="bo" href="https://n.example/bo/7"/><link hreflang="en" href="https://n.example/"/>'
    )
    own = '<link hreflang="ug" href="https://n.example/ug/7"/>'
    versions = (("zh", "https://n.example/zh/7"), ("bo", "https://n.example/bo/7"))
    for entry in (
        atom(f"<id>urn:7</id><dc:language>ug</dc:language>{others}{own}"),
        atom(f'<id>urn:7</id>{others}<link href="https://n.example/ug/7"/>'),
    ):
        assert (entry.link, entry.translations) == ("https://n.example/ug/7", versions)
    assert atom(f"<id>urn:7</id>{others}").link == "https://n.example/zh/7", "better than none"
    link = "<link>https://n.example/7</link>"
    alternate = '<atom:link rel="alternate" hreflang="bo" href="https://bo.n.example/7"/>'
    assert item(link + alternate).translations == (("bo", "https://bo.n.example/7"),)
    assert item(link).translations == ()


def test_atom_03_is_read() -> None:
    text = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title><tagline>tag</tagline><entry>'
        '<title mode="escaped" type="text/html">A &lt;b&gt;b&lt;/b&gt;</title><issued>2003-12-31T10:00:00Z</issued>'
        '<modified>2004-01-01T10:00:00Z</modified><content type="text/html" mode="base64">PHA+aGk8L3A+</content>'
        "</entry></feed>"
    )
    feed = parse(Document(text.encode()))
    entry = feed.entries[0]
    assert (feed.description, entry.title, entry.content) == ("tag", "A b", "<p>hi</p>")
    assert entry.published is not None
    assert entry.updated is not None
    assert (entry.published.year, entry.updated.year) == (2003, 2004)


def test_inline_markup_in_a_description_is_its_markup() -> None:
    assert (
        item("<description>See <b>this</b> &amp; <i>that</i></description>").summary
        == "See <b>this</b> &amp; <i>that</i>"
    )


@pytest.mark.parametrize(
    ("written", "summary"),
    [
        ("safe &lt;applet code=x&gt;&lt;/applet&gt;words", "safe words"),
        ("safe &lt;meta http-equiv='Refresh' content='0'&gt;words", "safe words"),
        ("the &lt;meta&gt; tag", "the &lt;meta&gt; tag"),
        ("&lt;math xmlns='x'&gt;&lt;mi&gt;a&lt;/mi&gt;+b&lt;/math&gt;", "a+b"),
    ],
)
def test_markup_of_old_or_of_heads_is_no_text(written: str, summary: str) -> None:
    assert item(f"<description>{written}</description>").summary == summary
