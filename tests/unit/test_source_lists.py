"""Sources come in from lists and go out as lists: nothing twice, nothing half, comments kept, quick with hundreds."""

from __future__ import annotations

import csv
import io
import json
import time
import tomllib
from pathlib import Path

import pytest
from click.testing import Result
from lxml import etree
from typer.testing import CliRunner

from worker.catalog.sheets import read_sheet
from worker.cli.main import app
from worker.errors import Refused

FILE = """\
# 我们的目录
include = ["sources/*.toml"]

[operator]
name = "示例门户"   # 我们
contact = "editor@portal.example"

[defaults.source]
every = "20m"

[publishers.river]
name = "河畔日报"
aliases = ["河畔报"]
domains = ["riverside.example"]

[sources.river]
publisher = "river"
kind = "feed"
url = "https://www.riverside.example/rss"   # 主站

[channels.top]
title = "要闻"

[subscribers.partner]
name = "伙伴"

[destinations.feeds]
subscriber = "partner"
kind = "feed"
access = "public"
channels = ["top"]
"""
SHEET = """url,title,publisher,category,language,every,zone
https://riverside.example/rss?utm_source=x,河畔日报,,,,,
https://riverside.example/culture.xml,河畔文化,,文化,zh,30m,Asia/Shanghai
https://feeds.city.example/a,,河畔报,,,900,
https://city.example/news,城市报,,时政,,,
https://city.example/sport,城市体育,,体育,,,
https://county.example/rss,,县融媒体中心,,zh,,
"""
OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>订阅</title></head><body>
<outline text="文化" title="文化">
  <outline type="rss" text="民族画报" xmlUrl="https://pictorial.example/feed" htmlUrl="https://www.pictorial.example/"/>
  <outline text="子目录">
    <outline type="rss" text="歌舞团" xmlUrl="https://dance.example/rss" category="/艺术/歌舞"/></outline>
</outline>
<outline type="rss" text="河畔" xmlUrl="http://www.riverside.example/rss"/>
</body></opml>
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSROAD_HOME", str(tmp_path))
    (tmp_path / "sources").mkdir()
    (tmp_path / "newsroad.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def refused(*arguments: str) -> str:
    error = run(*arguments).exception
    assert isinstance(error, Refused), error
    return str(error)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_sheet_becomes_entries(home: Path, charset: str) -> None:
    (home / "list.csv").write_bytes(SHEET.replace("\n", "\r\n").encode(charset))
    done = run("source", "import", "list.csv", "--yes")
    assert done.exit_code == 0, done.output
    assert (
        "list.csv:2: left out, https://riverside.example/rss?utm_source=x is polled by [sources.river]" in done.output
    )
    written = (home / "newsroad.toml").read_text(encoding="utf-8")
    assert all(line in written for line in FILE.splitlines()), "every line as it was"
    found = tomllib.loads(written)
    assert found["sources"]["river-2"] == {
        "publisher": "river",
        "kind": "feed",
        "url": "https://riverside.example/culture.xml",
        "every": "30m",
        "zone": "Asia/Shanghai",
        "language": "zh",
        "category": "文化",
    }
    assert found["sources"]["river-3"]["every"] == 900
    assert {key: one["publisher"] for key, one in found["sources"].items() if one["publisher"] != "river"} == {
        "city": "city",
        "city-2": "city",
        "county": "county",
    }
    assert found["publishers"]["city"] == {"name": "城市报", "domains": ["city.example"]}
    assert found["publishers"]["county"]["name"] == "县融媒体中心"
    assert run("check").exit_code == 0
    again = run("source", "import", "list.csv", "--yes")
    assert "0 sources to add, 6 left out" in again.output
    assert (home / "newsroad.toml").read_text(encoding="utf-8") == written


def test_opml_goes_into_a_file_of_its_own(home: Path) -> None:
    (home / "feeds.opml").write_text(OPML, encoding="utf-8")
    told = json.loads(
        run("source", "import", "feeds.opml", "--into", "sources/imported.toml", "--yes", "--json").stdout
    )
    assert [(one["key"], one["category"]) for one in told["sources"]] == [("pictorial", "文化"), ("dance", "歌舞")]
    assert [one["source"] for one in told["skipped"]] == ["river"]
    assert (home / "newsroad.toml").read_text(encoding="utf-8") == FILE
    found = tomllib.loads((home / "sources/imported.toml").read_text(encoding="utf-8"))
    assert found["publishers"]["pictorial"]["name"] == "民族画报"
    assert run("check").exit_code == 0


def test_a_file_that_is_not_included_is_named_with_its_cure(home: Path) -> None:
    (home / "feeds.opml").write_text(OPML, encoding="utf-8")
    words = refused("source", "import", "feeds.opml", "--into", "lists/more.toml", "--yes")
    assert 'add it first: include = ["lists/more.toml"]' in words
    assert not (home / "lists").exists()


def test_all_of_one_publisher(home: Path) -> None:
    (home / "list.csv").write_text("网址,名称\nhttps://a.example/1,甲\nhttps://b.example/2,乙\n", encoding="utf-8")
    assert run("source", "import", "list.csv", "--publisher", "group", "--yes").exit_code == 0
    found = tomllib.loads((home / "newsroad.toml").read_text(encoding="utf-8"))
    assert [one["publisher"] for one in found["sources"].values()] == ["river", "group", "group"]
    assert list(found["publishers"]) == ["river", "group"]


def test_a_bad_row_refuses_the_whole_list_and_says_how_to_mend_it(home: Path) -> None:
    (home / "list.csv").write_text(
        "url,every,zone,language,kind\nhttps://a.example/1,,,,\nhtp://b.example,soon,Asia/Shangai,chinese!,page\n,5m,,,\n",
        encoding="utf-8",
    )
    words = refused("source", "import", "list.csv", "--yes")
    for part in (
        'list.csv:3: url: "htp://b.example"',
        "list.csv:3: every: must be a span of time",
        'did you mean "Asia/Shanghai"?',
        'list.csv:3: language: "chinese!" is no language tag',
        'list.csv:3: kind: "page" is no kind of source (allowed: feed, site)',
        "list.csv:4: there is no address",
    ):
        assert part in words
    assert "list.csv:2" not in words
    assert (home / "newsroad.toml").read_text(encoding="utf-8") == FILE


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "there is no column url"),
        (b"name,feed\nx,y\n", "column 'name' is not known"),
        (b"url,catgory\n", 'did you mean "category"?'),
        (b"url\n", "lists no sources"),
        (b"<opml><outline xmlUrl='https://a.example/'>", "is not XML"),
        (
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><outline text="&e;"/></opml>',
            "is not XML",
        ),
        (b"\xff\xfe\xff", "is neither UTF-8 nor GB18030"),
        (b"x" * 5_000_001, "more than 5 MB"),
    ],
)
def test_what_is_no_list_says_so(body: bytes, words: str) -> None:
    with pytest.raises(Refused) as raised:
        read_sheet(body, "list")
    assert words in str(raised.value)


def test_without_a_word_nothing_is_written(home: Path) -> None:
    (home / "list.csv").write_text(SHEET, encoding="utf-8")
    assert "add --yes" in refused("source", "import", "list.csv")
    assert json.loads(run("source", "import", "list.csv", "--json").stdout)["written"] is False
    assert (home / "newsroad.toml").read_text(encoding="utf-8") == FILE


def test_what_goes_out_comes_back(home: Path) -> None:
    (home / "list.csv").write_text(SHEET, encoding="utf-8")
    run("source", "import", "list.csv", "--yes")
    body = run("source", "export").stdout_bytes
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["publisher"] for row in rows] == ["river", "river", "river", "city", "city", "county"]
    (home / "newsroad.toml").write_text(
        FILE.split("[publishers.river]", maxsplit=1)[0] + "[channels.top]\ntitle = '要闻'\n"
    )
    (home / "out.csv").write_bytes(body)
    assert run("source", "import", "out.csv", "--yes").exit_code == 0
    assert run("source", "export").stdout_bytes == body
    outlines = etree.fromstring(run("source", "export", "--format", "opml").stdout_bytes).findall(".//outline[@xmlUrl]")
    assert len(outlines) == 6


def test_hundreds_of_sources_in_several_files_stay_quick(home: Path) -> None:
    for number in range(5):
        rows = [f"https://p{number}-{at}.example/rss,报{number}-{at},,,zh,," for at in range(60)]
        (home / "list.csv").write_text("\n".join(("url,title,publisher,category,language,every,zone", *rows)))
        assert run("source", "import", "list.csv", "--into", f"sources/{number}.toml", "--yes").exit_code == 0
    for command in ("check", "plan", "apply", "plan"):
        began = time.process_time()
        done = run(command)
        assert done.exit_code == 0, done.output
        assert time.process_time() - began < 20, command
    assert "nothing to change" in done.output
    assert len(json.loads(run("source", "list", "--limit", "1000", "--json").stdout)["sources"]) == 301


def test_a_name_that_would_steer_a_terminal_is_refused(home: Path) -> None:
    (home / "list.csv").write_text("url,title\nhttps://a.example/1,甲\x1b]0;x\x07\n", encoding="utf-8")
    words = refused("source", "import", "list.csv", "--yes")
    assert "control character" in words
    assert "\x1b" not in words
    assert (home / "newsroad.toml").read_text(encoding="utf-8") == FILE


def test_a_list_is_not_believed_whose_a_feed_elsewhere_is(home: Path) -> None:
    (home / "feeds.opml").write_text(
        '<opml version="2.0"><body>'
        '<outline text="河畔" xmlUrl="https://evil.example/a" htmlUrl="https://www.riverside.example/"/>'
        '<outline text="山城" xmlUrl="https://feeds.host.example/1" htmlUrl="https://hill.example/"/>'
        '<outline text="山城体育" xmlUrl="https://feeds.host.example/2" htmlUrl="https://hill.example/sport"/>'
        '<outline text="新山城" xmlUrl="https://hill.example/rss" htmlUrl="https://hill.example/"/>'
        "</body></opml>",
        encoding="utf-8",
    )
    told = json.loads(run("source", "import", "feeds.opml", "--yes", "--json").stdout)
    assert [one["publisher"] for one in told["sources"]] == ["riverside", "hill", "hill", "hill-2"]
    assert [one.get("domains") for one in told["publishers"]] == [None, None, ["hill.example"]]


def test_a_row_that_gives_a_feed_elsewhere_to_a_publisher_is_pointed_out(home: Path) -> None:
    (home / "list.csv").write_text("url,publisher\nhttps://evil.example/a,河畔日报\n", encoding="utf-8")
    done = run("source", "import", "list.csv", "--yes")
    assert "! https://evil.example/a is no address of river: the list says that it is theirs" in done.output
