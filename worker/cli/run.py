"""``newsroad run``: every process for one machine, in one terminal."""

from __future__ import annotations

import fcntl
import io
import os
import secrets
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from worker import broker
from worker.bootstrap import open_services
from worker.cli.catalogue import apply_command
from worker.errors import Refused, SettingsError
from worker.log import readable
from worker.programs import (
    WORKERS,
    Addresses,
    addresses,
    beat_program,
    broker_program,
    flower_program,
    web_program,
    worker_program,
)
from worker.settings import Settings, read_settings
from worker.store.migrate import migrate
from worker.supervisor import OURSELVES, Supervisor

READY_SECONDS = 30.0
COLOURS = {OURSELVES: 1, "broker": 35, "tick": 90, "poll": 36, "ingest": 32, "deliver": 33, "beat": 90, "web": 34}
NAME_WIDTH = 8


def run(
    flower: Annotated[bool, typer.Option("--flower/--no-flower", help="Also start Flower, on loopback.")] = True,
) -> None:
    """Start every process for one machine, restart what dies, stop on Ctrl-C."""
    settings = read_settings()
    with only_one(settings.home):
        _House(settings, flower=flower).live()


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises Refused when another ``newsroad run`` has it; the kernel frees it if we die."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (home / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{home}: {error.strerror}; choose another NEWSROAD_HOME") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refused(
                f"newsroad run is at work in {home.resolve()} already (process {lock.read().strip() or 'unknown'}); "
                "stop that one first, or choose another NEWSROAD_HOME"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def check_port(host: str, port: int, variable: str) -> None:
    """Raise SettingsError, naming the variable to change, when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(f"port {port} on {host}: {error.strerror}; choose another with {variable}") from error


def ok(url: str) -> bool:
    """Whether ``url`` (one of ours, on this machine) answers 200 within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 (http to our own address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class _House:
    """One run, from the first process to the last."""

    def __init__(self, settings: Settings, *, flower: bool) -> None:
        self._settings = settings
        self._flower = flower
        self._colours = sys.stdout.isatty()
        self._stopping = False
        self._ready: set[str] = set()
        self._supervisor = Supervisor(self._say)

    def live(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        self._check_ports()
        try:
            self._open()
            while not self._stopping:
                self._supervisor.turn()
        finally:
            self._say(OURSELVES, "stopping; work in progress is finished first")
            clean = self._supervisor.stop()
            self._say(OURSELVES, "stopped" if clean else "stopped; what was cut short is done again at the next start")

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _check_ports(self) -> None:
        settings = self._settings
        check_port(settings.web_host, settings.web_port, "NEWSROAD_WEB_PORT")
        if self._flower:
            check_port(settings.flower_host, settings.flower_port, "NEWSROAD_FLOWER_PORT")

    def _open(self) -> None:
        settings = self._settings
        password = settings.flower_password or secrets.token_urlsafe(12)
        self._say(OURSELVES, "starting broker, workers, beat and web; some seconds until all of them answer")
        self._start_broker()
        # These two need no database, and take their time to start.
        if self._flower:
            self._supervisor.keep(flower_program(settings, password))
        self._supervisor.keep(beat_program(settings))
        self._prepare_database()
        if self._stopping:
            return
        for name in WORKERS:
            self._supervisor.keep(worker_program(settings, name))
        self._supervisor.keep(web_program(settings))
        self._announce(addresses(settings, flower=self._flower), password)

    def _start_broker(self) -> None:
        settings = self._settings
        if settings.redis_url is None:
            if broker.answers(settings.broker):
                self._say(OURSELVES, f"using the broker that already answers on {settings.broker}")
            self._supervisor.keep(broker_program(settings))
        if not self._supervisor.turn_until(lambda: self._stopping or broker.answers(settings.broker), 10):
            raise SettingsError(
                "the broker at NEWSROAD_REDIS_URL does not answer; is it running, and may this machine reach it?"
                if settings.redis_url
                else "the embedded broker does not answer; its last words are above"
            )

    def _prepare_database(self) -> None:
        """Bring the schema up to date. The first time, also put newsroad.toml in force; later changes wait for
        ``newsroad apply``, which says what they would publish or take back."""
        with open_services() as services:
            before, after = migrate(services.database)
            if before != after:
                self._say(OURSELVES, f"database: schema {before or 'none'} → {after}")
            if services.catalogue.current() is not None or self._stopping:
                return
        path = self._settings.catalogue
        if not path.exists():
            raise SettingsError(
                f"{path} is not there, and nothing was ever applied: newsroad init writes a file to start from"
            )
        self._say(OURSELVES, f"this database is new: applying {path}")
        with redirect_stdout(io.StringIO()) as words:
            apply_command(yes=True)
        for line in words.getvalue().splitlines():
            self._say(OURSELVES, line)

    def _announce(self, where: Addresses, password: str) -> None:
        late = self._wait_for(where)
        if late:
            self._say(OURSELVES, f"{late} not up after {READY_SECONDS:.0f} s; Ctrl-C stops everything")
        self._say_where(where, password)
        while late:
            late = self._wait_for(where)
            if late:
                self._say(OURSELVES, f"still waiting for {late}; the last lines of it are above")
        if not self._stopping:
            self._say(OURSELVES, "ready; Ctrl-C stops everything")

    def _wait_for(self, where: Addresses) -> str:
        """The names of what does not answer after READY_SECONDS; none as soon as all do, or we are to stop."""
        late = ""

        def done() -> bool:
            nonlocal late
            late = "" if self._stopping else self._missing(where)
            return not late

        self._supervisor.turn_until(done, READY_SECONDS)
        return late

    def _missing(self, where: Addresses) -> str:
        """The names of what does not answer yet."""
        names = [name for name in WORKERS if name not in self._ready]
        if not names:  # what has an address is asked last: that costs up to a second each
            names += [] if ok(f"{where.web}/livez") else ["web"]
            names += [] if where.flower is None or ok(f"{where.flower}/healthcheck") else ["flower"]
        return ", ".join(names)

    def _say_where(self, where: Addresses, password: str) -> None:
        if self._stopping:
            return
        self._say(OURSELVES, f"portal  {where.web}/")
        if where.flower:
            given = "NEWSROAD_FLOWER_PASSWORD" if self._settings.flower_password else password
            self._say(OURSELVES, f"Flower  {where.flower}/  (user {self._settings.flower_user}, password {given})")

    def _say(self, name: str, line: str) -> None:
        if name in WORKERS and " ready." in line:
            self._ready.add(name)
        label = f"{name:<{NAME_WIDTH}} │ "
        if self._colours:
            label = f"\x1b[{COLOURS.get(name, 37)}m{label}\x1b[0m"
        try:
            sys.stdout.write(f"{label}{readable(line)}\n")
            sys.stdout.flush()
        except OSError:  # the terminal or the reader of our pipe went away: nobody watches any more
            self._stopping = True
