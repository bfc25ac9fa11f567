"""Celery: a message is a knock on the door. It carries ids; rows say what there is to do.

Each task is an id in, one pipeline call, hints out. Its result line tells an operator in Flower what happened.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery import Celery


def __getattr__(name: str) -> Celery:
    """``tasks.app``, made when first asked for: the command line lives in this package and mostly needs no Celery."""
    if name != "app":
        raise AttributeError(name)
    return _app()


@cache
def _app() -> Celery:
    from celery import Celery

    made = Celery("newsroad", include=["tasks.poll", "tasks.ingest", "tasks.deliver", "tasks.upkeep"])
    made.config_from_object("celeryconfig")
    made.conf.task_routes = {
        "tick": {"queue": "tick"},
        "poll": {"queue": "poll"},
        "ingest": {"queue": "ingest"},
        "deliver": {"queue": "deliver"},
        "recheck": {"queue": "upkeep"},
        "reindex": {"queue": "upkeep"},
        "upkeep": {"queue": "upkeep"},
        "watch": {"queue": "upkeep"},
    }
    made.conf.beat_schedule = {
        "tick": {"task": "tick", "schedule": 2.0, "options": {"expires": 2.0}},
        "upkeep": {"task": "upkeep", "schedule": 600.0},
        "watch": {"task": "watch", "schedule": 30.0},
    }
    return made
