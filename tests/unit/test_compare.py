"""Sentences are told apart, Chinese ones too, and what repeats itself without end costs nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from worker.model.article import Credit, Version
from worker.pipeline.compare import Mark, compare, split

THEN = datetime(2026, 11, 24, tzinfo=UTC)
CREDIT = Credit(origin="江城民族事务局", original_title="", original_link=None)


def version(body: str, title: str = "代表团走访学校") -> Version:
    return Version(
        article=UUID(int=1),
        number=1,
        title=title,
        body=body,
        summary=None,
        language="zh",
        published=None,
        updated=None,
        categories=(),
        enclosures=(),
        link=None,
        source="jiang",
        first_seen=THEN,
        credit=CREDIT,
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("他说：“来了！”然后走了。真的吗？没有句号", ["他说：“来了！”", "然后走了。", "真的吗？", "没有句号"]),
        ("It fell 3.5 percent. Yes! Why", ["It fell 3.5 percent.", "Yes!", "Why"]),
        ("第一。\n第二……第三", ["第一。", "第二……", "第三"]),
        ("", []),
    ],
)
def test_a_text_falls_into_its_sentences(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_only_what_changed_is_marked() -> None:
    before = version("<p>代表团昨日抵达。</p><p>走访了三所学校。</p><p>今日返回。</p>")
    after = version("<p>代表团昨日抵达。</p><p>走访了四所学校。</p><p>今日返回。</p>", "代表团走访四所学校")
    found = compare(before, after)
    assert [(one.mark, one.text) for one in found.sentences] == [
        (Mark.SAME, "代表团昨日抵达。"),
        (Mark.GONE, "走访了三所学校。"),
        (Mark.NEW, "走访了四所学校。"),
        (Mark.SAME, "今日返回。"),
    ]
    assert [(one.name, one.before, one.after) for one in found.fields] == [
        ("title", "代表团走访学校", "代表团走访四所学校")
    ]


def test_the_same_is_no_difference() -> None:
    assert not compare(version("<p>今日返回。</p>"), version("<p>今日返回。</p>"))
    other = replace(version("<p>今日返回。</p>"), credit=replace(CREDIT, origin="高原日报"))
    assert [one.name for one in compare(version("<p>今日返回。</p>"), other).fields] == ["source"]


def test_a_text_that_repeats_itself_is_told_whole() -> None:
    began = time.process_time()
    before, after = ("。".join(str(at % kinds) for at in range(4_000)) for kinds in (7, 5))
    found = compare(version(f"起。{before}"), version(f"起。{after}"))
    assert time.process_time() - began < 2
    assert next(one.text for one in found.sentences if one.mark is not Mark.GONE) == "起。"


def test_what_changes_far_down_is_shown() -> None:
    long = "".join(f"<p>第{number}段讲的是港口扩建工程的进展。</p>" for number in range(1500))
    found = compare(version(f"{long}<p>原来的结尾。</p>"), version(f"{long}<p>换掉的结尾。</p>"))
    assert [one.text for one in found.sentences if one.mark is not Mark.SAME] == ["原来的结尾。", "换掉的结尾。"]


def test_where_links_lead_and_what_the_summary_says_are_shown() -> None:
    before = version('<p><a href="https://a.example/">看这里</a></p>')
    after = replace(version('<p><a href="https://b.example/">看这里</a></p>'), summary="<p>另一个提要</p>")
    fields = {one.name: (one.before, one.after) for one in compare(before, after).fields}
    assert fields == {"links": ("https://a.example/", "https://b.example/"), "summary": (None, "另一个提要")}


def test_a_text_of_endless_short_sentences_costs_little() -> None:
    before = "".join(f"甲{number}。" for number in range(60_000))
    after = "".join(f"甲{number}。乙{number}。" for number in range(0, 60_000, 2))
    began = time.process_time()
    assert compare(version(before), version(after))
    assert time.process_time() - began < 5
