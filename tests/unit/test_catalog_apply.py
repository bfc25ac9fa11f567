"""``plan`` and ``apply`` at the command line, on a real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from worker.bootstrap import open_services
from worker.cli.catalogue import weight
from worker.cli.main import app
from worker.errors import CatalogueError

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
    ("counts", "asks"),
    [
        ({}, False),
        ({"a": (20, 0, 0)}, False),
        ({"a": (0, 500, 0)}, False),
        ({"a": (11, 0, 0), "b": (10, 0, 0)}, True),
        ({"a": (0, 0, 1)}, True),
    ],
)
def test_many_publications_and_any_retraction_need_a_word(counts: dict[str, tuple[int, int, int]], asks: bool) -> None:
    assert (weight(counts) is not None) is asks
