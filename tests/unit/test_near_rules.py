"""What makes two texts one, one by one: order, pieces, digests, days, names, figures, titles that tell nothing."""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex, pillars_among
from worker.identity.near.likeness import as_counted, held_in_order
from worker.model.nearness import Nearness, Script, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def sentences(seed: int, count: int, length: int = 30) -> list[str]:
    """Sentences of letters that no two have in common."""
    random = Random(seed)
    return ["".join(chr(0x4E00 + random.randrange(18_000)) for _ in range(length)) + "。" for _ in range(count)]


def english(seed: int, count: int) -> list[str]:
    random = Random(seed)
    words = [f"{chr(97 + random.randrange(26))}{random.randrange(10**6):x}z" for _ in range(400)]
    return [" ".join(random.sample(words, 12)).capitalize() + "." for _ in range(count)]


def seen(*texts: Text) -> list[Verdict]:
    recogniser = Recogniser(MemoryIndex())
    return [recogniser.observe(text) for text in texts]


def test_a_part_is_counted_by_its_characters_and_in_order() -> None:
    part = "中国地震台网正式测定今天上午在云南发生地震"
    assert held_in_order(Script.HAN, part, f"据悉{part}目前没有伤亡") == 1
    assert held_in_order(Script.HAN, part, part.replace("上午", "下午")) == pytest.approx(1 - 1 / len(part))
    first, second = "".join(sentences(1, 2)), "".join(sentences(2, 2))
    assert held_in_order(Script.HAN, first + second, second + first) == pytest.approx(0.5)
    assert held_in_order(Script.WORDS, "a b c d e f", "x a b c d e f g") == 1
    assert held_in_order(Script.HAN, "", part) == 0


def test_what_is_said_twice_is_found_where_it_comes_next() -> None:
    refrain, one, two = "这里再次强调安全第一", "".join(sentences(1, 1)), "".join(sentences(2, 1))
    part = f"{one}甲{refrain}{two}"
    assert held_in_order(Script.HAN, part, f"{refrain}{one}乙{refrain}{two}") == pytest.approx(1 - 1 / len(part))


def test_a_part_with_a_few_words_exchanged_is_a_part_still() -> None:
    whole = sentences(1, 30)
    piece = "".join(whole[:4])
    edited = "".join("改" if place % 16 == 7 else letter for place, letter in enumerate(piece))
    verdict = seen(Text("a", "全文在此", "".join(whole)), Text("b", "全文在此摘要", edited))[1]
    assert (verdict.nearness, verdict.article) == (Nearness.EXCERPT, "a")
    assert verdict.containment < 0.8


def test_who_puts_a_text_together_from_anothers_sentences_wrote_another() -> None:
    whole = sentences(1, 40)
    taken = whole[3:39:4]
    Random(3).shuffle(taken)
    verdict = seen(Text("a", "甲的调查报道", "".join(whole)), Text("b", "乙另写一篇", "".join(taken)))[1]
    assert not verdict.nearness.joins


def test_a_statement_in_its_own_language_does_not_outweigh_two_reports_on_it() -> None:
    statement = "".join(letter for letter in "".join(english(5, 30)) if letter.isalpha())
    one, other = "".join(sentences(1, 12)), "".join(sentences(2, 12))
    assert len(as_counted(Script.HAN, statement.lower())) < 5
    verdict = seen(Text("a", "声明全文一", f"{one}\n{statement}"), Text("b", "另一家解读", f"{other}\n{statement}"))[1]
    assert not verdict.nearness.joins


@pytest.mark.parametrize("headline", ["一图读懂这件事", "Inside the news today"])
def test_a_headline_that_many_texts_have_hides_the_right_one_from_nobody(headline: str) -> None:
    made = sentences if headline[0] == "一" else english
    first = Text("first", made(901, 1)[0], "\n".join(made(902, 12)))
    texts = [Text(str(number), headline, "\n".join(made(number, 12))) for number in range(40)]
    copy = Text("copy", headline, "\n".join([*made(900, 1), *made(902, 12)]))
    assert [verdict.article for verdict in seen(first, *texts, copy)] == ["first", *map(str, range(40)), "first"]


def test_what_holds_three_articles_is_a_digest_and_leads_none_of_them() -> None:
    pieces = ["".join(sentences(number, 5)) for number in range(4)]
    items = [Text(str(number), f"消息之{number}甲乙丙", piece) for number, piece in enumerate(pieces)]
    verdict = seen(*items, Text("digest", "要闻简讯", "\n".join(pieces)))[-1]
    assert (verdict.nearness, verdict.article) == (Nearness.RELATED, "digest")
    assert "digest" in str(verdict.evidence["why"])
    assert len({verdict.of_article, *verdict.also}) == 4


def test_of_the_pieces_of_a_digest_only_one_is_in_its_article() -> None:
    pieces = ["".join(sentences(number, 5)) for number in range(4)]
    items = [Text(str(number), f"消息之{number}甲乙丙", piece) for number, piece in enumerate(pieces)]
    verdicts = seen(Text("digest", "要闻简讯", "\n".join(pieces)), *items)
    assert sorted(verdict.article for verdict in verdicts) == ["1", "2", "3", "digest", "digest"]


def test_two_pieces_under_the_articles_own_title_are_both_excerpts() -> None:
    whole = sentences(1, 30)
    verdicts = seen(
        Text("a", "老城改造启动", "".join(whole)),
        Text("b", "老城改造启动", "".join(whole[:8])),
        Text("c", "老城改造启动", "".join(whole[20:])),
    )
    assert [verdict.nearness for verdict in verdicts[1:]] == [Nearness.EXCERPT, Nearness.EXCERPT]


def test_an_article_stands_around_its_first_its_fullest_and_its_briefest_piece() -> None:
    assert pillars_among([900]) == [0]
    assert pillars_among([900, 950, 880]) == [0, 1]
    assert pillars_among([900, 2000, 300, 400]) == [0, 1, 2]
    assert pillars_among([300, 2000]) == [0, 1]


def test_a_line_of_ones_own_makes_no_other_text_of_a_long_one() -> None:
    body = english(1, 60)
    extra = "Continue reading the rest of this long story on the pages of our partner."
    verdict = seen(
        Text("a", "Council votes on harbour", "\n".join(body)), Text("b", "Inside", "\n".join([*body[:40], extra]))
    )[1]
    assert (verdict.nearness, verdict.article) == (Nearness.SAME, "a")


def test_two_short_reports_beside_one_long_sidebar_are_two() -> None:
    sidebar = "\n".join(sentences(9, 12))
    one, other = ("\n".join([*sentences(number, 4), sidebar]) for number in (1, 2))
    verdict = seen(Text("a", "渔港新码头投用", one), Text("b", "山城办起灯会", other))[1]
    assert verdict.nearness is Nearness.RELATED


def test_words_that_tell_nothing_make_no_titles_alike() -> None:
    sidebar = "\n".join(english(9, 12))
    one, other = ("\n".join([*english(number, 5), sidebar]) for number in (1, 2))
    texts = (Text("a", "How to be in it for a day", one), Text("b", "What is in it for us", other))
    assert seen(*texts)[1].nearness is Nearness.RELATED


BRIEFING = (
    "{day}，外交部发言人王立新主持例行记者会。记者：有报道称，{who}方面日前就双边贸易问题表态，中方对此有何评论？王立新：我们注意到有关报道，{who}是中方的重要合作伙伴。"
    "记者：有媒体问及中美经贸磋商的进展。王立新：中方的立场是一贯的、明确的，希望双方相向而行，在平等和相互尊重的基础上妥善处理分歧。"
    "记者：关于半岛局势，中方有何看法？王立新：中方一贯主张通过对话协商解决问题，希望有关方多做有利于地区和平稳定的事。"
)
COURT = (
    "{who}：本院受理原告太原海润光电有限公司诉你租赁合同纠纷一案，案号为（2019）民初{number}号，现依法向你公告送达起诉状副本、应诉通知书、举证通知书及开庭传票。"
    "自本公告发出之日起经过30日即视为送达。提出答辩状和举证的期限分别为公告期满后30日内，并定于举证期满后第4日上午8时在本院第{room}法庭公开开庭审理，逾期将依法缺席裁判。"
)
POSTS = (
    "洛阳市人民政府决定：任命唐德明同志为市交通运输局副局长（试用期一年）；任命{0}同志为市统计局调研员；免去{1}同志的市教育局副局长职务。各县、自治县、区人民政府，市政府各委办局："
    "上述人员的任职时间从市政府党组会议研究决定之日起计算，按照干部管理权限办理有关手续，请各有关单位认真做好工作交接。"
)
QUAKE_EN = (
    "A moderate earthquake shook the coast near Salem on {day}, the geological survey said. There were no immediate reports of damage or injuries, and no tsunami warning was issued. "
    "Residents were told to expect aftershocks and to check their homes for cracks and gas leaks. Anyone who felt the shaking can file a report on the website of the survey, which helps "
    "scientists to map how strongly the ground moved. Schools stayed open and trains ran as planned."
)


@pytest.mark.parametrize(
    ("title", "one", "other"),
    [
        (
            "外交部发言人主持例行记者会",
            BRIEFING.format(day="1月3日", who="越南"),
            BRIEFING.format(day="3月1日", who="泰国"),
        ),
        ("Quake felt near Salem", QUAKE_EN.format(day="March 3"), QUAKE_EN.format(day="7 June")),
        ("公告", COURT.format(who="郑海燕", number=6276, room=3), COURT.format(who="周建国", number=1847, room=2)),
        ("洛阳市人民政府任免干部", POSTS.format("沈佳琪", "蒋文斌"), POSTS.format("郑海燕", "冯国梁")),
    ],
    ids=["briefing of another day", "another day in English", "court notice", "appointments"],
)
def test_a_text_of_the_series_is_an_edition(title: str, one: str, other: str) -> None:
    verdict = seen(Text("a", title, one, NOON), Text("b", title, other, NOON + timedelta(hours=20)))[1]
    assert (verdict.nearness, verdict.article) == (Nearness.EDITION, "b"), verdict.evidence


def test_a_day_at_the_very_beginning_is_seen() -> None:
    body = "日，本市交通管理部门介绍，今天早高峰道路通行总体平稳，没有发生造成长时间拥堵的事故。" + "".join(
        sentences(1, 6)
    )
    verdict = seen(Text("a", "早高峰通报", f"3月3{body}"), Text("b", "早高峰通报", f"3月4{body}"))[1]
    assert verdict.nearness is Nearness.EDITION


def test_an_update_keeps_its_day_and_most_of_its_figures() -> None:
    toll = (
        "11月23日8时15分，云南省昭通市鲁甸县发生5.6级地震，震源深度10公里。截至目前，地震已造成{0}人死亡、{1}人受伤，1200余间房屋倒塌。"
        "当地政府启动二级应急响应，已有3支救援队共260人抵达震中展开搜救，应急管理部向灾区紧急调运帐篷2000顶、棉被8000床。"
    )
    title = "云南鲁甸发生5.6级地震"
    first, update, other = (
        Text(name, title, toll.format(*figures), NOON)
        for name, *figures in (("a", 12, 34), ("b", 15, 47), ("c", 15, 47))
    )
    assert seen(first, update)[1].nearness is Nearness.REVISION
    later = Text("c", title, other.text.replace("11月23日8时15分", "12月9日3时41分"), NOON + timedelta(days=2))
    assert seen(first, later)[1].nearness is Nearness.EDITION


def test_an_update_does_not_move_to_another_county() -> None:
    fire = (
        "昭通市{0}昨夜发生山火，过火面积约{1}公顷，没有人员伤亡。当地出动{2}名扑火队员、2架直升机和16台水车连夜扑救，明火于今晨6时基本扑灭，余火正在清理。"
        "起火原因正在调查，林草部门提醒，清明前后风干物燥，进山祭扫不要携带火种，违者将依法处理，发现火情请拨打12119报警。"
    )
    first = Text("a", "云南昭通发生山火", fire.format("鲁甸县", 30, 150), NOON)
    assert seen(first, Text("b", first.title, fire.format("鲁甸县", 45, 260), NOON))[1].nearness is Nearness.REVISION
    assert seen(first, Text("c", first.title, fire.format("巧家县", 45, 260), NOON))[1].nearness is Nearness.EDITION


def test_a_figure_that_only_moved_was_not_exchanged() -> None:
    whole = sentences(1, 12)
    parties = "会议由{0}国代表在日内瓦主持，{1}国列席，会期三天，各方就停火安排交换了意见。"
    one, other = (
        Text(name, "停火会议", parties.format(*sides) + "".join(whole))
        for name, *sides in (("a", 14, 25), ("b", 25, 14))
    )
    assert seen(one, other)[1].nearness is Nearness.SAME


def test_a_name_misspelt_is_no_other_name() -> None:
    report = (
        "On Friday the director of the museum, Margarethe Lindqvist, opened the new wing after six years of building work. The wing shows paintings that were kept in stores for decades. "
        "Visitors queued along the river from early morning, and the city paid for late trains home. Critics had called the building too large and too dear, but the first guests were delighted with the light. "
        "The museum expects twice as many visitors next year and has hired guides who speak nine languages."
    )
    verdict = seen(
        Text("a", "New wing opens", report), Text("b", "New wing opens", report.replace("Lindqvist", "Lindkvist"))
    )[1]
    assert verdict.nearness is Nearness.SAME


@pytest.mark.parametrize("kind", ["one phrase", "two phrases", "blocks turned round", "words turned round"])
def test_texts_made_to_be_put_in_order_take_no_longer(kind: str) -> None:
    random, phrase, other = Random(1), sentences(1, 1)[0], sentences(2, 1)[0]
    blocks = [block[:7] for block in sentences(3, 8_000, 7)]
    words = [f"w{number}" for number in range(9_000)]
    one, two = {
        "one phrase": (phrase * 30_000, phrase * 20_000 + other),
        "two phrases": ((phrase + other) * 20_000, "".join(random.choice((phrase, other)) for _ in range(40_000))),
        "blocks turned round": ("".join(blocks), "".join(reversed(blocks))),
        "words turned round": (
            " ".join(words),
            " ".join(word for at in range(len(words) - 6, -1, -6) for word in words[at : at + 6]),
        ),
    }[kind]
    begun = time.process_time()
    seen(Text("a", "同一个标题在此", one), Text("b", "同一个标题在此", two))
    assert time.process_time() - begun < 3
