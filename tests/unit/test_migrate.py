"""The schema: made whole in an empty database, brought up step by step in one that has data, the same either way."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from worker.errors import StoreError
from worker.store import migrations
from worker.store.declared import source
from worker.store.engine import Database
from worker.store.migrate import HEAD, current, migrate
from worker.store.schema import SCHEMA


def differences(database: Database) -> list[object]:
    with database.read() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index")  # it says it cannot compare one
        return list(compare_metadata(MigrationContext.configure(connection), SCHEMA))


def test_an_empty_database_gets_the_whole_schema(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert migrate(database) == (None, HEAD)
    assert differences(database) == []
    assert migrate(database) == (HEAD, HEAD), "again changes nothing"
    database.close()


def test_the_steps_lead_to_the_same_schema(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate(database, "0001")
    migrate(database)
    assert current(database) == HEAD
    assert differences(database) == []
    database.close()


def test_a_feed_requires_nothing_that_its_file_did_not_say(empty_database_url: str) -> None:
    """0001 wrote the default of pages into every source; now it would hold items of plain feeds."""
    database = Database(empty_database_url)
    migrate(database, "0001")
    default, own = ["title", "published", "source"], ["title"]
    rows = [
        {"kind": "feed", "body": "feed", "required": default},
        {"kind": "feed", "body": "page", "required": default},
        {"kind": "site", "body": "feed", "required": own},
    ]
    old = sa.table("source", sa.column("key"), sa.column("position"), sa.column("declared", sa.JSON))
    with database.write() as connection:
        values = [{"key": f"s{at}", "position": at, "declared": row} for at, row in enumerate(rows)]
        connection.execute(sa.insert(old), values)
    migrate(database)
    with database.read() as connection:
        found = list(connection.execute(sa.select(source.c.declared).order_by(source.c.position)).scalars())
    assert [row.get("required") for row in found] == [None, None, own]
    assert found[0] == {"kind": "feed", "body": "feed"}
    database.close()


def test_the_schema_that_is_wanted_is_the_last_step() -> None:
    steps = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert steps.get_current_head() == HEAD


def test_a_later_releases_database_is_refused_in_words(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="does not know"):
        migrate(database)
