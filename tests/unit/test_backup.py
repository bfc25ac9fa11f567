"""What an operator may count on: a backup made while Newsroad works goes into either store, whole or not at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.harness import PostgresServer
from worker.bootstrap import Services, build_services
from worker.cli.main import app
from worker.demo.site import Document, Site
from worker.errors import NewsroadError, Refused, StoreError
from worker.model.catalog import (
    Catalogue,
    Channel,
    Destination,
    Grant,
    Operator,
    Publisher,
    Source,
    SourceKind,
    Subscriber,
)
from worker.settings import Settings
from worker.store.acts import RESTORE
from worker.store.backup import back_up
from worker.store.columns import metadata
from worker.store.declared import destination
from worker.store.engine import Database
from worker.store.nearby import near_key, near_text
from worker.store.restore import restore, verify
from worker.store.schema import act, article, change, decision, delivery, entry, host, snapshot

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CANARY = "whsec_Y2FuYXJ5IGNhbmFyeSBjYW5hcnkgY2FuYXJ5"
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>江城民族</title>
<link>https://jiang.example/</link><description>-</description>
<item><guid>a1</guid><title>古籍修复课开讲</title><link>https://jiang.example/a1</link>
<pubDate>Tue, 24 Nov 2026 03:00:00 GMT</pubDate>
<description>&lt;p&gt;修复师傅从一页残卷讲起。&lt;/p&gt;</description></item>
<item><guid>a2</guid><title>A reading room opens</title><link>https://jiang.example/a2</link>
<pubDate>Tue, 24 Nov 2026 03:30:00 GMT</pubDate>
<description>&lt;p&gt;It has forty seats.&lt;/p&gt;</description></item>
</channel></rss>"""


def quiet(_table: str, _rows: int) -> None:
    """Nobody watches."""


@pytest.fixture
def services(database_url: str, publisher: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A newsroom that has polled one feed of two items, and owes a partner two deliveries."""
    monkeypatch.setenv("PARTNER_SECRET", CANARY)
    settings = Settings(home=tmp_path, database_url=database_url, allow_networks=("127.0.0.0/8",))
    services = build_services(settings)
    services.clock = lambda: NOW
    services.catalogue.apply(
        Catalogue(
            operator=Operator("北辰", "rights@beichen.example"),
            publishers=(Publisher("jiang", "江城民族事务局", domains=("jiang.example",)),),
            sources=(
                Source("jiang", "jiang", SourceKind.FEED, publisher.put("/f", Document(FEED.encode(), "text/xml"))),
            ),
            grants=(Grant("own", "jiang"),),
            channels=(Channel("news", "新闻"),),
            subscribers=(Subscriber("partner", "江门户"),),
            destinations=(
                Destination("portal", "partner", "portal", ("news",), {}),
                Destination(
                    "hook",
                    "partner",
                    "webhook",
                    ("news",),
                    {"url": publisher.url("/h"), "secret": "env:PARTNER_SECRET"},
                ),
            ),
        ),
        NOW,
    )
    services.poller().run()
    while services.ingester().run() is not None:
        pass
    yield services
    services.close()


@pytest.fixture
def file(services: Services, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "newsroad.backup"
    back_up(services.database, path, now=NOW, product="0.1.0", say=quiet)
    return path


@pytest.fixture(params=["into sqlite", "into postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, of each kind, whichever the backup is of."""
    if request.param == "into sqlite":
        database = Database(f"sqlite:///{tmp_path / 'restored' / 'newsroad.db'}")
        yield database
        database.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.empty()
    database = Database(url)
    yield database
    database.close()
    server.drop(url)


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but what a restore adds, and what partners count by, which goes on further up after one
    (``test_hostile_restore``)."""
    counted = {delivery.c.sequence, destination.c.generation}
    kept = {table: [column for column in table.columns if column not in counted] for table in metadata.sorted_tables}
    own = {act: act.c.verb != RESTORE, change: change.c.destination_id != 0}
    with database.read() as connection:
        queries = {
            table.name: sa.select(*columns).where(own.get(table, sa.true())).order_by(*table.primary_key)
            for table, columns in kept.items()
        }
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in queries.items()}


def test_every_row_arrives_in_either_store_as_it_was(services: Services, file: Path, target: Database) -> None:
    restore(target, file, quiet, now=NOW)
    before = everything(services.database)
    assert everything(target) == before
    assert len(before["entry"]) == 2
    assert len(before["delivery"]) == 4
    assert len(before["near_text"]) == 2
    assert len(before["near_key"]) >= 4


def test_ids_go_on_after_the_highest(file: Path, target: Database) -> None:
    restore(target, file, quiet, now=NOW)
    with target.write() as connection:
        highest = connection.execute(sa.select(sa.func.max(decision.c.id))).scalar_one()
        values = {"article_id": 1, "destination_id": 1, "version": 1, "use": "hold", "reasons": "", "decided_at": NOW}
        made = connection.execute(sa.insert(decision).values(**values))
    assert made.inserted_primary_key is not None
    assert made.inserted_primary_key[0] > highest


def test_work_in_flight_is_given_back_with_an_unknown_end(services: Services, target: Database, tmp_path: Path) -> None:
    until = NOW + timedelta(seconds=60)
    assert services.deliveries.claim(NOW, limit=1, batch=8, lease="theirs", until=until)
    with services.database.write() as connection:
        connection.execute(sa.update(host).values(lease="theirs", lease_until=until))
        connection.execute(sa.update(snapshot).values(lease="theirs", lease_until=until))
    path = tmp_path / "busy.backup"
    back_up(services.database, path, now=NOW, product="0.1.0", say=quiet)
    restore(target, path, quiet, now=NOW)
    with target.read() as connection:
        for table in (host, snapshot, destination, delivery):
            assert not connection.execute(sa.select(table).where(table.c.lease.is_not(None))).all()
        sent = connection.execute(sa.select(delivery.c.state, delivery.c.result).where(delivery.c.attempts == 1)).all()
    assert ("due", "unknown") in [tuple(row) for row in sent]
    assert "sending" not in {row.state for row in sent}


def test_secrets_stay_where_they_are(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"env:PARTNER_SECRET" in whole
    assert CANARY.encode() not in whole
    assert CANARY.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_flipped_byte_is_found_wherever_it_is(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    damaged = tmp_path / "damaged.backup"
    for at in (*range(0, len(whole), max(1, len(whole) // 40)), len(whole) - 1):
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(StoreError, match=r"damaged|no backup"):
            verify(damaged, quiet)
    assert verify(file, quiet).rows("entry") == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_backup_leaves_nothing_behind(file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(file.read_bytes()[:-500])
    into = Database(f"sqlite:///{tmp_path / 'into.db'}")
    with pytest.raises(StoreError):
        restore(into, damaged, quiet, now=NOW)
    restore(into, file, quiet, now=NOW)  # still empty
    into.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_reference_to_nothing_is_found(services: Services, tmp_path: Path) -> None:
    with services.database.write() as connection:
        connection.execute(sa.update(article).values(lead_id=4711))
    path = tmp_path / "odd.backup"
    back_up(services.database, path, now=NOW, product="0.1.0", say=quiet)
    with pytest.raises(StoreError, match=r"article\.lead_id speaks of 1 rows that entry does not hold"):
        verify(path, quiet)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_of_entries_that_are_not_there_is_found(services: Services, tmp_path: Path) -> None:
    with services.database.write() as connection:
        connection.execute(sa.update(near_text).where(near_text.c.entry_id == 1).values(article_id=4711))
        connection.execute(sa.insert(near_key).values(key=-7, entry_id=4712))
    path = tmp_path / "odd.backup"
    back_up(services.database, path, now=NOW, product="0.1.0", say=quiet)
    with pytest.raises(
        StoreError, match=r"near_key\.entry_id speaks of 1 rows.*near_text\.article_id speaks of 1 rows"
    ):
        verify(path, quiet)


def test_writers_are_not_kept_waiting_and_the_backup_does_not_see_them(services: Services, tmp_path: Path) -> None:
    def meddle(table: str, rows: int) -> None:
        if table == "publisher" and rows:  # the first table with rows: what follows is read after this write
            with services.database.write() as connection:
                connection.execute(sa.update(entry).values(revision=99))

    path = tmp_path / "newsroad.backup"
    back_up(services.database, path, now=NOW, product="0.1.0", say=meddle)
    with zipfile.ZipFile(path) as archive:
        rows = [json.loads(line) for line in archive.read("tables/entry.jsonl").splitlines()]
    place = [column.name for column in entry.columns].index("revision")
    assert [row[place] for row in rows] == [1, 1]
    with services.database.read() as connection:
        assert set(connection.execute(sa.select(entry.c.revision)).scalars()) == {99}


@pytest.fixture
def newsroad(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run ``newsroad ARGUMENTS`` on the database at ``url``."""

    def run(url: str, *arguments: str) -> Result:
        monkeypatch.setenv("NEWSROAD_DATABASE_URL", url)
        return CliRunner().invoke(app, list(arguments))

    return run


def test_the_commands(services: Services, target: Database, tmp_path: Path, newsroad: Callable[..., Result]) -> None:
    here, file = services.database.url, str(tmp_path / "n.backup")
    written = newsroad(here, "backup", file)
    assert written.exit_code == 0
    assert "entry 2" in written.stdout
    assert json.loads(newsroad(here, "restore", file, "--verify", "--json").stdout)["manifest"]["schema"]

    refused = newsroad(here, "restore", file, "--yes").exception
    assert isinstance(refused, Refused)
    assert "NEWSROAD_HOME to a new folder" in str(refused)

    unasked = newsroad(target.url, "restore", file).exception
    assert isinstance(unasked, Refused)
    assert "--yes" in str(unasked)

    assert newsroad(target.url, "restore", file, "--yes").exit_code == 0
    assert everything(target) == everything(services.database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_is_never_written_over_another_file(
    services: Services, tmp_path: Path, newsroad: Callable[..., Result]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept", encoding="utf-8")
    assert isinstance(newsroad(services.database.url, "backup", str(kept)).exception, Refused)
    assert kept.read_text(encoding="utf-8") == "kept"
    nowhere = newsroad(services.database.url, "backup", str(tmp_path / "no" / "such" / "folder"))
    assert isinstance(nowhere.exception, NewsroadError)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_backup_is_said_to_be_none(
    services: Services, tmp_path: Path, newsroad: Callable[..., Result]
) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"PK\x05\x06" + bytes(18))
    for path in (str(other), str(tmp_path / "missing")):
        for options in (("--verify",), ("--yes",)):
            assert isinstance(newsroad(services.database.url, "restore", path, *options).exception, NewsroadError)
