"""``article``: found by any name it has, shown with its credit, and told why it is or is not somewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.road import Item, Road
from worker.demo.site import Document
from worker.store.schema import delivery, receipt

MEETING = Item("m1", "江城代表团赴高原州对接教育协作")
SHOW = Item("s1", "江城民族服饰展览开幕", category="文化")
REPRINT = Item("r1", "高原州举办青年歌会", credits="高原日报")


def standings(road: Road, name: str, *arguments: str) -> dict[str, str]:
    told = road.json("article", "explain", name, *arguments)["destinations"]
    return {one["destination"]: one["standing"] for one in told}


def test_an_article_answers_to_every_name_it_has(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.publish("tongxin", Item("copy", MEETING.title, MEETING.body))
    road.run()
    uuid = road.uuid(MEETING.title)
    names = (
        *(str(uuid), str(uuid)[:6], str(uuid).upper(), f"urn:uuid:{uuid}"),
        f"https://news.beichen.example/portal/portal/article/{uuid}",
        *("https://jiang.example/a/m1", "http://www.jiang.example/a/m1?utm_source=mail#top"),
        "https://tongxin.example/a/copy",
    )
    for name in names:
        assert road.json("article", "show", name)["uuid"] == str(uuid), name


def test_the_address_a_partner_gave_it_does_as_well(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    address = "https://partner.example/" + "新闻" * 120 + "/1"
    with road.services.database.write() as connection:
        newest = connection.execute(sa.select(sa.func.max(delivery.c.id))).scalar_one()
        connection.execute(
            sa.insert(receipt).values(
                delivery_id=newest, attempt=1, at=datetime.now(UTC), result="accepted", remote_url=address
            )
        )
    assert road.json("article", "show", address)["title"] == MEETING.title
    assert road.cli("article", "show", address + "0").code == 3


def test_what_nobody_knows_is_not_found_and_says_what_else_to_try(road: Road) -> None:
    road.run()
    for name in (str(uuid4()), "https://jiang.example/a/none", "abcd", "%", "no such thing"):
        shown = road.cli("article", "show", name)
        assert shown.code == 3
        assert "newsroad article find WORDS" in shown.text


def test_articles_are_found_by_words_of_the_title_newest_first(road: Road) -> None:
    road.publish("jiang", SHOW, MEETING)
    road.run()
    found = [row["title"] for row in road.json("article", "find", "江城")["articles"]]
    assert found == [SHOW.title, MEETING.title]
    assert [row["title"] for row in road.json("article", "find", "江城", "展览")["articles"]] == [SHOW.title]
    assert [row["title"] for row in road.json("article", "find", "江城", "--limit", "1")["articles"]] == [SHOW.title]
    assert road.json("article", "find", "100%")["articles"] == []


def test_an_article_is_found_by_the_headline_of_a_reprint(road: Road) -> None:
    road.publish("jiang", SHOW, MEETING)
    road.publish("tongxin", Item("copy", "两地教师 VIDEO 连线上课", MEETING.body))
    road.run()
    found = road.json("article", "find", "连线", "video")["articles"]
    assert [row["title"] for row in found] == [MEETING.title]
    assert road.json("article", "find", "连线", "江城")["articles"] == [], "words of two headlines are none of either"


def test_what_is_found_by_title_and_by_headline_is_told_once_newest_first(road: Road) -> None:
    road.publish("jiang", SHOW, MEETING)
    road.publish("tongxin", Item("copy", "江城与高原州教师同上一堂课", MEETING.body))
    road.run()
    found = [row["title"] for row in road.json("article", "find", "江城")["articles"]]
    assert found == [SHOW.title, MEETING.title]
    assert len(road.json("article", "find", "江城", "--limit", "1")["articles"]) == 1


def test_an_article_is_shown_with_copies_credit_and_provenance(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    road.publish("tongxin", Item("copy", MEETING.title, MEETING.body, credits="江城民族事务局"))
    road.run()
    shown = road.json("article", "show", "https://jiang.example/a/m1")
    assert [(copy["source"], copy["joined_by"]) for copy in shown["copies"]] == [("jiang", None), ("tongxin", "text")]
    assert shown["lead"] == shown["copies"][0]["entry"]
    assert shown["credit_line"].startswith("来源：江城民族事务局")
    assert shown["credit"]["hops"][0]["name"] == "江城民族事务局"
    assert shown["channels"] == ["news"]
    assert [version["number"] for version in shown["versions"]] == [1]
    assert shown["destinations"]["hook"] == {"out": "full_text", "version": 1, "waiting": False}
    english = road.cli("article", "show", "https://jiang.example/a/m1", "--language", "en").text
    assert "Originally published by 江城民族事务局" in english
    assert "originator" in english


def test_it_says_which_part_of_a_channel_did_not_take_it(road: Road) -> None:
    road.publish("jiang", MEETING, SHOW)
    road.run()
    assert standings(road, "https://jiang.example/a/s1") == {
        "feeds": "shown",
        "hook": "shown",
        "exhibitions": "shown",
    }
    told = road.json("article", "explain", "https://jiang.example/a/m1", "--destination", "exhibitions")
    (one,) = told["destinations"]
    assert one["standing"] == "not_selected"
    assert one["channels"] == [{"channel": "culture", "placed": False, "refused_by": ["categories", "include"]}]
    assert one["deliveries"] == []
    text = road.cli("article", "explain", "https://jiang.example/a/m1", "--language", "en").text
    assert "exhibitions: no channel that goes there takes it" in text
    assert "its category is none of 文化; it has none of the words 展览" in text


def test_what_is_held_says_why_in_both_languages(road: Road) -> None:
    road.publish("tongxin", REPRINT)
    road.run()
    assert standings(road, "https://tongxin.example/a/r1")["hook"] == "held"
    chinese = road.cli("article", "explain", "https://tongxin.example/a/r1").text
    english = road.cli("article", "explain", "https://tongxin.example/a/r1", "--language", "en").text
    assert "[THIRD_PARTY_IN_FEED]" in chinese
    assert "暂缓" in chinese
    assert "许可：tongxin v1" in chinese
    assert "Grant: tongxin v1" in english
    assert road.cli("article", "explain", "https://tongxin.example/a/r1", "--language", "de").code == 4


def test_what_waits_says_when_and_what_the_partner_answered(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.partner.next_answers = [Document(b"", status=503)]
    road.run()
    told = road.json("article", "explain", "https://jiang.example/a/m1", "--destination", "hook")["destinations"][0]
    assert told["standing"] == "waiting"
    assert [(row["sequence"], row["state"], row["attempts"]) for row in told["deliveries"]] == [(1, "due", 1)]
    text = road.cli("article", "explain", "https://jiang.example/a/m1", "--language", "en").text
    assert "a delivery is on its way" in text
    assert "503" in text
    assert "in " in text


def test_what_first_contact_only_recorded_says_so(road: Road) -> None:
    road.change(
        'pace = 0\nlanguage = "zh"\n\n[sources.tongxin]',
        "pace = 0\nfirst_contact = { entries = 1 }\n\n[sources.tongxin]",
    )
    road.publish("jiang", SHOW, MEETING)
    road.run()
    told = {item: standings(road, f"https://jiang.example/a/{item}")["hook"] for item in ("m1", "s1")}
    assert sorted(told.values()) == ["not_routed", "shown"]


def test_a_withdrawn_article_says_by_whom_and_why(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    address = "https://jiang.example/a/m1"
    taken = ("--by", "周岚", "--reason", "rights", "--note", "原作者来函", "--yes", "--wait", "0")
    assert road.cli("takedown", address, *taken).code == 0
    road.deliver()
    assert standings(road, address)["hook"] == "withdrawn"
    text = road.cli("article", "explain", address).text
    assert "周岚" in text
    assert "原作者来函" in text


def test_before_the_first_apply_it_says_what_to_run(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, road: Road
) -> None:
    monkeypatch.setattr(road, "url", empty_database_url)
    for command in (("status",), ("article", "show", "x"), ("delivery", "list"), ("review", "list")):
        shown = road.cli(*command)
        assert shown.code == 7
        assert "newsroad migrate" in shown.text
