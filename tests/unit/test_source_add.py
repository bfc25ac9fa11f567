"""Finding the feed behind a page, and writing it into the file without disturbing it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.http_server import Peer, answer
from worker.catalog.discover import Found, find_feeds, find_source
from worker.catalog.edit import add_entry, plan_addition, replace_file
from worker.cli.main import app
from worker.errors import CatalogueError, NotFound, Refused
from worker.model.catalog import Catalogue, Operator, Publisher, Source, SourceKind
from worker.model.feed import ParsedFeed
from worker.model.fetch import Outcome, Phase

PAGE = b"""<!doctype html><html><head>
<link rel="stylesheet" type="text/css" href="/style.css">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="news.atom">
<link rel="alternate" hreflang="en" href="/en/">
</head><body><a href="/about.html">About</a><a href="rss/all.xml">RSS</a>
<a href="javascript:feed">x</a></body></html>"""

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>河畔日报</title><link>https://www.riverside.example/</link><language>zh-CN</language>
<item><title>新桥通车</title><link>https://www.riverside.example/1</link><guid>1</guid>
<author>记者 江流</author><pubDate>Mon, 23 Nov 2026 10:00:00 +0800</pubDate>
<source url="https://agency.example/rss">示例社</source></item>
</channel></rss>""".encode()


class Web:
    """The network: fixed answers by address. ``asked`` remembers the order."""

    def __init__(self, pages: Mapping[str, bytes | tuple[int, str]]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def fetch(self, url: str) -> Outcome:
        self.asked.append(url)
        now = datetime(2026, 11, 24, tzinfo=UTC)
        page = self.pages.get(url, (404, ""))
        if isinstance(page, tuple):
            return Outcome(0, url, Phase.ANSWERED, page[0], {"location": page[1]}, b"", None, "", now, now)
        return Outcome(0, url, Phase.ANSWERED, 200, {}, page, None, "", now, now)


def test_declared_feeds_come_first_then_links_then_the_usual_places() -> None:
    assert find_feeds(PAGE, "https://a.example/news/index.html") == [
        "https://a.example/news/news.atom",
        "https://a.example/comments/feed",
        "https://a.example/news/rss/all.xml",
        "https://a.example/feed",
        "https://a.example/rss.xml",
        "https://a.example/atom.xml",
        "https://a.example/feed.xml",
        "https://a.example/index.xml",
        "https://a.example/rss",
    ]


def test_the_base_of_the_page_counts() -> None:
    page = b'<base href="https://cdn.example/x/"><link rel="alternate" type="application/rss+xml" href="rss">'
    assert find_feeds(page, "https://a.example/")[0] == "https://cdn.example/x/rss"


@pytest.mark.parametrize("page", [b"", b"<!-- -->", b"\x00\xff", b"plain text"])
def test_a_page_that_is_none_leaves_the_usual_places(page: bytes) -> None:
    assert find_feeds(page, "https://a.example/x/")[0] == "https://a.example/feed"


def test_the_address_of_a_feed_is_the_feed() -> None:
    web = Web({"https://a.example/rss": FEED})
    found = find_source(web.fetch, "https://a.example/rss")
    assert (found.url, found.feed.title) == ("https://a.example/rss", "河畔日报")
    assert web.asked == ["https://a.example/rss"]


def test_the_first_candidate_that_is_a_feed_is_taken() -> None:
    web = Web({"https://a.example/": PAGE, "https://a.example/news.atom": PAGE, "https://a.example/rss/all.xml": FEED})
    assert find_source(web.fetch, "https://a.example/").url == "https://a.example/rss/all.xml"


def test_a_redirect_to_another_host_is_followed() -> None:
    web = Web({"http://old.example/": (301, "https://new.example/rss"), "https://new.example/rss": FEED})
    assert find_source(web.fetch, "http://old.example/").url == "https://new.example/rss"


def test_redirects_in_a_circle_end() -> None:
    web = Web({"http://a.example/": (302, "http://b.example/"), "http://b.example/": (302, "http://a.example/")})
    with pytest.raises(NotFound, match="redirected over more than 5 hosts"):
        find_source(web.fetch, "http://a.example/")


def test_no_feed_says_what_was_tried() -> None:
    with pytest.raises(NotFound, match=r"is no feed, and none was found behind it(?s:.*)https://a\.example/rss\.xml"):
        find_source(Web({"https://a.example/": PAGE}).fetch, "https://a.example/")


def test_an_answer_that_is_no_page_says_so() -> None:
    with pytest.raises(NotFound, match="the answer was 404"):
        find_source(Web({}).fetch, "https://a.example/")


FILE = """\
# our file
[operator]
name = "示例"   # us
contact = "editor@portal.example"

# ── publishers ──
[publishers.a]
name = "甲"
domains = ["a.example"]
# aliases = ["later"]

# ── sources ──
[sources.a]
publisher = "a"
kind = "feed"
url = "https://a.example/rss"

# ── channels ──
[channels.top]
title = "要闻"
"""


def test_an_entry_is_added_behind_its_like_and_nothing_else_moves() -> None:
    edited = add_entry(FILE, "publishers", "b", {"name": '乙 "B"', "domains": ["b.example"]})
    assert edited == FILE.replace(
        '# aliases = ["later"]\n',
        '# aliases = ["later"]\n\n[publishers.b]\nname = "乙 \\"B\\""\ndomains = ["b.example"]\n',
    )


def test_the_first_entry_of_a_table_goes_to_the_end() -> None:
    assert add_entry(FILE, "sources", "b", {"url": "https://b.example/"}).startswith(
        FILE.split("\n\n# ── channels", maxsplit=1)[0]
    )
    assert add_entry(FILE, "grants", "g", {"publisher": "a"}) == FILE + '\n[grants.g]\npublisher = "a"\n'
    assert add_entry("", "sources", "b", {"url": "https://b.example/"}) == '[sources.b]\nurl = "https://b.example/"\n'


def test_what_only_looks_like_a_line_end_stays() -> None:
    text = '[sources.a]\nnote = "one\u2028two\x85three"  # and \x0c'
    assert add_entry(text, "sources", "b", {"x": 1}) == text + "\n\n[sources.b]\nx = 1\n"


def test_windows_line_ends_are_kept() -> None:
    edited = add_entry(FILE.replace("\n", "\r\n"), "sources", "b", {"url": "https://b.example/"})
    assert "\n" not in edited.replace("\r\n", "")


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=30))
def test_any_text_is_written_so_that_it_reads_back(name: str) -> None:
    edited = add_entry(FILE, "publishers", "b", {"name": name})
    assert tomllib.loads(edited)["publishers"]["b"]["name"] == name


CATALOGUE = Catalogue(
    operator=Operator("示例", "editor@portal.example"),
    publishers=(Publisher("river", "河畔日报", domains=("riverside.example",)),),
    sources=(Source("river", "river", SourceKind.FEED, "https://riverside.example/old"),),
)


def test_the_publisher_is_known_by_the_domain_of_the_address() -> None:
    feed = Found("https://rss.riverside.example/1", ParsedFeed("rss", link="https://www.riverside.example/"))
    addition = plan_addition(CATALOGUE, feed, every="5m")
    assert (addition.key, addition.publisher_key, addition.publisher) == ("river-2", "river", None)
    assert addition.source == {
        "publisher": "river",
        "kind": "feed",
        "url": "https://rss.riverside.example/1",
        "every": "5m",
    }


def test_a_feed_elsewhere_is_not_believed_whose_it_is() -> None:
    """Else a stranger could speak for a publisher whose texts we may show, or own a domain that is not its own."""
    feed = ParsedFeed("rss", title="河畔日报", link="https://www.riverside.example/", language="zh-CN")
    addition = plan_addition(CATALOGUE, Found("https://rss.host.example/1", feed))
    assert (addition.key, addition.publisher_key, addition.claimed) == ("riverside", "riverside", "river")
    assert addition.publisher == {"name": "河畔日报", "url": "https://www.riverside.example/"}
    said = plan_addition(CATALOGUE, Found("https://rss.host.example/1", feed), publisher="river")
    assert (said.publisher_key, said.publisher, said.claimed) == ("river", None, None)
    unknown = plan_addition(
        CATALOGUE, Found("https://rss.host.example/1", ParsedFeed("rss", link="https://hill.example/"))
    )
    assert unknown.publisher == {"name": "hill.example", "url": "https://hill.example/"}
    assert unknown.claimed is None


def test_a_new_publisher_is_named_after_the_feed() -> None:
    addition = plan_addition(CATALOGUE, Found("https://news.hill.example/rss", ParsedFeed("rss", title="山城晚报")))
    assert (addition.key, addition.publisher_key) == ("hill", "hill")
    assert addition.publisher == {
        "name": "山城晚报",
        "domains": ["hill.example"],
        "url": "https://news.hill.example/rss",
    }


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("民族要闻_民族在线", "民族在线"),
        ("新闻中心-山城网-首页", "山城网"),
        ("Latest | Valley Times", "Valley Times"),
        ("Home - The Valley-Times", "The Valley-Times"),
        ("民族在线", "民族在线"),
        ("首页", "首页"),
    ],
)
def test_a_new_publisher_is_named_after_the_site_of_a_listing_not_after_its_column(title: str, name: str) -> None:
    listing = Found("https://hill.example/news/", ParsedFeed("listing", title=title))
    addition = plan_addition(CATALOGUE, listing)
    assert addition.publisher is not None
    assert addition.publisher["name"] == name


def test_what_is_polled_already_is_not_added_twice() -> None:
    with pytest.raises(Refused, match=r"polled already by \[sources.river\]"):
        plan_addition(CATALOGUE, Found("https://riverside.example/old", ParsedFeed("rss")))
    with pytest.raises(Refused, match="choose another --key"):
        plan_addition(CATALOGUE, Found("https://riverside.example/new", ParsedFeed("rss")), key="river")


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "newsroad.toml"
    path.write_text("# newer", encoding="utf-8")
    with pytest.raises(Refused, match="changed by somebody else"):
        replace_file(path, "# older", "# mine")
    assert path.read_text(encoding="utf-8") == "# newer"


def test_replacing_keeps_the_mode_and_follows_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "newsroad.toml"
    real.write_text("a", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    replace_file(link, "a", "b")
    assert (real.read_text(encoding="utf-8"), real.stat().st_mode & 0o777, link.is_symlink()) == ("b", 0o640, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["newsroad.toml", "real.toml"]


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a catalogue, from which the loopback may be asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSROAD_ALLOW_NETWORKS", "127.0.0.1/32")
    monkeypatch.setenv("NEWSROAD_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("worker.cli.source._PACE", 0.05)  # a second out there
    (tmp_path / "newsroad.toml").write_text(FILE, encoding="utf-8")
    return tmp_path / "newsroad.toml"


def test_adding_a_source_from_the_command_line(newsroom: Path) -> None:
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/news.xml">'
    with Peer(scripts={"/": answer(body=page), "/news.xml": answer(body=FEED)}) as peer:
        shown = CliRunner().invoke(app, ["source", "add", peer.url("/"), "--json"])
        assert newsroom.read_text(encoding="utf-8") == FILE
        asked = CliRunner().invoke(app, ["source", "add", peer.url("/")])
        assert isinstance(asked.exception, Refused)
        assert newsroom.read_text(encoding="utf-8") == FILE
        written = CliRunner().invoke(
            app, ["source", "add", peer.url("/"), "--key", "river-news", "--every", "5m", "-y"]
        )
    node = json.loads(shown.output)
    assert node["written"] is False
    assert node["feed"]["title"] == "河畔日报"
    assert node["entries"] == [
        {
            "title": "新桥通车",
            "published": "2026-11-23T02:00:00+00:00",
            "author": "记者 江流",
            "origin": "示例社",
            "license": None,
        }
    ]
    assert written.exit_code == 0, written.output
    assert "新桥通车" in written.output
    values = tomllib.loads(newsroom.read_text(encoding="utf-8"))
    assert values["sources"]["river-news"] == {
        "publisher": "riverside",
        "kind": "feed",
        "url": peer.url("/news.xml"),
        "every": "5m",
        "language": "zh-CN",
    }
    assert values["publishers"]["riverside"]["name"] == "河畔日报"


def test_nothing_is_written_that_would_not_pass_the_check(newsroom: Path) -> None:
    with Peer(scripts={"/news.xml": answer(body=FEED)}) as peer:
        result = CliRunner().invoke(app, ["source", "add", peer.url("/news.xml"), "--every", "soon", "--yes"])
        assert isinstance(result.exception, Refused)
        assert "every: must be a span of time" in str(result.exception)
        elsewhere = CliRunner().invoke(app, ["source", "add", peer.url("/news.xml"), "--file", "other.toml", "--yes"])
        assert isinstance(elsewhere.exception, Refused)
        assert "does not include other.toml" in str(elsewhere.exception)
    assert newsroom.read_text(encoding="utf-8") == FILE
    assert not newsroom.with_name("other.toml").exists()


def test_init_writes_a_file_that_waits_only_for_its_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    unfilled = CliRunner().invoke(app, ["check"])
    assert isinstance(unfilled.exception, CatalogueError)
    assert [finding.split(": ")[1] for finding in unfilled.exception.findings] == ["operator.contact"]
    path = tmp_path / "newsroad.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('contact = ""', 'contact = "a@b.example"'), encoding="utf-8"
    )
    assert CliRunner().invoke(app, ["check"]).exit_code == 0
    assert isinstance(CliRunner().invoke(app, ["init"]).exception, Refused)


def test_check_prints_findings_as_json_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("[operator]\nname = 1\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.output)["findings"] == [
        f"{path}:1: operator.contact: is missing (it must be given)",
        f"{path}:2: operator.name: must be a text in quotes, not 1",
    ]


LISTING = "<html><head><title>要闻-河畔县</title></head><body><ul>{}</ul>{}</body></html>".format(
    "".join(
        f'<li><a href="/yw/202611/123450{n}.html">河畔县召开第{n}次重要会议</a> 2026-11-2{n}</li>' for n in range(1, 4)
    ),
    '<a href="index_2.html">下一页</a>',
).encode()


def test_a_page_without_a_feed_is_a_site_and_a_feed_behind_it_comes_first() -> None:
    found = find_source(Web({"https://a.example/yw/": LISTING}).fetch, "https://a.example/yw/", "Asia/Shanghai")
    assert (found.kind, found.url) == (SourceKind.SITE, "https://a.example/yw/")
    assert [entry.title for entry in found.entries] == [f"河畔县召开第{n}次重要会议" for n in range(1, 4)]
    assert found.entries[0].published == datetime(2026, 11, 20, 16, tzinfo=UTC)
    with_feed = Web({"https://a.example/yw/": LISTING, "https://a.example/rss.xml": FEED})
    assert find_source(with_feed.fetch, "https://a.example/yw/").kind is SourceKind.FEED


def test_a_sitemap_is_a_site_and_no_feed_is_looked_for() -> None:
    sitemap = b"<urlset><url><loc>https://a.example/a/1.html</loc></url></urlset>"
    web = Web({"https://a.example/sitemap.xml": sitemap})
    assert find_source(web.fetch, "https://a.example/sitemap.xml").kind is SourceKind.SITE
    assert web.asked == ["https://a.example/sitemap.xml"]


def test_nothing_at_all_says_why_the_page_is_no_listing_either() -> None:
    page = b"<html><body><div id=app></div><script src=app.js></script></body></html>"
    with pytest.raises(NotFound, match="As a listing of articles: the page shows nothing without JavaScript"):
        find_source(Web({"https://a.example/": page}).fetch, "https://a.example/")


def test_adding_a_site_from_the_command_line(newsroom: Path) -> None:
    with Peer(scripts={"/yw/": answer(body=LISTING)}) as peer:
        shown = CliRunner().invoke(app, ["source", "add", peer.url("/yw/"), "--json"])
        written = CliRunner().invoke(app, ["source", "add", peer.url("/yw/"), "--key", "river-yw", "--yes"])
    node = json.loads(shown.output)
    assert node["feed"]["format"] == "listing"
    assert [entry["link"] for entry in node["entries"]] == [peer.url(f"/yw/202611/123450{n}.html") for n in range(1, 4)]
    assert written.exit_code == 0, written.output
    assert "要闻-河畔县 (listing, 3 articles, 1 further listing)" in written.output
    assert "河畔县召开第1次重要会议" in written.output
    assert "No feed was found" in written.output
    assert tomllib.loads(newsroom.read_text(encoding="utf-8"))["sources"]["river-yw"] == {
        "publisher": node["publisher"]["key"],
        "kind": "site",
        "url": peer.url("/yw/"),
        "zone": "Asia/Shanghai",
    }
