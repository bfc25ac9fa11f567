"""The tables of the catalogue: what newsroad.toml declares, and the state of it that survives every ``apply``."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table

from worker.store.columns import UtcDateTime, metadata, row_id


def _declared(name: str, *columns: Column[Any]) -> Table:
    """A table of the catalogue: ``declared`` is the model value as JSON; only ``apply`` writes it."""
    return Table(
        name,
        metadata,
        row_id(),
        Column("key", String(64), nullable=False, unique=True),
        Column("position", Integer, nullable=False),
        Column("declared", sa.JSON, nullable=False),
        Column("retired_at", UtcDateTime),
        *columns,
    )


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("operator", sa.JSON, nullable=False),
    Column("rules", sa.JSON),  # what else is declared once: alerts, review, articles
    Column("applied_at", UtcDateTime, nullable=False),
    Column("catalogue_version", Integer, nullable=False),
    Column("expired_to", UtcDateTime),  # decisions that ended before it are queued for another
)
publisher = _declared("publisher")
source = _declared(
    "source",
    Column("guid_mode", String(16), nullable=False, server_default="guid"),
    Column("contacted_at", UtcDateTime),
    Column("paused_at", UtcDateTime),
    Column("attention", String(500)),
)
rights_grant = _declared("rights_grant")
channel = _declared("channel")
subscriber = _declared("subscriber")
destination = _declared(
    "destination",
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False, server_default="active"),
    Column("state_reason", String(500)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("opened_at", UtcDateTime),
    Column("probe_at", UtcDateTime),
    Column("probes", Integer, nullable=False, server_default="0"),
    Column("since", UtcDateTime),  # articles that came before it do not go there; NULL: all do
    Column("next_send_at", UtcDateTime),  # its rate, across claims
    Column("served_at", UtcDateTime),  # last claimed, so that all get their turn
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("singly", Integer, nullable=False, server_default="0"),
    Column("lease", String(32)),
    Column("lease_until", UtcDateTime),
)
calendar = _declared("calendar")
guard = _declared("guard")
period = _declared("period")
