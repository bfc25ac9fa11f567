"""Every act of a person is one row: who, what, why, before, after."""

from __future__ import annotations

import pytest

from tests.road import Item, Road
from worker.demo.site import Document

MEETING = Item("m1", "江城代表团赴高原州对接教育协作")
REPRINT = Item("r1", "高原州举办青年歌会", credits="高原日报")
OWN, ADDRESS = "https://jiang.example/a/m1", "https://tongxin.example/a/r1"
SIGNED = ("--by", "周岚", "--note", "原文核对")


def test_what_was_decided_and_corrected_is_on_record_with_before_and_after(road: Road) -> None:
    road.publish("tongxin", REPRINT)
    road.run()
    road.cli("review", "approve", ADDRESS, "--destination", "hook", *SIGNED)
    road.cli("article", "fix", ADDRESS, "author=李明", "--by", "吴敏", "--note", "来电更正")
    road.cli("review", "reject", ADDRESS, "--destination", "hook", *SIGNED)
    acts = road.json("audit")["acts"]
    assert [(one["verb"], one["by"], one["note"]) for one in acts] == [
        ("reject", "周岚", "原文核对"),
        ("fix", "吴敏", "来电更正"),
        ("approve", "周岚", "原文核对"),
    ]
    reject, fix, approve = (one["detail"] for one in acts)
    assert (approve["before"]["use"], approve["after"]["use"], approve["action"]) == ("hold", "full_text", "publish")
    assert approve["destination"] == "hook"
    assert (fix["before"], fix["after"]) == ({"author": None}, {"author": "李明"})
    assert (reject["before"]["use"], reject["after"]["use"]) == ("hold", "reject")
    assert {one["target"] for one in acts} == {str(road.uuid(REPRINT.title))}


def test_it_is_found_by_person_act_article_and_time(road: Road) -> None:
    road.publish("tongxin", REPRINT)
    road.publish("jiang", MEETING)
    road.run()
    road.cli("review", "approve", ADDRESS, "--all", *SIGNED)
    road.cli("article", "fix", OWN, "author=李明", "--by", "吴敏", "--note", "来电更正")
    assert [one["verb"] for one in road.json("audit", "--by", "吴敏")["acts"]] == ["fix"]
    assert len(road.json("audit", "--verb", "approve")["acts"]) == 2
    assert {one["verb"] for one in road.json("audit", "--article", OWN)["acts"]} == {"fix"}
    assert len(road.json("audit", "--since", "1h")["acts"]) == 3
    assert road.json("audit", "--since", "2099-01-01")["acts"] == []
    assert len(road.json("audit", "--limit", "1")["acts"]) == 1
    shown = road.cli("audit").text
    assert "吴敏" in shown
    assert "author 李明" in shown
    assert "at hook" in shown


def test_a_delivery_that_was_replayed_belongs_to_its_article(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.partner.next_answers = [Document(b"no", status=422)]
    road.run()
    parked = road.json("delivery", "list", "--state", "parked")["deliveries"]
    road.cli("delivery", "replay", parked[0]["uuid"], *SIGNED)
    (act,) = road.json("audit", "--article", OWN)["acts"]
    assert (act["verb"], act["detail"]["before"]["state"], act["detail"]["after"]["state"]) == (
        "replay",
        "parked",
        "due",
    )


def test_a_takedown_says_where_it_was(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    road.cli("takedown", OWN, *SIGNED, "--reason", "rights", "--yes", "--wait", "0")
    (act,) = road.json("audit", "--verb", "takedown")["acts"]
    assert act["detail"]["before"] == {"state": "live", "out": {"feeds": "full_text", "hook": "full_text"}}
    assert act["detail"]["after"] == {"state": "withdrawn", "retracts": ["feeds", "hook"]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_stopping_a_source_says_what_it_was(road: Road) -> None:
    road.cli("source", "pause", "jiang", *SIGNED)
    road.cli("source", "resume", "jiang", *SIGNED)
    states = [(one["detail"]["before"]["state"], one["detail"]["after"]["state"]) for one in road.json("audit")["acts"]]
    assert states == [("paused", "active"), ("active", "paused")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_stops_and_pushes_say_what_was_before_and_after(road: Road) -> None:
    road.cli("pause", "--destination", "hook", "--reason", "版面调整", "--by", "周岚")
    road.publish("jiang", MEETING)
    road.run()
    road.cli("resume", "--destination", "hook", "--as", "drop", "--yes", *SIGNED)
    pushed = road.cli("article", "push", OWN, "--destination", "hook", "--now", *SIGNED)
    assert pushed.code == 0, pushed.text
    told = {one["verb"]: (one["detail"]["before"], one["detail"]["after"]) for one in road.json("audit")["acts"]}
    assert told["pause"][1]["state"] == "stopped"
    assert (told["resume"][0]["reason"], told["resume"][1]["dropped"]) == ("版面调整", 1)
    assert (told["push"][0]["state"], told["push"][1]["urgent"]) == ("dropped", True)
    assert "版面调整" in road.cli("audit", "--verb", "pause").text
