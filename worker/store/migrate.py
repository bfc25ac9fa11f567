"""Bringing a database to the schema of this release, and telling which one it has. One alembic history for both
stores; every step is expand-then-contract, so the previous release runs on the next schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from worker.errors import StoreError
from worker.store.engine import MIGRATE_LOCK, Database
from worker.store.schema import SCHEMA

HEAD = "0003"
"""The schema this release wants: the last of its steps. Written down, because reading them to find out costs every
command as much as starting it."""


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["database"] = database
    return config


def current(database: Database) -> str | None:
    """The schema the database has; None for an empty one. Raises StoreError when it does not answer."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, to: str = "head") -> tuple[str | None, str]:
    """Bring the schema to head, or to the revision ``to``; returns (before, after). Running it again changes nothing.

    Raises StoreError when the database, or ``to``, is of a later release.
    """
    before = current(database)
    script = ScriptDirectory.from_config(_config(database))
    ours = {revision.revision for revision in script.walk_revisions()}
    if before is not None and before not in ours:
        raise StoreError(
            f"the database has schema {before}, which this release does not know; "
            "run the newer release, or restore the backup made before the upgrade"
        )
    if to not in {"head", *ours}:
        raise StoreError(f"schema {to} is of a later release; use the newer one")
    if before is None and to == "head":
        _create(database)
    else:
        command.upgrade(_config(database), to)
    return before, current(database) or ""


def _create(database: Database) -> None:
    """An empty database gets today's schema at once, so that the steps are only for databases that have data."""
    with database.write(lock=MIGRATE_LOCK) as connection:
        SCHEMA.create_all(connection)
    command.stamp(_config(database), "head")


def require(database: Database) -> None:
    """Raise StoreError, saying what to run, unless the schema is this release's."""
    try:
        found = current(database)
    except sa.exc.SQLAlchemyError as error:
        raise StoreError(f"the database does not answer: {error}") from error
    if found != HEAD:
        state = "is empty" if found is None else f"has schema {found}"
        raise StoreError(f"the database {state}, this release wants {HEAD}; run: newsroad migrate")
