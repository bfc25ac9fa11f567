"""Pairs as people meet them, judged by hand: what a reader would call one article, and what not, and why."""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.near.reasons import words
from worker.model.nearness import Nearness, Verdict

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
BRIDGE = (
    "11月23日上午，随着最后一节重达412吨的钢箱梁缓缓吊装到位，历时4年零3个月建设的临江跨海大桥主桥顺利合龙。"
    "大桥全长18.6公里，其中跨海段长11.2公里，设双向六车道，设计时速100公里，是连接临江与白沙半岛的第一条陆路通道。"
    "项目总工程师陆文海介绍，合龙口位于水深近40米的主航道上方，施工窗口每天不足3个小时，建设者采用自主研发的同步顶推装置，把误差控制在2毫米以内。"
    "白沙半岛居民周阿婆家里三代打鱼，过去到临江看病要坐一个半小时的轮渡，遇上大风还常常停航。她说，桥通了以后，孙子每个周末都能回来吃饭。"
    "据了解，大桥还将同步敷设一条输水管线，彻底解决半岛旱季缺水的问题。下一步，施工单位将转入桥面铺装和机电安装，预计明年6月正式通车，届时两地车程将缩短到25分钟。"
)
OWN_WORDS = (
    "编者按：这座桥为什么值得关注？在我们看来，它的意义远不止于缩短车程。沿海城市的竞争从港口吞吐量转向了一小时生活圈，谁能把医院、学校和工厂连在一起，谁就能留住年轻人。"
    "半岛上的渔村空了一半，老人守着空屋。桥通之后，人是更快地离开，还是愿意回来，取决于桥头的规划，而不是桥本身。"
)
HARBOUR = (
    "HALVERN HARBOUR — The port of Halvern will close its oldest container berth in March and turn the site into a public park, the harbour board decided on Tuesday. "
    "The berth, built in 1961, handled its last regular service two years ago, when shipping lines moved to the deeper terminal at Kestrel Point. "
    "The park will cover 14 hectares and include a tidal swimming pool, a market hall in the former customs shed and berths for 60 small boats. "
    "The board expects the work to cost 38 million euros, of which the city will pay a third. Dockworkers welcomed a promise that all 47 remaining staff will be offered posts at Kestrel Point. "
    "Environmental groups asked for the contaminated soil under the rail sidings to be removed first. A public consultation runs until the end of January."
)
FUEL = (
    "价格主管部门发布消息，根据近期国际市场变化情况，自{day}24时起，国内汽、柴油每吨分别{way}{petrol}元和{diesel}元。"
    "相关企业要组织好生产和调运，确保市场稳定供应，严格执行国家价格政策。各地要加大市场监督检查力度，严厉查处违规行为，维护正常市场秩序。消费者可拨打12315举报。"
)
FRAUD = (
    "近日，临江市公安局网安支队破获一起网络诈骗案，抓获犯罪嫌疑人{who}等{many}人，涉案金额{sum}万元。经查，该团伙以刷单返利为名实施诈骗，受害人遍及多个省市。案件正在进一步侦办中。"
    "警方提醒：凡是要求转账到安全账户的都是诈骗，凡是索要验证码的都是诈骗，请广大群众提高警惕，一旦受骗立即报警。"
)
MINISTRY = (
    "3月20日，外交部发言人苏文斌主持例行记者会。有记者问及{0}方面日前就双边贸易问题的表态，苏文斌表示，{0}是中方的重要合作伙伴，双方会晤期间已就此交换意见。"
    "另有记者问，{1}领导人将于下周访华，能否介绍访问的具体安排，苏文斌说，如有进一步消息会及时发布，请保持关注。中方的立场是一贯的、明确的，希望双方相向而行，在平等和相互尊重的基础上妥善处理分歧。"
)


def half(text: str, stop: str) -> str:
    parts = text.split(stop)
    return stop.join(parts[: len(parts) // 2 + 1]) + stop.strip()


def with_advert(text: str, stop: str, advert: str) -> str:
    parts = text.split(stop)
    return f"{stop.join(parts[:3])}{stop.strip()}\n{advert}\n{stop.join(parts[3:])}"


def second(one: tuple[str, str], other: tuple[str, str], *, apart: timedelta = timedelta(hours=20)) -> Verdict:
    recogniser = Recogniser(MemoryIndex())
    recogniser.observe(Text("a", *one, NOON))
    return recogniser.observe(Text("b", *other, NOON + apart))


@pytest.mark.parametrize(
    ("title", "text", "edited"),
    [
        ("一桥飞架！白沙半岛告别轮渡时代", BRIDGE, BRIDGE),
        ("大桥合龙", BRIDGE, half(BRIDGE, "。")),
        (
            "大桥合龙",
            BRIDGE,
            with_advert(BRIDGE, "。", "冬季养生正当时，长白山人参限时直降三百元，扫码领券，先到先得。"),
        ),
        ("大桥合龙", BRIDGE, BRIDGE.replace("陆文海", "陆文浩")),
        ("桥通之后，人会回来吗", BRIDGE, f"{OWN_WORDS}\n{BRIDGE}"),
        ("Cranes out, swimmers in", HARBOUR, HARBOUR),
        ("Berth becomes park", HARBOUR, half(HARBOUR, ". ")),
        (
            "Berth becomes park",
            HARBOUR,
            with_advert(HARBOUR, ". ", "Save up to sixty percent on coats with the code WARM."),
        ),
        ("Berth becomes park", HARBOUR, textwrap.fill(HARBOUR, 60)),
    ],
    ids=["headline", "half", "advert", "name", "commentary", "en headline", "en half", "en advert", "en lines broken"],
)
def test_a_reader_would_call_it_the_same_article(title: str, text: str, edited: str) -> None:
    verdict = second(
        ("Halvern to turn berth into park" if text is HARBOUR else "临江跨海大桥主桥合龙", text), (title, edited)
    )
    assert verdict.nearness in {Nearness.SAME, Nearness.EXCERPT, Nearness.EXTENDED, Nearness.REVISION}, verdict.evidence
    assert verdict.article == "a"


STOPS = [
    "从临江站上桥的旅游专线改为每天上午九点发车",
    "半岛渔港码头增设夜间停靠点一处",
    "灯塔广场周末免费开放停车位二百个",
    "白沙小学门前道路改为单向通行",
    "轮渡末班船推迟到晚上十点四十分",
    "观景平台每批游客限六十人入内",
]


@pytest.mark.parametrize("last", [0, 1], ids=["in its order", "with its first line last"])
def test_a_list_set_as_a_paragraph_is_found_in_its_whole(last: int) -> None:
    sentences = BRIDGE.split("。")
    intro, rest = "。".join(sentences[:1]) + "。", "。".join(sentences[1:])
    part = f"{intro}{'，'.join((*STOPS[last:], *STOPS[:last]))}。"
    verdict = second(("大桥开通后出行指南", "\n".join([intro, *STOPS, rest])), ("大桥开通后出行指南", part))
    assert (verdict.nearness, verdict.article) == (Nearness.EXCERPT, "a"), verdict.evidence
    assert verdict.containment > 0.8


@pytest.mark.parametrize(
    ("title", "one", "other", "told"),
    [
        (
            "国内成品油价格调整",
            FUEL.format(day="4月8日", way="上调", petrol=351, diesel=453),
            FUEL.format(day="4月8日", way="下调", petrol=326, diesel=349),
            "351→326",
        ),
        (
            "临江警方破获一起诈骗案",
            FRAUD.format(who="沈佳琪", many=3, sum=608),
            FRAUD.format(who="赵志强", many=3, sum=192),
            "沈佳琪→赵志强",
        ),
        ("外交部例行记者会", MINISTRY.format("泰国", "匈牙利"), MINISTRY.format("塞尔维亚", "南非"), "匈牙利→南非"),
        ("外交部例行记者会", MINISTRY.format("肯尼亚", "法国"), MINISTRY.format("塞尔维亚", "法国"), None),
    ],
    ids=["other prices on one day", "other suspect", "other countries", "one country, said twice"],
)
def test_a_notice_of_the_same_pattern_is_its_own_article(title: str, one: str, other: str, told: str | None) -> None:
    verdict = second((title, one), (title, other))
    assert (verdict.nearness, verdict.article) == (Nearness.EDITION, "b"), verdict.evidence
    for language in ("zh", "en"):
        assert (told or "") in words(verdict.evidence, language)


def test_a_figure_put_right_is_an_update_while_it_is_news_only() -> None:
    one, other = (("临江警方破获一起诈骗案", FRAUD.format(who="沈佳琪", many=many, sum=608)) for many in (3, 5))
    soon, late = second(one, other), second(one, other, apart=timedelta(days=30))
    assert soon.nearness is Nearness.REVISION
    assert "3→5" in words(soon.evidence, "zh")
    assert late.nearness is not Nearness.REVISION
