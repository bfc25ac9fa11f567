"""The record of what people did: one row for every act, in the act's own transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.store.schema import act


def record(
    connection: Connection,
    *,
    by: str,
    verb: str,
    target: str,
    now: datetime,
    note: str | None = None,
    detail: object = None,
) -> None:
    """One act by a named person."""
    connection.execute(sa.insert(act).values(at=now, by=by, verb=verb, target=target, note=note, detail=detail))
