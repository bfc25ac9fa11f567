"""What waits is ingested in one go, each snapshot leased by the commit that ends the one before."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.stages import OTHER, Stages, item, rss
from worker.store.schema import snapshot


class Broken:
    """Hints whose broker is not there."""

    def __getattr__(self, name: str) -> object:
        raise ConnectionError(name)


def two_wait(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.publish("beta", rss(item("b1", "大雪", OTHER)))
    stages.poll()


def kept(stages: Stages) -> list[tuple[str, int, str | None]]:
    return [(row.state, row.deaths, row.lease) for row in stages.snapshots()]


def test_everything_that_waits_is_ingested_once(stages: Stages) -> None:
    two_wait(stages)
    reports = stages.services.ingester().drain(2)
    assert sorted(report.source for report in reports) == ["alpha", "beta"]
    assert kept(stages) == [("done", 0, None)] * 2
    assert len(stages.articles()) == 2
    assert stages.services.ingester().drain(2) == []


@pytest.mark.parametrize("window", [0.0, 20.0])
def test_whoever_stops_leaves_nothing_leased(stages: Stages, window: float) -> None:
    two_wait(stages)
    assert len(stages.services.ingester().drain(1, window=window, stopping=lambda: window > 0)) == 1
    assert kept(stages) == [("done", 0, None), ("new", 0, None)]


def test_an_error_after_the_commit_gives_back_what_was_leased_ahead(stages: Stages) -> None:
    two_wait(stages)
    ingester = stages.services.ingester()
    ingester.hints = Broken()  # type: ignore[assignment]
    with pytest.raises(ConnectionError):
        ingester.drain(1)
    assert kept(stages) == [("done", 0, None), ("new", 0, None)]
    stages.ingest()
    assert kept(stages) == [("done", 0, None)] * 2


def test_a_snapshot_that_cannot_be_unpacked_dies_alone(stages: Stages) -> None:
    two_wait(stages)
    with stages.services.database.write() as connection:
        connection.execute(sa.update(snapshot).where(snapshot.c.id == 2).values(body=b"no zlib"))
    for _ in range(3):
        with pytest.raises(zlib.error):
            stages.services.ingester().drain(1)
        assert stages.snapshots()[0].state == "done"
        stages.now += timedelta(seconds=61)
    assert stages.services.ingester().drain(1) == []
    assert [row.state for row in stages.snapshots()] == ["done", "quarantined"]
