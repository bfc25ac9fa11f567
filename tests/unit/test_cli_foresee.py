"""``plan`` says what an apply would publish, update and retract, and apply then does just that."""

from __future__ import annotations

from tests.road import CATALOGUE, Item, Road
from worker.pipeline.recheck import recheck

MEETING = Item("m1", "江城代表团赴高原州对接教育协作")
REPRINT = Item("r1", "高原州举办青年歌会", credits="高原日报")


def plan(road: Road, before: str, after: str) -> dict[str, tuple[int, ...]]:
    assert before in CATALOGUE
    road.write(CATALOGUE.replace(before, after))
    told = road.json("plan")["destinations"]
    return {key: tuple(row.values()) for key, row in told.items()}


def settle(road: Road) -> None:
    """What the workers do after an apply."""
    recheck(road.services.works, road.services.view, road.services.hints, road.services.clock)
    road.deliver()


def counts(road: Road) -> dict[str, tuple[int, int, int]]:
    rows = road.json("destination", "list")["destinations"]
    return {row["key"]: (row["published"], row["updated"], row["retracted"]) for row in rows}


def published(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.publish("tongxin", REPRINT)
    road.run()


def test_a_grant_that_no_longer_reaches_a_destination_retracts(road: Road) -> None:
    published(road)
    narrower = '[grants.jiang]\npublisher = "jiang"\ndestinations = ["feeds"]\n'
    foreseen = plan(road, '[grants.jiang]\npublisher = "jiang"\n', narrower)
    assert foreseen == {"hook": (0, 0, 0, 1)}
    for said in ((), ("--yes",), ("--allow-publish", "100"), ("--allow-retract", "0")):
        refused = road.cli("apply", *said)
        assert refused.code == 4
        assert "This would retract 1 article at hook. Nothing was changed" in refused.text
        assert refused.text.rstrip().endswith("--allow-retract 1")
    assert counts(road)["hook"] == (1, 0, 0)
    assert road.cli("apply", "--allow-retract", "1").code == 0
    settle(road)
    assert counts(road)["hook"] == (1, 0, 1)
    assert counts(road)["feeds"] == (1, 0, 0)


def test_a_wider_grant_publishes_what_was_held(road: Road) -> None:
    published(road)
    wider = '[grants.tongxin]\npublisher = "tongxin"\nscope = "carried"\n'
    assert plan(road, '[grants.tongxin]\npublisher = "tongxin"\n', wider) == {
        "feeds": (1, 0, 0, 0),
        "hook": (1, 0, 0, 0),
    }
    assert road.cli("apply").code == 0
    settle(road)
    assert counts(road)["hook"] == (2, 0, 0)


def test_a_narrower_use_takes_text_back_and_needs_a_word(road: Road) -> None:
    published(road)
    excerpt = '[grants.jiang]\npublisher = "jiang"\nuse = "excerpt"\n'
    foreseen = plan(road, '[grants.jiang]\npublisher = "jiang"\n', excerpt)
    assert foreseen == {"feeds": (0, 0, 1, 0), "hook": (0, 0, 1, 0)}
    assert "newsroad apply --allow-retract 2" in road.cli("plan").text
    assert road.cli("apply").code == 4


def test_what_changes_no_permission_moves_nothing(road: Road) -> None:
    published(road)
    assert plan(road, 'title = "文化"', 'title = "人文"') == {}
    assert "nothing is published or retracted" in road.cli("plan").text


def test_looking_ahead_writes_nothing(road: Road) -> None:
    published(road)
    before = road.json("article", "explain", "https://jiang.example/a/m1")
    plan(road, '[grants.jiang]\npublisher = "jiang"\n', '[grants.jiang]\npublisher = "jiang"\nuse = "link_only"\n')
    assert road.json("article", "explain", "https://jiang.example/a/m1") == before


def test_the_first_apply_moves_nothing(empty_database_url: str, road: Road, monkeypatch) -> None:
    monkeypatch.setattr(road, "url", empty_database_url)
    assert road.cli("migrate").code == 0
    assert road.json("plan")["destinations"] == {}


def test_what_takes_the_place_of_what_waits_is_not_counted_again(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.services.polling.poll_now("jiang", road.services.clock())
    road.services.poller().run()
    while road.services.ingester().run() is not None:
        pass
    excerpt = '[grants.jiang]\npublisher = "jiang"\nuse = "excerpt"\n'
    foreseen = plan(road, '[grants.jiang]\npublisher = "jiang"\n', excerpt)
    assert foreseen == {"feeds": (0, 0, 1, 0)}, "it is on our own shelf, and only waits for the partner"
