"""A backup that is older than what partners have seen: what comes after the restore is new to all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness import PostgresServer
from tests.stages import OTHER, Stages, item, rss, telling
from worker.model.catalog import Destination
from worker.store.backup import back_up
from worker.store.engine import Database
from worker.store.restore import restore

Loss = Callable[[Path], None]


def quiet(_table: str, _rows: int) -> None:
    """Nobody watches."""


@pytest.fixture
def backed_up(stages: Stages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newsroad that a partner pulls from and is sent to as well, backed up when it had one article."""
    monkeypatch.setenv("PULL", "token")
    inbox = Destination("inbox", "partner", "pull", ("news",), {"token": "env:PULL"})
    stages.declare(destinations=(*stages.catalogue.destinations, inbox))
    stages.publish("alpha", rss(item("a", "甲")))
    stages.run()
    path = tmp_path / "old.backup"
    back_up(stages.services.database, path, now=stages.now, product="0.1.0", say=quiet)
    return path


@pytest.fixture
def lose(stages: Stages, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Loss]:
    """Let the database be lost, and the backup be restored in its place."""
    opened: list[Database] = []

    def restored(backup: Path) -> None:
        if stages.services.database.sqlite:
            url = f"sqlite:///{tmp_path / 'restored.db'}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            url = server.empty()
        opened.append(Database(url))
        restore(opened[-1], backup, quiet)
        stages.services.close()
        stages.services = stages.make_services(opened[-1])

    yield restored
    for database in opened:
        database.close()
        if not database.sqlite:
            stages.services.close()
            request.getfixturevalue("postgres").drop(database.url)


def test_a_takedown_after_a_restore_is_above_all_that_the_partner_has_seen(
    stages: Stages, backed_up: Path, lose: Loss
) -> None:
    for title in ("甲二", "甲三"):
        stages.publish("alpha", rss(item("a", title)))
        stages.run()
    seen = max(one.payload["data"]["sequence"] for one in stages.partner.accepted())
    lose(backed_up)
    stages.take_down()
    stages.deliver()
    gone = stages.partner.accepted()[-1]
    assert gone.payload["type"] == "article.withdrawn"
    assert gone.payload["data"]["sequence"] > seen


def test_whoever_pulls_misses_nothing_that_came_after_a_restore(stages: Stages, backed_up: Path, lose: Loss) -> None:
    for number in range(3):
        stages.publish("alpha", rss(item(f"lost-{number}", f"丢失{number}", telling(number))))
        stages.run()
    asked_up_to = stages.services.changes.page(["inbox"], 0, 100).newest
    lose(backed_up)
    for number in range(5):
        stages.publish("alpha", rss(item(f"new-{number}", f"新{number}", telling(10 + number))))
        stages.run()
    given = stages.services.changes.page(["inbox"], asked_up_to, 100)
    titles = [getattr(one.subject, "title", "") for one in given.changes]
    assert [title for title in titles if title.startswith("新")] == [f"新{number}" for number in range(5)]


def test_no_page_after_a_restore_passes_for_one_that_readers_keep(stages: Stages, backed_up: Path, lose: Loss) -> None:
    stages.publish("alpha", rss(item("b", "乙", OTHER)))
    stages.run()
    kept = stages.services.shelf.generation("feeds")
    lose(backed_up)
    stages.publish("alpha", rss(item("c", "丙", telling(1))))
    stages.run()
    assert stages.services.shelf.generation("feeds") > kept


def test_what_was_due_at_the_time_of_a_backup_goes_out_under_the_id_it_had(
    stages: Stages, tmp_path: Path, lose: Loss
) -> None:
    stages.publish("alpha", rss(item("a", "甲")))
    stages.poll()
    stages.ingest()
    backup = tmp_path / "due.backup"
    back_up(stages.services.database, backup, now=stages.now, product="0.1.0", say=quiet)
    stages.deliver()
    first = stages.partner.accepted()[-1].id
    lose(backup)
    stages.deliver()
    assert [one.id for one in stages.partner.ledger] == [first, first]
