"""Rows that go to the driver as tuples are kept like any other, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from worker.store.bulk import Insert, Lookup, Update
from worker.store.engine import Database, among
from worker.store.schema import article

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 23, 12, 0, 0, 123_456, tzinfo=CHINA)
ADD = Insert(article, "id", "uuid", "lead_id", "title", "created_at", or_ignore=True)


def rows(database: Database) -> list[tuple[int, str, int, datetime]]:
    query = sa.select(article.c.id, article.c.title, article.c.version, article.c.created_at).order_by(article.c.id)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_kept_with_times_to_the_microsecond_in_utc(database: Database, count: int) -> None:
    with database.write() as connection:
        ADD.run(connection, [(at, f"u{at}", at, "100 % 'é' 题", NOON) for at in range(count)])
    assert rows(database) == [(at, "100 % 'é' 题", 0, NOON.astimezone(UTC)) for at in range(count)]


def test_a_taken_key_leaves_the_row_as_it_is(database: Database) -> None:
    with database.write() as connection:
        ADD.run(connection, [(1, "u1", 1, "first", NOON)])
        ADD.run(connection, [(1, "u1", 1, "second", NOON), (2, "u2", 2, "third", NOON)])
    assert [title for _, title, _, _ in rows(database)] == ["first", "third"]


def test_a_taken_key_may_have_its_row_become_what_is_given(database: Database) -> None:
    put = Insert(article, "id", "uuid", "lead_id", "title", "created_at", or_replace=True)
    with database.write() as connection:
        put.run(connection, [(1, "u1", 1, "first", NOON), (2, "u2", 2, "as it was", NOON)])
        put.run(connection, [(1, "u1", 1, "100 % 'é' 题", NOON + timedelta(hours=1)), (3, "u3", 3, "third", NOON)])
    kept = [(1, "100 % 'é' 题", 1), (2, "as it was", 0), (3, "third", 0)]
    assert rows(database) == [
        (at, title, 0, (NOON + timedelta(hours=late)).astimezone(UTC)) for at, title, late in kept
    ]


def test_an_update_finds_its_rows_by_the_last_column(database: Database) -> None:
    with database.write() as connection:
        ADD.run(connection, [(at, f"u{at}", at, "old", NOON) for at in (1, 2, 3)])
        Update(article, "title", "version", "id").run(connection, [("new", 7, 1), ("newer", 8, 3)])
    assert [row[1:3] for row in rows(database)] == [("new", 7), ("old", 0), ("newer", 8)]


def test_nothing_runs_for_no_rows_and_naive_times_are_refused(database: Database) -> None:
    with database.write() as connection:
        ADD.run(connection, [])
        with pytest.raises(ValueError, match="naive"):
            ADD.run(connection, [(1, "u1", 1, "title", NOON.replace(tzinfo=None))])
    assert rows(database) == []


@pytest.mark.parametrize("wanted", [[], [2], [3, 1, 9], list(range(1, 400))])
def test_a_lookup_finds_what_is_among_its_keys_and_meets_the_rest(database: Database, wanted: list[int]) -> None:
    titles = ("100 % 'é' 题", "left out", "third")
    lookup = Lookup(
        sa.select(article.c.id, article.c.title)
        .where(article.c.title != sa.bindparam("but"), among(article.c.id, "ids"), article.c.state == "live")
        .order_by(article.c.id)
    )
    with database.write() as connection:
        ADD.run(connection, [(at, f"u{at}", at, title, NOON) for at, title in enumerate(titles, 1)])
        found = [(row.id, row.title) for row in lookup.run(connection, but="left out", ids=wanted)]
    assert found == [(at, titles[at - 1]) for at in (1, 3) if at in wanted]
