"""One story, once: what texts are found again by, what they were found to be, and articles that were merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, Float, Integer, LargeBinary, String

from worker.store.columns import BigKey, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is due is claimed in the order of this index, ties in that of their ids.
    op.drop_index("ix_delivery_due", "delivery")
    op.create_index("ix_delivery_due", "delivery", ["destination_id", "state", "priority", "due_at", "id"])
    op.add_column("installation", Column("expired_to", UtcDateTime))
    op.add_column("article", Column("merged_into", BigKey))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_article_merged_into", "article", ["merged_into"], sqlite_where=merged, postgresql_where=merged)
    op.add_column("entry", Column("near", Integer))
    waiting = sa.text("near IS NULL")
    op.create_index("ix_entry_near", "entry", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    op.add_column("entry", Column("held_at", UtcDateTime))
    held = sa.text("held_at IS NOT NULL")
    op.create_index("ix_entry_held_at", "entry", ["source_id"], sqlite_where=held, postgresql_where=held)
    op.add_column("resource", Column("flood_line", UtcDateTime))
    op.create_table(
        "near_text",
        Column("entry_id", BigKey, nullable=False, autoincrement=False),
        Column("article_id", BigKey, nullable=False),
        Column("version", Integer, nullable=False),
        Column("host", String(255), nullable=False),
        Column("length", Integer, nullable=False),
        Column("seen_at", UtcDateTime, nullable=False),
        Column("found_by", LargeBinary, nullable=False),
        Column("sketch", LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_near_text"),
    )
    op.create_index("ix_near_text_article_id", "near_text", ["article_id"])
    op.create_index("ix_near_text_seen_at", "near_text", ["seen_at"])
    op.create_table(
        "near_key",
        Column("key", Integer, nullable=False),
        Column("entry_id", BigKey, nullable=False),
        sa.PrimaryKeyConstraint("key", "entry_id", name="pk_near_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "near_site",
        Column("host", String(255), nullable=False),
        Column("learnt", LargeBinary, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_near_site"),
    )
    op.create_index("ix_near_site_at", "near_site", ["at"])
    _nearness()


def _nearness() -> None:
    op.create_table(
        "nearness",
        Column("entry_id", BigKey, nullable=False, autoincrement=False),
        Column("verdict", String(16), nullable=False),
        Column("of_entry", BigKey, nullable=False),
        Column("of_article", BigKey, nullable=False),
        Column("jaccard", Float, nullable=False),
        Column("containment", Float, nullable=False),
        Column("evidence", sa.JSON, nullable=False),
        Column("version", Integer, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_nearness"),
    )
    op.create_index("ix_nearness_of_article", "nearness", ["of_article"])


def downgrade() -> None:
    op.drop_column("installation", "expired_to")
    op.drop_index("ix_delivery_due", "delivery")
    op.create_index("ix_delivery_due", "delivery", ["destination_id", "state", "priority", "due_at"])
    for table in ("nearness", "near_site", "near_key", "near_text"):
        op.drop_table(table)
    op.drop_column("resource", "flood_line")
    for column, index in (("held_at", "ix_entry_held_at"), ("near", "ix_entry_near")):
        op.drop_index(index, "entry")
        op.drop_column("entry", column)
    op.drop_index("ix_article_merged_into", "article")
    op.drop_column("article", "merged_into")
