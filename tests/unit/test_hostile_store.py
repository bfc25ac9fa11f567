"""A database that fails for reasons of its own (a full disk, a restart, somebody's lock) is nobody's fault: what was to
be written waits, and is not counted against whoever wrote it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.stages import OTHER, Stages, item, rss, telling
from worker.demo.site import Document
from worker.errors import NewsroadError, StoreError
from worker.store.engine import INGEST_LOCK, Database
from worker.store.schema import receipt

LONG = timedelta(seconds=70)  # after which a lease has ended


def fill(database: Database) -> Callable[[], None]:
    """Let the disk be full for everything that makes a row of entries; returns what frees it again."""
    engine = database.engines()[0]

    def small(connection: sa.Connection) -> None:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used}")

    def refuse(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO entry"):
            raise psycopg.errors.DiskFull('could not extend file "base/16384/1259": No space left on device')

    def free() -> None:
        if not database.sqlite:
            event.remove(engine, "before_cursor_execute", refuse)
            return
        event.remove(engine, "begin", small)
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    if database.sqlite:
        event.listen(engine, "begin", small)
    else:
        event.listen(engine, "before_cursor_execute", refuse)
    return free


@pytest.fixture
def full(stages: Stages) -> Callable[[], None]:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.run()
    stages.now += timedelta(minutes=11)
    big = "".join(chr(0x4E00 + number * 37 % 20_000) for number in range(200_000))
    stages.publish("alpha", rss(item("b", "乙", f"{OTHER}{big}"), item("a", "甲")))
    stages.poll()
    return fill(stages.services.database)


def test_an_article_is_not_lost_to_a_full_disk(stages: Stages, full: Callable[[], None]) -> None:
    for _ in range(5):
        with pytest.raises(StoreError, match=r"full|No space left"):
            stages.ingest()
        stages.now += LONG
    full()
    stages.run()
    assert [title for _, title in stages.sent] == ["甲", "乙"]
    assert {row.state for row in stages.snapshots()} == {"done"}


def test_nor_is_a_full_disk_taken_for_the_fault_of_what_cannot_be_read(stages: Stages) -> None:
    stages.publish("alpha", Document(b"<p>no feed", "text/html"))
    stages.poll()
    break_writing(stages.services.database, 4, "UPDATE snapshot SET state")
    for _ in range(4):
        with pytest.raises(StoreError):
            stages.ingest()
    stages.ingest()
    [row] = stages.snapshots()
    assert row.state == "quarantined"
    assert row.deaths == 0


@pytest.fixture
def slow(stages: Stages) -> Callable[[], None]:
    """An article with 坏 in its title takes the database longer than its operator lets any statement take; returns what
    ends that."""
    engine = stages.services.database.engines()[0]

    def wait(connection: sa.Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("INSERT INTO article") and "坏" in str(parameters):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 20")
            connection.exec_driver_sql("SELECT pg_sleep(1)")

    event.listen(engine, "before_cursor_execute", wait)
    return lambda: event.remove(engine, "before_cursor_execute", wait)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_an_article_that_always_takes_too_long_holds_up_no_others(stages: Stages, slow: Callable[[], None]) -> None:
    stages.publish("alpha", rss(item("b", "坏", OTHER)))
    stages.publish("beta", rss(item("g", "好", telling(1))))
    stages.poll()
    with pytest.raises(StoreError, match="timeout"):
        stages.ingest()
    stages.ingest()
    assert [row.title for row in stages.articles()] == ["好"]
    tried = []
    for minute in range(40):
        stages.now += timedelta(minutes=1)
        try:
            stages.ingest()
        except StoreError:
            tried.append(minute)
    assert tried == [0, 30]
    assert {(row.state, row.reason) for row in stages.snapshots()} == {
        ("done", None),
        ("quarantined", "the database gave up writing it 3 times: canceling statement due to statement timeout"),
    }
    stages.publish("alpha", rss(item("c", "丙", telling(3))))
    stages.run()
    assert {row.title for row in stages.articles()} == {"好", "丙"}


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_what_took_too_long_once_is_taken_in_a_minute_later(stages: Stages, slow: Callable[[], None]) -> None:
    stages.publish("alpha", rss(item("b", "坏", OTHER)))
    stages.poll()
    with pytest.raises(StoreError, match="timeout"):
        stages.ingest()
    slow()
    stages.now += timedelta(minutes=1)
    stages.ingest()
    stages.deliver()
    assert [title for _, title in stages.sent] == ["坏"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_what_waited_too_long_for_its_turn_is_not_to_blame(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    engine = stages.services.database.engines()[0]

    def hurry(connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if "pg_advisory_xact_lock" in statement:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 20")

    other = Database(stages.services.database.url)
    event.listen(engine, "before_cursor_execute", hurry)
    try:
        with other.write(lock=INGEST_LOCK):
            for _ in range(3):
                with pytest.raises(StoreError, match="timeout"):
                    stages.ingest()
    finally:
        other.close()
    event.remove(engine, "before_cursor_execute", hurry)
    [row] = stages.snapshots()
    assert (row.state, row.deaths, row.ready_at) == ("new", 0, None)
    stages.ingest()
    stages.deliver()
    assert [title for _, title in stages.sent] == ["甲"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_nor_to_a_database_that_is_restarted_in_the_middle(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    engine = stages.services.database.engines()[0]
    cuts = iter(range(4))

    def cut(connection: sa.Connection, _cursor: object, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO entry") and next(cuts, None) is not None:
            pid = connection.connection.driver_connection.info.backend_pid
            with psycopg.connect(
                engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            ) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    event.listen(engine, "before_cursor_execute", cut)
    for _ in range(4):
        with pytest.raises(StoreError, match="cannot go on"):
            stages.ingest()
        stages.now += LONG
    stages.run()
    assert [title for _, title in stages.sent] == ["甲"]


def test_a_database_that_only_reads_says_so_in_words(stages: Stages) -> None:
    only = "PRAGMA query_only = ON" if stages.services.database.sqlite else "SET TRANSACTION READ ONLY"
    event.listen(stages.services.database.engines()[0], "begin", lambda one: one.exec_driver_sql(only))
    with pytest.raises(StoreError, match=r"cannot go on: .*read-?only"):
        stages.services.polling.pause("alpha", stages.now, by="值班")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_statement_that_is_wrong_is_still_its_writers_fault(database: Database) -> None:
    with pytest.raises(sa.exc.OperationalError) as caught, database.write() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")
    assert not isinstance(caught.value, NewsroadError)
    assert isinstance(caught.value.orig, sqlite3.OperationalError)


def break_writing(database: Database, times: int, beginning: str = "INSERT INTO receipt") -> None:
    """Let the next ``times`` receipts, or other statements, not be written, for want of disk."""
    left = iter(range(times))

    def refuse(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        if not statement.startswith(beginning) or next(left, None) is None:
            return
        if not database.sqlite:
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    event.listen(database.engines()[0], "before_cursor_execute", refuse)


def test_what_was_sent_is_written_down_once_the_database_is_back(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    break_writing(stages.services.database, 1)
    with pytest.raises(StoreError):
        stages.deliver()
    assert [(row.state, row.attempts) for row in stages.deliveries()] == [("accepted", 1)]
    stages.run()
    assert len(stages.partner.ledger) == 1


def test_what_was_sent_and_cannot_be_written_down_has_an_unknown_end_and_is_not_given_up(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    break_writing(stages.services.database, 8)
    for asked in range(4):
        with pytest.raises(StoreError):
            stages.deliver()
        [row] = stages.deliveries()
        assert (row.state, row.result, row.attempts, row.deaths) == ("due", "unknown", asked + 1, 0)
        stages.deliver()
        assert len(stages.partner.ledger) == asked + 1, "no more than once a minute"
        stages.now += LONG
    stages.deliver()
    assert [(row.state, row.attempts) for row in stages.deliveries()] == [("accepted", 5)]
    assert len({one.id for one in stages.partner.ledger}) == 1


def test_what_was_claimed_and_not_sent_when_the_database_failed_is_as_it_was(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.pipeline.deliver.GATHER", 1)
    stages.publish("alpha", rss(*(item(str(number), f"第{number}", telling(number)) for number in range(12))))
    stages.poll()
    stages.ingest()
    break_writing(stages.services.database, 1)
    with pytest.raises(StoreError):
        stages.deliver()
    waits = Counter((row.result, row.attempts) for row in stages.deliveries() if row.state == "due")
    assert waits.keys() <= {("unknown", 1), (None, 0)}
    assert waits[None, 0] == 4, "eight were on their way at once"
    stages.now += LONG
    stages.run()
    assert {row.state for row in stages.deliveries()} == {"accepted"}


def test_what_was_claimed_and_could_not_be_decided_on_waits_on(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.pipeline.deliver.BATCH", 1)
    stages.publish("alpha", rss(item("a", "甲"), item("b", "乙", OTHER)))
    stages.poll()
    stages.ingest()
    store, asked, failed = stages.services.deliveries, list[object](), Event()
    material = store.material

    def fails_once(due: Any) -> Any:
        asked.append(due)
        if len(asked) == 2:
            failed.set()
            raise StoreError("the database cannot go on")
        return material(due)

    monkeypatch.setattr(store, "material", fails_once)
    monkeypatch.setattr(stages.partner, "_next", lambda: Document(b"", status=204 if failed.wait(10) else 500))
    with pytest.raises(StoreError):
        stages.deliver()
    waits = {(row.state, row.result, row.attempts) for row in stages.deliveries()}
    assert waits == {("due", "unknown", 1), ("due", None, 0)}


@pytest.mark.parametrize("status", [503, 409])
def test_nor_does_a_later_refusal_say_that_the_partner_has_it_not(stages: Stages, status: int) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    break_writing(stages.services.database, 2)
    with pytest.raises(StoreError):
        stages.deliver()
    stages.now += LONG
    stages.partner.next_answers = [Document(b"", status=status)]
    stages.deliver()
    assert [row.status for row in stages.rows(receipt)] == [status]
    stages.take_down()
    stages.now += LONG
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


@pytest.fixture
def given_up(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article whose delivery the partner took three times, each time as the database failed before its sender could
    say so, or at least that nobody knows."""
    broken: list[bool] = []

    def refuse(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        if broken and not statement.startswith("SELECT"):
            raise StoreError("the database cannot go on")

    def taken() -> Document:
        broken.append(True)
        return Document(b"", status=204)

    event.listen(stages.services.database.engines()[0], "before_cursor_execute", refuse)
    monkeypatch.setattr(stages.partner, "_next", taken)
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    for _ in range(3):
        with pytest.raises(StoreError):
            stages.deliver()
        broken.clear()
        stages.now += LONG
    monkeypatch.setattr(stages.partner, "_next", lambda: Document(b"", status=204))
    stages.deliver()


@pytest.mark.usefixtures("given_up")
def test_what_the_partner_took_while_nothing_could_be_written_is_given_up_in_the_end_and_told(stages: Stages) -> None:
    [row] = stages.deliveries()
    assert (row.state, row.result, row.deaths, row.lease) == ("parked", "unknown", 3, None)
    assert len(stages.partner.ledger) == 3
    assert len({one.id for one in stages.partner.ledger}) == 1, "under one id: a receiver takes it once"
    overview = stages.services.people.overview(stages.now, stages.now - timedelta(days=1))
    assert {one.key: one.parked for one in overview.destinations} == {"hook": 1, "feeds": 0}
    assert stages.services.deliveries.replay(row.uuid, stages.now, by="值班")
    stages.deliver()
    assert [one.state for one in stages.deliveries()] == ["accepted"]
    assert len({one.id for one in stages.partner.ledger}) == 1


@pytest.mark.usefixtures("given_up")
def test_nor_is_it_forgotten_there(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲（更正）")))
    stages.run()
    assert stages.sent[-1] == ("updated", "甲（更正）")
    stages.take_down()
    stages.deliver()
    assert stages.sent[-1][0] == "withdrawn"


@pytest.mark.usefixtures("given_up")
def test_a_takedown_reaches_what_was_given_up_so(stages: Stages) -> None:
    stages.take_down()
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def test_a_takedown_reaches_what_was_sent_and_not_written_down(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    break_writing(stages.services.database, 2)
    with pytest.raises(StoreError):
        stages.deliver()
    stages.take_down()
    stages.now += LONG
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def test_what_was_replaced_while_it_was_on_its_way_has_an_end(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    break_writing(stages.services.database, 2)
    monkeypatch.setattr(stages.partner, "_next", lambda: stages.take_down() or Document(b"", status=204))
    with pytest.raises(StoreError):
        stages.deliver()
    first = stages.deliveries()[0]
    assert (first.state, first.result) == ("superseded", "unknown")
    assert first.finished_at == stages.now
