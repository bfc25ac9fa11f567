"""The whole road: catalogue, polling, entries, articles, deliveries, shelf.

The first step is the schema itself. An empty database is made whole without these steps (``migrate``); whoever writes
the second one spells out here the tables as they were before it.
"""

from alembic import op

from worker.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
