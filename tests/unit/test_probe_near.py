"""``newsroad probe near``: a line in, a verdict out, in order."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from worker.cli import probe_near
from worker.cli.probe import app
from worker.errors import NotFound

BODY = "".join(f"第{number}段讲的是港口扩建工程的第{number * 3}项进展与周边居民的意见。" for number in range(8))


def ask(lines: list[Any], path: Path | None = None) -> list[dict[str, Any]]:
    written = "".join(
        (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) + "\n" for each in lines
    )
    if path is not None:
        path.write_bytes(gzip.compress(written.encode()))
    result = CliRunner().invoke(app, ["near", *([str(path)] if path else [])], input=None if path else written)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_gets_its_answer_in_order(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "title": "港口扩建", "text": BODY, "published": "2026-11-23 10:00", "url": "http://a.cn/1.html"},
        {"id": "two", "title": "扩建进展", "text": BODY + "责任编辑：王五", "source": "乙报"},
        {"id": 3, "title": "不相干", "text": "完全不同的一篇报道。" * 20},
    ]
    answers = ask(lines, tmp_path / "texts.jsonl.gz")
    assert answers == ask(lines)
    assert [each["id"] for each in answers] == [1, "two", 3]
    assert [each["article"] for each in answers] == [1, 1, 3]
    assert [each["verdict"] for each in answers] == ["new", "same", "new"]
    assert answers[1]["of"] == 1
    assert answers[1]["jaccard"] > 0.9
    assert set(answers[0]) == {"id", "article", "verdict", "of", "jaccard", "containment", "evidence"}
    assert all(each["evidence"]["why"] for each in answers)


def test_a_line_that_is_no_text_does_not_end_the_run() -> None:
    answers = ask(
        ["no json", {"title": "ohne id"}, {"id": 5, "text": None}, [1], {"id": 6, "title": "港口", "text": BODY}]
    )
    assert [each["id"] for each in answers] == [None, None, 5, None, 6]
    assert "line 1 cannot be read" in answers[0]["evidence"]["why"]


def test_what_is_wrong_with_a_line_is_said_in_words() -> None:
    answers = ask(["null", "{}", '{"id": NaN, "text": "x"}'])
    assert ["write {" in answers[0]["evidence"]["why"], "write {" in answers[1]["evidence"]["why"]] == [True, True]
    assert answers[2]["id"] is None
    assert "NaN is no JSON" in answers[2]["evidence"]["why"]


def test_two_texts_under_one_id_are_both_known_again() -> None:
    other = "".join(
        f"高原湿地的第{number}块样地里记下{number * 7}种鸟，另有{number}种未能辨认。" for number in range(9)
    )
    lines = [{"id": 9, "title": "港口", "text": BODY}, {"id": 9, "title": "湿地", "text": other}]
    lines += [{"id": 10, "title": "扩建", "text": BODY[30:]}, {"id": 11, "title": "鸟", "text": other[30:]}]
    answers = ask(lines)
    assert [each["verdict"] for each in answers] == ["new", "new", "same", "same"]
    assert [each["article"] for each in answers] == [9, 9, 9, 9]


def test_a_file_that_is_not_there_is_named() -> None:
    result = CliRunner().invoke(app, ["near", "/nowhere/texts.jsonl"])
    assert result.exit_code != 0
    assert "/nowhere/texts.jsonl" in str(result.exception) + result.output


def test_a_line_nested_without_end_is_no_text() -> None:
    answers = ask(["[" * 100_000, {"id": 2, "title": "港口", "text": BODY}])
    assert "line 1 cannot be read" in answers[0]["evidence"]["why"]
    assert answers[1]["id"] == 2


def test_a_line_without_end_and_a_broken_archive_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_near, "_LONGEST", 1000)
    endless, broken = tmp_path / "endless.gz", tmp_path / "broken.gz"
    endless.write_bytes(gzip.compress(b" " * 2_000_000))
    broken.write_bytes(gzip.compress(b"{}\n" * 100)[:-12])
    for path, words in ((endless, "write one text a line"), (broken, "cannot be read to its end")):
        refused = CliRunner().invoke(app, ["near", str(path)])
        assert isinstance(refused.exception, NotFound)
        assert words in str(refused.exception)
