"""What a claim reads: as much as it takes, however much waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.stages import Stages
from tests.unit.test_stages_schedule import at
from worker.model.dispatch import DestinationClaim, Gate
from worker.model.stops import Stopped
from worker.store.schema import article, delivery

WAITING, BATCH = 3000, 64
NOW = at("09:00")


def fill(stages: Stages) -> None:
    """Thousands that came due at one moment, some with a priority of their own, written down before the others."""
    hook = stages.destination().id
    numbers = range(1, WAITING + 1)
    articles = [
        {"id": number, "uuid": str(UUID(int=number)), "lead_id": number, "title": "雪", "created_at": NOW}
        for number in numbers
    ]
    common = {"destination_id": hook, "version": 1, "use": "full_text", "state": "due", "created_at": NOW}
    rows = [
        {
            "uuid": str(UUID(int=number)),
            "article_id": number,
            "sequence": 1,
            "action": "retract" if number == 1500 else "publish",
            "priority": {1500: 0, 2000: 1}.get(number, 2),
            "due_at": NOW - timedelta(hours=2 if number == 2500 else 1),
            **common,
        }
        for number in numbers
    ]
    with stages.services.database.write() as connection:
        connection.execute(sa.insert(article), articles)
        connection.execute(sa.insert(delivery), rows)
    if not stages.services.database.sqlite:
        with stages.services.database.write() as connection:
            connection.execute(sa.text("ANALYZE"))


def claim(stages: Stages, gate: Gate) -> list[DestinationClaim]:
    until = NOW + timedelta(seconds=60)
    return stages.services.deliveries.claim(NOW, limit=1, batch=BATCH, lease="one", until=until, gate=gate)


def test_retractions_then_what_goes_first_then_the_oldest(stages: Stages) -> None:
    fill(stages)
    (claimed,) = claim(stages, Gate())
    assert [one.article for one in claimed.deliveries] == [1500, 2000, 2500, *range(1, BATCH - 2)]
    further = stages.services.deliveries.more(["hook"], NOW, size=2, lease="one")
    assert [one.article for one in further["hook"]] == [BATCH - 2, BATCH - 1]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("stopped", [Stopped(), Stopped(destinations=frozenset({"hook"}))])
def test_a_claim_reads_no_more_than_it_takes(stages: Stages, stopped: Stopped) -> None:
    fill(stages)
    engine = stages.services.database.engines()[0]
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT") and "delivery" in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    assert claim(stages, Gate(stopped))
    event.remove(engine, "before_cursor_execute", note)
    stages.services.deliveries.record((), (), lease="one", release=["hook"], now=NOW)
    with stages.services.database.read() as connection:
        for cheap in ("seqscan", "hashjoin", "mergejoin"):  # what reads tables this small whole
            connection.execute(sa.text(f"SET LOCAL enable_{cheap} = off"))
        for statement, parameters in asked:
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            read = max(scanned(explained.scalar_one()[0]["Plan"]))
            assert read <= 4 * BATCH, f"{read} rows read by {statement}"


def scanned(plan: dict[str, Any]) -> Iterator[float]:
    """Rows that each step of a plan looked at, each time."""
    yield plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    for part in plan.get("Plans", ()):
        yield from scanned(part)
