"""``newsroad demo`` without ``--keep``, its acts left out: what it plays is in tests/e2e/test_demo.py."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from worker.cli.main import app
from worker.demo.play import Act
from worker.demo.results import Ledger
from worker.demo.stage import DemoFailed, Stage
from worker.errors import NewsroadError


class Shortened:
    """A play of one act, which starts nothing."""

    fails = False

    def __init__(self, stage: Stage, ledger: Ledger) -> None:
        self.ledger = SimpleNamespace(sources=list, destinations=list)

    def acts(self) -> Iterator[Act]:
        yield Act("An act", self._perform, lambda: "nothing yet")

    def _perform(self) -> str:
        if self.fails:
            raise DemoFailed("it did not come")
        return "it came"

    def credited_title(self) -> str:
        return "对口支援"

    def credits(self) -> list[tuple[str, str]]:
        return []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("worker.cli.demo.Play", Shortened)
    return tmp_path


def test_it_ends_by_itself_and_leaves_nothing_behind(folder: Path) -> None:
    done = CliRunner().invoke(app, ["demo"])
    assert done.exit_code == 0, done.output
    assert str(folder / "newsroad-demo-") in done.output.replace("\n", "")
    assert "✓" in done.output
    assert done.output.splitlines()[-1].startswith("Stopped every process in ")
    assert "Left running" not in done.output
    assert list(folder.iterdir()) == []


def test_an_act_that_fails_ends_it_and_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shortened, "fails", True)
    done = CliRunner().invoke(app, ["demo"])
    assert isinstance(done.exception, NewsroadError)
    assert "it did not come" in str(done.exception)
    assert "Stopped" not in done.output
    assert list(folder.iterdir()) == []
