"""``newsroad probe page`` as an operator and a script see it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from worker.cli.probe import app

PAGE = """<html><head><meta charset="gb2312"><title>河边的书店_例报</title></head><body><h1>河边的书店</h1>
<div>2026-11-24 10:00　来源：例报　作者：佚名</div>
<div><p>河边开了一家书店，晚上十点才关门，路过的人都会进去坐一坐，翻几页书。</p><p>店主说，灯亮着，河就亮着。</p>
<p><img src="/a.jpg"></p><p>图为书店。王一 摄</p><p>版权声明：未经授权，不得转载。</p></div></body></html>"""
KEYS = (
    "title subtitle published dated_by_day updated language source authors editor original_url canonical_url "
    "breadcrumb category body_html body_text images attachments statements related translations next_pages confidence "
    "warnings charset"
)
ENGLISH = "<html><body><h1>A shop by the river</h1><p>By Ada Marsh, 24 November 2026 10:00</p><p>A shop opened, {}.</p>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.encode("gbk"))
    return path


def run(*arguments: str, stdin: str = "") -> str:
    result = CliRunner().invoke(app, ["page", *arguments], input=stdin)
    assert result.exit_code == 0, result.output
    return result.stdout


def answers(*asked: dict[str, Any]) -> list[dict[str, Any]]:
    lines = run("--jsonl", stdin="\n".join(map(json.dumps, asked))).splitlines()
    return [json.loads(line) for line in lines]


def test_one_page_as_json(page: Path) -> None:
    answer = json.loads(run(str(page), "--url", "https://paper.example/1.html", "--json"))
    assert " ".join(answer) == KEYS
    assert answer["title"] == "河边的书店"
    assert answer["source"] == {"name": "例报", "url": None}
    assert answer["authors"] == [{"name": "佚名", "state": "placeholder"}]
    assert answer["images"] == [
        {"url": "https://paper.example/a.jpg", "caption": "图为书店。王一 摄", "credit": "王一"}
    ]
    assert answer["statements"] == [{"text": "版权声明：未经授权，不得转载。", "place": "after_body"}]
    assert answer["subtitle"] is None
    assert answer["charset"] == "gb18030"


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ([], "2026-11-24T10:00:00+08:00"),
        (["--zone", "UTC"], "2026-11-24T10:00:00Z"),
        (["--zone", "Asia/Tokyo"], "2026-11-24T10:00:00+09:00"),
    ],
)
def test_a_time_without_zone_is_read_in_the_one_named_or_in_that_of_the_language(
    tmp_path: Path, zone: list[str], time: str
) -> None:
    path = tmp_path / "long.html"
    path.write_text(PAGE.replace("gb2312", "utf-8").replace("店主说", "店主说，" + "书很多" * 40), "utf-8")
    assert json.loads(run(str(path), *zone, "--json"))["published"] == time


@pytest.mark.parametrize(
    ("words", "time"), [("川のそばの本屋は", "+09:00"), ("강가에 책방이", "+09:00"), ("书店", "Z")]
)
def test_a_page_in_japanese_or_korean_is_read_in_their_zone(tmp_path: Path, words: str, time: str) -> None:
    path = tmp_path / "other.html"
    stamp = "<p>By Ada Marsh, 2026-11-24 10:00</p>"
    path.write_text(f"<html><body><h1>{words}</h1>{stamp}<p>{words * 30}。</p></body></html>", "utf-8")
    assert json.loads(run(str(path), "--json"))["published"] == f"2026-11-24T10:00:00{time}"


def test_one_page_in_words(page: Path) -> None:
    told = run(str(page))
    assert "title          masthead     河边的书店" in told
    assert "placeholder" in told
    assert "灯亮着，河就亮着。" in told


def test_pages_one_line_each_in_order(page: Path, tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(page.read_bytes()))
    missing = str(tmp_path / "none.html")
    found = answers({"file": str(page), "url": "https://a.example/"}, {"file": missing}, {"file": str(packed)})
    assert [answer["file"] for answer in found] == [str(page), missing, str(packed)]
    assert [answer["title"] for answer in found] == ["河边的书店", None, "河边的书店"]
    assert "cannot be read" in found[1]["warnings"][0]
    assert list(found[1])[1:] == KEYS.split()


@pytest.mark.parametrize("line", ["not json", "[]", "{}", '{"file": 1}', '{"file": "/"}'])
def test_a_line_that_asks_for_nothing_ends_nothing(line: str) -> None:
    [answer] = [json.loads(each) for each in run("--jsonl", stdin=line + "\n").splitlines()]
    assert answer["warnings"]


def test_many_pages_are_read_by_many_processes_and_come_in_order(tmp_path: Path) -> None:
    lines = []
    for number in range(40):
        path = tmp_path / f"{number}.html"
        path.write_text(ENGLISH.format(f"number {number} of the street, as it says on the door"), "utf-8")
        lines.append(json.dumps({"file": str(path)}))
    lines[30] = json.dumps({"file": str(tmp_path / "none")})
    command = [sys.executable, "-c", "from tasks.entry import main; main()", "probe", "page", "--jsonl"]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True, timeout=100)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(answer["file"]).stem for answer in found] == [*map(str, range(30)), "none", *map(str, range(31, 40))]
    assert "number 39 of" in found[39]["body_text"]
    assert found[30]["warnings"]


def test_a_zone_that_is_none_is_refused(page: Path) -> None:
    result = CliRunner().invoke(app, ["page", str(page), "--zone", "Moon/Base"])
    assert result.exit_code == 2
    assert "Asia/Shanghai" in result.output
