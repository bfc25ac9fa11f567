"""``newsroad run`` as a user meets it: it starts, restarts what dies, refuses a second one, stops when asked."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.harness import eventually
from worker.cli.run import ok
from worker.demo.stage import free_port
from worker.programs import WORKERS, newsroad_command

CATALOGUE = '[operator]\nname = "Valley Desk"\ncontact = "desk@valley.example"\n'
PARTS = {"broker", "beat", "web", *WORKERS}


class Running:
    """A ``newsroad run`` in a folder of its own."""

    def __init__(self, home: Path, *arguments: str, web_port: int | None = None) -> None:
        self.home, self.web_port = home, web_port or free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NEWSROAD_")}
        self.environment = {
            **clean,
            "NEWSROAD_HOME": str(home),
            "NEWSROAD_CATALOGUE": str(home / "newsroad.toml"),
            "NEWSROAD_WEB_PORT": str(self.web_port),
            "NEWSROAD_FLOWER_PORT": str(free_port()),
            "NEWSROAD_WORKERS": "1",
        }
        self.log = home / "run.log"
        self.arguments = ("run", *arguments)
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.leader = subprocess.Popen(
                newsroad_command(*self.arguments), env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def part(self, word: str) -> int | None:
        """Process id of the leader's child whose command line holds ``word``; None while it is being replaced."""
        for child in psutil.Process(self.leader.pid).children():
            with suppress(psutil.Error):  # it ended while we looked
                if word in " ".join(child.cmdline()):
                    return child.pid
        return None

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.leader.pid).children(recursive=True)

    def ready(self) -> bool:
        assert self.leader.poll() is None, self.words()
        return "ready; Ctrl-C stops everything" in self.words()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """(exit code, seconds it took)."""
        began = time.monotonic()
        self.leader.send_signal(number)
        return self.leader.wait(100), time.monotonic() - began


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nr-run-"))
    (folder / "newsroad.toml").write_text(CATALOGUE)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    running = Running(home, "--no-flower")
    try:
        eventually(running.ready, 120)
        yield running
    finally:
        if running.leader.poll() is None:
            running.stop()


def test_everything_starts_restarts_and_stops(running: Running) -> None:
    eventually(lambda: ok(f"http://127.0.0.1:{running.web_port}/livez"))
    assert f"portal  http://127.0.0.1:{running.web_port}/" in running.words()
    assert "applying" in running.words()

    second = subprocess.run(
        newsroad_command("run"), env=running.environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 4
    assert f"process {running.leader.pid}" in second.stderr

    for word in ("--queues=deliver", "valkey-server", "uvicorn"):
        killed = running.part(word)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        eventually(lambda word=word, killed=killed: running.part(word) not in (None, killed))
    assert len(re.findall(r"was ended by SIGKILL after \d+ s; starting it again in 0.5 s", running.words())) == 3
    eventually(lambda: ok(f"http://127.0.0.1:{running.web_port}/livez"))

    family = running.family()
    code, seconds = running.stop()
    assert (code, seconds < 20) == (0, True), running.words()
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert running.words().splitlines()[-1].endswith("│ stopped")


def test_ctrl_c_right_at_the_start_stops_too(home: Path) -> None:
    running = Running(home, "--no-flower")
    eventually(lambda: "broker" in running.words() or running.family())
    family = running.family()
    code, seconds = running.stop(signal.SIGINT)
    assert (code, seconds < 20) == (0, True), running.words()
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_nothing_survives_a_kill_and_the_next_run_goes_on(running: Running) -> None:
    family = running.family()
    assert len(family) >= len(PARTS)
    running.leader.kill()
    running.leader.wait()
    assert psutil.wait_procs(family, timeout=60)[1] == []
    running.log.unlink()
    running.start()
    eventually(running.ready, 120)
    assert "applying" not in running.words()


def test_a_port_that_is_taken_is_named(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running = Running(home, "--no-flower", web_port=taken.getsockname()[1])
        assert running.leader.wait(60) == 6
    assert f"port {running.web_port} on 127.0.0.1" in running.words()
    assert "NEWSROAD_WEB_PORT" in running.words()


def test_without_a_catalogue_it_says_what_to_do(home: Path) -> None:
    (home / "newsroad.toml").unlink()
    running = Running(home, "--no-flower")
    assert running.leader.wait(60) == 6
    assert "newsroad init" in running.words()
