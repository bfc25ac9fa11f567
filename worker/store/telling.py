"""The tables of what people are told: alerts as episodes, and messages as rows that wait for their recipient."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table

from worker.store.columns import UtcDateTime, metadata, row_id

alert = Table(
    "alert",
    metadata,
    row_id(),
    Column("kind", String(32), nullable=False),
    Column("target", String(300), nullable=False, server_default=""),
    Column("words", String(1000), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),  # when what it is about was last so
    Column("level", Integer, nullable=False, server_default="0"),  # how bad; told again when it grows
    Column("told_at", UtcDateTime),  # that it began; NULL: not told yet
    Column("all_clear_at", UtcDateTime),  # that it is over
    Index(
        "ix_alert_open",
        *("kind", "target"),
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)
telling = Table(
    "telling",
    metadata,
    row_id(),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("recipient", String(300), nullable=False),  # webhook, or an e-mail address
    Column("document", sa.JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease", String(32)),
    Column("lease_until", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("given_up_at", UtcDateTime),
    Column("detail", String(500)),
    Index(
        "ix_telling_waiting",
        *("recipient", "id"),
        sqlite_where=sa.text("told_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL AND given_up_at IS NULL"),
    ),
)
