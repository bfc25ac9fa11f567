"""Texts in scripts without words to count: the same, edited, cut, another event, another text."""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.near.reading import normal_title
from worker.model.nearness import Nearness, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

# By language: the sentences of one report, those of another, what stands between sentences.
REPORTS: dict[str, tuple[list[str], list[str], str]] = {
    "bo": (
        [
            "དེ་རིང་ལྷ་ས་གྲོང་ཁྱེར་གྱི་དཔེ་མཛོད་ཁང་གསར་པ་ཞིག་སྒོ་འབྱེད་བྱས་པ་དང་།",
            "དཔེ་མཛོད་ཁང་དེའི་ནང་དཔེ་ཆ་ཁྲི་12ལྷག་བཞུགས་ཡོད་པ་མ་ཟད།",
            "ཉིན་རེར་མི་གྲངས་800ཡིས་དཔེ་ཆ་ཀློག་ཐུབ་པ་རེད།",
            "གྲོང་ཁྱེར་སྲིད་གཞུང་གིས་སྒོར་ཁྲི་3500བཏོན་ནས་ལོ་2ཡི་རིང་ལ་བསྐྲུན་པ་རེད།",
            "སློབ་གྲྭ་ཆེ་འབྲིང་ཆུང་གསུམ་གྱི་སློབ་མ་མང་པོས་དེ་རིང་དཔེ་ཆ་གཡར་བར་ཡོང་འདུག",
            "འགན་ཁུར་མི་སྣས་བཤད་དོན་ལྟར་ན་བོད་ཡིག་གི་དཔེ་ཆ་གསར་པ་མུ་མཐུད་ནས་ཉོ་རྒྱུ་ཡིན།",
            "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང་ཐོབ་ཐང་གི་རང་དབང་འདྲ་མཉམ་དུ་ཡོད།",
        ],
        [
            "འབྲོག་ཁུལ་གྱི་གཡག་དང་ལུག་གི་འཕེལ་རྒྱས་སྐོར་ལ་ཚོགས་འདུ་ཞིག་ཉིན་གཉིས་རིང་ཚོགས་སོང་།",
            "ཚོགས་འདུའི་ཐོག་ཞིང་འབྲོག་ལས་ཁུངས་ཀྱི་འགོ་ཁྲིད་ཀྱིས་གཏམ་བཤད་གནང་།",
            "འབྲོག་པ་ཚོས་རྩྭ་ཐང་སྲུང་སྐྱོབ་བྱེད་ཐབས་དང་དགུན་ཁའི་གཟན་ཆས་གྲ་སྒྲིག་སྐོར་གླེང་མོལ་བྱས།",
            "ད་ལོ་གངས་ཆེན་པོ་བབས་པའི་རྐྱེན་གྱིས་ཁྱིམ་ཚང་མང་པོར་དཀའ་ངལ་འཕྲད་ཡོད་པ་རེད།",
        ],
        " ",
    ),
    "ug": (
        [
            "بۈگۈن ئۈرۈمچى شەھىرىدە يېڭى بىر كۇتۇپخانا رەسمىي ئېچىلدى.",
            "كۇتۇپخانىدا 120 مىڭ پارچىدىن ئارتۇق كىتاب بار، كۈندە 800 ئادەم كىتاب ئوقۇيالايدۇ.",
            "شەھەرلىك ھۆكۈمەت بۇ قۇرۇلۇشقا 35 مىليون يۈەن مەبلەغ ئاجرىتىپ، ئىككى يىلدا پۈتتۈردى.",
            "نۇرغۇن ئوقۇغۇچىلار ۋە ئوقۇتقۇچىلار ئېچىلىش مۇراسىمىغا قاتناشتى.",
            "مەسئۇل خادىمنىڭ ئېيتىشىچە، كېلەر يىلى ئۇيغۇرچە كىتابلار يەنە كۆپەيتىلىدىكەن.",
            "ھەممە ئادەم زاتىدىنلا ئەركىن، ئىززەت-ھۆرمەت ۋە ھوقۇقتا باپباراۋەر بولۇپ تۇغۇلغان.",
        ],
        [
            "تۇرپاندا بۇ يىل ئۈزۈم ھوسۇلى ياخشى بولدى، دېھقانلار خۇشال.",
            "يېزا ئىگىلىك تېخنىكلىرى سۇ تېجەش ئۇسۇلىنى كەڭ كۆلەمدە تارقىتىۋاتىدۇ.",
            "بازاردا ئۈزۈم باھاسى ئۆتكەن يىلدىكىدىن سەل ئۆستى، سودىگەرلەر يىراقتىن كېلىۋاتىدۇ.",
            "ھاۋارايى ئىدارىسى كېلەر ھەپتە شامال چىقىدىغانلىقىنى ئالدىن مەلۇم قىلدى.",
        ],
        " ",
    ),
    "mn-Mong": (
        [
            "ᠥᠨᠥᠳᠥᠷ ᠬᠥᠬᠡᠬᠣᠲᠠ ᠳᠤ ᠰᠢᠨ᠎ᠡ ᠨᠣᠮ ᠤᠨ ᠰᠠᠩ ᠨᠡᠭᠡᠭᠳᠡᠵᠦ᠂ ᠣᠯᠠᠨ ᠤᠩᠰᠢᠭᠴᠢ ᠢᠷᠡᠪᠡ᠃",
            "ᠨᠣᠮ ᠤᠨ ᠰᠠᠩ ᠳᠤ 120 ᠮᠢᠩᠭᠠᠨ ᠨᠣᠮ ᠪᠠᠢᠢᠨ᠎ᠠ᠂ ᠡᠳᠦᠷ ᠪᠦᠷᠢ 800 ᠬᠦᠮᠦᠨ ᠤᠩᠰᠢᠵᠤ ᠪᠣᠯᠤᠨ᠎ᠠ᠃",
            "ᠬᠣᠲᠠ ᠶᠢᠨ ᠵᠠᠰᠠᠭ ᠤᠨ ᠣᠷᠳᠣᠨ 35 ᠰᠠᠶ᠎ᠠ ᠲᠥᠭᠦᠷᠢᠭ ᠭᠠᠷᠭᠠᠵᠤ᠂ ᠬᠣᠶᠠᠷ ᠵᠢᠯ ᠳᠤ ᠪᠠᠷᠢᠵᠤ ᠳᠠᠭᠤᠰᠪᠠ᠃",
            "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ ᠦᠨ ᠰᠣᠶᠣᠯ ᠤᠨ ᠥᠪ ᠢ ᠬᠠᠮᠠᠭᠠᠯᠠᠬᠤ ᠶᠠᠪᠤᠳᠠᠯ ᠴᠢᠬᠤᠯᠠ ᠶᠤᠮ ᠭᠡᠵᠦ ᠬᠠᠷᠢᠭᠤᠴᠠᠭᠴᠢ ᠬᠡᠯᠡᠪᠡ᠃",
            "ᠬᠦᠮᠦᠨ ᠪᠦᠷ ᠲᠥᠷᠥᠵᠦ ᠮᠡᠨᠳᠡᠯᠡᠬᠦ ᠡᠷᠬᠡ ᠴᠢᠯᠥᠭᠡ ᠲᠡᠢ᠂ ᠠᠳᠠᠯᠢᠬᠠᠨ ᠨᠡᠷ᠎ᠡ ᠲᠥᠷᠥ ᠲᠡᠢ᠂ ᠢᠵᠢᠯ ᠡᠷᠬᠡ ᠲᠡᠢ ᠪᠠᠢᠠᠭ᠃",
        ],
        [
            "ᠣᠶᠤᠨ ᠤᠬᠠᠭᠠᠨ᠂ ᠨᠠᠨᠳᠢᠨ ᠴᠢᠨᠠᠷ ᠵᠠᠶᠠᠭᠠᠰᠠᠨ ᠬᠦᠮᠦᠨ ᠬᠡᠭᠴᠢ ᠥᠭᠡᠷ᠎ᠡ ᠬᠣᠭᠣᠷᠣᠨᠳᠣ᠎ᠨ ᠠᠬᠠᠨ ᠳᠡᠭᠦᠦ ᠢᠨ ᠦᠵᠢᠯ ᠰᠠᠨᠠᠭᠠ ᠥᠠᠷ ᠬᠠᠷᠢᠴᠠᠬᠥ ᠤᠴᠢᠷ ᠲᠠᠢ᠃",
            "ᠡᠪᠦᠯ ᠦᠨ ᠴᠠᠰᠤ ᠶᠡᠬᠡ ᠤᠷᠤᠭᠰᠠᠨ ᠤᠴᠢᠷ ᠠᠴᠠ ᠮᠠᠯᠴᠢᠨ ᠠᠢᠯ ᠤᠨ ᠡᠪᠡᠰᠦ ᠲᠡᠵᠢᠭᠡᠯ ᠬᠦᠷᠦᠯᠴᠡᠬᠦ ᠦᠭᠡᠢ ᠪᠣᠯᠵᠠᠢ᠃",
            "ᠲᠠᠯ᠎ᠠ ᠨᠤᠲᠤᠭ ᠤᠨ ᠮᠣᠷᠢ ᠤᠷᠤᠯᠳᠤᠬᠤ ᠨᠠᠶᠢᠷ ᠨᠠᠭᠠᠳᠤᠮ ᠳᠤ ᠵᠠᠯᠠᠭᠤᠰ ᠣᠯᠠᠨ ᠢᠷᠡᠵᠡᠢ᠃",
        ],
        " ",
    ),
    "ar": (
        [
            "افتُتحت اليوم في العاصمة مكتبة عامة جديدة بحضور عدد كبير من القراء والطلاب.",
            "وتضم المكتبة أكثر من 120 ألف كتاب، ويمكن أن تستقبل 800 قارئ كل يوم.",
            "وأنفقت البلدية على المشروع 35 مليون دينار، واستغرق البناء سنتين كاملتين.",
            "وقال المدير إن المكتبة ستفتح أبوابها مساء أيضا خلال أشهر الشتاء.",
            "وأضاف أن قسما خاصا للأطفال سيبدأ العمل في الربيع المقبل بعد وصول الأثاث.",
            "ورحب سكان الحي بالمشروع، لكن بعضهم طالب بمزيد من مواقف السيارات حول المبنى.",
        ],
        [
            "شهدت السواحل الغربية أمس أمطارا غزيرة أدت إلى إغلاق عدد من الطرق الجبلية.",
            "ودعت فرق الإنقاذ السائقين إلى تجنب الأودية حتى انحسار المياه.",
            "وتتوقع الأرصاد الجوية أن يتحسن الطقس تدريجيا ابتداء من يوم الخميس.",
            "ولم ترد أنباء عن وقوع ضحايا، غير أن مزارعين خسروا جزءا من محاصيلهم.",
        ],
        " ",
    ),
    "th": (
        [
            "วันนี้กรุงเทพมหานครเปิดห้องสมุดประชาชนแห่งใหม่อย่างเป็นทางการ มีผู้อ่านและนักเรียนมาร่วมงานจำนวนมาก",
            "ห้องสมุดมีหนังสือมากกว่า 120,000 เล่ม และรองรับผู้อ่านได้วันละ 800 คน",
            "เทศบาลใช้งบประมาณ 35 ล้านบาทในการก่อสร้างซึ่งใช้เวลาสองปี",
            "ผู้อำนวยการกล่าวว่าห้องสมุดจะเปิดให้บริการในช่วงเย็นตลอดฤดูหนาวด้วย",
            "ส่วนมุมหนังสือเด็กจะเริ่มให้บริการในฤดูใบไม้ผลิปีหน้าหลังจากเฟอร์นิเจอร์มาถึง",
        ],
        [
            "ฝนตกหนักเมื่อวานนี้ทำให้ถนนบนภูเขาหลายสายทางภาคเหนือต้องปิดการจราจร",
            "เจ้าหน้าที่กู้ภัยขอให้ผู้ขับขี่หลีกเลี่ยงเส้นทางเลียบแม่น้ำจนกว่าน้ำจะลด",
            "กรมอุตุนิยมวิทยาคาดว่าอากาศจะดีขึ้นตั้งแต่วันพฤหัสบดีเป็นต้นไป",
            "ยังไม่มีรายงานผู้เสียชีวิต แต่เกษตรกรบางส่วนสูญเสียผลผลิต",
        ],
        " ",
    ),
}


@pytest.fixture(params=REPORTS)
def told(request: pytest.FixtureRequest) -> tuple[list[str], list[str], str]:
    return REPORTS[request.param]


def second(first: str, text: str, *, title: str = "乙", first_title: str = "甲") -> Verdict:
    recogniser = Recogniser(MemoryIndex())
    recogniser.observe(Text("a", first_title, first, NOON, "one.example"))
    return recogniser.observe(Text("b", title, text, NOON, "two.example"))


def test_the_same_text_under_another_headline_and_in_other_lines_is_the_same(
    told: tuple[list[str], list[str], str],
) -> None:
    sentences, _, between = told
    assert second(between.join(sentences), "\n".join(sentences)).nearness is Nearness.SAME
    marked = "".join(f"<p>{each}</p>" for each in sentences)
    assert second(between.join(sentences), f"{marked}<p>编辑：周岚</p>").nearness is Nearness.SAME


def test_an_edited_copy_is_the_same(told: tuple[list[str], list[str], str]) -> None:
    sentences, others, between = told
    edited = [*sentences[:1], others[-1], *sentences[1:]]
    verdict = second(between.join(sentences), between.join(edited))
    assert (verdict.nearness.joins, verdict.article) == (True, "a")


def test_half_of_it_is_an_excerpt(told: tuple[list[str], list[str], str]) -> None:
    sentences, _, between = told
    half = between.join(sentences[: (len(sentences) + 1) // 2])
    assert second(between.join(sentences), half).nearness is Nearness.EXCERPT
    assert second(half, between.join(sentences)).nearness is Nearness.EXTENDED


def test_another_text_in_the_same_language_is_new(told: tuple[list[str], list[str], str]) -> None:
    sentences, others, between = told
    assert second(between.join(sentences), between.join(others)).nearness is Nearness.NEW
    # Of one sentence in common nothing follows.
    assert not second(between.join(sentences), between.join((*others, sentences[-1]))).nearness.joins


def test_the_same_words_with_other_figures_are_another_event(told: tuple[list[str], list[str], str]) -> None:
    sentences, _, between = told
    text = between.join(sentences)
    other = text.replace("120", "47").replace("12", "5").replace("800", "350").replace("35", "9")
    verdict = second(text, other)
    assert (verdict.nearness, verdict.article) == (Nearness.EDITION, "b")


@pytest.mark.parametrize(("language", "zero"), [("ar", "٠"), ("ug", "۰"), ("bo", "༠"), ("th", "๐"), ("mn-Mong", "᠐")])
def test_digits_of_the_script_and_ours_are_one(language: str, zero: str) -> None:
    sentences, _, between = REPORTS[language]
    text = between.join(sentences)
    own = text.translate({ord("0") + digit: chr(ord(zero) + digit) for digit in range(10)}).replace(",", "")
    assert second(text, own).jaccard == 1.0


def test_titles_keep_their_vowels_and_lose_their_marks() -> None:
    assert normal_title("ལྷ་སར་དཔེ་མཛོད་ཁང་གསར་པ་༡༢།") == "ལྷསརདཔེམཛོདཁངགསརཔ12"
    assert normal_title("ལྷ་ས།") != normal_title("ལྷོ་ས།")


def test_points_and_keyboards_are_the_printers() -> None:
    arabic = " ".join(REPORTS["ar"][0])
    pointed = (
        arabic.replace("مكتبة", "مَكْتَبَة").replace("القراء", "القـــراء").replace("كتاب", "کتاب").replace("في", "فی")
    )
    assert second(arabic, pointed).jaccard == 1.0


def test_one_script_in_two_languages_shares_nothing_that_joins() -> None:
    """Arabic and Uyghur, and the two with one quotation in common."""
    arabic, uyghur = " ".join(REPORTS["ar"][0]), " ".join(REPORTS["ug"][0])
    assert second(arabic, uyghur).nearness is Nearness.NEW
    assert not second(arabic, f"{uyghur} «{REPORTS['ar'][0][0]}»").nearness.joins
