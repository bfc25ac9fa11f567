"""Fifty articles on one host, four workers: never two requests at once, never closer than the set pace."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import combinations

import pytest

from tests.portal import VISIT, article, listing
from tests.stages import Stages
from tests.unit.test_stages_site import declare
from worker.demo.site import Document, Question, Site
from worker.model.catalog import FirstContact
from worker.store.schema import resource

PACE = 0.1
WORKER = """
import time
import sqlalchemy as sa
from worker.bootstrap import build_services
from worker.http.transport import AiohttpWire
from worker.store.schema import resource

exchange = AiohttpWire.exchange

async def noted(self, request):
    print(time.monotonic(), flush=True)  # one clock for all processes of a machine
    return await exchange(self, request)

AiohttpWire.exchange = noted
services = build_services()
end = time.monotonic() + 150
while time.monotonic() < end:
    services.poller().run(seconds=4)
    while services.ingester().run() is not None:
        pass
    with services.database.read() as connection:
        left = sa.select(sa.func.count()).where(resource.c.role == "article", resource.c.polls == 0)
        some = sa.select(sa.func.count()).where(resource.c.role == "article")
        if connection.execute(some).scalar_one() and not connection.execute(left).scalar_one():
            break
services.close()
"""


class Watched(Site):
    """Counts the requests that are in flight together."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0
        self._open = 0
        self._lock = threading.Lock()

    def answer(self, question: Question) -> Document:
        with self._lock:
            self._open += 1
            self.most = max(self.most, self._open)
        time.sleep(0.02)
        with self._lock:
            self._open -= 1
        return super().answer(question)


@pytest.fixture
def watched() -> Iterator[Watched]:
    with Watched() as site:
        yield site


def test_a_host_is_asked_by_one_at_a_time_at_its_pace(stages: Stages, watched: Watched) -> None:
    many = [(f"/news/202611/{number}.html", f"第{number}号乡村图书故事", "2026-11-24") for number in range(100, 150)]
    for path, title, _ in many:
        watched.put(path, article(title, (*VISIT, title * 5)))
    watched.put("/news/", listing(*many))
    stages.sites["alpha"] = watched
    declare(stages, pace=PACE, first_contact=FirstContact(entries=50))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NEWSROAD_")},
        "NEWSROAD_HOME": str(stages.home),
        "NEWSROAD_DATABASE_URL": stages.services.database.url,
        "NEWSROAD_ALLOW_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, "-c", WORKER]
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [worker.communicate(timeout=200)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    assert len(stages.rows(resource, resource.c.role == "article", resource.c.polls > 0)) == 50
    assert watched.most == 1
    # When each was sent, not when it reached a busy server.
    sent = sorted(float(line) for words in said for line in words.splitlines())
    assert len(sent) == watched.count() == 52, "robots.txt, the listing, fifty articles"
    # What one request gained by being sent late, the next ones must not lose: only the machine's own hesitation is
    # forgiven, once, whatever the number of requests between two.
    ahead = [at - number * PACE for number, at in enumerate(sent)]
    assert max(earlier - later for earlier, later in combinations(ahead, 2)) < PACE * 0.9
