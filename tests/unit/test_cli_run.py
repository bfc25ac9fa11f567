"""What ``newsroad run`` says while its processes come up: ready only when everything answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.cli import run
from worker.programs import WORKERS, Addresses
from worker.settings import Settings


def test_ready_is_said_when_everything_answers_and_until_then_what_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def slow(url: str) -> bool:
        asked.append(url)
        return len(asked) > 1

    monkeypatch.setattr(run, "READY_SECONDS", 0.0)
    monkeypatch.setattr(run, "ok", slow)
    house = run._House(Settings(home=tmp_path), flower=False)
    for name in WORKERS:
        house._say(name, f"{name}@here ready.")
    capsys.readouterr()
    house._announce(Addresses(web="http://127.0.0.1:8400", flower=None), "password")
    told = [line.partition("│ ")[2] for line in capsys.readouterr().out.splitlines()]
    assert told[0] == "web not up after 0 s; Ctrl-C stops everything"
    assert told[1] == "portal  http://127.0.0.1:8400/"
    assert told[-1] == "ready; Ctrl-C stops everything"
    assert told.count("ready; Ctrl-C stops everything") == 1


def test_a_worker_that_is_not_up_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ok", lambda url: False)
    house = run._House(Settings(home=tmp_path), flower=True)
    here = Addresses(web="http://127.0.0.1:1", flower="http://127.0.0.1:2")
    assert house._missing(here) == "tick, poll, ingest, deliver"
    for name in WORKERS:
        house._say(name, f"{name}@here ready.")
    assert house._missing(here) == "web, flower"
