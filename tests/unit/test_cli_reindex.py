"""``reindex``, and what ``doctor`` and ``status`` say of the index."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from tests.road import Item, Road
from tests.stages import telling
from worker.identity.near import NEAR_VERSION
from worker.store.nearby import near_key, near_text
from worker.store.schema import entry

ITEMS = [Item(f"m{number}", f"第{number}号简报：{telling(number)[:6]}", telling(number)) for number in range(3)]


def change(road: Road, near: int | None, *where: sa.ColumnElement[bool]) -> None:
    """Let entries have been filed by that version, or wait."""
    with road.services.database.write() as connection:
        connection.execute(sa.update(entry).where(*where).values(near=near))


def on_index(road: Road) -> tuple[str, str]:
    found = json.loads(road.cli("doctor", "--json").text)["findings"]
    return next((one["health"], one["words"]) for one in found if one["check"] == "index")


def kept(road: Road) -> list[tuple[int, ...]]:
    with road.services.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(near_key).order_by(*near_key.primary_key))]


def test_an_index_of_another_version_is_told_and_made_anew(road: Road) -> None:
    road.publish("jiang", *ITEMS)
    road.run()
    assert on_index(road) == ("ok", "every text is recognised when it comes again")
    assert "Index" not in road.cli("status").text
    before = kept(road)
    change(road, NEAR_VERSION - 1)
    with road.services.database.write() as connection:
        connection.execute(sa.update(near_text).values(version=NEAR_VERSION - 1))
    assert on_index(road)[0] == "warn"
    assert "a part is of another version: newsroad reindex" in road.cli("status").text
    assert road.json("status")["index"] == {"waiting": 0, "oldest": None, "outdated": True}
    assert road.json("reindex") == {"version": NEAR_VERSION, "outdated": 3, "filed": 3, "waiting": 0}
    assert on_index(road)[0] == "ok"
    assert kept(road) == before


def test_what_waits_is_told_and_filed(road: Road) -> None:
    road.publish("jiang", *ITEMS)
    road.run()
    change(road, None, entry.c.id == 2)
    assert on_index(road) == ("ok", "1 text waiting to be filed")
    with road.services.database.write() as connection:
        longer = datetime.now(UTC) - timedelta(days=2)
        connection.execute(sa.update(entry).where(entry.c.id == 2).values(first_seen_at=longer))
    assert on_index(road) == ("warn", "1 text waiting to be filed for longer than a day")
    assert "1 text waiting to be filed when nothing else waits" in road.cli("status").text
    assert "1 text filed; the index is of version" in road.cli("reindex").text
    assert road.json("status")["index"]["waiting"] == 0


def test_all_of_it_is_filed_anew(road: Road) -> None:
    road.publish("jiang", *ITEMS)
    road.run()
    with road.services.database.write() as connection:
        connection.execute(sa.delete(near_key))
        connection.execute(sa.delete(near_text))
    assert "0 texts filed" in road.cli("reindex").text
    assert "3 texts filed; the index" in road.cli("reindex", "--all").text
    assert len({entry_id for _, entry_id in kept(road)}) == 3
