"""Sitemaps of every kind lead to articles, newest first, and to further sitemaps."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from worker.model.catalog import Listing
from worker.model.feed import Document, Found, ParsedFeed, Role, SourceRef
from worker.parsers.leads import read_leads

URL = "https://www.river.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def leads(body: str | bytes, url: str = URL, listing: Listing | None = None) -> ParsedFeed:
    given = body if isinstance(body, bytes) else body.encode()
    return read_leads(Document(given, url, None, "Asia/Shanghai"), listing or Listing())


def urlset(*urls: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{"".join(urls)}</urlset>'


def url(path: str, inner: str = "") -> str:
    return f"<url><loc>\n https://www.river.example{path} </loc>{inner}</url>"


def paths(feed: ParsedFeed, role: Role = Role.ARTICLE) -> list[str]:
    return [lead.url.removeprefix("https://www.river.example") for lead in feed.found if lead.role is role]


def entry(lead: Found) -> tuple[str | None, datetime | None, datetime | None]:
    assert lead.entry is not None
    return lead.entry.title, lead.entry.published, lead.entry.updated


PLAIN = urlset(
    url("/"),
    url("/news/index.html", "<lastmod>2026-11-24</lastmod>"),
    url(
        "/a/1.html",
        "<lastmod>2026-11-20</lastmod><image:image><image:loc>https://x.example/p.jpg</image:loc></image:image>",
    ),
    url("/a/2.html"),
    url("/a/3.html", "<lastmod>2026-11-22T10:00:00+08:00</lastmod><priority>0.5</priority>"),
    url("/a/4.pdf", "<lastmod>2026-11-23</lastmod>"),
    url("/a/3.html"),
    "<url><loc>https://elsewhere.example/a/5.html</loc></url><url></url><url><loc/></url>",
)


def test_articles_come_newest_first_and_lists_files_and_strangers_not_at_all() -> None:
    feed = leads(PLAIN)
    assert feed.format == "listing"
    assert paths(feed) == ["/a/3.html", "/a/1.html", "/a/2.html"]
    assert entry(feed.found[0]) == (None, None, datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert entry(feed.found[1]) == (None, None, datetime(2026, 11, 19, 16, tzinfo=UTC))
    assert len(feed.digests) == 3


def test_a_news_sitemap_tells_title_time_publication_and_language() -> None:
    news = """<news:news><news:publication><news:name>河畔日报</news:name><news:language>zh-cn</news:language>
    </news:publication><news:publication_date>2026-11-21T09:30+08:00</news:publication_date>
    <news:title>新桥 &amp; 旧桥</news:title></news:news>"""
    feed = leads(urlset(url("/about", news), url("/a/1.html", "<lastmod>2026-11-22</lastmod>")))
    assert paths(feed) == ["/a/1.html", "/about"]
    assert entry(feed.found[1]) == ("新桥 & 旧桥", datetime(2026, 11, 21, 1, 30, tzinfo=UTC), None)
    said = feed.found[1].entry
    assert said is not None
    assert (said.source, said.language) == (SourceRef(title="河畔日报"), "zh-cn")


def test_an_index_leads_to_its_newest_sitemaps() -> None:
    maps = "".join(
        f"<sitemap><loc>https://www.river.example/s{n}.xml.gz</loc>"
        f"<lastmod>2026-{1 + n // 28:02d}-{1 + n % 28:02d}</lastmod></sitemap>"
        for n in range(80)
    )
    feed = leads(f"<sitemapindex>{maps}<sitemap><loc>https://b.example/s.xml</loc></sitemap></sitemapindex>")
    assert paths(feed, Role.LISTING) == [f"/s{n}.xml.gz" for n in range(79, 29, -1)]
    assert (paths(feed), feed.digests) == ([], ())


def test_match_and_exclude_hold_for_sitemaps_too() -> None:
    assert paths(leads(PLAIN, listing=Listing(match=r"/a/[12]\."))) == ["/a/1.html", "/a/2.html"]
    assert paths(leads(PLAIN, listing=Listing(exclude=r"/a/[12]\."))) == ["/a/3.html"]
    elsewhere = leads(PLAIN, listing=Listing(match=r"elsewhere\.example"))
    assert [lead.url for lead in elsewhere.found] == ["https://elsewhere.example/a/5.html"]
    index = "<sitemapindex><sitemap><loc>https://www.river.example/tags.xml</loc></sitemap></sitemapindex>"
    assert leads(index, listing=Listing(exclude="tags")).found == ()


def test_gzip_is_unfolded_whatever_it_is_called() -> None:
    assert leads(gzip.compress(PLAIN.encode())).found == leads(PLAIN).found


def test_an_address_a_line() -> None:
    lines = "\ufeffhttps://www.river.example/a/1.html\r\n\r\nhttps://www.river.example/a/2.html\nnonsense\n"
    assert paths(leads(lines)) == ["/a/1.html", "/a/2.html"]


def test_robots_txt_leads_to_its_sitemaps() -> None:
    text = (
        "User-agent: *\nDisallow: /x\n\nSitemap: https://www.river.example/s1.xml\nsitemap: https://b.example/s2.xml\n"
    )
    feed = leads(text, "https://www.river.example/robots.txt")
    assert paths(feed, Role.LISTING) == ["/s1.xml"]
    assert "no sitemap" in leads("User-agent: *\nDisallow: /x\n").warnings[0]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (gzip.compress(b" " * 30_000_000), "unfolds to more than 20 MB"),
        (gzip.compress(PLAIN.encode())[:-20], "breaks off"),
        (b"\x1f\x8bnonsense", "broken"),
        (urlset().encode(), "names no article"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', 'kind = "feed"'),
    ],
)
def test_what_leads_nowhere_says_why(body: bytes, word: str) -> None:
    feed = leads(body)
    assert (feed.format, feed.found) == ("", ())
    assert word in " ".join(feed.warnings)


def test_a_broken_sitemap_is_read_as_far_as_it_goes() -> None:
    assert paths(leads(PLAIN.replace("</urlset>", "")[:-60])) == ["/a/3.html", "/a/1.html", "/a/2.html"]
    assert paths(leads(urlset(url("/a/1.html?x=1&y=2")))) == ["/a/1.html?x=1&y=2"]


def test_entities_are_never_expanded_and_nothing_is_opened() -> None:
    bomb = (
        '<!DOCTYPE urlset [<!ENTITY a "x"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
        + urlset(url("/a/&b;1.html"), url("/a/2.html")).partition("?>")[2]
    )
    assert "/a/2.html" in paths(leads(bomb))


def test_at_most_fifty_thousand_addresses() -> None:
    feed = leads("<urlset>" + "".join(url(f"/a/{n}.html") for n in range(50_100)) + "</urlset>")
    assert len(feed.digests) == 50_000
    assert feed.warnings == ("only the first 50000 addresses of the sitemap were read",)


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<url><loc>" * 100_000,
        b"<urlset><url>" + b"<loc/>" * 500_000 + b"</url></urlset>",
        b"<urlset>" + b"<url/>" * 1_000_000 + b"</urlset>",
        b"<urlset><url><loc>https://www.river.example/" + b"x" * 5_000_000 + b"</loc></url></urlset>",
        b"<sitemapindex>" + b"<sitemap><loc>https://www.river.example/s.xml</loc></sitemap>" * 100_000,
        b"https://www.river.example/a/1.html\n" * 250_000,
        gzip.compress(b"") * 100_000,
    ],
    ids=range(7),
)
def test_hostile_sitemaps_are_read_in_bounded_time(body: bytes) -> None:
    assert leads(body).format in {"", "listing"}
