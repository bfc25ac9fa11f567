"""Which way a text runs: told by its tag, by its script before all else, and by its own letters where no tag tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.fakes import CREDIT, OPERATOR, a_mongolian_release, a_release, a_uyghur_release, a_withdrawal, article_id
from worker.identity.direction import direction, direction_of, is_set_vertically, is_vertical
from worker.model.article import Version
from worker.model.catalog import Use
from worker.model.delivery import Action, Decision, Reason
from worker.renderers import terms
from worker.rights.credit import dress, make_release, make_withdrawal

UYGHUR = "بۈگۈن ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى، نۇرغۇن ئوقۇغۇچىلار كېلىپ كىتاب ئوقۇدى."
CHINESE = "今天北京新图书馆开馆，许多读者前来读书，记者在现场看到这里的人们对新馆很满意。"
MONGOLIAN = "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ ᠦᠨ ᠰᠣᠶᠣᠯ ᠤᠨ ᠥᠪ ᠢ ᠬᠠᠮᠠᠭᠠᠯᠠᠬᠤ ᠬᠤᠷᠠᠯ ᠥᠨᠥᠳᠥᠷ"


@pytest.mark.parametrize(
    ("tag", "text", "runs"),
    [
        ("ug", UYGHUR, "rtl"),
        ("ar-EG", "", "rtl"),
        ("he", "שלום", "rtl"),
        ("az-Arab", "", "rtl"),
        ("kk_Arab_CN", "", "rtl"),
        ("ug-Latn", "Bügün Ürümchide yéngi kutupxana échildi", "ltr"),
        ("ug-Cyrl", "Бүгүн Үрүмчидә йеңи кутупхана ечилди", "ltr"),
        ("zh-CN", CHINESE, "ltr"),
        ("bo", "བོད་ལྗོངས་ཀྱི་ལོ་རྒྱུས།", "ltr"),
        ("mn-Mong", MONGOLIAN, "ltr"),
        ("ug", "WHO, UNESCO: " + UYGHUR, "rtl"),
        ("zh", f"{CHINESE}题词“{UYGHUR[:12]}”。", "ltr"),
        (None, UYGHUR, "rtl"),
        ("", f"<p class='left'>{UYGHUR}</p>", "rtl"),
        ("und", "COVID-19: " + UYGHUR, "rtl"),
        (None, CHINESE, "ltr"),
        (None, f"{CHINESE}{CHINESE}{UYGHUR}", "ltr"),
        (None, "2026, 12%", "ltr"),
        (None, "", "ltr"),
        ("zh-CN", UYGHUR, "rtl"),  # the template's tag, on a page in another language
        ("ug", CHINESE, "ltr"),
    ],
)
def test_a_text_runs_as_its_tag_or_its_letters_say(tag: str | None, text: str, runs: str) -> None:
    assert direction(tag, text) == runs


def test_title_and_text_are_looked_at_together() -> None:
    assert direction(None, None, "UNESCO", UYGHUR) == "rtl"


@pytest.mark.parametrize(
    ("tag", "text", "vertical"),
    [
        ("mn-Mong", MONGOLIAN, True),
        ("mn", MONGOLIAN, True),
        (None, f"<p>{MONGOLIAN}</p>", True),
        ("mn-Mong-CN", "", True),
        ("mn", "Улаанбаатар хотод өнөөдөр шинэ номын сан нээгдэж", False),
        ("mn-Mong", CHINESE, False),
        ("zh", f"{CHINESE} {MONGOLIAN[:6]}", False),
    ],
)
def test_only_the_traditional_mongolian_script_stands_in_columns(tag: str | None, text: str, vertical: bool) -> None:
    assert is_vertical(tag, text) is vertical


def test_a_body_that_runs_another_way_says_so_and_our_words_stay_ours() -> None:
    lines = dress(a_uyghur_release()).split("\n")
    assert lines[0].startswith('<p class="newsroad-credit" lang="zh" dir="ltr">来源：')
    assert lines[1] == '<div lang="ug" dir="rtl">'
    assert lines[3] == "</div>"
    assert lines[4].startswith('<p class="newsroad-notice" lang="zh" dir="ltr">')
    assert '<div lang="mn-Mong" dir="ltr">' in dress(a_mongolian_release())
    assert "<div" not in dress(a_release())


def test_an_excerpt_and_a_bare_link_say_so_as_well() -> None:
    excerpt = a_uyghur_release(use=Use.EXCERPT, body=None, excerpt=UYGHUR)
    assert f'<div lang="ug" dir="rtl">\n<p>{UYGHUR}</p>\n</div>' in dress(excerpt)
    link = a_uyghur_release(use=Use.LINK_ONLY, body=None)
    assert direction_of(link) == "rtl"
    assert "<div" not in dress(link)


def test_a_hostile_tag_stays_a_tag() -> None:
    assert '<div lang="ug&#34;onclick=&#34;x" dir="rtl">' in dress(a_uyghur_release(language='ug"onclick="x'))


def test_what_was_stored_before_still_says_how_it_runs() -> None:
    stored = a_uyghur_release()
    stored = replace(stored, attribution=replace(stored.attribution, language=""))
    assert (direction_of(stored), is_set_vertically(stored)) == ("rtl", False)
    assert '<p class="newsroad-credit" lang="en" dir="ltr">' in dress(stored), "as the words were made then"
    assert terms.copyright_notice(replace(stored, credit=replace(CREDIT, copyright_notice=None))).startswith("Rights")


def _version(language: str | None, title: str, body: str) -> Version:
    return Version(
        article=article_id(1),
        number=1,
        title=title,
        body=f"<p>{body}</p>",
        summary=None,
        language=language,
        published=None,
        updated=None,
        categories=(),
        enclosures=(),
        link=None,
        source="alpha",
        first_seen=datetime(2026, 11, 23, tzinfo=UTC),
        credit=CREDIT,
    )


@pytest.mark.parametrize(
    ("version", "language", "tongue"),
    [
        (_version(None, "خەۋەر", UYGHUR), "ug", "zh"),
        (_version(None, "ᠰᠣᠶᠣᠯ", MONGOLIAN), "mn-Mong", "zh"),
        (_version(None, "短讯", "今天开馆。"), OPERATOR.language, "zh"),
        (_version("en-GB", "Library opens", "It opened."), "en-GB", "en"),
        (_version("fr", "La bibliothèque", "Elle a ouvert."), "fr", "zh"),
    ],
)
def test_a_text_that_names_no_language_has_the_one_its_letters_show(
    version: Version, language: str, tongue: str
) -> None:
    when = datetime(2026, 11, 23, tzinfo=UTC)
    release = make_release(
        version,
        Decision(use=Use.FULL_TEXT, reasons=(Reason.GRANT_ACTIVE,)),
        sequence=1,
        action=Action.PUBLISH,
        channels=(),
        operator=OPERATOR,
        grants=(),
        first_released=when,
        released=when,
    )
    assert (release.language, release.attribution.language) == (language, tongue)


@pytest.mark.parametrize(
    ("article", "said"), [("ug", "zh"), ("zh-CN", "zh-CN"), ("en-GB", "en-GB"), (None, "zh"), ("fr", "zh")]
)
def test_what_stands_where_a_text_was_names_the_language_of_its_own_words(article: str | None, said: str) -> None:
    withdrawal = make_withdrawal(
        article_id(1),
        sequence=2,
        version=1,
        when=datetime(2026, 11, 23, tzinfo=UTC),
        reason="NOTICE_UPHELD",
        language=article,
        operator=OPERATOR,
        first_released=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert withdrawal.language == said
    assert withdrawal.line_text.startswith("[Withdrawn]" if said.startswith("en") else "[已撤回]")
    assert a_withdrawal().language == "zh-CN"
