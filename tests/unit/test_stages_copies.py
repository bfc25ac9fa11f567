"""The same report from several sources is one article; what only looks like it is not."""

from __future__ import annotations

import re
import threading
from uuid import UUID

import opencc
import pytest

from tests.stages import Stages, item, rss, telling
from worker.store.nearby import near_key, near_site, near_text, nearness

LEAD = (
    "据中国地震台网测定，11月23日8时15分，云南省昭通市鲁甸县发生5.6级地震，震源深度10公里。截至当日18时，地震已造成12人死亡、34人受伤，"
    "1200余间房屋倒塌。当地政府启动二级应急响应，已有3支救援队共260人抵达震中龙头山镇展开搜救。"
)
RELIEF = (
    "应急管理部派出工作组赶赴现场指导抗震救灾，国家粮食和物资储备局向灾区紧急调运帐篷2000顶、折叠床5000张、棉被8000床。"
    "气象部门预计，未来三天震区以多云天气为主，夜间最低气温2度，救援人员正连夜为受灾群众搭建临时住所。"
)
ROADS = "鲁甸县委宣传部负责人介绍，通往震中的道路已经抢通，电力和通信正在逐步恢复。"
QUAKE = f"{LEAD}</p><p>{RELIEF}</p><p>{ROADS}"
TITLE = "云南鲁甸发生5.6级地震 已致12人死亡"
_OTHERWISE = {
    "11月23日8时15分": "9月5日12时52分",
    "云南省昭通市鲁甸县": "四川省甘孜州泸定县",
    "5.6级": "6.8级",
    "10公里": "16公里",
    "当日18时": "次日6时",
    "12人": "66人",
    "34人": "253人",
    "1200": "243",
    "3支": "19支",
    "260人": "6500人",
    "龙头山镇": "磨西镇",
    "2000顶": "3500顶",
    "5000张": "9000张",
    "8000床": "12000床",
    "2度": "13度",
    "鲁甸": "泸定",
}
OTHER_QUAKE = re.sub("|".join(_OTHERWISE), lambda found: _OTHERWISE[found[0]], QUAKE)
SECOND = [
    (TITLE, f"新华社昆明11月23日电（记者 王磊）{QUAKE}</p><p>责任编辑：李四"),
    ("昭通地震最新：救援队连夜搭帐篷", QUAKE),
]


def arrive(stages: Stages, title: str, text: str, *, source: str = "beta", guid: str = "b1") -> None:
    stages.publish(source, rss(item(guid, title, text, link=f"https://www.{source}.example/{guid}.html")))
    stages.run()


def homes(stages: Stages) -> list[int]:
    return [row.article_id for row in stages.entries()]


def test_a_reprint_under_another_headline_joins_and_says_why(stages: Stages) -> None:
    arrive(stages, TITLE, QUAKE, source="alpha", guid="a1")
    for title, text in SECOND:
        arrive(stages, title, text, guid=title)
    assert len(set(homes(stages))) == 1
    assert stages.sent == [("published", TITLE)]
    assert [row.joined_by for row in stages.entries()][1:] == ["text", "text"], "datelines and tails do not count"
    arrive(stages, "记者直击", f"双十一全场家电低至五折，点击领取！</p><p>{QUAKE}", guid="b9")
    assert stages.entries()[-1].joined_by == "same"
    (row,) = stages.rows(nearness)
    assert (row.verdict, row.of_article) == ("same", homes(stages)[0])
    assert "shared" in row.evidence["why"]


def test_traditional_characters_and_half_of_it_join_too(stages: Stages) -> None:
    arrive(stages, TITLE, QUAKE, source="alpha", guid="a1")
    arrive(stages, "雲南地震", opencc.OpenCC("s2t").convert(f"{LEAD}</p><p>本報綜合報道。</p><p>{RELIEF}"), guid="b1")
    arrive(stages, "快讯", LEAD, guid="b2")
    assert len(set(homes(stages))) == 1
    assert [row.joined_by for row in stages.entries()][2] == "excerpt"


def test_a_look_alike_is_an_article_of_its_own(stages: Stages) -> None:
    arrive(stages, TITLE, QUAKE, source="alpha", guid="a1")
    arrive(stages, "四川泸定发生6.8级地震 已致66人死亡", OTHER_QUAKE)
    assert len(set(homes(stages))) == 2
    assert [row.verdict for row in stages.rows(nearness)] == ["edition"]


def test_entries_of_one_chunk_find_each_other(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", TITLE, QUAKE), item("a2", "昭通地震", f"{QUAKE}</p><p>{telling(3)}")))
    stages.run()
    assert len(set(homes(stages))) == 1


def test_two_workers_at_the_same_instant_make_one_article(stages: Stages) -> None:
    for source, title, text in (("alpha", TITLE, QUAKE), ("beta", "昭通", f"{QUAKE}</p><p>{telling(1)}")):
        stages.publish(source, rss(item(source, title, text)))
    stages.poll()
    others = [stages.make_services(stages.services.database) for _ in range(2)]
    ready = threading.Barrier(2)
    first, second = (row.id for row in stages.snapshots())

    def work(services: object, snapshot: int) -> None:
        ready.wait(10)
        services.ingester().run(snapshot)

    threads = [threading.Thread(target=work, args=each) for each in zip(others, (first, second), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for services in others:
        services.close()
    assert len(stages.entries()) == 2
    assert len(set(homes(stages))) == 1


def test_an_edit_is_found_by_its_new_text(stages: Stages) -> None:
    arrive(stages, TITLE, telling(5), source="alpha", guid="a1")
    before = {row.key for row in stages.rows(near_key)}
    arrive(stages, TITLE, QUAKE, source="alpha", guid="a1")
    after = {row.key for row in stages.rows(near_key)}
    assert len(before & after) <= 2, "but for title and link"
    assert len(stages.rows(near_text)) == 1
    arrive(stages, "记者直击", f"双十一全场家电低至五折，点击领取！</p><p>{QUAKE}")
    assert len(set(homes(stages))) == 1


def test_what_recurs_on_a_site_is_learnt_and_left_out(stages: Stages) -> None:
    bar = "本站征集城市生活故事与摄影作品，优秀来稿将在首页展示并寄送样报一份。" * 6
    for number in range(5):
        arrive(stages, f"标题{telling(number)[:8]}", f"{telling(number)}</p><p>{bar}", guid=f"b{number}")
    assert len(set(homes(stages))) == 5
    assert len(stages.rows(near_site)) == 1
    arrive(stages, "转载", telling(4), source="alpha", guid="a1")
    assert homes(stages)[-1] == homes(stages)[4]
    assert stages.rows(nearness)[-1].verdict == "same", "the bar is left out of the text found as well, on its own site"


@pytest.mark.parametrize("name", ["a" * 300, "b%00c", "坏" * 300])
def test_a_link_to_what_can_be_no_host_costs_nobody_anything(stages: Stages, name: str) -> None:
    link = f"https://{name}.example/1"
    stages.publish("alpha", rss(item("a1", TITLE, QUAKE, link=link), item("a2", "另一篇", telling(2))))
    stages.run()
    assert len(stages.entries()) == 2
    assert len(stages.rows(near_text)) == 2


def test_a_stranger_cannot_teach_what_belongs_to_anothers_site(stages: Stages) -> None:
    for number in range(5):  # the sentences of the report under other titles, with links to its site
        text = f"{telling(number)}</p><p>{QUAKE}" if number % 2 else f"{QUAKE}</p><p>{telling(number)}"
        lie = item(f"b{number}", telling(number)[:12], text, link=f"https://www.alpha.example/{number}.html")
        stages.publish("beta", rss(lie))
        stages.run()
    assert "alpha.example" not in [row.host for row in stages.rows(near_site)]
    arrive(stages, TITLE, QUAKE, source="alpha", guid="a1")
    arrive(stages, "转载", f"双十一全场家电低至五折，点击领取！</p><p>{QUAKE}", source="alpha", guid="a2")
    assert homes(stages)[-1] == homes(stages)[-2]


def test_what_is_near_an_article_is_shown_beside_it_from_both_sides(stages: Stages) -> None:
    arrive(stages, TITLE, QUAKE, source="alpha", guid="a1")
    arrive(stages, "四川泸定发生6.8级地震 已致66人死亡", OTHER_QUAKE, source="alpha", guid="a2")
    first, second = (UUID(row.uuid) for row in stages.articles())
    related = stages.services.shelf.related
    assert [row.article for row in related("feeds", first, 5)] == [second]
    assert [row.article for row in related("feeds", second, 5)] == [first]
    stages.take_down()
    assert related("feeds", second, 5) == ()


@pytest.mark.parametrize(
    ("address", "beside"), [("https://www.alpha.example/zh/1", True), ("https://b.example/1", False)]
)
def test_language_versions_of_a_site_are_related_and_a_strangers_are_not(
    stages: Stages, address: str, beside: bool
) -> None:
    text = "The delegation visited three schools in the mountains and talked with teachers about next year. " * 4
    stages.publish("alpha", rss(item("zh", TITLE, QUAKE, link=address)))
    stages.run()
    other = f'<atom:link rel="alternate" hreflang="zh" href="{address}" xmlns:atom="http://www.w3.org/2005/Atom"/>'
    english = item("en", "Earthquake", text, link="https://www.alpha.example/en/1", extra=other)
    stages.publish("alpha", rss(english))
    stages.run()
    assert len(set(homes(stages))) == 2
    assert [row.verdict for row in stages.rows(nearness)] == (["related"] if beside else [])
