"""A real installation in a throw-away folder: ``newsroad run`` with SQLite and the embedded broker, and what it costs.

CPU is user plus system time of the worker, beat and broker processes, dead children included; the web face and
``newsroad run`` itself, which only waits, are left out. Memory is the proportional set size (PSS) of worker children.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import sqlalchemy as sa

from worker.programs import WORKERS, newsroad_command
from worker.store.engine import Database
from worker.store.schema import delivery, host, resource, snapshot

LATER = timedelta(days=3650)
OPERATOR = """\
[operator]
name = "Bench"
contact = "desk@bench.example"
address = "Loopback 1"

[publishers.bench]
name = "Bench Press"

[grants.bench]
publisher = "bench"
basis = "contract"

[channels.all]
title = "All"

[subscribers.reader]
name = "Readers"
"""


def source(key: str, url: str, *, every: str = "1d") -> str:
    """The lines of one source in newsroad.toml, asked without a pace."""
    return f'[sources.{key}]\npublisher = "bench"\nkind = "feed"\nurl = "{url}"\nevery = "{every}"\npace = 0\n\n'


def webhook(key: str, url: str) -> str:
    """The lines of one signed webhook destination; the secret is in the installation's environment."""
    return (
        f'[destinations.{key}]\nsubscriber = "reader"\nkind = "webhook"\nurl = "{url}"\n'
        f'secret = "env:BENCH_SECRET"\nchannels = ["all"]\n\n'
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pss_mb(pid: int) -> float:
    """The proportional set size of a process in MB, 0 for one that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Installation:
    """A context manager. Entering writes and applies ``catalogue``, puts every poll off, and starts the processes.

    ``children`` is the number of prefork children of each worker.
    """

    def __init__(self, catalogue: str, *, children: int = 2, secrets: Mapping[str, str] | None = None) -> None:
        self.catalogue = OPERATOR + catalogue
        self.home = Path(tempfile.mkdtemp(prefix="newsroad-bench-"))
        self.database = Database(f"sqlite:///{self.home / 'newsroad.db'}")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NEWSROAD_")},
            "NEWSROAD_HOME": str(self.home),
            "NEWSROAD_CATALOGUE": str(self.home / "newsroad.toml"),
            "NEWSROAD_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSROAD_WEB_PORT": str(free_port()),
            "NEWSROAD_WORKERS": str(children),
            **(secrets or {}),
        }
        self.running: subprocess.Popen[bytes] | None = None
        self.peaks: dict[str, float] = {}
        self._watching = threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        try:
            (self.home / "newsroad.toml").write_text(self.catalogue, encoding="utf-8")
            self.command("migrate")
            self.command("apply")
            self.put_off()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is not None:
            print(self.last_words(), file=sys.stderr)
        self.close()

    def command(self, *arguments: str) -> str:
        """Run one ``newsroad`` command to its end and return what it printed."""
        done = subprocess.run(
            newsroad_command(*arguments),
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"newsroad {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        with (self.home / "run.log").open("wb") as log:
            self.running = subprocess.Popen(
                newsroad_command("run", "--no-flower"),
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for(lambda: "ready; " in self.log(), 60, "every process is up")
        self._watch.start()

    def log(self) -> str:
        return (self.home / "run.log").read_text(encoding="utf-8", errors="replace")

    def last_words(self) -> str:
        return self.log()[-3000:] if (self.home / "run.log").exists() else ""

    def wait_for(self, condition: Callable[[], bool], seconds: float, promise: str) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if self.running is not None and self.running.poll() is not None:
                raise RuntimeError(f"newsroad run ended with exit code {self.running.returncode}")
            if time.monotonic() > end:
                raise RuntimeError(f"not within {seconds:.0f} s: {promise}")
            time.sleep(0.05)

    def close(self) -> None:
        self._watching.set()
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
            try:
                self.running.wait(60)
            except subprocess.TimeoutExpired:
                self.running.kill()
        self.database.close()
        shutil.rmtree(self.home, ignore_errors=True)

    # What it costs.

    def processes(self) -> dict[str, psutil.Process]:
        """The main processes that count, by name: the workers of each queue, beat and the broker."""
        assert self.running is not None
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(self.running.pid).children():
            line = " ".join(child.cmdline())
            name = next((name for name in WORKERS if f"--hostname={name}@" in line), None)
            if name is None:
                name = "beat" if " beat " in line else "broker" if "broker.sock" in line else None
            if name is not None:
                found[name] = child
        return found

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU so far by process name, what forked from it included."""
        spent: dict[str, float] = {}
        for name, process in self.processes().items():
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    times = one.cpu_times()
                    spent[name] = spent.get(name, 0.0) + sum(times[:4])  # user, system, and both of dead children
        return spent

    def _sample(self) -> None:
        """Note the peak of each worker's children, ten times a second."""
        while not self._watching.wait(0.1):
            with suppress(psutil.NoSuchProcess):
                for name, process in self.processes().items():
                    for child in process.children() if name in WORKERS else ():
                        self.peaks[name] = max(self.peaks.get(name, 0.0), pss_mb(child.pid))

    # Its timetable.

    def put_off(self) -> None:
        """Nothing is polled of itself from here on."""
        self._set_due(datetime.now(UTC) + LATER)

    def make_due(self, where: sa.ColumnElement[bool] | None = None) -> None:
        """Everything, or the resources of ``where``, is due now; the next tick will find it."""
        self._set_due(datetime.now(UTC), where)

    def _set_due(self, when: datetime, where: sa.ColumnElement[bool] | None = None) -> None:
        condition = where if where is not None else sa.true()
        hosts = sa.select(resource.c.host_id).where(condition)
        with self.database.write() as connection:
            connection.execute(sa.update(resource).where(condition).values(due_at=when))
            connection.execute(sa.update(host).where(host.c.id.in_(hosts)).values(due_at=when, next_request_at=None))

    def count(self, query: sa.Select[int]) -> int:
        with self.database.read() as connection:
            return connection.execute(query).scalar_one() or 0

    def polls(self, where: sa.ColumnElement[bool] | None = None) -> int:
        return self.count(sa.select(sa.func.sum(resource.c.polls)).where(where if where is not None else sa.true()))

    def at_rest(self) -> bool:
        """No host is being asked, no snapshot waits, nothing is due to be sent."""
        asked = sa.select(sa.func.count()).select_from(host).where(host.c.lease.is_not(None))
        due = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.state.in_(("due", "sending")))
        return self.ingested() and not self.count(asked) and not self.count(due)

    def calm(self) -> bool:
        """Half a second in which its processes did next to nothing: what was rung for twice has been looked at."""
        before = sum(self.cpu().values())
        time.sleep(0.5)
        return sum(self.cpu().values()) - before < 0.05

    def ingested(self) -> bool:
        return not self.count(sa.select(sa.func.count()).select_from(snapshot).where(snapshot.c.state == "new"))
