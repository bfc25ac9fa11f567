"""People merge and split while sources publish, senders send and the index is made anew: what the partner shows in the
end is what there is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from tests.stages import Stages, item, rss, telling
from worker.bootstrap import Services
from worker.errors import NewsroadError
from worker.model.catalog import Destination
from worker.pipeline.repair import merge, split

ENTRIES = 12
SECONDS = 4.0


def publish(stages: Stages, services: Services, edition: int) -> None:
    items = (item(f"n{number}", f"第{number}条 {edition}", telling(number)) for number in range(ENTRIES))
    stages.sites["alpha"].put("/feed.xml", rss(*items))
    services.polling.poll_now("alpha", stages.now)
    services.poller().run()
    while services.ingester().drain():
        pass


def repair(stages: Stages, chance: Random) -> None:
    services = stages.services
    desk = services.desk()
    live = [UUID(row.uuid) for row in stages.articles() if row.state == "live"]
    with suppress(NewsroadError):  # what cannot be split, or is merged already
        if len(live) > 1 and chance.random() < 0.5:
            merge(desk, *chance.sample(live, 2), by="编辑", note="同一件事")
        else:
            split(desk, chance.choice(stages.entries()).id, by="编辑", note="两件事")


def reindex(services: Services) -> None:
    services.filing.mark(every=True, told=lambda _: None)
    services.file_waiting()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_everything_at_once_leaves_the_partner_with_what_there_is(stages: Stages) -> None:
    portal = Destination("portal", "partner", "portal", ("news",), {})
    stages.declare(destinations=(*stages.catalogue.destinations, portal))
    publish(stages, stages.services, 0)
    chance, over, failures = Random(5), threading.Event(), list[BaseException]()

    def again(work: Callable[[Services, int], object], services: Services) -> None:
        edition = 0
        while not over.is_set():
            edition += 1
            try:
                work(services, edition)
            except Exception as error:  # noqa: BLE001 - told below
                failures.append(error)

    works: list[Callable[[Services, int], object]] = [
        lambda services, edition: publish(stages, services, edition),
        lambda services, _: services.deliverer().run(window=0.3),
        lambda services, _: reindex(services),
    ]
    with ExitStack() as stack:
        threads = []
        for work in works:
            services = stages.make_services(stages.services.database)
            stack.callback(services.close)
            threads.append(threading.Thread(target=again, args=(work, services)))
        for thread in threads:
            thread.start()
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                stages.now += timedelta(seconds=20)
                repair(stages, chance)
        finally:  # whatever failed, nobody works on while the database is emptied for the next test
            over.set()
            for thread in threads:
                thread.join()
    assert failures == []
    for _ in range(6):  # updates wait for their turn, retractions for what comes in their place
        stages.run()
        stages.recheck()

    shown: dict[str, tuple[int, str]] = {}
    for one in stages.partner.accepted():
        told = one.payload["data"]
        shown[told["id"]] = max(shown.get(told["id"], (0, "")), (told["sequence"], one.payload["type"]))
    there = {name.removeprefix("urn:uuid:") for name, (_, kind) in shown.items() if kind != "article.withdrawn"}
    assert there == {row.uuid for row in stages.articles() if row.state == "live"}
    assert len(stages.entries()) == ENTRIES
    assert {row.article_id for row in stages.entries()} == {row.id for row in stages.articles() if row.state == "live"}
    portal_rows = stages.services.shelf.page("portal", "news", limit=100).rows
    assert {str(row.article) for row in portal_rows} == there
