"""Since when something waits for a person: expressions that queries about decisions share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from worker.model.catalog import Use
from worker.model.delivery import WAITS_BY_ITSELF, Reason
from worker.store.schema import decision

_Columns = Any  # those of ``decision`` or of an alias of it


def waits_for_a_person(row: _Columns) -> sa.ColumnElement[bool]:
    """The decision holds, only a person ends that, and there is still time to."""
    others = (*WAITS_BY_ITSELF, Reason.DEADLINE_PASSED)
    return sa.and_(row.use == Use.HOLD.value, *(~row.reasons.startswith(reason.value) for reason in others))


def is_dropped(row: _Columns) -> sa.ColumnElement[bool]:
    """Nobody decided in time."""
    return sa.and_(row.use == Use.HOLD.value, row.reasons.startswith(Reason.DEADLINE_PASSED.value))


def held_since(row: _Columns) -> sa.ColumnElement[Any]:
    """Of a decision: when the first one was made of those without a break up to it that leave the same version to a
    person; NULL when it leaves it to nobody."""
    first, other = decision.alias("first_hold"), decision.alias("other_word")
    # Said outright: SQLAlchemy would take ``row`` for a table of the inner query's own.
    between = (
        sa.exists()
        .where(
            other.c.article_id == row.article_id,
            other.c.destination_id == row.destination_id,
            other.c.id > first.c.id,
            other.c.id < row.id,
            ~waits_for_a_person(other.c),
        )
        .correlate_except(other)
    )
    begun = (
        sa.select(sa.func.min(first.c.decided_at))
        .where(
            first.c.article_id == row.article_id,
            first.c.destination_id == row.destination_id,
            first.c.id <= row.id,
            first.c.version == row.version,
            waits_for_a_person(first.c),
            ~between,
        )
        .correlate_except(first)
        .scalar_subquery()
    )
    return sa.case((waits_for_a_person(row), begun), else_=None)


def is_newest(row: _Columns) -> sa.ColumnElement[bool]:
    """No later decision was made about its article at its destination."""
    newer = decision.alias("newer")
    return ~sa.exists().where(
        newer.c.article_id == row.article_id, newer.c.destination_id == row.destination_id, newer.c.id > row.id
    )
