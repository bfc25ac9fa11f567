"""``plan`` and ``apply`` at the command line, on a real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from worker.bootstrap import open_services
from worker.cli.main import app
from worker.errors import CatalogueError
from worker.pipeline.foresee import Counts, Foreseen, unagreed

FILE = """\
[operator]
name = "示例"
contact = "editor@portal.example"

[publishers.river]
name = "河畔日报"

[sources.river]
publisher = "river"
kind = "feed"
url = "https://riverside.example/rss"

[channels.top]
title = "要闻"
"""


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSROAD_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("NEWSROAD_DATABASE_URL", raising=False)
    (tmp_path / "newsroad.toml").write_text(FILE, encoding="utf-8")
    return tmp_path / "newsroad.toml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_plan_changes_nothing_and_an_apply_is_done_once(newsroom: Path) -> None:
    assert "Catalogue: 4 added." in run("plan").output
    assert "Catalogue: 4 added." in run("plan").output
    assert run("apply").output.endswith("Applied.\n")
    assert run("plan").output == run("apply").output == "Catalogue: nothing to change.\n"
    with open_services() as services:
        catalogue = services.catalogue.current()
    assert catalogue is not None
    assert [source.url for source in catalogue.sources] == ["https://riverside.example/rss"]


def test_a_rename_and_a_change_in_one_apply(newsroom: Path) -> None:
    run("apply")
    text = FILE.replace("[sources.river]", '[sources.river-news]\nwas = "river"\nevery = "5m"')
    newsroom.write_text(text, encoding="utf-8")
    node = json.loads(run("apply", "--json").output)
    assert node["applied"] is True
    assert node["changes"] == [
        {
            "table": "sources",
            "key": "river-news",
            "change": "renamed",
            "was": "river",
            "fields": {"every": {"before": 900, "after": 300}},
        }
    ]
    assert json.loads(run("plan", "--json").output)["changes"] == []


def test_what_leaves_the_file_is_retired_and_may_come_back(newsroom: Path) -> None:
    run("apply")
    newsroom.write_text(FILE.replace('[channels.top]\ntitle = "要闻"\n', ""), encoding="utf-8")
    assert "- channels.top  (retired" in run("apply").output
    assert "nothing to change" in run("plan").output
    newsroom.write_text(FILE, encoding="utf-8")
    assert "+ channels.top" in run("apply").output


def test_a_broken_file_reaches_nothing(newsroom: Path) -> None:
    run("apply")
    newsroom.write_text(FILE.replace("要闻", "头条").replace('publisher = "river"', ""), encoding="utf-8")
    assert isinstance(run("apply").exception, CatalogueError)
    newsroom.write_text(FILE, encoding="utf-8")
    assert "nothing to change" in run("plan").output


@pytest.mark.parametrize(
    ("counts", "said", "wanted"),
    [
        ({}, (None, None), None),
        ({"a": Counts(publish=20)}, (None, None), None),
        ({"a": Counts(publish=11), "b": Counts(update=10)}, (None, None), "--allow-publish 21"),
        ({"a": Counts(publish=11), "b": Counts(update=10)}, (21, None), None),
        ({"a": Counts(publish=3)}, (2, None), "--allow-publish 3"),
        ({"a": Counts(retract=1)}, (None, None), "--allow-retract 1"),
        ({"a": Counts(shorten=1), "b": Counts(retract=2)}, (None, 2), "--allow-retract 3"),
        ({"a": Counts(30, retract=2)}, (None, None), "--allow-publish 30 --allow-retract 2"),
        ({"a": Counts(30, retract=2)}, (40, 1), "--allow-publish 40 --allow-retract 2"),
        ({"a": Counts(30, retract=2)}, (40, 2), None),
    ],
)
def test_what_needs_a_word_and_which(
    counts: dict[str, Counts], said: tuple[int | None, int | None], wanted: str | None
) -> None:
    assert unagreed(Foreseen(counts), *said) == wanted


def test_what_was_not_counted_needs_both_words() -> None:
    part = Foreseen({"a": Counts(publish=1)}, 20_000, complete=False)
    assert unagreed(part, None, None) == "--allow-publish 1 --allow-retract 0"
    assert unagreed(part, 1, 0) is None
