"""Words are found however they are written, the longest first, and shown where they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opencc import OpenCC

from tests.unit.test_decide import VERSION
from worker.identity.scripts import fold, fold_with_places
from worker.model.catalog import Guard, Period
from worker.parsers.clean import clean_html
from worker.rights.guards import MOST, NOTE, Guards, note_of, period_at, plain


def words(*listed: str, **more: Any) -> Guards:
    return Guards([Guard("list", listed, **more)])


def found(guards: Guards, text: str) -> list[str]:
    return [hit.word for hit in guards.find(plain(text))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣", "台湾"),
        ("ＡＢＣ１２", "abc12"),
        ("裡面發現髮型", "里面发现发型"),
        ("台\u200b湾", "台湾"),
        ("习\u3000近 平", "习近平"),
        ("K 粉", "k粉"),
        ("ﬁn", "fin"),
        ("Straße", "STRASSE"),
        ("new   york", "NEW YORK"),
        ("⼈⼝", "人口"),
        ("𠀀字", "𠀀 字"),
    ],
)
def test_two_spellings_of_a_word_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_what_is_another_word_stays_one() -> None:
    assert fold("new york") != fold("newyork")
    assert fold("甲\n乙") != fold("甲乙")
    assert fold("中国") != fold("中囯人")


@pytest.mark.parametrize("text", ["臺灣與ＡＢＣ，abc。", "前\u200b後 左 右", "ﬁn 𠀀 臺", "", "\n 甲 \n\n 乙"])
def test_every_folded_character_has_its_place(text: str) -> None:
    folded, places = fold_with_places(text)
    assert folded == fold(text)
    assert len(places) == len(folded)
    assert places == sorted(places)
    assert all(fold(text[at]) == char for char, at in zip(folded, places, strict=True) if len(fold(text[at])) == 1)


def test_the_longest_word_counts() -> None:
    guards = words("北京", "北京大学", "大学生", "京")
    assert found(guards, "他在北京大学生活。北京很大。") == ["北京大学", "北京"]
    assert found(guards, "大学生") == ["大学生"]


def test_each_list_has_its_own_longest_word() -> None:
    guards = Guards([Guard("long", ("北京大学",)), Guard("short", ("北京",), action="reject")])
    hits = guards.find("在北京大学")
    assert [(hit.guard, hit.action, hit.word) for hit in hits] == [
        ("long", "hold", "北京大学"),
        ("short", "reject", "北京"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Elections in town", ["elect*"]),
        ("reelected", []),
        ("the AI of today", ["AI"]),
        ("人工智能(ＡＩ)很热", ["AI"]),
        ("AIs and MAIL", []),
        ("卡拉 OK 厅", ["卡拉OK"]),
        ("卡拉OKs", []),
        ("in New\nYork!", ["new york"]),
        ("new yorker", []),
        ("选举法", ["选举*"]),
    ],
)
def test_latin_words_match_whole(text: str, expected: list[str]) -> None:
    assert found(words("elect*", "AI", "卡拉OK", "new york", "选举*"), text) == expected


def test_it_is_shown_as_printed_with_what_stands_around_it() -> None:
    text = f"<p>{'前' * 30}臺　<b>灣</b>{'后' * 30}</p><p>完。</p>"
    [hit] = words("台湾").find(plain(text))
    assert hit.context == f"…{'前' * 16}【臺 灣】{'后' * 16}…"
    assert str(words("完").find(plain(text))[0]) == f"list: …{'后' * 15} 【完】。"


def test_no_word_goes_over_the_end_of_a_paragraph() -> None:
    assert found(words("结束开始"), "<p>到此结束</p><p>开始报名</p>") == []
    assert found(words("结束开始"), "结束<em>开始</em>") == ["结束开始"]


def test_entities_are_read_as_text() -> None:
    assert found(words("A&B公司", "台湾"), "A&amp;B 公司与&#21488;&#28286;") == ["A&B公司", "台湾"]


def test_title_text_and_summary_are_looked_at() -> None:
    guards = Guards([Guard("a", ("甲乙",)), Guard("b", ("甲乙", "丙丁"), fields=("title",))])
    version = replace(VERSION, title="丙丁", body="<p>甲乙</p>", summary="<p>先说甲乙和甲乙</p>")
    assert [(hit.guard, hit.field, hit.word) for hit in guards.hits(version)] == [
        ("a", "body", "甲乙"),
        ("b", "title", "丙丁"),
    ]
    assert guards.hits(replace(version, body="<p>无</p>"))[0].context == "先说【甲乙】和甲乙"


def test_a_list_holds_in_its_channels_only() -> None:
    guards = Guards([Guard("a", ("甲乙",), channels=("news",)), Guard("b", ("甲乙",))])
    version = replace(VERSION, body="<p>甲乙</p>")
    assert [hit.guard for hit in guards.at(version, ("news", "local"))] == ["a", "b"]
    assert [hit.guard for hit in guards.at(version, ("sport",))] == ["b"]


def test_what_is_told_of_a_list_has_an_end() -> None:
    listed = [f"词语{chr(0x4E00 + number)}" for number in range(100)]
    hits = words(*listed).find("，".join(listed))
    assert [hit.word for hit in hits] == listed[:MOST]
    note = note_of([replace(hit, context="长" * 80) for hit in hits])
    assert note is not None
    assert len(note) == NOTE
    assert note.endswith("…")


def test_ten_thousand_words_in_traditional_script_are_found_in_simplified() -> None:
    listed = [f"{chr(0x4E00 + at // 100)}{chr(0x5E00 + at % 100)}" for at in range(10_000)]
    guards = Guards([Guard("many", tuple(OpenCC("s2t").convert("\n".join(listed)).split("\n")))])
    assert len(guards.find(f"前文{listed[7_654]}后文")) == 1
    assert guards.find("前文后文") == []


NOW = datetime(2027, 3, 5, tzinfo=UTC)
PERIOD = Period("congress", NOW - timedelta(days=2), NOW + timedelta(days=7), ("news",), ("wire",), "两会期间")


@pytest.mark.parametrize(
    ("channels", "publisher", "now", "holds"),
    [
        (("news", "local"), "paper", NOW, True),
        (("sport",), "paper", NOW, False),
        (("news",), "wire", NOW, False),
        (("news",), "paper", PERIOD.begins, True),
        (("news",), "paper", PERIOD.ends, False),
        (("news",), "paper", PERIOD.begins - timedelta(seconds=1), False),
    ],
)
def test_a_period_is_for_its_channels_its_time_and_all_but_some(
    channels: tuple[str, ...], publisher: str, now: datetime, holds: bool
) -> None:
    assert (period_at([PERIOD], channels, publisher, now) is not None) is holds


def test_of_two_periods_the_one_that_ends_last_counts() -> None:
    longer = Period("week", NOW, NOW + timedelta(days=30))
    assert period_at([PERIOD, longer], ("news",), "paper", NOW) == longer


@pytest.mark.parametrize(
    "markup",
    [
        '违<a href="https://x.example/" title="1>2">禁</a>词',
        "违<ins>禁</ins>词",
        "违<del></del>禁<kbd>词</kbd>",
        '违禁<img src="https://x.example/1.gif">词',
        "<ruby>违<rp>(</rp><rt>wéi</rt><rp>)</rp>禁<rt>jìn</rt>词<rt>cí</rt></ruby>",
        "<ruby>甲<rt>违</rt>乙<rt>禁</rt>丙<rt>词</rt></ruby>",
        "违\U000e0100禁\u17b5词",
        "违&#xE0100;禁\uffa0词",
        "违\u2800禁词",
        '<bdo dir="rtl">词禁违</bdo>',
        "\u202e词禁违\u202c",
    ],
)
def test_what_readers_see_as_one_word_is_found_whatever_stands_between(markup: str) -> None:
    cleaned = clean_html(f"<p>前文{markup}后文</p>", None)
    (hit,) = words("违禁词").hits(replace(VERSION, title="甲", body=cleaned, summary=None))
    assert hit.word == "违禁词"


def test_what_looks_like_a_tag_in_a_title_is_read_as_readers_see_it() -> None:
    (hit,) = words("违禁词").hits(replace(VERSION, title="甲 <z 违禁词> 乙", body=None, summary=None))
    assert (hit.field, hit.context) == ("title", "甲 <z 【违禁词】> 乙")
