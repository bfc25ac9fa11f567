"""A backup that is older than what partners have seen: what comes after the restore is new to all of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from tests.harness import PostgresServer
from tests.stages import NOON, OTHER, Stages, item, rss, telling
from worker.cli.main import app
from worker.errors import NewsroadError
from worker.model.catalog import Destination
from worker.store.backup import SEAL, back_up
from worker.store.changes import Changes
from worker.store.engine import Database
from worker.store.migrate import HEAD, current
from worker.store.restore import restore, verify
from worker.store.schema import change, host

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
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
            url = f"sqlite:///{tmp_path / f'restored-{len(opened)}.db'}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            url = server.empty()
        opened.append(Database(url))
        restore(opened[-1], backup, quiet, now=stages.now)
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


def test_so_it_is_after_the_same_backup_was_restored_before(stages: Stages, backed_up: Path, lose: Loss) -> None:
    lose(backed_up)
    for title in ("甲二", "甲三"):
        stages.publish("alpha", rss(item("a", title)))
        stages.run()
    seen = max(one.payload["data"]["sequence"] for one in stages.partner.accepted())
    asked_up_to, kept = (
        stages.services.changes.page(["inbox"], 0, 100).newest,
        stages.services.shelf.generation("feeds"),
    )
    lose(backed_up)
    stages.take_down()
    stages.deliver()
    assert stages.partner.accepted()[-1].payload["data"]["sequence"] > seen
    assert len(stages.services.changes.page(["inbox"], asked_up_to, 100).changes) == 1
    assert stages.services.shelf.generation("feeds") > kept


def test_so_it_is_whichever_backups_were_restored_in_between(stages: Stages, backed_up: Path, lose: Loss) -> None:
    lose(backed_up)
    later = backed_up.with_name("later.backup")
    back_up(stages.services.database, later, now=stages.now, product="0.1.0", say=quiet)
    stages.now += timedelta(hours=1)
    lose(later)
    stages.publish("alpha", rss(item("a", "甲二")))
    stages.run()
    seen = max(one.payload["data"]["sequence"] for one in stages.partner.accepted())
    asked_up_to, kept = (
        stages.services.changes.page(["inbox"], 0, 100).newest,
        stages.services.shelf.generation("feeds"),
    )
    floor = stages.services.catalogue.loaded().floor
    lose(backed_up)
    stages.take_down()
    stages.deliver()
    assert stages.partner.accepted()[-1].payload["data"]["sequence"] > seen
    assert len(stages.services.changes.page(["inbox"], asked_up_to, 100).changes) == 1
    assert stages.services.shelf.generation("feeds") > kept
    assert stages.services.catalogue.loaded().floor > floor


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


@pytest.fixture
def add_late(stages: Stages) -> Callable[[], None]:
    """Declare three destinations that the backup knows nothing of, and let them begin with what is there already."""

    def add() -> None:
        hook, feeds, inbox = stages.catalogue.destinations[:3]
        late = (replace(hook, key="late"), replace(feeds, key="late-feeds"), replace(inbox, key="late-inbox"))
        stages.declare(destinations=(hook, feeds, inbox, *late))
        for one in late:
            articles = [row.id for row in stages.articles()]
            stages.services.catalogue.begin(one.key, NOON - timedelta(days=1), articles, stages.now, by="周岚")
        stages.recheck()

    return add


def test_so_it_is_where_nothing_was_sent_before_the_backup(
    stages: Stages, backed_up: Path, lose: Loss, add_late: Callable[[], None]
) -> None:
    add_late()
    for title in ("甲二", "甲三"):
        stages.publish("alpha", rss(item("a", title)))
        stages.run()
    seen = max(row.sequence for row in stages.deliveries("late"))
    kept = stages.services.shelf.generation("late-feeds")
    assert (seen, kept) == (3, 3)
    lose(backed_up)
    add_late()
    stages.take_down()
    stages.deliver()
    assert [row.action for row in stages.deliveries("late")] == ["publish", "retract"]
    assert min(row.sequence for row in stages.deliveries("late")) > seen
    assert min(row.sequence for row in stages.deliveries("late-inbox")) > seen
    assert stages.services.shelf.row("late-feeds", UUID(stages.articles()[0].uuid)).withdrawal is not None
    assert stages.services.shelf.generation("late-feeds") > kept + 2


def test_so_it_is_where_a_person_had_to_agree_first(stages: Stages, lose: Loss, tmp_path: Path) -> None:
    [news] = stages.catalogue.channels
    stages.declare(channels=(replace(news, approval="one"),))
    stages.publish("alpha", rss(item("a", "甲")))
    stages.run()
    assert stages.sent == []
    backup = tmp_path / "held.backup"
    back_up(stages.services.database, backup, now=stages.now, product="0.1.0", say=quiet)
    lose(backup)
    stages.declare(channels=(news,))
    stages.recheck()
    [first] = stages.deliveries()
    assert first.sequence > 100_000


def test_whoever_pulls_misses_nothing_though_the_backup_knew_of_no_change(
    stages: Stages, lose: Loss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULL", "token")
    backup = tmp_path / "early.backup"
    back_up(stages.services.database, backup, now=stages.now, product="0.1.0", say=quiet)
    inbox = Destination("inbox", "partner", "pull", ("news",), {"token": "env:PULL"})
    stages.declare(destinations=(*stages.catalogue.destinations, inbox))

    def publish(number: int) -> None:
        stages.publish("alpha", rss(item(f"{number}", f"第{number}", telling(number))))
        stages.run()

    publish(1)
    publish(2)
    asked_up_to = stages.services.changes.page(["inbox"], 0, 100).newest
    for _ in range(2):
        lose(backup)
        assert stages.services.changes.page(["inbox"], asked_up_to, 100).newest > asked_up_to, "nobody is refused"
        stages.declare()
        publish(3)
        given = stages.services.changes.page(["inbox"], asked_up_to, 100)
        assert [getattr(one.subject, "title", "") for one in given.changes] == ["第3"]
        asked_up_to = given.newest


def test_the_numbers_of_changes_go_on_after_a_backup_of_the_first_release(
    empty_database_url: str, tmp_path: Path
) -> None:
    database = Database(empty_database_url)
    restore(database, forged(tmp_path / "first.backup", b"", schema="0001", rows=0), quiet, now=NOW)
    assert Changes(database).page(["inbox"], 0, 100).newest > 10_000_000
    with database.write() as connection:
        row = {"destination_id": 1, "article_id": 1, "delivery": "1", "at": NOW, "document": b""}
        made = connection.execute(sa.insert(change).values(**row)).inserted_primary_key
    assert made is not None
    assert made[0] > 10_000_000
    database.close()


def test_a_restored_newsroad_is_backed_up_and_restored_again(stages: Stages, backed_up: Path, lose: Loss) -> None:
    lose(backed_up)
    again = backed_up.with_name("again.backup")
    back_up(stages.services.database, again, now=stages.now, product="0.1.0", say=quiet)
    assert verify(again, quiet).rows("act") == 1
    before = stages.services.changes.page(["inbox"], 0, 100)
    lose(again)
    after = stages.services.changes.page(["inbox"], 0, 100)
    assert after.changes == before.changes
    assert after.newest > before.newest
    assert len(stages.rows(change, change.c.destination_id == 0)) == 1


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


def test_a_backup_of_the_first_release_is_restored(empty_database_url: str, tmp_path: Path) -> None:
    database = Database(empty_database_url)
    restore(database, forged(tmp_path / "first.backup", b"", schema="0001", rows=0), quiet, now=NOW)
    assert current(database) == HEAD
    database.close()


def forged(path: Path, lines: bytes, product: str = "0.1.0", schema: str = HEAD, **said: object) -> Path:
    """A backup that nobody of ours made, with a true seal: of one table, with these lines."""
    table = {"table": "host", "columns": [["name", "plain"]], "rows": 1, "sha256": sha256(lines).hexdigest(), **said}
    manifest = {"product": product, "schema": schema, "created": "2026-01-01T00:00:00+00:00", "format": 1}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"tables/{table['table']}.jsonl", lines)
        archive.writestr("manifest.json", json.dumps({**manifest, "parts": [table]}))
        archive.comment = SEAL + b"0" * 64
    whole = path.read_bytes()
    path.write_bytes(whole[:-64] + sha256(whole[: -64 - len(SEAL)]).hexdigest().encode())
    return path


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b'["0000"]\n', {"table": "alembic_version", "columns": [["version_num", "plain"]]}),
        (b'["x"]\n', {"table": 'host"; DROP TABLE host; --'}),
        (b"5\n", {}),
        (b"[5]\n", {"columns": [["name", "bytes"]]}),
        (b'[{"a": 1}]\n', {}),
        (b'["\\ud800"]\n', {}),
        (b"[" * 100_000, {}),
        (b"[1e999]\n", {"columns": [["id", "plain"]]}),
    ],
)
def test_a_forged_backup_is_refused_in_words_and_leaves_nothing(
    empty_database_url: str, tmp_path: Path, rows: bytes, said: dict[str, object]
) -> None:
    database = Database(empty_database_url)
    with pytest.raises(NewsroadError):
        restore(database, forged(tmp_path / "forged.backup", rows, **said), quiet, now=NOW)
    if current(database) is not None:
        with database.read() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(host)).scalar_one() == 0
    database.close()


def test_what_a_backup_calls_itself_does_not_steer_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSROAD_HOME", str(tmp_path))
    path = forged(tmp_path / "forged.backup", b"[5]\n", product="\x1b[2J\x1b]0;x\x07")
    shown = CliRunner().invoke(app, ["restore", str(path), "--verify"], color=True)
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout
