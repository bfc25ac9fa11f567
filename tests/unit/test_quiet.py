"""The log of a quiet installation is quiet: a knock that found nothing is not told of."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from celery.app.trace import LOG_RECEIVED, LOG_SUCCESS

from tasks.quiet import IDLE, _tells_something, say_less
from tests.road import Road

BEAT, ASKED, DONE = "celery.beat", "celery.worker.strategy", "celery.app.trace"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    say_less()
    yield
    for name in (BEAT, ASKED, DONE):
        logging.getLogger(name).removeFilter(_tells_something)


def tell(task: str, result: str) -> None:
    """What beat and a worker log of one task, in Celery's own words."""
    logging.getLogger(BEAT).info("Scheduler: Sending due task %s (%s)", task, task)
    logging.getLogger(ASKED).info(LOG_RECEIVED, {"name": task, "id": "1"})
    logging.getLogger(DONE).info(
        LOG_SUCCESS,
        {"name": task, "id": "1", "return_value": repr(result), "runtime": 0.1, "args": "()", "kwargs": "{}"},
    )


def test_a_tick_that_found_nothing_is_silent_and_one_that_did_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        tell("tick", IDLE)
        assert caplog.messages == []
        tell("tick", "2 hosts, 0 snapshots, 0 destinations due")
        assert ["succeeded" in line for line in caplog.messages] == [True]
        tell("poll", "2 unchanged")
        assert len(caplog.messages) == 4
        logging.getLogger(DONE).error("Task %(name)s raised", {"name": "tick", "id": "1"})
        assert len(caplog.messages) == 5


def test_whoever_asks_for_everything_gets_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger=BEAT):
        tell("tick", IDLE)
    assert len(caplog.messages) == 3


def test_an_idle_tick_says_what_the_log_takes_for_idle(road: Road) -> None:
    road.run()
    assert road.services.knock() == IDLE
