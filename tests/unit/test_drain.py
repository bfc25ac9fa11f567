"""What waits is ingested in one go: leased together, written together, and each to blame for nothing but itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.stages import OTHER, STORY, Stages, item, rss
from worker.model.ingest import Finished, Identified
from worker.pipeline.ingest import Ingester
from worker.store.schema import snapshot
from worker.store.snapshots import SHARED
from worker.store.work import StoreWork


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, what is leased together is written together."""
    monkeypatch.setattr("worker.pipeline.ingest.GATHER", 60.0)


class Broken:
    """Hints whose broker is not there."""

    def __getattr__(self, name: str) -> object:
        raise ConnectionError(name)


class Faulty:
    """Transactions of which one step goes ``wrong``, or is preceded by something that does harm."""

    def __init__(self, stages: Stages, step: str, wrong: Callable[[StoreWork, Sequence[object]], None]) -> None:
        self.works, self.step, self.wrong = stages.services.works, step, wrong
        self.opened = 0

    @contextmanager
    def open(self) -> Iterator[StoreWork]:
        self.opened += 1
        with self.works.open() as work:
            do = getattr(work, self.step)

            def first_wrong(rows: Sequence[object], *more: object) -> object:
                self.wrong(work, rows)
                return do(rows, *more)

            setattr(work, self.step, first_wrong)
            yield work


def two_wait(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.publish("beta", rss(item("b1", "大雪", OTHER)))
    stages.poll()


def key_of(stages: Stages, snapshot_id: int) -> str:
    return "alpha" if stages.snapshots()[snapshot_id - 1].resource_id == stages.resource("alpha").id else "beta"


def kept(stages: Stages) -> list[tuple[str, int, str | None]]:
    return [(row.state, row.deaths, row.lease) for row in stages.snapshots()]


def faulty(stages: Stages, step: str, wrong: Callable[[StoreWork, Sequence[object]], None]) -> Ingester:
    ingester = stages.services.ingester()
    ingester.works = Faulty(stages, step, wrong)
    return ingester


def test_everything_that_waits_is_ingested_once(stages: Stages) -> None:
    two_wait(stages)
    reports = stages.services.ingester().drain(2)
    assert sorted(report.source for report in reports) == ["alpha", "beta"]
    assert kept(stages) == [("done", 0, None)] * 2
    assert len(stages.articles()) == 2
    assert stages.services.ingester().drain(2) == []


def test_small_snapshots_share_a_transaction_and_tell_what_each_brought(stages: Stages) -> None:
    stages.publish("alpha", rss(item("1", "走访"), item("2", "大雪", OTHER)))
    stages.publish("beta", rss(item("1", "走访"), item("3", "来信", OTHER[::-1])))  # guid 1 is another entry here
    stages.poll()
    ingester = faulty(stages, "known", lambda work, rows: None)
    reports = {report.source: report for report in ingester.drain(1)}
    assert ingester.works.opened == 1
    assert len(stages.entries()) == 4
    assert len(stages.articles()) == 3
    first, second = (key_of(stages, one) for one in (1, 2))
    assert dict(reports[first].fates) == {"new": 2}
    assert dict(reports[second].fates) == {"new": 1, "joined": 1}


def test_snapshots_too_large_to_be_identified_together_still_share_a_transaction(stages: Stages) -> None:
    for key in ("alpha", "beta"):
        stages.publish(key, rss(*(item(f"{key}{at}", f"第{at}次走访 {key}", f"{key} {at} " * 40) for at in range(40))))
    stages.poll()
    ingester, written = stages.services.ingester(), list[int]()
    ingester.works = counting = Faulty(stages, "write_entries", lambda _work, rows: written.append(len(rows)))
    assert [dict(report.fates) for report in ingester.drain(1)] == [{"new": 40}, {"new": 40}]
    assert (counting.opened, written) == (1, [50, 30])


@pytest.mark.parametrize("window", [0.0, 20.0])
def test_whoever_stops_leaves_nothing_leased(stages: Stages, window: float) -> None:
    two_wait(stages)
    assert len(stages.services.ingester().drain(1, window=window, stopping=lambda: window > 0)) == 1
    assert kept(stages) == [("done", 0, None), ("new", 0, None)]


def test_whoever_stops_in_the_middle_gives_back_what_it_has_not_begun(stages: Stages) -> None:
    two_wait(stages)
    begun: list[int] = []
    ingester = stages.services.ingester()
    ingester.before = lambda: begun.append(1)
    assert len(ingester.drain(1, stopping=lambda: bool(begun))) == 1
    assert kept(stages) == [("done", 0, None), ("new", 0, None)]


def test_an_error_after_the_commit_gives_back_what_was_leased_ahead(stages: Stages) -> None:
    two_wait(stages)
    stages.now += timedelta(minutes=11)
    stages.publish("alpha", rss(item("a2", "来信", OTHER[::-1])))
    stages.poll()  # a source's second snapshot comes after its first
    ingester = stages.services.ingester()
    ingester.hints = Broken()
    with pytest.raises(ConnectionError):
        ingester.drain(1)
    assert kept(stages) == [*[("done", 0, None)] * 2, ("new", 0, None)]
    stages.ingest()
    assert kept(stages) == [("done", 0, None)] * 3


def test_a_snapshot_that_cannot_be_unpacked_dies_alone(stages: Stages) -> None:
    two_wait(stages)
    with stages.services.database.write() as connection:
        connection.execute(sa.update(snapshot).where(snapshot.c.id == 2).values(body=b"no zlib"))
    for deaths in (0, 0, 1, 2):  # of what ends in company nobody knows whose fault it was
        with pytest.raises(zlib.error):
            stages.services.ingester().drain(1)
        assert stages.snapshots()[0].state == "done"
        assert stages.snapshots()[1].deaths == deaths
        stages.now += timedelta(seconds=61)
    assert stages.services.ingester().drain(1) == []
    assert [(row.state, row.deaths) for row in stages.snapshots()] == [("done", 0), ("quarantined", 3)]


def test_a_snapshot_that_cannot_be_written_harms_no_other(stages: Stages) -> None:
    two_wait(stages)

    def refuses(_work: StoreWork, rows: Sequence[object]) -> None:
        if any(isinstance(one, Identified) and one.prepared.origin.snapshot == 1 for one in rows):
            raise ValueError("cannot be written")

    for _ in range(4):
        with pytest.raises(ValueError, match="cannot be written"):
            faulty(stages, "write_entries", refuses).drain(1)
        assert [row.state for row in stages.snapshots()] == ["new", "done"]
        assert len(stages.articles()) == 1
        stages.now += timedelta(seconds=61)
    stages.ingest()
    assert [(row.state, row.deaths) for row in stages.snapshots()] == [("quarantined", 3), ("done", 0)]


def test_those_that_died_together_are_leased_one_by_one_and_only_then_counted(stages: Stages) -> None:
    two_wait(stages)
    snapshots = stages.services.snapshots

    def leased(lease: str) -> list[int]:
        until = stages.now + timedelta(seconds=60)
        return [one.id for one in snapshots.claim(stages.now, lease=lease, until=until, limit=16)]

    assert leased("first") == [1, 2]
    assert kept(stages) == [("new", 0, f"first{SHARED}")] * 2
    assert leased("meanwhile") == []
    stages.now += timedelta(seconds=61)
    assert leased("second") == [1]
    assert leased("third") == [2]
    assert kept(stages) == [("new", 0, "second"), ("new", 0, "third")]
    stages.now += timedelta(seconds=61)
    assert leased("fourth") == [1]
    assert kept(stages) == [("new", 1, "fourth"), ("new", 0, "third")]


def test_a_lost_lease_leaves_out_its_snapshot_and_no_other(stages: Stages) -> None:
    two_wait(stages)

    def stolen(work: StoreWork, _rows: Sequence[object]) -> None:
        take_away(work, 1)

    reports = faulty(stages, "held", stolen).drain(1)
    assert [report.problem is None for report in reports] == [False, True]
    assert kept(stages) == [("new", 0, "another"), ("done", 0, None)]
    assert len(stages.articles()) == 1


def test_a_lease_lost_at_the_last_moment_undoes_what_was_written_for_it(stages: Stages) -> None:
    two_wait(stages)

    def stolen(work: StoreWork, rows: Sequence[object]) -> None:
        if any(isinstance(one, Finished) and one.claim.id == 1 for one in rows):
            take_away(work, 1)

    reports = faulty(stages, "finish", stolen).drain(1)
    assert [report.problem is None for report in reports] == [False, True]
    assert [row.state for row in stages.snapshots()] == ["new", "done"]
    assert len(stages.articles()) == 1


def take_away(work: StoreWork, snapshot_id: int) -> None:
    work._connection.execute(sa.update(snapshot).where(snapshot.c.id == snapshot_id).values(lease="another"))


def test_deletions_are_settled_before_another_copy_is_looked_at(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", STORY, link="https://www.alpha.example/1.html")))
    stages.run()
    gone = '<at:deleted-entry ref="a1" when="2026-11-24T12:00:00Z"/>'
    stages.now += timedelta(minutes=11)
    stages.publish("alpha", rss(item("a2", "大雪", OTHER), head=gone))
    stages.poll()
    stages.publish("beta", rss(item("b1", "走访", STORY)))
    stages.poll()
    ingester = faulty(stages, "held", lambda work, rows: None)
    ingester.drain()
    assert ingester.works.opened == 2
    assert [row.state for row in stages.articles()] == ["withdrawn", "live", "live"]
