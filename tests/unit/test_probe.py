"""``newsroad probe`` as an operator and a script see it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from worker.cli.probe import app

FEED = (
    "<rss version='2.0'><channel><title>Example</title><link>https://a.example/</link><item><title>条目</title><link>/1</link>"
    "<pubDate>2026-11-24 10:00</pubDate></item></channel></rss>"
)
FEED_KEYS = (
    "format title description link self_link hubs language rights license authors generator updated ttl_minutes charset"
)
ENTRY_KEYS = (
    "guid link title authors summary content published updated categories enclosures rights license source via language"
)


def run(*arguments: str, stdin: str | bytes = "") -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    assert result.exit_code == 0, result.output
    if "--json" in arguments:
        return [json.loads(result.stdout)]
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    path.write_text(FEED, "utf-8")
    return path


def test_one_feed_as_json(feed: Path) -> None:
    [answer] = run("feed", str(feed), "--url", "https://b.example/feed", "--zone", "Asia/Shanghai", "--json")
    assert list(answer) == ["feed", "entries", "tombstones", "warnings"]
    assert " ".join(answer["feed"]) == FEED_KEYS
    assert " ".join(answer["entries"][0]) == ENTRY_KEYS
    assert answer["entries"][0]["link"] == "https://b.example/1"
    assert answer["entries"][0]["published"] == "2026-11-24T02:00:00Z"
    assert answer["entries"][0]["source"] is None


def test_one_feed_in_words(feed: Path) -> None:
    result = CliRunner().invoke(app, ["feed", str(feed)])
    assert result.exit_code == 0
    assert "Example: rss, 1 entries" in result.stdout
    assert "条目" in result.stdout


def test_many_feeds_one_line_each_in_order(feed: Path, tmp_path: Path) -> None:
    packed = tmp_path / "feed.xml.gz"
    packed.write_bytes(gzip.compress(FEED.encode("gbk").replace(b"<rss", b'<?xml version="1.0" encoding="gbk"?><rss')))
    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"\x1f\x8bnonsense")
    asked = [
        {"file": str(feed), "url": "https://b.example/feed"},
        {"file": str(packed), "content_type": "text/xml"},
        {"file": str(broken)},
        {"file": str(tmp_path / "absent.xml")},
        {"file": 7},
        {"nothing": True},
    ]
    lines = "\n".join(json.dumps(each) for each in asked) + "\n\nnot json\n"
    answers = run("feed", "--jsonl", stdin=lines)
    assert [answer["file"] for answer in answers] == [
        str(feed),
        str(packed),
        str(broken),
        str(tmp_path / "absent.xml"),
        7,
        None,
        None,
    ]
    assert [answer["entries"][0]["title"] for answer in answers[:2]] == ["条目", "条目"]
    assert [bool(answer["warnings"]) for answer in answers] == [False, False, True, True, True, True, True]


@pytest.mark.parametrize(
    ("line", "named", "why"),
    [
        ('{"file": "FEED"', None, "this line is no JSON"),
        ('{"nothing": true}', None, "this line names no file"),
        ('["FEED"]', None, "this line names no file"),
        ("[" * 100_000, None, "this line is no JSON"),
        ('{"file": 7}', 7, '"file" is no text but 7'),
        ('{"file": "FEED", "url": ["x"]}', "FEED", '"url" is no text'),
        ('{"file": "FEED", "content_type": 1}', "FEED", '"content_type" is no text'),
        ('{"file": "FEED", "zone": "Nowhere/Land"}', "FEED", '"zone" is no IANA zone: Nowhere/Land'),
        ('{"file": "缺.xml"}', "缺.xml", "缺.xml: No such file"),
        ('{"file": "a\\u0000b"}', "a\0b", "name a file that can be read"),
        ('{"file": "a\\ud800b"}', "a\ud800b", "name a file that can be read"),
        ('{"file": "-"}', "-", '"-" cannot be a file here'),
    ],
)
def test_a_bad_line_is_answered_in_words_and_ends_nothing(feed: Path, line: str, named: Any, why: str) -> None:
    lines = [line.replace("FEED", str(feed)), json.dumps({"file": str(feed)})]
    [bad, good] = run("feed", "--jsonl", stdin="\n".join(lines))
    assert bad["file"] == (str(feed) if named == "FEED" else named)
    [warning] = bad["warnings"]
    assert why in warning
    assert "parser failed" not in warning
    assert [entry["title"] for entry in good["entries"]] == ["条目"]
    assert list(bad) == list(good)


@pytest.mark.parametrize("spoil", [slice(40), slice(10), slice(0, None, 2)])
def test_a_spoilt_archive_is_named(tmp_path: Path, spoil: slice) -> None:
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(b"\x1f\x8b" + gzip.compress(FEED.encode() * 9)[spoil][2:])
    [answer] = run("feed", "--jsonl", stdin=json.dumps({"file": str(path)}))
    assert "feed.xml.gz: looks like gzip, but cannot be unpacked" in answer["warnings"][0]


def test_a_line_may_leave_out_what_it_does_not_know(feed: Path) -> None:
    line = json.dumps({"file": str(feed), "url": None, "content_type": None, "zone": "Asia/Shanghai", "id": 7})
    [answer] = run("feed", "--jsonl", stdin="\ufeff" + line)
    assert answer["entries"][0]["published"] == "2026-11-24T02:00:00Z"


def test_addresses() -> None:
    answers = run("url", stdin="http://WWW.Example.com:80/a/../b.html?utm_source=x#c\njavascript:alert(1)\n")
    assert answers[0] == {
        "url": "http://WWW.Example.com:80/a/../b.html?utm_source=x#c",
        "fetch_url": "http://WWW.Example.com:80/a/../b.html?utm_source=x#c",
        "key": "https://example.com/b.html",
        "host": "www.example.com:80",
        "registrable_domain": "example.com",
        "safe": True,
    }
    assert (answers[1]["fetch_url"], answers[1]["key"], answers[1]["safe"]) == (None, None, False)


def test_dates() -> None:
    assert run("date", "--zone", "Asia/Shanghai", stdin="2026年11月23日 10:00\n\nyesterday\n") == [
        {"text": "2026年11月23日 10:00", "utc": "2026-11-23T02:00:00Z"},
        {"text": "", "utc": None},
        {"text": "yesterday", "utc": None},
    ]


@pytest.mark.parametrize("arguments", [("feed",), ("date", "--zone", "Nowhere/Land")])
def test_a_wrong_call_says_what_is_wanted(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, list(arguments)).exit_code == 2
