"""What becomes of copies: gone with their article, their grant, their use; kept through all else. On real stores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.pictured import body, declare, figure, kept, picture, settle_down, take_down, tell
from tests.stages import OTHER, STORY, Stages, item, rss
from worker.store.backup import back_up
from worker.store.engine import Database
from worker.store.restore import restore, verify
from worker.store.schema import decision, media, media_use, resource, snapshot


def test_a_takedown_takes_the_copies_at_once_but_not_what_another_article_shows(stages: Stages) -> None:
    declare(stages)
    mine, shared = picture(stages), picture(stages, "/p/shared.png")
    stages.publish(
        "alpha",
        rss(item("a1", "一", STORY + figure(mine) + figure(shared)), item("a2", "二", OTHER + figure(shared))),
    )
    settle_down(stages)
    first, second = stages.articles()
    assert len(stages.rows(media_use)) == 3
    uses = [row.article_id for row in stages.rows(media_use)]
    alone = next(one for one in (first, second) if uses.count(one.id) == 2)
    take_down(stages, alone.uuid)
    left = stages.rows(media)
    assert [row.url for row in left] == [shared]
    assert left[0].body is not None
    assert len(stages.rows(media_use)) == 1
    asked = {row.url: row.due_at for row in stages.rows(resource, resource.c.role == "media")}
    assert asked[mine] is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_takedown_while_a_picture_is_under_way_keeps_nothing(stages: Stages) -> None:
    declare(stages)
    stages.publish("alpha", rss(item("a1", "一", STORY + figure(picture(stages)))))
    stages.now += timedelta(minutes=1)
    stages.poll()
    stages.ingest()
    stages.poll()  # robots.txt
    stages.poll()
    assert stages.sites["alpha"].count("/p/1.png") == 1
    stages.take_down()
    stages.ingest()
    assert stages.rows(media) == []
    assert all(row.body is None for row in stages.rows(snapshot) if row.url.endswith("/p/1.png"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_deletion_by_the_publisher_takes_its_copies(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    stages.publish("alpha", rss(head='<at:deleted-entry ref="a1"/>'))
    stages.run()
    assert stages.rows(media) == []
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pictures_are_taken_back_at_once_while_an_update_waits_for_its_turn(stages: Stages) -> None:
    declare(stages, images="link")
    shown = figure(picture(stages))
    for number in range(3):
        tell(stages, f"{STORY}第{number}次。{shown}{OTHER}")
    assert [kind for kind, _ in stages.sent] == ["published", "updated"]
    declare(stages, images="link", covers=False)
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published", "updated", "updated"]
    assert "第2次" in body(stages)
    assert "<img" not in body(stages)
    stages.recheck()
    assert len(stages.sent) == 3


def test_a_grant_that_covers_pictures_no_more_takes_them_back(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    declare(stages, covers=False)
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published", "updated"]
    assert "<img" not in body(stages)
    assert stages.rows(media) == []
    stages.recheck()
    assert len(stages.sent) == 2
    shown = stages.services.shelf.page("feeds", "news", limit=5).rows[0].release
    assert shown is not None
    assert "<img" not in (shown.body or "")


def test_settling_twice_asks_and_decides_nothing_again(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    before = [len(stages.rows(table)) for table in (decision, media, media_use, resource)]
    declare(stages, reference="the same in other words")
    settle_down(stages)
    after = [len(stages.rows(table)) for table in (media, media_use, resource)]
    assert after == before[1:]
    assert len(stages.sent) == 1
    assert stages.sites["alpha"].count("/p/1.png") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_upkeep_drops_what_no_article_uses(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    with stages.services.database.write() as connection:
        connection.execute(media_use.delete())
    assert "1 copies of pictures" in stages.services.prune()
    assert stages.rows(media) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_that_is_lost_later_takes_nothing_from_what_is_out(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    stages.sites["alpha"].remove("/p/1.png")
    stages.services.polling.pause("alpha", stages.now, by="周岚")
    stages.services.polling.resume("alpha", stages.now, by="周岚")
    settle_down(stages)
    assert kept(stages) == [("stored", "image/png")]
    assert stages.rows(media)[0].body is not None


def test_copies_are_in_a_backup(stages: Stages, tmp_path: Path) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    file, there = tmp_path / "newsroad.backup", Database(f"sqlite:///{tmp_path / 'restored.db'}")
    back_up(stages.services.database, file, now=stages.now, product="0", say=lambda _table, _rows: None)
    restore(there, verify_first(file), lambda _table, _rows: None, now=stages.now)
    with there.read() as connection:
        assert connection.execute(sa.select(media)).all() == stages.rows(media)
        assert connection.execute(sa.select(media_use)).all() == stages.rows(media_use)
    there.close()


def verify_first(file: Path) -> Path:
    verify(file, lambda _table, _rows: None)
    return file
