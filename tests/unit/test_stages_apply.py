"""What a changed catalogue does to what waits: rehearsals that end, times that change while somebody settles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.stages import Stages, item
from tests.unit.test_stages_schedule import TEXTS, articles, at, go, put, schedule
from worker.model.catalog import Schedule

CLOSED = Schedule(windows=("mon-sun 20:00-21:00",))


def hook(stages: Stages, **changes: Any) -> None:
    """Put the catalogue in force with ``hook`` changed."""
    changed = tuple(replace(one, **changes) if one.key == "hook" else one for one in stages.catalogue.destinations)
    stages.declare(destinations=changed)


def states(stages: Stages) -> list[tuple[str, str]]:
    return [(row.action, row.state) for row in stages.deliveries()]


def test_what_waits_when_a_rehearsal_ends_does_not_go(stages: Stages) -> None:
    hook(stages, mode="rehearse")
    put(stages, "alpha", articles(1))
    go(stages, at("09:00"))
    hook(stages, schedule=CLOSED)
    corrected = item("a0", f"{TEXTS[0]}（更正）", "更正后的全文，内容已经核实，请以此为准。" * 9)
    put(stages, "alpha", [corrected, *articles(1, begin=1)])
    go(stages, at("10:00"))
    assert states(stages) == [("publish", "rehearsed"), ("update", "due"), ("publish", "due")]
    hook(stages, mode="live", schedule=Schedule())
    stages.recheck()
    stages.now += timedelta(days=1)
    stages.deliver()
    assert stages.sent == []
    assert states(stages) == [("publish", "rehearsed"), ("update", "cancelled"), ("publish", "cancelled")]
    put(stages, "alpha", articles(1, begin=2))
    stages.run()
    assert stages.sent == [("published", f"{TEXTS[2]}2")], "it begins with what comes then"


def test_what_a_sender_rehearses_just_then_does_not_go_either(stages: Stages) -> None:
    hook(stages, mode="rehearse")
    put(stages, "alpha", articles(1))
    stages.now = at("09:00")
    stages.poll()
    stages.ingest()
    store = stages.services.deliveries
    assert store.claim(stages.now, limit=1, batch=9, lease="one", until=stages.now + timedelta(seconds=60))
    hook(stages, mode="live")
    store.record((), (), lease="one", release=["hook"], now=stages.now)
    stages.recheck()
    stages.deliver()
    assert (stages.sent, states(stages)) == ([], [("publish", "cancelled")])


def test_what_the_partner_really_has_is_still_updated_after_a_rehearsal(stages: Stages) -> None:
    put(stages, "alpha", articles(1))
    go(stages, at("09:00"))
    hook(stages, mode="rehearse", schedule=CLOSED)
    put(stages, "alpha", [item("a0", f"{TEXTS[0]}（更正）", "更正后的全文，内容已经核实，请以此为准。" * 9)])
    go(stages, at("10:00"))
    hook(stages, mode="live", schedule=Schedule())
    stages.deliver()
    stages.now += timedelta(days=1)
    stages.deliver()
    assert [kind for kind, _ in stages.sent] == ["published", "updated"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_changed_times_and_a_settling_do_not_wait_for_each_other(stages: Stages) -> None:
    """On SQLite writers are one at a time. The settling takes the later article first, so that whoever changes the rows
    in their order holds the first when it comes to it."""
    schedule(stages, windows=("mon-sun 20:00-21:00",))
    stages.now = at("09:00")
    put(stages, "alpha", articles(2))
    stages.run(minutes=0)
    first, second = (row.article_id for row in stages.deliveries())
    failed: list[BaseException] = []

    def apply() -> None:
        try:
            schedule(stages, windows=("mon-sun 18:00-19:00",))
        except BaseException as error:  # noqa: BLE001 (told below)
            failed.append(error)

    applying = threading.Thread(target=apply)
    with stages.services.works.open() as work:
        work.stories([second])
        applying.start()
        wait_until(lambda: waits_for_a_lock(stages))
        work.stories([first])
    applying.join(30)
    assert failed == []
    assert {row.due_at for row in stages.deliveries()} == {at("18:00")}


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")


def waits_for_a_lock(stages: Stages) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with stages.services.database.read() as connection:
        return bool(connection.execute(sa.text(query)).scalar_one())
