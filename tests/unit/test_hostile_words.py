"""What publishers and partners write is shown in a terminal, a log and the web face, and steers none of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest

from tests.road import Item, Road
from tests.stages import telling
from worker.cli.output import print_json, print_table, say
from worker.demo.site import Document
from worker.log import readable, redact
from worker.model.feed import Document as FeedDocument
from worker.parsers import parse
from worker.parsers.page import read_page

STEERING = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\x7f\u202egnp\u2066"


def steers(text: str) -> list[str]:
    return [f"{ord(one):04x}" for one in text if readable(one) != one]


def test_what_steers_a_terminal_is_shown_as_an_escape() -> None:
    assert readable("a\x1b[31mb\n\tc 中文") == "a\\u001b[31mb\n\tc 中文"
    assert steers(readable(STEERING)) == []


def test_json_says_the_same_with_and_without(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": f"a{STEERING}\ud800b\u2028"}
    print_json(value)
    printed = capsys.readouterr().out
    assert steers(printed) == []
    assert json.loads(printed) == value


def test_tables_and_lines_are_safe_and_read_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("title",), [(f"[bold]x[/none]{STEERING}",)])
    say(STEERING)
    printed = capsys.readouterr().out
    assert steers(printed) == []
    assert "[bold]x[/none]" in printed


def test_log_lines_are_safe() -> None:
    event: Any = redact(None, "", {"event": "x", "error": f"https://u:p@x.example/ {STEERING}"})
    assert steers(event["error"]) == []
    assert "u:p" not in event["error"]


@pytest.mark.parametrize("name", ["token", "access_token", "api-key", "client_secret"])
def test_no_key_in_an_address_is_logged(name: str) -> None:
    event: Any = redact(None, "", {"event": "x", "error": f"https://x.example/robot?a=1&{name}=hidden&b=2 failed"})
    assert "hidden" not in event["error"]
    assert event["error"].endswith("&b=2 failed")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_command_passes_on_what_steers(road: Road) -> None:
    title = f"走访{STEERING}"
    body = escape(Item("a1", "走访").body)
    node = {"id": "a1", "title": title, "content_html": f"<p>{body}</p>", "authors": [{"name": f"张{STEERING}"}]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": [node]}
    road.site.put("/jiang", Document(json.dumps(feed).encode(), "application/feed+json"))
    refusal = Document(f"<script>alert(1)</script>{STEERING}".encode(), status=422, headers={"X-Why": "no"})
    road.partner.next_answers = [refusal]
    road.run()
    uuid = str(road.json("article", "find", "走访")["articles"][0]["uuid"])
    for command in (
        ("status",),
        ("source", "list"),
        ("article", "find", "走访"),
        ("article", "show", uuid),
        ("article", "explain", uuid),
        ("delivery", "list"),
        ("delivery", "show", uuid, "--destination", "hook"),
        ("review", "list"),
        ("doctor",),
        ("probe", "feed", road.site.url("/jiang")),
    ):
        for shape in ((), ("--json",)):
            shown = road.cli(*command, *shape)
            assert steers(shown.text) == [], command


TURNED = "\u202e社华新\u2066 甲报"
RSS = (
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>{0}</title><item><title>{0}</title>"
    "<dc:creator>{0}</dc:creator><category>{0}</category><link>https://a.example/1</link></item></channel></rss>"
)
JSON_FEED = (
    '{{"version":"https://jsonfeed.org/version/1.1","title":"{0}",'
    '"items":[{{"id":"1","title":"{0}","authors":[{{"name":"{0}"}}],"tags":["{0}"]}}]}}'
)
PAGE = (
    "<html><head><title>{0}</title><meta name='author' content='{0}'><meta property='og:title' content='{0}'></head>"
    "<body><h1>{0}</h1><p>来源：{0} 2026-11-24 10:00 作者：{0}</p><p>{1}</p></body></html>"
)


@pytest.mark.parametrize(("form", "kind"), [(RSS, "application/rss+xml"), (JSON_FEED, "application/feed+json")])
def test_no_title_or_name_of_a_feed_turns_round_what_stands_beside_it(form: str, kind: str) -> None:
    body = form.format(TURNED).encode()
    [entry] = parse(FeedDocument(body, url="https://a.example/feed", content_type=kind)).entries
    said = [entry.title, *(one.name for one in entry.authors), *entry.categories]
    assert said == ["社华新 甲报"] * len(said)
    assert len(said) == 3


def test_nor_of_a_page() -> None:
    body = PAGE.format(TURNED, telling(1)).encode()
    page = read_page(
        FeedDocument(body, url="https://a.example/1", content_type="text/html; charset=utf-8"),
        now=datetime(2026, 11, 24, 12, tzinfo=UTC),
    )
    assert "社华新" in str(page)
    assert not [one for one in ("\u202e", "\u2066") if one in repr(page) or ascii(one)[1:-1] in repr(page)]


@pytest.mark.parametrize("title", ["خەۋەر \u2067ABC\u2069 123", "\u202bخەۋەر 123\u202c", "a\u200eb", "می\u200cخواهم"])
def test_what_a_script_needs_is_kept(title: str) -> None:
    body = RSS.format(title).encode()
    [entry] = parse(FeedDocument(body, url="https://a.example/feed", content_type="application/rss+xml")).entries
    assert entry.title == title
