"""``article explain`` says why texts were joined or kept apart, and lays two of them side by side."""

from __future__ import annotations

import re

from tests.road import Item, Road
from tests.unit.test_stages_copies import LEAD, OTHER_QUAKE, QUAKE, RELIEF, TITLE

ORIGIN = Item("q1", TITLE, QUAKE)
REPRINT = Item("q2", "记者直击昭通震区", f"双十一全场家电低至五折，点击领取！</p><p>{QUAKE}")
BRIEF = Item("q3", "快讯", LEAD)
TRADITIONAL = TITLE.translate(str.maketrans("发级", "發級"))
BULLETIN = Item("q4", "四川泸定发生6.8级地震 已致66人死亡", OTHER_QUAKE)


def test_every_copy_says_why_it_joined_and_every_look_alike_why_not(road: Road) -> None:
    road.publish("jiang", ORIGIN)
    road.run()
    road.publish("tongxin", REPRINT, BRIEF, BULLETIN)
    road.run()
    uuid = road.uuid(TITLE)
    near = {one["title"]: one for one in road.json("article", "explain", str(uuid))["near"]}
    assert [near[title]["verdict"] for title in (REPRINT.title, BRIEF.title, BULLETIN.title)] == [
        "same",
        "excerpt",
        "edition",
    ]
    assert near[REPRINT.title]["article"] == near[REPRINT.title]["of_article"] == str(uuid)
    assert near[BULLETIN.title]["article"] != str(uuid)
    told = road.cli("article", "explain", str(uuid), "--language", "en").text
    assert f"“{BRIEF.title}” joined: an excerpt" in told
    assert f"“{BULLETIN.title}”" in told
    assert "kept apart: a look-alike of its own" in told
    again = re.search(r"newsroad article explain (\S+) --with (\d+)", told)
    assert again is not None
    assert road.cli("article", "explain", again[1], "--with", again[2]).code == 0
    chinese = road.cli("article", "explain", str(uuid), "--language", "zh").text
    assert "：较短一方有 " in chinese
    assert "of the shorter text" not in chinese


def test_a_copy_that_is_the_same_to_the_letter_says_so(road: Road) -> None:
    road.publish("jiang", ORIGIN)
    road.run()
    road.publish("tongxin", Item("q6", TRADITIONAL, QUAKE.translate(str.maketrans("发级", "發級"))))
    road.run()
    uuid = str(road.uuid(TITLE))
    joined = road.json("article", "explain", uuid)["joined"]
    assert [(one["source"], one["title"], one["by"]) for one in joined] == [("tongxin", TRADITIONAL, "text")]
    chinese = road.cli("article", "explain", uuid, "--language", "zh").text
    assert f"（tongxin）《{TRADITIONAL}》并入：正文除简繁、全半角、标点和电头外逐字相同" in chinese
    english = road.cli("article", "explain", uuid, "--language", "en").text
    assert f"“{TRADITIONAL}” joined: letter for letter the same" in english


def test_what_a_chinese_reader_is_told_has_no_english_in_it(road: Road) -> None:
    road.publish("jiang", ORIGIN)
    road.run()
    told = road.cli("article", "explain", str(road.uuid(TITLE)), "--language", "zh").text
    assert f"{road.uuid(TITLE)}，在库，第 1 版" in told
    assert "决定（第 1 版）" in told
    assert "（已上架）" in told
    assert not re.search(r"live|version|on the shelf|[\u4e00-\u9fff]: |[\u4e00-\u9fff], ", told)


def test_what_else_is_near_is_named_so_that_it_can_be_asked_for(road: Road) -> None:
    road.publish("jiang", ORIGIN, BULLETIN)
    road.run()
    road.publish(
        "tongxin",
        Item("q5", "又一地", OTHER_QUAKE.replace("泸定", "石棉").replace("66人", "67人").replace("253", "251")),
    )
    road.run()
    told = road.json("article", "explain", str(road.uuid("又一地")))["near"]
    also = [name for one in told for name in one["evidence"].get("also", [])]
    assert also
    assert all(road.json("article", "show", name)["uuid"] == name for name in also)


def test_a_text_beside_itself_is_refused(road: Road) -> None:
    road.publish("jiang", ORIGIN)
    road.run()
    uuid = str(road.uuid(TITLE))
    assert "name another" in road.cli("article", "explain", uuid, "--with", uuid).text


def test_two_texts_side_by_side(road: Road) -> None:
    road.publish("jiang", ORIGIN, BULLETIN)
    road.run()
    first, second = str(road.uuid(TITLE)), str(road.uuid(BULLETIN.title))
    shown = road.json("article", "explain", first, "--with", second)
    assert {shown["left"]["title"], shown["right"]["title"]} == {TITLE, BULLETIN.title}
    assert shown["verdict"]["verdict"] == "edition"
    changed = [row for row in shown["rows"] if row["line"] == "changed"]
    marked = {part["text"] for row in changed for part in row["left"] + row["right"] if part.get("differs")}
    assert {"四川泸定", "66", "云南鲁甸", "12", "6.8", "5.6"} <= marked  # figures as a whole
    text = road.cli("article", "explain", first, "--with", second, "--language", "en").text
    assert "a look-alike of its own: " in text
    assert "≠" in text
    half = road.cli("article", "explain", first, "--with", "987654").text
    assert "there is no entry 987654" in half


def test_what_only_one_has_stands_alone(road: Road) -> None:
    road.publish("jiang", ORIGIN)
    road.run()  # else whichever arrives first gives the article its title
    road.publish("tongxin", Item("q5", "又一稿", f"{RELIEF}</p><p>{LEAD}</p><p>本台记者将继续关注。"))
    road.run()
    copies = road.json("article", "show", str(road.uuid(TITLE)))["copies"]
    assert len(copies) == 2
    lines = [
        row["line"]
        for row in road.json("article", "explain", str(road.uuid(TITLE)), "--with", str(copies[-1]["entry"]))["rows"]
    ]
    assert "right" in lines
    assert "same" in lines


def test_a_takedown_is_told_in_chinese_too(road: Road) -> None:
    road.publish("jiang", ORIGIN)
    road.run()
    uuid = str(road.uuid(TITLE))
    road.cli("takedown", uuid, "--by", "周敏", "--reason", "rights", "--note", "来电投诉", "--yes", "--wait", "0")
    told = road.cli("article", "explain", uuid, "--language", "zh").text
    assert "由 周敏 撤下（权利人主张）：来电投诉" in told
    assert "2. 撤回（第 1 版）：已接收" in told
    assert "不用" not in told
    assert "2. retract (version 1): accepted" in road.cli("article", "explain", uuid, "--language", "en").text
