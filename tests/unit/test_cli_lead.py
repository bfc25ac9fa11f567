"""What ``article show``, ``article explain`` and ``delivery show`` say of a text that waits."""

from __future__ import annotations

from tests.road import Item, Road
from tests.unit.test_stages_copies import LEAD, QUAKE, ROADS, TITLE
from worker.pipeline.recheck import recheck

OWN = '[grants.tongxin]\npublisher = "tongxin"\n'
CARRIES = OWN + 'scope = "carried"\n'
BRIEF = f"{LEAD}</p><p>{ROADS}"


def test_a_copy_that_waits_to_lead_is_named_with_what_keeps_it_out(road: Road) -> None:
    road.change(OWN, CARRIES + 'use = "excerpt"\n')
    road.publish("jiang", Item("m1", "快讯", BRIEF))
    road.run()
    road.publish("tongxin", Item("t1", TITLE, QUAKE, credits="江城民族事务局"))
    road.run()
    address = "https://jiang.example/a/m1"
    for verb in ("show", "explain"):
        told = road.json("article", verb, address)["waiting_lead"]
        assert (told["source"], told["title"], told["reason"]) == ("tongxin", TITLE, "LEAD_NOT_PERMITTED")
        assert told["link"] == "https://tongxin.example/a/t1"
        assert {key: one["decision"]["use"] for key, one in told["destinations"].items()} == dict.fromkeys(
            ("feeds", "hook"), "excerpt"
        )
        text = road.cli("article", verb, address).text
        assert "LEAD_NOT_PERMITTED" in text
        assert "应作主稿" in text
        assert "would lead" in road.cli("article", verb, address, "--language", "en").text
    road.change(OWN, CARRIES)
    services = road.services
    recheck(services.works, services.view, services.hints, services.clock)
    assert road.json("article", "show", address)["waiting_lead"] is None
    assert road.json("article", "show", address)["title"] == TITLE


def test_an_update_that_waits_for_its_turn_says_so(road: Road) -> None:
    for number in range(3):
        road.publish("jiang", Item("m1", TITLE, f"{QUAKE}</p><p>第{number}次更新。"))
        road.run()
    address = "https://jiang.example/a/m1"
    for key in ("hook", "feeds"):
        shown = road.json("delivery", "show", address, "--destination", key)
        assert (shown["state"], shown["version"]) == ("due", 3)
        assert "one update of an article in 10 minutes" in shown["detail"]
        assert "in 10 minutes" in road.cli("delivery", "show", address, "--destination", key).text
    assert "in 10 minutes" in road.cli("article", "explain", address).text
    assert [one.payload["type"] for one in road.partner.accepted()] == ["article.published", "article.updated"]
    pushed = road.cli("article", "push", address, "--everywhere", "--now", "--by", "周岚", "--note", "急")
    assert pushed.code == 0, pushed.text
    road.deliver()
    assert "第2次" in road.partner.accepted()[-1].payload["data"]["body_html"]
