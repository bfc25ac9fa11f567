"""Sentences of the site are learnt and left out of what is compared, also where nobody knows the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.furniture import Furniture, Site
from worker.identity.near.index import MemoryIndex
from worker.identity.near.reading import read
from worker.model.nearness import Nearness

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BAR = "".join(f"本站第{number}号栏目长期征集城市生活故事与摄影作品，优秀来稿将在首页展示。" for number in range(12))
TITLES = (
    "猪肉价格连续三周回落",
    "大熊猫双胞胎满月亮相",
    "高铁新线今日开通运营",
    "世界杯预选赛国足平局",
    "新型望远镜拍到超新星",
    "老街书店深夜点亮灯火",
)


def article(number: int) -> str:
    return "".join(
        f"这里是第{number}篇稿件独有的第{line}句话，讲的是{TITLES[number]}的第{line}个细节。" for line in range(5)
    )


def test_what_another_version_learnt_of_a_site_is_learnt_anew() -> None:
    furniture = Furniture()
    recogniser = Recogniser(MemoryIndex(), furniture)
    for number in range(4):
        recogniser.observe(Text(str(number), TITLES[number], f"{article(number)}\n{BAR}", NOON, "example.cn"))
    marks = read("", BAR).marks
    packed = furniture.sites["example.cn"].packed()
    assert Site.unpacked(packed).known(marks) != set()
    other = Site.unpacked(bytes([packed[0] + 1]) + b"laid out otherwise")
    assert other.known(marks) == set()


def test_a_sidebar_longer_than_the_text_joins_nothing_once_it_is_known() -> None:
    recogniser = Recogniser(MemoryIndex())
    verdicts = [
        recogniser.observe(Text(str(number), TITLES[number], f"{article(number)}\n{BAR}", NOON, "example.cn"))
        for number in range(6)
    ]
    assert not any(verdict.nearness.joins for verdict in verdicts[3:])
    copy = recogniser.observe(Text("copy", "另一个标题在此", article(5), NOON, "elsewhere.cn"))
    assert (copy.nearness, copy.article) == (Nearness.SAME, "5")


@pytest.mark.parametrize("page", ["{text}\n{bar}", "{bar}\n{text}"], ids=["bar below", "bar above"])
def test_the_first_articles_of_a_site_are_told_apart_before_its_sidebar_is_known(page: str) -> None:
    recogniser = Recogniser(MemoryIndex())
    pages = [page.format(text=article(each), bar=BAR) for each in range(3)]
    verdicts = [recogniser.observe(Text(str(each), TITLES[each], pages[each])) for each in range(3)]
    assert [verdict.nearness.joins for verdict in verdicts] == [False, False, False]


def test_copies_of_one_article_teach_nothing() -> None:
    recogniser = Recogniser(MemoryIndex())
    for number, title in enumerate(TITLES):
        verdict = recogniser.observe(Text(str(number), title, article(0), NOON, "example.cn"))
        assert verdict.article == "0"
    assert not recogniser.furniture.known("example.cn", [1])
    assert "sentences_left_out" not in verdict.evidence


def test_three_titles_within_thirty_days_make_furniture() -> None:
    furniture = Furniture()
    for number in range(3):
        furniture.learn(
            "a.cn", [(7, "关注我们的频道")], frozenset({TITLES[number]}), str(number), NOON + timedelta(days=number)
        )
    assert furniture.known("a.cn", [5, 7]) == {1}
    assert furniture.known("b.cn", [5, 7]) == set()
    slow = Furniture()
    for number in range(3):
        slow.learn(
            "a.cn",
            [(7, "关注我们的频道")],
            frozenset({TITLES[number]}),
            str(number),
            NOON + timedelta(days=40 * number),
        )
    assert slow.known("a.cn", [7]) == set()


def test_without_a_host_related_titles_count_less_than_unrelated_ones() -> None:
    def taught(*titles: str) -> bool:
        furniture = Furniture()
        for number, title in enumerate(titles):
            pairs = frozenset(title[at : at + 2] for at in range(len(title) - 1))
            furniture.learn("", [(7, "此前官方曾发表声明")], pairs, str(number), NOON)
        return bool(furniture.known("", [7]))

    assert taught(*TITLES[:3])
    assert not taught("中兴通讯公告股票复牌", "中兴通讯任命新任总裁", "中兴通讯召开股东大会")
