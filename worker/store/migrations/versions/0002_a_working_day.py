"""A working day: schedules, stops, corrections, alerts, and what partners pull."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, String

from worker.store.columns import BigKey, UtcDateTime, row_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", Column("rules", sa.JSON))
    op.add_column("destination", Column("since", UtcDateTime))
    op.add_column("destination", Column("next_send_at", UtcDateTime))
    op.add_column("destination", Column("served_at", UtcDateTime))
    op.add_column("version", Column("fixes", LargeBinary))
    op.add_column("delivery", Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_delivery_destination_id_finished_at", "delivery", ["destination_id", "finished_at"])
    for name in ("calendar", "guard", "period"):
        _declared(name)
    _change()
    _stop()
    _correction()
    _alert()
    _telling()
    _requirements()


def downgrade() -> None:
    for name in ("telling", "alert", "correction", "stop", "change", "period", "guard", "calendar"):
        op.drop_table(name)
    op.drop_index("ix_delivery_destination_id_finished_at", "delivery")
    for table, column in (
        *(("delivery", "urgent"), ("version", "fixes"), ("destination", "served_at"), ("destination", "next_send_at")),
        *(("destination", "since"), ("installation", "rules")),
    ):
        op.drop_column(table, column)


def _requirements() -> None:
    """What a source requires goes by its kind unless the file says otherwise: 0001 wrote the default of pages down for
    every one, plain feeds included, which read none."""
    source = sa.table("source", sa.column("id", sa.Integer), sa.column("declared", sa.JSON))
    bind = op.get_bind()
    for row in bind.execute(sa.select(source)).all():
        plain_feed = row.declared.get("kind") == "feed" and row.declared.get("body", "feed") != "page"
        if plain_feed or row.declared.get("required") == ["title", "published", "source"]:
            declared = {name: value for name, value in row.declared.items() if name != "required"}
            bind.execute(sa.update(source).where(source.c.id == row.id).values(declared=declared))


def _declared(name: str) -> None:
    op.create_table(
        name,
        row_id(),
        Column("key", String(64), nullable=False, unique=True),
        Column("position", Integer, nullable=False),
        Column("declared", sa.JSON, nullable=False),
        Column("retired_at", UtcDateTime),
    )


def _change() -> None:
    op.create_table(
        "change",
        row_id(),
        Column("destination_id", BigKey, nullable=False),
        Column("article_id", BigKey, nullable=False),
        Column("delivery", String(36), nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("document", LargeBinary, nullable=False),
    )
    op.create_index("ix_change_destination_id_id", "change", ["destination_id", "id"])
    op.create_index("ix_change_article_id_destination_id", "change", ["article_id", "destination_id"])


def _stop() -> None:
    op.create_table(
        "stop",
        row_id(),
        Column("scope", String(16), nullable=False),
        Column("key", String(64), nullable=False, server_default=""),
        Column("at", UtcDateTime, nullable=False),
        Column("until", UtcDateTime),
        Column("by", String(200), nullable=False),
        Column("reason", String(1000), nullable=False),
        Column("lifted_at", UtcDateTime),
        Column("lifted_by", String(200)),
    )
    op.create_index("ix_stop_lifted_at", "stop", ["lifted_at"])


def _correction() -> None:
    op.create_table(
        "correction",
        row_id(),
        Column("article_id", BigKey, nullable=False),
        Column("field", String(32), nullable=False),
        Column("value", sa.Text),
        Column("at", UtcDateTime, nullable=False),
        Column("by", String(200), nullable=False),
        Column("note", String(1000)),
        Column("lifted_at", UtcDateTime),
    )
    op.create_index("ix_correction_article_id", "correction", ["article_id"])


def _alert() -> None:
    op.create_table(
        "alert",
        row_id(),
        Column("kind", String(32), nullable=False),
        Column("target", String(300), nullable=False, server_default=""),
        Column("words", String(1000), nullable=False),
        Column("opened_at", UtcDateTime, nullable=False),
        Column("closed_at", UtcDateTime),
        Column("seen_at", UtcDateTime, nullable=False),
        Column("level", Integer, nullable=False, server_default="0"),
        Column("told_at", UtcDateTime),
        Column("all_clear_at", UtcDateTime),
    )
    _where("ix_alert_open", "alert", ["kind", "target"], "closed_at IS NULL", unique=True)


def _telling() -> None:
    op.create_table(
        "telling",
        row_id(),
        Column("uuid", String(36), nullable=False, unique=True),
        Column("recipient", String(300), nullable=False),
        Column("document", sa.JSON, nullable=False),
        Column("made_at", UtcDateTime, nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("lease", String(32)),
        Column("lease_until", UtcDateTime),
        Column("told_at", UtcDateTime),
        Column("given_up_at", UtcDateTime),
        Column("detail", String(500)),
    )
    _where("ix_telling_waiting", "telling", ["recipient", "id"], "told_at IS NULL AND given_up_at IS NULL")


def _where(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
