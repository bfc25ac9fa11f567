"""What is typed: words that are no text or have no end, signs that a search reads as its own, two starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.road import Item, Road
from worker.cli.main import main
from worker.programs import newsroad_command
from worker.store.engine import Database
from worker.store.migrate import HEAD, current

GBK = "中文".encode("gbk").decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("words", [("article", "find", GBK), ("source", "show", GBK), ("audit", "--by", GBK)])
def test_a_word_from_a_gbk_terminal_is_refused_in_words(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["newsroad", *words])
    # Logging is set up once for a process: that of the tests would write to this test's stderr ever after.
    monkeypatch.setattr("worker.cli.main.configure", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 4
    assert f"argument {len(words)} is not UTF-8" in told
    assert "请把终端或脚本改为 UTF-8" in told


def test_no_sign_of_a_title_searches_for_all_and_no_word_is_too_long(road: Road) -> None:
    road.publish("jiang", Item("1", "完成率 100% 的_工程"), Item("2", "另一篇"))
    road.run()
    for sign in ("%", "_", "100%", "的_工"):
        found = road.json("article", "find", sign)["articles"]
        assert [one["title"] for one in found] == ["完成率 100% 的_工程"]
    assert road.json("article", "find", "长" * 60_000)["articles"] == []


@pytest.mark.parametrize("empty_database_url", ["postgres"], indirect=True)
def test_two_that_find_the_same_database_empty_both_begin(empty_database_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "NEWSROAD_DATABASE_URL": empty_database_url, "NEWSROAD_HOME": str(tmp_path)}
    command = newsroad_command("migrate")
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)
    ]
    for one in both:
        words, _ = one.communicate(timeout=100)
        assert one.returncode == 0, words.decode()
    database = Database(empty_database_url)
    assert current(database) == HEAD
    database.close()
