"""Which language a text is in: what is declared, where its letters bear it out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.identity.language import language_by_letters, language_of, other_language, primary, script_of

TEXTS = {
    "zh-Hans": "今天北京新图书馆开馆，许多读者前来读书，记者在现场看到这里的人们对新馆很满意。",
    "zh-Hant": "今天北京新圖書館開館，許多讀者前來讀書，記者在現場看到這裡的人們對新館很滿意。",
    "ja": "きょう北京で新しい図書館が開館し、多くの読者が訪れて本を読んだと新華社が伝えた。",
    "ko": "오늘 베이징에서 새로운 도서관이 문을 열어 많은 독자들이 찾아와 책을 읽었다고 통신이 전했다.",
    "bo": "བོད་ལྗོངས་ཀྱི་ལོ་རྒྱུས་དང་རིག་གནས་སྐོར་གྱི་གཏམ་བཤད་གཅིག་དེ་རིང་ལྷ་སར་གནང་སོང་།",
    "ug": "بۈگۈن ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى، نۇرغۇن ئوقۇغۇچىلار كېلىپ كىتاب ئوقۇدى.",
    "kk-Arab": "بۇگىن ۇرىمجىدە جاڭا كىتاپحانا اشىلدى، كوپتەگەن وقىرماندار كەلىپ، ٴبىلىم الدى ٴوز ەركىمەن",
    "ar": "أعلنت وزارة الصحة اليوم عن افتتاح مستشفى جديد في العاصمة بعد أعمال استمرت ثلاث سنوات.",
    "fa": "رئیس جمهور ایران امروز در تهران با وزیر امور خارجه چین دیدار و درباره همکاری‌های اقتصادی گفتگو کرد.",
    "ur": "وزیراعظم نے آج اسلام آباد میں نئے ہسپتال کا افتتاح کیا اور کہا کہ صحت کی سہولیات ہر شہری کا حق ہیں۔",
    "ps": "د افغانستان د روغتیا وزارت نن وویل چې په کابل کې يې نوی روغتون پرانیست او ښځې به هم پکې کار وکړي.",
    "ckb": "سەرۆکی هەرێمی کوردستان ئەمڕۆ لە هەولێر لەگەڵ باڵیۆزی چین کۆبووەوە و باسیان لە پەیوەندییەکان کرد.",
    "mn-Mong": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ ᠦᠨ ᠰᠣᠶᠣᠯ ᠤᠨ ᠥᠪ ᠢ ᠬᠠᠮᠠᠭᠠᠯᠠᠬᠤ ᠬᠤᠷᠠᠯ ᠥᠨᠥᠳᠥᠷ ᠬᠥᠬᠡᠬᠣᠲᠠ ᠳᠤ ᠨᠡᠭᠡᠭᠳᠡᠪᠡ",
    "mn-Cyrl": "Улаанбаатар хотод өнөөдөр шинэ номын сан нээгдэж, олон оюутан уншихаар ирлээ.",
    "kk": "Бүгін Алматыда жаңа кітапхана ашылды, көптеген оқырмандар келіп кітап оқыды.",
    "ky": "Бүгүн Бишкекте жаңы китепкана ачылды, көптөгөн окурмандар келип китеп окушту.",
    "ru": "Сегодня в Москве открылась новая библиотека, куда пришли многие читатели, чтобы увидеть эту выставку.",
    "uk": "Сьогодні у Києві відкрилася нова бібліотека, куди прийшли читачі та студенти міста.",
    "th": "วันนี้มีการเปิดห้องสมุดแห่งใหม่ในกรุงเทพมหานคร มีผู้อ่านจำนวนมากมาใช้บริการ",
    "ii": "ꆈꌠꉙꂷ ꆈꌠꁱꂷ ꌧꃅꄿꐨ ꊿꋅꆀꎁꀑꇬꆽꐯ ꒰ꂿ ꐊꃀꅉꀕꐥ ꌋꆀꑌ",
    "he": "היום נפתחה בירושלים ספרייה חדשה והגיעו אליה קוראים רבים מכל רחבי העיר",
    "hi": "आज राजधानी में नया पुस्तकालय खुला और बहुत से पाठक नई पुस्तकें पढ़ने आए",
    "en": "The library opened in the capital today and many readers came to see the new rooms, officials said.",
    "fr": "La bibliothèque a ouvert ses portes dans la capitale et les lecteurs sont venus pour voir les salles.",
    "de": "Die Bibliothek hat heute in der Hauptstadt eröffnet und viele Leser kamen, um die neuen Räume zu sehen.",
    "es": "La biblioteca abrió hoy en la capital y muchos lectores vinieron para ver las salas, dijo el director.",
    "pt": "A biblioteca abriu hoje na capital e muitos leitores vieram ver as salas, disse um diretor que não foi.",
    "vi": "Hôm nay thư viện mới đã được khai trương ở thủ đô và nhiều độc giả đã đến xem các phòng đọc của thành phố.",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_letters_show_the_language(tag: str) -> None:
    assert language_by_letters(TEXTS[tag]) == tag
    assert language_by_letters(f"<p>{TEXTS[tag] * 40}</p>") == tag


@pytest.mark.parametrize("text", ["", "2026", "WHO, UNESCO", "标题", "<p class='lead'>…</p>", "Lorem ipsum " * 20])
def test_letters_that_show_nothing_are_not_guessed_from(text: str) -> None:
    assert language_by_letters(text) is None


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("zh-CN", TEXTS["ug"], "ug"),  # the template of a Chinese portal
        ("zh-CN", TEXTS["bo"], "bo"),
        ("zh-CN", TEXTS["en"], "en"),
        ("en", TEXTS["zh-Hans"], "zh-Hans"),
        ("zh", TEXTS["ja"], "ja"),
        ("zh-TW", TEXTS["zh-Hans"], "zh-Hans"),
        ("zh-HK", TEXTS["zh-Hant"], "zh-HK"),
        ("zh", TEXTS["zh-Hant"], "zh"),
        ("en-GB", TEXTS["en"], "en-GB"),
        ("dz", TEXTS["bo"], "dz"),  # also written so
        ("ne", TEXTS["hi"], "ne"),
        ("sr", TEXTS["ru"], "sr"),  # a language that we cannot tell by its letters
        ("ug", "ئۈرۈمچى", "ug"),
        ("de", "Kurz.", "de"),
        ("zh", "Brief.", None),
        (None, TEXTS["fr"], "fr"),
        ("und", TEXTS["fr"], "fr"),
        (None, "", None),
    ],
)
def test_what_is_declared_goes_where_the_letters_bear_it_out(
    declared: str | None, text: str, language: str | None
) -> None:
    assert language_of(declared, text) == language


@pytest.mark.parametrize(
    ("one", "other", "is_other"),
    [
        ("en", "fr", True),
        ("ug", "fa", True),
        ("zh-Hans", "ja", True),
        ("bo", "zh", True),
        ("kk-Arab", "ug", True),
        ("zh-Hans", "zh-Hant", False),
        ("zh-CN", "cmn", False),
        ("yue", "zh-HK", False),
        ("mn-Mong", "mn-Cyrl", False),
        ("nb", "nn", False),
        ("en-GB", "en_US", False),
        (None, "en", False),
        ("und", "en", False),
        ("", "", False),
    ],
)
def test_two_tags_are_two_languages_only_where_that_is_sure(one: str | None, other: str | None, is_other: bool) -> None:
    assert other_language(one, other) is is_other
    assert other_language(other, one) is is_other


def test_parts_of_a_tag() -> None:
    assert (primary("zh_Hant_TW"), script_of("zh_Hant_TW")) == ("zh", "Hant")
    assert (primary("az-arab-IR"), script_of("az-arab-IR")) == ("az", "Arab")
    assert (primary("en-GB"), script_of("en-GB")) == ("en", None)
    assert (primary(None), script_of("")) == (None, None)


@given(st.text(max_size=200), st.one_of(st.none(), st.text(max_size=12)))
def test_any_text_and_any_tag_give_a_tag_or_nothing(text: str, declared: str | None) -> None:
    found = language_of(declared, text)
    assert found is None or found == declared or primary(found) is not None
