"""What a person would call the same text again, and what not: verdicts of the near-duplicate engine."""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from opencc import OpenCC

from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.near.reading import read
from worker.identity.near.reasons import words
from worker.model.nearness import Nearness, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD = (
    "据中国地震台网测定，11月23日8时15分，云南省昭通市鲁甸县发生5.6级地震，震源深度10公里。截至当日18时，地震已造成12人死亡、34人受伤，"
    "1200余间房屋倒塌。当地政府启动二级应急响应，已有3支救援队共260人抵达震中龙头山镇展开搜救。"
)
RELIEF = (
    "应急管理部派出工作组赶赴现场指导抗震救灾，国家粮食和物资储备局向灾区紧急调运帐篷2000顶、折叠床5000张、棉被8000床。"
    "气象部门预计，未来三天震区以多云天气为主，夜间最低气温2度，救援人员正连夜为受灾群众搭建临时住所。"
)
ROADS = "鲁甸县委宣传部负责人介绍，通往震中的道路已经抢通，电力和通信正在逐步恢复。"
QUAKE = "\n".join((LEAD, RELIEF, ROADS))
TITLE = "云南鲁甸发生5.6级地震 已致12人死亡"
SCENES = (
    "在龙头山镇小学操场上，记者看到一排排蓝色帐篷已经支起，炊事车冒着热气，志愿者把热粥递到老人手里。六十八岁的村民说，房子塌了大半，"
    "好在家里人都跑了出来，村干部挨家挨户点名，把大伙带到了空地上。医疗队在操场一角搭起临时诊室，几位医生轮流值守，为轻伤群众清创包扎，"
    "重伤员则由直升机转往昆明的医院救治。夜色渐深，挖掘机的灯光仍照着废墟，搜救犬一遍遍嗅过断墙，队员们说只要有一线希望就不会停下。"
    "学校停课期间，老师们把孩子集中在帐篷里读书，墙上贴着他们画的太阳。"
)
ENGLISH = (
    "The harbour authority said on Tuesday that the new ferry terminal will open in March after two years of delays. Engineers "
    "finished the last tests of the floating pier at the weekend, and 340 staff have been hired. The project cost 58 million "
    "pounds, 12 million more than planned. Residents had complained about noise from night work, and the council promised to "
    "plant trees along the quay. The first boat will leave for the islands at dawn on the opening day."
)


def second(title: str, text: str, *, first: str = QUAKE, first_title: str = TITLE, **details: object) -> Verdict:
    """The verdict on a text that comes after the earthquake report of ``a``."""
    recogniser = Recogniser(MemoryIndex())
    recogniser.observe(Text("a", first_title, first, NOON, "xinhuanet.com"))
    return recogniser.observe(Text("b", title, text, **details))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("昭通地震最新：救援队连夜搭帐篷", QUAKE),
        (TITLE, f"新华社昆明11月23日电（记者 王磊）{QUAKE}\n责任编辑：李四\n来源：新华网"),
        (TITLE, QUAKE.replace("\n", "").replace("，", ",").replace("12", "１２")),
        (TITLE, f"<p>{QUAKE.replace(chr(10), '</p><p>')}</p>"),
        (
            "地震",
            f"{LEAD}\n双十二狂欢提前开启，全场家电低至五折，点击领取优惠券，数量有限先到先得！\n{RELIEF}\n{ROADS}",
        ),
        (TITLE, QUAKE + "\n" + "\n".join(f"专家解读：养老新政之{word}" for word in "甲乙丙丁戊己庚辛壬癸")),
    ],
    ids=["headline", "dateline and tail", "widths", "markup", "advert inside", "sidebar"],
)
def test_the_same_text_under_another_dress_is_the_same(title: str, text: str) -> None:
    verdict = second(title, text)
    assert (verdict.nearness, verdict.article, verdict.of) == (Nearness.SAME, "a", "a")
    assert verdict.evidence["why"]


def test_traditional_and_simplified_are_one() -> None:
    convert = OpenCC("s2tw").convert
    assert second(convert(TITLE), convert(QUAKE)).nearness is Nearness.SAME


def test_half_of_it_is_an_excerpt_and_more_of_it_an_extension() -> None:
    assert second("鲁甸地震", LEAD).nearness is Nearness.EXCERPT
    verdict = second("鲁甸：夜色中的救援", f"{QUAKE}\n{SCENES}")
    assert (verdict.nearness, verdict.article) == (Nearness.EXTENDED, "a")
    assert verdict.containment > 0.95


def test_excerpts_that_came_before_hide_the_whole_from_nobody() -> None:
    recogniser = Recogniser(MemoryIndex())
    for name, title, text in (("a", TITLE, QUAKE), ("b", "快讯", LEAD), ("c", "物资调运", RELIEF)):
        recogniser.observe(Text(name, title, text, NOON))
    advert = "双十二狂欢提前开启，全场家电低至五折，点击领取优惠券，数量有限先到先得！"
    verdict = recogniser.observe(Text("d", "地震", f"{LEAD}\n{advert}\n{RELIEF}\n{ROADS}", NOON))
    assert (verdict.nearness, verdict.of) == (Nearness.SAME, "a")


def test_a_new_toll_under_the_same_title_is_a_revision() -> None:
    later = QUAKE.replace("12人死亡、34人", "15人死亡、47人").replace("当日18时", "当日22时")
    verdict = second(TITLE.replace("12", "15"), later)
    assert (verdict.nearness, verdict.article) == (Nearness.REVISION, "a")
    assert "12→15" in verdict.evidence["figures"]


def test_one_template_with_other_figures_is_an_edition() -> None:
    other = (
        QUAKE.replace("11月23日8时15分", "12月9日3时41分").replace("昭通市鲁甸县", "丽江市永胜县").replace("5.6级", "4.5级")
        .replace("10公里", "16公里").replace("18时", "9时").replace("12人", "2人").replace("34人", "11人").replace("1200", "300")
    )  # fmt: skip
    verdict = second("云南永胜发生4.5级地震 已致2人死亡", other)
    assert (verdict.nearness, verdict.article, verdict.of) == (Nearness.EDITION, "b", "a")
    assert verdict.evidence["guard"] in {"numbers", "slots", "head"}


def test_a_meeting_of_another_bureau_is_an_edition() -> None:
    meeting = (
        "{0}市{1}局召开安全生产工作会议，局党组书记、局长{2}出席会议并讲话。会议传达学习了上级有关会议精神，总结回顾了前一阶段工作，"
        "分析了当前面临的形势和存在的问题，对下一阶段重点任务作出安排部署。会议强调，要进一步提高政治站位，切实增强做好工作的责任感和紧迫感，"
        "坚持问题导向、目标导向和结果导向相统一，压紧压实各级责任，确保各项工作落到实处、见到实效。"
    )
    verdict = second(
        "财政局召开安全生产工作会议",
        meeting.format("沈阳", "财政", "李娜"),
        first_title="教育局召开安全生产工作会议",
        first=meeting.format("成都", "教育", "王磊"),
    )
    assert verdict.nearness is Nearness.EDITION
    assert verdict.jaccard > 0.6


def test_english_is_counted_by_words() -> None:
    assert second("Ferry news", f"LONDON, Nov 23 (Reuters) - {ENGLISH}", first=ENGLISH).nearness is Nearness.SAME
    assert second("Ferry news", ENGLISH[:260], first=ENGLISH).nearness is Nearness.EXCERPT


@pytest.mark.parametrize(
    "sentence",
    [
        "བོད་ལྗོངས་ཀྱི་ལོ་རྒྱུས་དང་རིག་གནས་སྐོར་གྱི་གཏམ་བཤད་གཅིག་དེ་རིང་ལྷ་སར་གནང་སོང་།",
        "بۈگۈن ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى، نۇرغۇن ئوقۇغۇچىلار كېلىپ كىتاب ئوقۇدى.",
        "Улаанбаатар хотод өнөөдөр шинэ номын сан нээгдэж, олон оюутан уншихаар ирлээ.",
    ],
    ids=["Tibetan", "Uyghur", "Mongolian"],
)
def test_other_scripts_are_compared_as_well(sentence: str) -> None:
    text = " ".join(f"{sentence} {number}" for number in range(1, 6))
    assert second("x", f"{text} {sentence[::-1]}", first=text).nearness in {Nearness.SAME, Nearness.EXTENDED}
    assert second("x", sentence[::-1] * 5, first=text).nearness is Nearness.NEW


def test_two_languages_in_one_text_never_join_with_one_of_them() -> None:
    assert not second("双语", f"{QUAKE}\n{SCENES}\n{ENGLISH}", first=ENGLISH).nearness.joins


def test_two_languages_of_one_script_never_join() -> None:
    recogniser = Recogniser(MemoryIndex())
    quoted = " ".join(f"« {word} et encore {word} dit le ministre »" for word in ENGLISH.split()[:60])
    recogniser.observe(Text("en", "Ferry", f"{ENGLISH} {quoted}", NOON, "a.example", language="en"))
    verdict = recogniser.observe(Text("fr", "Le bac", f"{quoted} {ENGLISH}", NOON, "b.example", language="fr"))
    assert (verdict.nearness, verdict.article) == (Nearness.RELATED, "fr")
    assert "language" in str(verdict.evidence["why"])


@pytest.mark.parametrize(
    ("title", "text", "chinese"),
    [
        ("昭通", f"{LEAD}\n{RELIEF}\n{ROADS}\n{SCENES[:60]}", "两稿合计有"),
        ("鲁甸地震", LEAD, "较短一方有"),
        (TITLE.replace("12", "15"), QUAKE.replace("12人死亡、34人", "15人死亡、47人"), "标题相同"),
        ("只有一句", "今天没有新闻。", "太短"),
    ],
)
def test_every_reason_is_told_in_both_languages(title: str, text: str, chinese: str) -> None:
    evidence = second(title, text).evidence
    assert chinese in words(evidence, "zh")
    assert words(evidence, "en") == evidence["why"]
    assert str(evidence["why"]).isascii() or "→" in str(evidence["why"])


def test_a_reason_of_another_release_is_told_as_it_was_written() -> None:
    evidence = {"why": "its moon is another", "reasons": [{"code": "moon", "values": []}]}
    assert words(evidence, "zh") == "its moon is another"


def test_two_short_texts_side_by_side_are_what_they_were_when_they_came() -> None:
    recogniser = Recogniser(MemoryIndex())
    texts = [read("央行宣布全面降准支持实体经济", f"央行宣布下调存款准备金率{word}。") for word in ("，释放资金", "")]
    old, new = (recogniser.ready(str(at), each, "", None, NOON) for at, each in enumerate(texts))
    verdict = recogniser.compare(recogniser.file(old, "0"), new)
    assert (verdict.nearness, verdict.evidence["why"]) == (
        Nearness.SAME,
        "a short text with an equal title on the same day",
    )


def test_a_short_text_joins_only_by_an_equal_title_on_the_same_day() -> None:
    short = "央行宣布下调存款准备金率，释放长期资金。"
    title = "央行宣布全面降准支持实体经济"
    same = {"first": "央行：全面降准，支持实体经济发展。", "first_title": title}
    assert second(title, short, published=NOON + timedelta(hours=3), **same).nearness is Nearness.SAME
    assert second(title, short, published=NOON + timedelta(days=3), **same).nearness is Nearness.NEW
    assert second("另一条央行宣布的消息", short, published=NOON, **same).nearness is Nearness.NEW


def test_the_same_address_with_another_text_is_a_revision_when_figures_changed() -> None:
    recogniser = Recogniser(MemoryIndex())
    recogniser.observe(Text("a", "地震快报", QUAKE, address="example.cn/1"))
    changed = (
        QUAKE.replace("12人死亡、34人", "25人死亡、67人").replace("1200余间", "3100余间").replace("260人", "900人")
    )
    assert recogniser.observe(Text("b", "震区最新", changed, address="example.cn/1")).nearness is Nearness.REVISION
    assert recogniser.observe(Text("c", "震区最新", changed.replace("67", "68"))).article == "a"


def test_an_article_grows_around_its_first_text_and_not_along_a_chain() -> None:
    one, two, three = LEAD * 2, RELIEF * 2, SCENES
    recogniser = Recogniser(MemoryIndex())
    recogniser.observe(Text("one", "甲", f"{one}"))
    assert recogniser.observe(Text("one and two", "甲", f"{one}{two}")).article == "one"
    verdict = recogniser.observe(Text("two and three", "乙", f"{two}{three}"))
    assert verdict.article == "two and three"


def test_of_long_texts_that_quote_one_short_one_only_like_ones_are_one_article() -> None:
    recogniser = Recogniser(MemoryIndex())
    recogniser.observe(Text("short", "声明", LEAD))
    recogniser.observe(Text("first", "声明", f"{LEAD}{SCENES}"))
    other = "".join(
        f"分析人士第{number}次谈到这场灾害对当地核桃与花椒产业的影响时给出了{number}条彼此不同的理由。"
        for number in range(40)
    )
    verdict = recogniser.observe(Text("second", "产业观察", f"{LEAD}{other}"))
    assert not verdict.nearness.joins


def test_copies_of_copies_still_find_the_article_when_there_are_many() -> None:
    recogniser = Recogniser(MemoryIndex())
    verdicts = [recogniser.observe(Text(str(number), TITLE, f"{QUAKE}本网编号{number}。")) for number in range(60)]
    assert {verdict.article for verdict in verdicts} == {"0"}
