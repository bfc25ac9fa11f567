"""The schema: made whole in an empty database, brought up step by step in one that has data, the same either way."""

from __future__ import annotations

import warnings

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from worker.errors import StoreError
from worker.store.engine import Database
from worker.store.migrate import current, head, migrate
from worker.store.schema import SCHEMA


def differences(database: Database) -> list[object]:
    with database.read() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index")  # it says it cannot compare one
        return list(compare_metadata(MigrationContext.configure(connection), SCHEMA))


def test_an_empty_database_gets_the_whole_schema(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert migrate(database) == (None, head(database))
    assert differences(database) == []
    assert migrate(database) == (head(database), head(database)), "again changes nothing"
    database.close()


def test_the_steps_lead_to_the_same_schema(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate(database, "0001")
    migrate(database)
    assert current(database) == head(database)
    assert differences(database) == []
    database.close()


def test_a_later_releases_database_is_refused_in_words(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="does not know"):
        migrate(database)
