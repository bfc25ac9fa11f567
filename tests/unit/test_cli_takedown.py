"""``takedown``: it says from where first, asks, and then everything is gone and stays gone."""

from __future__ import annotations

import shlex

from tests.road import Item, Road

MEETING = Item("m1", "江城代表团赴高原州对接教育协作")
SIGNED = ("--by", "周岚", "--reason", "rights", "--note", "原作者来函", "--wait", "0")
ADDRESS = "https://jiang.example/a/m1"


def published(road: Road) -> Road:
    road.publish("jiang", MEETING)
    road.run()
    return road


def test_it_shows_what_it_would_take_back_and_does_nothing_yet(road: Road) -> None:
    published(road)
    told = road.json("takedown", ADDRESS, "--dry-run")["would_retract"]
    assert [(one["title"], sorted(one["destinations"])) for one in told] == [(MEETING.title, ["feeds", "hook"])]
    unasked = road.cli("takedown", ADDRESS, *SIGNED)
    assert unasked.code == 4
    assert "--yes" in unasked.text
    assert road.json("article", "show", ADDRESS)["state"] == "live"


def test_it_wants_a_name_a_reason_and_a_note(road: Road) -> None:
    published(road)
    for missing in (SIGNED[2:], SIGNED[:2] + SIGNED[4:], SIGNED[:4]):
        assert road.cli("takedown", ADDRESS, *missing, "--yes").code == 4
    assert road.cli("takedown", ADDRESS, "--by", "x", "--reason", "mood", "--note", "y", "--yes").code == 2
    assert road.json("article", "show", ADDRESS)["state"] == "live"


def test_local_places_confirm_at_once_and_partners_when_they_answer(road: Road) -> None:
    published(road)
    done = road.json("takedown", ADDRESS, *SIGNED, "--yes")
    states = {one["destination"]: one["state"] for one in done["retractions"]}
    assert states == {"feeds": "accepted", "hook": "due"}
    road.deliver()
    assert road.partner.accepted()[-1].payload["type"] == "article.withdrawn"
    assert {one["state"] for one in road.json("delivery", "list", "--limit", "2")["deliveries"]} == {"accepted"}
    stone = road.json("article", "show", ADDRESS)["tombstones"][0]
    assert (stone["by"], stone["reason"], stone["note"]) == ("周岚", "RIGHTS", "原作者来函")


def test_it_does_not_come_back(road: Road) -> None:
    published(road)
    road.cli("takedown", ADDRESS, *SIGNED, "--yes")
    road.publish("tongxin", Item("copy", MEETING.title, MEETING.body))
    road.publish("jiang", Item("m1", MEETING.title, "改写过的正文。" * 60))
    road.run()
    assert [one.payload["type"] for one in road.partner.accepted()] == ["article.published", "article.withdrawn"]
    assert len(road.json("article", "find", MEETING.title)["articles"]) == 1
    again = road.cli("takedown", ADDRESS, *SIGNED, "--yes")
    assert again.code == 4
    assert "withdrawn already" in again.text


def test_several_go_together(road: Road) -> None:
    road.publish("jiang", MEETING, Item("m2", "江城召开年度总结会", "总结会的内容。" * 60))
    road.run()
    done = road.cli("takedown", ADDRESS, "https://jiang.example/a/m2", ADDRESS, *SIGNED, "--yes")
    assert "2 articles withdrawn; 2 of 4 retractions confirmed." in done.text


def test_one_unknown_name_stops_it_all(road: Road) -> None:
    published(road)
    assert road.cli("takedown", ADDRESS, "https://jiang.example/a/none", *SIGNED, "--yes").code == 3
    assert road.json("article", "show", ADDRESS)["state"] == "live"


FLOOD = [Item(f"f{number}", f"江城防汛第{number}号通报", f"第{number}号水情。" * 60) for number in range(23)]


def test_what_is_found_is_listed_first_and_taken_down_by_the_same_words(road: Road) -> None:
    road.publish("jiang", MEETING, Item("m2", "年度总结会", f"会上通报了防汛工作。{'总结会的内容。' * 60}"), *FLOOD[:3])
    road.publish("tongxin", Item("t1", "同心社区防汛演练", "演练内容。" * 60))
    road.run()
    told = road.json("takedown", "--match", "防汛", "--source", "jiang", "--since", "1d", "--dry-run")
    assert {one["title"] for one in told["would_retract"]} == {"年度总结会", *(one.title for one in FLOOD[:3])}
    assert {tuple(one["destinations"]) for one in told["would_retract"]} == {("feeds", "hook")}
    assert road.json("takedown", "--match", "防汛 总结会", "--dry-run")["would_retract"][0]["title"] == "年度总结会"
    assert len(road.json("takedown", "--match", "江城防汛", "--dry-run")["would_retract"]) == 3
    assert len(road.json("takedown", "--match", "社區", "--dry-run")["would_retract"]) == 1, "traditional or not"
    assert road.json("takedown", "--match", "防汛", "--until", "1d", "--dry-run")["would_retract"] == []
    late = FLOOD[3]
    road.publish("jiang", late)
    road.run()
    command = shlex.split(told["command"].split(" --by ")[0])[1:]
    assert command[-2:] == ["--allow-retract", "4"]
    done = road.json(*command, *SIGNED)
    assert len(done["withdrawn"]) == 4
    assert road.json("takedown", "--match", "防汛", "--source", "jiang", "--dry-run")["would_retract"][0]["title"] == (
        late.title
    )
    assert road.json("article", "find", MEETING.title)["articles"][0]["state"] == "live"


def test_many_that_were_found_need_their_number(road: Road) -> None:
    road.publish("jiang", *FLOOD[:20])
    road.run()
    road.publish("jiang", *FLOOD[19:])
    road.run()
    refused = road.cli("takedown", "--match", "防汛", *SIGNED, "--yes")
    assert refused.code == 4
    assert "This means these 23 articles" in refused.text
    assert "--allow-retract 23" in refused.text
    assert road.cli("takedown", "--match", "防汛", *SIGNED, "--allow-retract", "22").code == 4
    assert road.json("article", "find", "防汛")["articles"][0]["state"] == "live"
    assert len(road.json("takedown", "--match", "防汛", *SIGNED, "--allow-retract", "23")["withdrawn"]) == 23


def test_words_and_names_do_not_mix_and_too_little_is_refused(road: Road) -> None:
    published(road)
    assert road.cli("takedown", ADDRESS, "--match", "江城", "--dry-run").code == 4
    assert "--match WORDS" in road.cli("takedown", "--since", "1d", "--dry-run").text
    assert road.cli("takedown", "--source", "jang", "--dry-run").code == 3
    assert "no live article is meant" in road.cli("takedown", "--match", "无此词", *SIGNED, "--yes").text


def test_words_far_down_and_under_ruby_are_found(road: Road) -> None:
    ruby = "<p><ruby>违<rt>wéi</rt>禁<rt>jìn</rt></ruby>词</p>"
    body = "".join(f"<p>第{number}段讲的是港口扩建工程的进展。</p>" for number in range(1500))
    road.publish("jiang", Item("m3", "港口扩建", body + ruby))
    road.run()
    found = road.json("takedown", "--match", "违禁词", "--dry-run")["would_retract"]
    assert [one["title"] for one in found] == ["港口扩建"]
