"""Corrections: one row for each, in force until it is lifted. A later one of the same field lifts the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.correction import CorrectionRow, Fixes
from worker.store.engine import among
from worker.store.schema import correction

_IN_FORCE = (
    sa.select(correction.c.article_id, correction.c.field, correction.c.value)
    .where(among(correction.c.article_id, "ids"), correction.c.lifted_at.is_(None))
    .order_by(correction.c.id)
)


def in_force(connection: Connection, ids: Sequence[int]) -> dict[int, Fixes]:
    """What is corrected of each of these articles; those without corrections are missing."""
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(_IN_FORCE, {"ids": list(ids)}):
        found.setdefault(row.article_id, {})[row.field] = row.value or ""
    return {article: _fixes(values) for article, values in found.items()}


def _fixes(values: dict[str, str]) -> Fixes:
    plain = {name: value for name, value in values.items() if name != "published"}
    moment = values.get("published")
    return Fixes(**plain, published=datetime.fromisoformat(moment) if moment else None)


def change(
    connection: Connection,
    article: int,
    values: dict[str, str | datetime],
    undo: Iterable[str],
    *,
    by: str,
    note: str,
    now: datetime,
) -> None:
    """Put ``values`` in force, by field, and lift those of ``undo``."""
    gone = [*values, *undo]
    mine = (correction.c.article_id == article, correction.c.lifted_at.is_(None))
    connection.execute(sa.update(correction).where(*mine, correction.c.field.in_(gone)).values(lifted_at=now))
    rows = [{"field": name, "value": _text(value)} for name, value in values.items()]
    if rows:
        signed = {"article_id": article, "at": now, "by": by, "note": note}
        connection.execute(sa.insert(correction), [{**signed, **row} for row in rows])


def _text(value: str | datetime) -> str:
    return value if isinstance(value, str) else value.astimezone(UTC).isoformat()


def of_article(connection: Connection, article: int) -> list[CorrectionRow]:
    """Every correction of an article, those in force first, then the newest."""
    rows = connection.execute(
        sa.select(correction)
        .where(correction.c.article_id == article)
        .order_by(correction.c.lifted_at.is_not(None), correction.c.id.desc())
    )
    return [CorrectionRow(row.field, row.value or "", row.at, row.by, row.note, row.lifted_at) for row in rows]
