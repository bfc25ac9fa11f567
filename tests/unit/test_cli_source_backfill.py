"""``newsroad source backfill``: what came with a flood is listed, counted, and goes when a person says so."""

from __future__ import annotations

import pytest

from tests.road import Item, Road


@pytest.fixture
def flooded(road: Road) -> Road:
    """``jiang`` is known by five articles, and suddenly serves thirty more without dates."""
    known = [Item(f"a{number}", f"今天的第{number}件事", f"第{number}段。" * 40) for number in range(5)]
    road.publish("jiang", *known)
    road.run()
    archive = [
        Item(
            f"b{number}",
            f"往事{chr(0x4E00 + 37 * number)}钩沉",
            "".join(chr(0x4E00 + 97 * number + at) for at in range(90)),
        )
        for number in range(30)
    ]
    road.publish("jiang", *known, *archive)
    road.run()
    return road


def test_what_is_held_back_is_shown_counted_and_let_go_when_agreed_to(flooded: Road) -> None:
    shown = flooded.cli("source", "show", "jiang").text
    assert "30 of 35 entries were new at once" in shown
    assert "30 held back" in shown
    assert flooded.json("source", "show", "jiang")["held_back"] == 30
    sent = len(flooded.partner.accepted())

    counted = flooded.cli("source", "backfill", "jiang", "--dry-run")
    assert "往事" in counted.text
    assert "… and 20 more" in counted.text
    assert "publish 60: 30 articles, counted once at each of" in counted.text
    refused = flooded.cli("source", "backfill", "jiang")
    assert refused.code == 4
    assert "newsroad source backfill jiang --allow-publish 60" in refused.text
    assert len(flooded.partner.accepted()) == sent

    done = flooded.cli("source", "backfill", "jiang", "--allow-publish", "60", "--by", "编辑", "--note", "都要")
    assert done.code == 0, done.text
    assert "30 articles let go" in done.text
    flooded.deliver()
    assert len(flooded.partner.accepted()) == sent + 30
    assert "Nothing of jiang is held back" in flooded.cli("source", "backfill", "jiang").text
    act = flooded.json("audit", "--verb", "backfill")["acts"][0]
    assert (act["by"], act["target"], act["note"]) == ("编辑", "source jiang", "都要")
    flooded.cli("source", "resume", "jiang")
    assert "look at this" not in flooded.cli("source", "show", "jiang").text


def test_json_lists_what_waits_and_changes_nothing_on_a_dry_run(flooded: Road) -> None:
    told = flooded.json("source", "backfill", "jiang", "--since", "2h", "--dry-run")
    assert (told["source"], told["held_back"], told["let_go"]) == ("jiang", 30, 0)
    assert {"title", "date", "held_at"} == set(told["articles"][0])
    assert told["destinations"]["hook"]["publish"] == 30
    assert flooded.cli("source", "backfill", "nobody").code == 3
