"""Keeps the knock that found nothing out of the log: three lines every two seconds, in which all others would drown."""

from __future__ import annotations

import logging
from collections.abc import Mapping

IDLE = "0 hosts, 0 snapshots, 0 destinations due"


def say_less() -> None:
    """Have this process's Celery say of ticks only what they found due; at the level DEBUG it says everything."""
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).addFilter(_tells_something)


def _tells_something(record: logging.LogRecord) -> bool:
    if record.levelno != logging.INFO or logging.getLogger(record.name).isEnabledFor(logging.DEBUG):
        return True
    told = record.args
    if isinstance(told, Mapping):  # a worker's: name, id, and after it ran return_value
        return told.get("name") != "tick" or IDLE not in str(told.get("return_value", IDLE))
    return not (isinstance(told, tuple) and told[:1] == ("tick",))
