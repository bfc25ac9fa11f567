"""Sites in newsroad.toml: what may be written, what contradicts itself, and that nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from worker.catalog import read_catalogue
from worker.catalog.plan import diff
from worker.destinations import OPTIONS
from worker.errors import CatalogueError
from worker.model.catalog import FOLLOW, REQUIRED, DataCall, Listing, Source, SourceKind
from worker.model.page import PageRules
from worker.store.pack import from_plain, pack, to_plain, unpack

HEAD = """\
[operator]
name = "示例"
contact = "editor@portal.example"
[publishers.a]
name = "甲"
[sources.a]
publisher = "a"
url = "https://a.example/news/"
"""
SITE = """\
kind = "site"
required = ["title", "body"]
floor = "fallback"
settle = "5m"
follow = ["10m", "1d"]
listing.links = "ul.list > li a"
listing.match = '/\\d{6}/\\d+\\.html'
listing.exclude = "video"
listing.pages = 3
listing.request = { method = "POST", form = { channel = "12", size = 20 } }
listing.items = "data.list"
listing.link = "/article/{id}.html"
listing.title = "title"
listing.date = "time"
[sources.a.rules]
title = "h1"
published = ".meta .time"
date_format = "%Y年%m月%d日 %H:%M"
source_default = "甲"
cut = [".share", "#related"]
cut_after = ["扫码关注"]
"""


def source(tmp_path: Path, text: str, before: str = "") -> Source:
    path = tmp_path / "newsroad.toml"
    path.write_text(before + HEAD + text, encoding="utf-8")
    return read_catalogue(path, OPTIONS).sources[0]


def findings(tmp_path: Path, text: str, before: str = "") -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        source(tmp_path, text, before)
    return [finding.rpartition("newsroad.toml:")[2] for finding in caught.value.findings]


def test_every_key_of_a_site_arrives(tmp_path: Path) -> None:
    assert source(tmp_path, SITE) == Source(
        key="a",
        publisher="a",
        kind=SourceKind.SITE,
        url="https://a.example/news/",
        listing=Listing(
            links="ul.list > li a",
            match=r"/\d{6}/\d+\.html",
            exclude="video",
            pages=3,
            request=DataCall("POST", {"channel": "12", "size": "20"}),
            items="data.list",
            link="/article/{id}.html",
            title="title",
            date="time",
        ),
        rules=PageRules(
            title="h1",
            published=".meta .time",
            date_format="%Y年%m月%d日 %H:%M",
            source_default="甲",
            cut=(".share", "#related"),
            cut_after=("扫码关注",),
        ),
        required=("title", "body"),
        floor="fallback",
        settle=300,
        follow=(600, 86400),
    )


def test_what_is_left_out_is_the_models_default(tmp_path: Path) -> None:
    plain = source(tmp_path, 'kind = "site"\n')
    assert (plain.needs, plain.follow, plain.floor, plain.settle) == (REQUIRED, FOLLOW, "meta", 0)
    assert (plain.listing, plain.rules, plain.first_contact.entries) == (Listing(), PageRules(), 20)
    assert source(tmp_path, 'kind = "feed"\n').body == "feed"


def test_a_plain_feed_requires_what_it_says_itself_and_nothing_else(tmp_path: Path) -> None:
    assert source(tmp_path, 'kind = "feed"\n').needs == ()
    assert source(tmp_path, 'kind = "feed"\nbody = "page"\n').needs == REQUIRED
    assert source(tmp_path, 'kind = "feed"\nrequired = ["author"]\n').needs == ("author",)
    shared = '[defaults.source]\nrequired = ["author"]\n'
    assert source(tmp_path, f'kind = "feed"\n{shared}').needs == ()
    assert source(tmp_path, f'kind = "site"\n{shared}').needs == ("author",)


def test_nothing_is_followed_required_or_waited_for_where_the_file_says_so(tmp_path: Path) -> None:
    bare = source(tmp_path, 'kind = "feed"\nbody = "page"\nfollow = []\nrequired = []\nsettle = 0\n')
    assert (bare.body, bare.follow, bare.required, bare.settle) == ("page", (), (), 0)


def test_the_database_gives_back_what_it_was_given(tmp_path: Path) -> None:
    given = source(tmp_path, SITE)
    assert from_plain(Source, to_plain(given)) == given
    assert unpack(Source, pack(given)) == given
    older = {key: value for key, value in to_plain(given).items() if key in {"key", "publisher", "kind", "url"}}
    assert from_plain(Source, older) == Source("a", "a", SourceKind.SITE, "https://a.example/news/")


def test_a_plan_names_what_differs_inside(tmp_path: Path) -> None:
    path = tmp_path / "newsroad.toml"
    path.write_text(HEAD + SITE, encoding="utf-8")
    new = read_catalogue(path, OPTIONS)
    plain = replace(new.sources[0], listing=Listing(), rules=PageRules(), settle=0, follow=FOLLOW)
    assert not diff(new, new)
    lines = diff(replace(new, sources=(plain,)), new).lines()
    assert "    listing.pages: 1 → 3" in lines
    assert "    listing.request.form.size: (none) → 20" in lines
    assert "    rules.cut: (none) → .share, #related" in lines
    assert "    settle: 0s → 5m" in lines
    assert "    follow: 10m, 1h, 6h, 1d, 7d → 10m, 1d" in lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('kind = "site"\nbody = "page"\n', ["10: sources.a.body: a site's articles are always read from their pages "]),
        (
            'kind = "feed"\nlisting.pages = 2\n',
            ["10: sources.a.listing: a feed has no listing: its entries are in the feed itself (write kind = "],
        ),
        (
            'kind = "feed"\nrules.title = "h1"\nsettle = "5m"\n',
            ['10: sources.a.rules: is for articles that are read from pages (write body = "page", or leave it out)',
             '11: sources.a.settle: is for articles that are read from pages (write body = "page", or leave it out)'],
        ),
        ('kind = "site"\nlisting.page = 2\n',
         ['10: sources.a.listing.page: unknown key (did you mean "pages"? allowed: date, exclude, items, ']),
        ('kind = "site"\nlisting.pages = 21\n', ["10: sources.a.listing.pages: must be at most 20"]),
        ('kind = "site"\nlisting.links = "a["\n', ["10: sources.a.listing.links: \"a[\" is no CSS selector: "]),
        ('kind = "site"\nlisting.match = "("\n', ["10: sources.a.listing.match: \"(\" is no regular expression: "]),
        ('kind = "site"\nlisting.request.method = "PUT"\n',
         ['10: sources.a.listing.request.method: "PUT" is not allowed here (allowed: "GET", "POST")']),
        ('kind = "site"\nlisting.request.form = { a = true }\n',
         ["10: sources.a.listing.request.form.a: must be a text in quotes or a number, not true"]),
        ('kind = "site"\nrequired = ["titel"]\n',
         ['10: sources.a.required: "titel" is not allowed here (did you mean "title"? allowed: ']),
        ('kind = "site"\nrequired = ["title", "title"]\n', ["10: sources.a.required: names a field twice"]),
        ('kind = "site"\nfloor = "metta"\n',
         ['10: sources.a.floor: "metta" is not allowed here (did you mean "meta"? ']),
        ('kind = "site"\nfollow = ["1h", "10m"]\n',
         ['10: sources.a.follow: must ascend, each after the one before, like ["10m", "1h", "1d"]']),
        ('kind = "site"\nfollow = ["0s"]\n', ["10: sources.a.follow: must be longer than nothing"]),
        ('kind = "site"\nsettle = -1\n', ["10: sources.a.settle: must be longer than nothing"]),
        ('kind = "site"\nrules.date_format = "%H:%M"\n',
         ['10: sources.a.rules.date_format: "%H:%M" is no date format: it does not give year, month and day']),
        ('kind = "site"\nrules.cut = [".a", ":nope"]\n', ['10: sources.a.rules.cut: ":nope" is no CSS selector: ']),
        ('kind = "site"\nrules = 1\n', ["10: sources.a.rules: must be a table, not 1"]),
    ],
    ids=range(18),
)  # fmt: skip
def test_what_is_wrong_is_named_with_line_key_and_cure(tmp_path: Path, text: str, expected: list[str]) -> None:
    found = findings(tmp_path, text)
    assert len(found) == len(expected)
    assert [line[: len(start)] for line, start in zip(found, expected, strict=True)] == expected


def test_defaults_for_pages_leave_plain_feeds_alone(tmp_path: Path) -> None:
    defaults = '[defaults.source]\nsettle = "5m"\nlisting.pages = 2\nrules.cut = [".ad"]\nbody = "page"\n'
    assert source(tmp_path, 'kind = "feed"\nbody = "feed"\n', defaults).body == "feed"
    site = source(tmp_path, 'kind = "site"\nlisting.exclude = "x"\n', defaults)
    assert (site.settle, site.listing.pages, site.listing.exclude, site.rules.cut) == (300, 2, "x", (".ad",))
