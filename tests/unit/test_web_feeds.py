"""Channel feeds over HTTP, as feed readers and partners meet them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser import TOKEN, Get
from tests.fakes import (
    CHANNELS,
    OPEN_FEED,
    OPERATOR,
    PARTNER_FEED,
    FakeShelf,
    a_withdrawal,
    article_id,
)


@pytest.mark.parametrize(
    ("ending", "content_type"),
    [("rss", "application/rss+xml"), ("atom", "application/atom+xml"), ("json", "application/feed+json")],
)
def test_feeds_are_served_with_their_type_and_their_own_address(get: Get, ending: str, content_type: str) -> None:
    answer = get(f"/feeds/out/nation.{ending}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert f"https://news.beichen.example/feeds/out/nation.{ending}" in answer.text
    assert "https://news.beichen.example/portal/portal/nation/" in answer.text
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_an_unchanged_feed_costs_no_rendering(get: Get, shelf: FakeShelf) -> None:
    first = get("/feeds/out/nation.rss")
    assert first.headers["etag"].startswith('"')
    shelf.read = 0
    again = get("/feeds/out/nation.rss", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content, shelf.read) == (304, b"", 0)
    assert again.headers["etag"] == first.headers["etag"]


def test_a_feed_changes_its_etag_with_its_shelf_its_title_and_its_operator(get: Get, shelf: FakeShelf) -> None:
    etags = [get("/feeds/out/nation.rss").headers["etag"]]
    shelf.put("out", a_withdrawal(1))
    etags.append(get("/feeds/out/nation.rss").headers["etag"])
    shelf.columns = tuple(replace(one, title=f"{one.title}新闻") for one in CHANNELS)
    etags.append(get("/feeds/out/nation.rss").headers["etag"])
    shelf.runs = replace(OPERATOR, contact="desk@beichen.example")
    etags.append(get("/feeds/out/nation.rss").headers["etag"])
    etags.append(get("/feeds/out/nation.atom").headers["etag"])
    assert len(set(etags)) == 5


def test_a_date_serves_as_validator_where_there_is_no_etag(get: Get) -> None:
    modified = get("/feeds/out/nation.rss").headers["last-modified"]
    assert modified == "Mon, 23 Nov 2026 05:00:00 GMT"
    assert get("/feeds/out/nation.rss", if_modified_since=modified).status_code == 304
    earlier = "Mon, 23 Nov 2026 04:59:59 GMT"
    assert get("/feeds/out/nation.rss", if_modified_since=earlier).status_code == 200
    assert get("/feeds/out/nation.rss", if_modified_since="yesterday").status_code == 200
    assert get("/feeds/out/nation.rss", if_modified_since=modified, if_none_match='"other"').status_code == 200


def test_head_gives_the_same_headers_and_no_body(get: Get) -> None:
    full, head = get("/feeds/out/nation.rss"), get("/feeds/out/nation.rss", "HEAD")
    assert head.content == b""
    for name in ("etag", "last-modified", "content-type", "content-length"):
        assert head.headers[name] == full.headers[name]


def test_a_packed_feed_has_its_own_etag_and_both_validate(get: Get) -> None:
    plain = get("/feeds/out/nation.rss")
    packed = get("/feeds/out/nation.rss", accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # the client unpacks
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "accept-encoding" in packed.headers["vary"].lower()
    for etag in (
        plain.headers["etag"],
        packed.headers["etag"],
        f"W/{plain.headers['etag']}",
        f'"x", {plain.headers["etag"]}',
    ):
        assert get("/feeds/out/nation.rss", if_none_match=etag).status_code == 304
    assert "content-encoding" not in get("/feeds/out/nation.rss", accept_encoding="gzip;q=0").headers


def test_a_feed_shows_the_traces_of_withdrawn_articles(get: Get) -> None:
    assert f"urn:uuid:{article_id(5)}" in get("/feeds/out/nation.atom").text
    assert "[已撤回]" in get("/feeds/out/nation.rss").text


def test_an_empty_feed_is_a_feed(get: Get, shelf: FakeShelf) -> None:
    shelf.rows["out"] = []
    assert get("/feeds/out/world.atom").status_code == 200


def test_only_the_formats_chosen_are_served(get: Get, shelf: FakeShelf) -> None:
    shelf.places = (replace(OPEN_FEED, options={"access": "public", "formats": ["atom"], "title": "北辰"}),)
    assert get("/feeds/out/nation.rss").status_code == 404
    assert "<title>北辰 · 民族</title>" in get("/feeds/out/nation.atom").text


def test_a_feed_wants_its_token_unless_it_is_public(get: Get) -> None:
    refused = get("/feeds/partner/nation.rss")
    assert refused.status_code == 401
    assert "token" in refused.text
    assert "令牌" in refused.text
    assert refused.headers["www-authenticate"].startswith("Bearer")
    for wrong in ("?token=", "?token=wrong", f"?token={TOKEN}x", "?token=%ff%fe"):
        assert get(f"/feeds/partner/nation.rss{wrong}").status_code == 401
    given = get(f"/feeds/partner/nation.rss?token={TOKEN}")
    assert given.status_code == 200
    assert given.headers["cache-control"] == "private, max-age=60"
    assert TOKEN not in given.text
    assert get("/feeds/partner/nation.rss", authorization=f"Bearer {TOKEN}").status_code == 200
    assert get("/feeds/partner/nation.rss", authorization=f"Basic {TOKEN}").status_code == 401


def test_validators_do_not_open_a_closed_feed(get: Get) -> None:
    etag = get(f"/feeds/partner/nation.rss?token={TOKEN}").headers["etag"]
    assert get("/feeds/partner/nation.rss", if_none_match=etag).status_code == 401


def test_an_unset_token_closes_the_feed_without_saying_which(get: Get, shelf: FakeShelf) -> None:
    shelf.places = (replace(PARTNER_FEED, options={"token": "env:NOT_SET"}),)
    answer = get("/feeds/partner/nation.rss?token=x")
    assert answer.status_code == 503
    assert "NOT_SET" not in answer.text
