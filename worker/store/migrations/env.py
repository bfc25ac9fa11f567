"""Alembic's entry: runs the steps in one transaction on the database handed over in the config's attributes."""

from alembic import context

from worker.store.engine import MIGRATE_LOCK
from worker.store.schema import SCHEMA

database = context.config.attributes["database"]

with database.write(lock=MIGRATE_LOCK) as connection:
    context.configure(connection=connection, target_metadata=SCHEMA, render_as_batch=database.sqlite)
    with context.begin_transaction():
        context.run_migrations()
