"""Celery: a message is a knock on the door. It carries ids; rows say what there is to do.

Each task is an id in, one pipeline call, hints out. Its result line tells an operator in Flower what happened.
"""

from celery import Celery

app = Celery("newsroad", include=["tasks.poll", "tasks.ingest", "tasks.deliver", "tasks.upkeep"])
app.config_from_object("celeryconfig")
app.conf.task_routes = {
    "tick": {"queue": "tick"},
    "poll": {"queue": "poll"},
    "ingest": {"queue": "ingest"},
    "deliver": {"queue": "deliver"},
    "recheck": {"queue": "upkeep"},
    "upkeep": {"queue": "upkeep"},
}
app.conf.beat_schedule = {
    "tick": {"task": "tick", "schedule": 2.0, "options": {"expires": 2.0}},
    "upkeep": {"task": "upkeep", "schedule": 600.0},
}
