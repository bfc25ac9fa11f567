"""A series that exchanges whom it is about is kept apart; reprints that exchange words join."""

from __future__ import annotations

from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.near.likeness import slots, units_of
from worker.model.nearness import Nearness, Script, Verdict


def seen(*texts: tuple[str, str]) -> list[Verdict]:
    recogniser = Recogniser(MemoryIndex())
    return [recogniser.observe(Text(str(number), *each)) for number, each in enumerate(texts)]


def expelled(who: str, city: str) -> str:
    return (
        f"日前，经省委批准，省纪委监委对{city}市原副市长{who}严重违纪违法问题进行了立案审查调查。经查，{who}丧失理想信念，背弃初心使命，"
        f"违规收受礼品礼金，接受可能影响公正执行公务的宴请；违背组织原则，不按规定报告个人有关事项；{who}廉洁底线失守，违规从事营利活动。"
        f"经省纪委常委会会议研究并报省委批准，决定给予{who}开除党籍处分，由省监委给予其开除公职处分，收缴其违纪违法所得。"
    )


def editorial(topic: str) -> str:
    return (
        f"做好{topic}工作，事关全局，意义重大。我们要深刻认识{topic}的重要性和紧迫性，以更高站位、更实举措抓好各项任务落实。"
        f"要坚持问题导向，聚焦{topic}中的薄弱环节，找准症结、精准施策。各级领导干部要率先垂范，把责任扛在肩上，把任务抓在手上。"
        f"让我们以时不我待的精神状态，奋力开创{topic}新局面，作出新的更大贡献。"
    )


def test_one_report_told_of_two_people_under_one_title_is_two_articles() -> None:
    verdicts = seen(
        ("又一副市长被双开", expelled("买买提江", "遵义")), ("又一副市长被双开", expelled("巴特尔", "柳州"))
    )
    assert verdicts[1].nearness is Nearness.EDITION
    assert "买买提江→巴特尔" in str(verdicts[1].evidence["why"])


def test_one_editorial_on_two_subjects_is_two_articles() -> None:
    one, other = "防汛抗旱", "乡村振兴"
    verdicts = seen((f"扎实做好{one}工作", editorial(one)), (f"扎实做好{other}工作", editorial(other)))
    assert verdicts[1].nearness is Nearness.EDITION


def test_a_name_exchanged_throughout_in_english_makes_another_article() -> None:
    text = (
        "Nobody disputes that the county needs {0}. The question is whether the board has the will to pay for {0}. "
        "For too long residents have been told to wait, and the answer has been another study and another year. "
        "The case for {0} is simple: those who invest prosper, and those who put off hard choices decline. "
        "We urge the board to vote for {0} this week."
    )
    titled = "The county deserves {0}"
    verdicts = seen(*((titled.format(each), text.format(each)) for each in ("clean water", "broadband")))
    assert verdicts[1].nearness is Nearness.EDITION


def test_who_tells_it_and_words_of_the_same_meaning_are_no_other_subject() -> None:
    text = (
        "记者昨天来到河边，看到工人正在清淤。记者问起工期，工人没有回答。附近的居民告诉记者，淤泥堆了很久，夏天气味很大。"
        "记者随后联系了街道，街道表示正在协调，相关的费用没有着落。一位老人表示，只要能清干净，等一等也可以。街道还表示会公布进展。"
    )
    reworded = text.replace("记者", "广州日报")
    assert seen(("河道清淤何时完工", text), ("河道清淤何时完工", reworded))[1].nearness.joins
    assert seen(("河道清淤何时完工", text), ("河道清淤何时完工", text.replace("表示", "指出")))[1].nearness.joins


def test_phrases_that_are_said_again_and_again_are_not_taken_for_exchanged_places() -> None:
    old = (
        "第六条规定由甲机关办理此事。第八条规定由乙机关办理彼事。"
        "中间还有很长的一段没有什么可说的话在这里。第四条规定到此为止。"
    )
    new = "第八条规定由乙机关办理彼事。第六条规定由甲机关办理此事。"
    assert slots(Script.HAN, units_of(Script.HAN, old), units_of(Script.HAN, new)) == []


def test_a_digest_of_which_one_article_is_the_greater_part_joins_none() -> None:
    first = "".join(f"港口扩建第{number}期工程昨天在东岸开工，预计{number * 3}个月后完成。" for number in range(14))
    second = "".join(f"夜间书房里坐着{number}个备考的人，灯一直亮到天明。" for number in range(9))
    third = "".join(f"研究者在湿地{number * 11}米处听见蛙鸣，随即记录下来。" for number in range(9))
    digest = "\n".join((first, second, third))
    verdicts = seen(("港口", first), ("书房", second), ("蛙", third), ("新闻早餐", digest))
    assert verdicts[3].nearness is Nearness.RELATED
    assert "digest" in str(verdicts[3].evidence["why"])
