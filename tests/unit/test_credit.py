"""The credit in words, and what of a version leaves."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from worker.model.article import AuthorState, Credit, Hop, HopBasis, HopRole, Version
from worker.model.catalog import Grant, Operator, Use
from worker.model.delivery import Action, Attribution, ChannelPath, Decision, Imprint, Reason, Release
from worker.model.feed import Enclosure, Person
from worker.rights.credit import attribute, dress, language_of, make_release, make_withdrawal, withdrawal_line

WHEN = datetime(2026, 9, 15, 16, 30, tzinfo=UTC)  # already the 16th in Shanghai
US = Operator("样站", "desk@portal.example", site="https://portal.example", editor="王编辑")
IMPRINT = Imprint("样站", "desk@portal.example")
LINK = "https://www.wire.example/7?a=1&b=2"
POLLED = Hop(HopRole.ORIGINATOR, "通讯样社", HopBasis.SOURCE, "wire", LINK, None, "wire-news")
CREDIT = Credit(
    "通讯样社",
    "河上新桥通车",
    LINK,
    publisher="wire",
    authors=(Person("李明"), Person("Jane Roe")),
    author_state=AuthorState.NAMED,
    via=("样报", "他报"),
    hops=(POLLED,),
    copyright_notice="© 通讯样社 2026",
    editor="王编辑",
)


def words(credit: Credit = CREDIT, use: Use = Use.FULL_TEXT, language: str = "zh", **more: object) -> Attribution:
    given: dict[str, object] = {"title": credit.original_title, "published": WHEN, "zone": "Asia/Shanghai", **more}
    return attribute(credit, use=use, language=language, imprint=IMPRINT, **given)


@pytest.mark.parametrize(
    ("tag", "default", "language"),
    [
        ("zh-Hant-TW", "en", "zh"),
        ("zh_CN", "en", "zh"),
        ("yue", "en", "zh"),
        ("en-GB", "zh", "en"),
        ("de", "zh", "zh"),
        ("ug", "zh-CN", "zh"),
        ("bo", "en", "en"),
        ("ug", "mn", "en"),
        (None, "zh-CN", "zh"),
        ("", "en", "en"),
    ],
)
def test_our_words_are_in_the_texts_language_or_in_the_operators(tag: str | None, default: str, language: str) -> None:
    assert language_of(tag, default) == language


class TestLines:
    def test_full_text_in_chinese(self) -> None:
        assert words().line_text == (
            "来源：通讯样社（经 样报、他报 转载） | 作者：李明、Jane Roe | 责任编辑：王编辑 | 原文链接"
        )

    def test_full_text_in_english(self) -> None:
        assert words(language="en").line_text == (
            "Originally published by 通讯样社, via 样报, 他报 on 16 September 2026. By 李明 and Jane Roe. "
            "Editor: 王编辑. Read the original."
        )

    def test_an_excerpt_in_both(self) -> None:
        assert words(use=Use.EXCERPT).line_text == (
            f"摘自 通讯样社《河上新桥通车》，全文见 {LINK} | 经 样报、他报 转载"
            " | 作者：李明、Jane Roe | 责任编辑：王编辑"
        )
        assert words(use=Use.EXCERPT, language="en").line_text.startswith(
            "Excerpt from “河上新桥通车”, originally published by 通讯样社, via 样报, 他报 on 16 September 2026. By "
        )

    def test_a_link_alone_names_no_editor_of_ours(self) -> None:
        assert words(use=Use.LINK_ONLY).line_text == (
            "来源：通讯样社（经 样报、他报 转载） | 作者：李明、Jane Roe | 原文链接"
        )

    @pytest.mark.parametrize("state", [AuthorState.UNSIGNED, AuthorState.PLACEHOLDER])
    def test_no_author_is_said_and_never_dropped(self, state: AuthorState) -> None:
        unsigned = replace(CREDIT, authors=(), author_state=state)
        assert "作者：原文未署名" in words(unsigned).line_text
        assert "Unsigned in the original." in words(unsigned, language="en").line_text

    def test_an_altered_title_shows_the_original_beside_it(self) -> None:
        assert "原标题：河上新桥通车" in words(title="新桥通车了").line_text
        assert "原标题" not in words(title=" 河上 新桥通车").line_text
        assert "Original title: 河上新桥通车" in words(title="Bridge opens", language="en").line_text

    def test_a_text_from_nowhere_credits_only_its_carrier(self) -> None:
        carried = replace(
            CREDIT, origin="样报", publisher=None, via=(), hops=(replace(POLLED, role=HopRole.REPUBLISHER),)
        )
        assert words(carried).line_text.startswith("转自：样报（首发出处未注明） | ")
        assert words(carried, language="en").line_text.startswith("Carried by 样报 on")

    def test_without_a_link_none_is_promised(self) -> None:
        bare = replace(CREDIT, original_link=None)
        for use in (Use.FULL_TEXT, Use.EXCERPT, Use.LINK_ONLY):
            assert "原文链接" not in words(bare, use).line_text
            assert "全文见" not in words(bare, use).line_text
            assert "Read" not in words(bare, use, "en").line_text

    def test_only_http_addresses_become_links(self) -> None:
        evil = replace(CREDIT, original_link="javascript:alert(1)")
        assert "javascript" not in words(evil).line_html
        assert "<a " not in words(evil).line_html

    def test_everything_from_outside_is_escaped(self) -> None:
        evil = replace(
            CREDIT,
            origin='<img src=x onerror="x">',
            authors=(Person("<b>Bob</b>"),),
            via=("<i>",),
            copyright_notice="<script>",
            original_link='https://wire.example/"><script>',
        )
        for language in ("zh", "en"):
            for use in (Use.FULL_TEXT, Use.EXCERPT, Use.LINK_ONLY):
                html = (made := words(evil, use, language)).line_html + made.notice_html
                for tag in ("<img", "<b>", "<i>", "<script"):
                    assert tag not in html
        assert "https://www.wire.example/7?a=1&amp;b=2" in words().line_html


class TestNotices:
    def test_the_origins_own_words_are_quoted(self) -> None:
        assert "© 通讯样社 2026" in words().notice_text
        assert "© 通讯样社 2026" in words(language="en").notice_html

    def test_without_a_notice_rights_remain_with_the_rightsholder(self) -> None:
        silent = replace(CREDIT, copyright_notice=None)
        assert "著作权归原权利人所有" in words(silent).notice_text
        assert "Rights remain with the original rightsholder" in words(silent, language="en").notice_text

    def test_we_are_never_holder_or_author(self) -> None:
        for language in ("zh", "en"):
            made = words(replace(CREDIT, copyright_notice=None), language=language)
            assert "样站" not in made.line_text
            assert "©" not in made.notice_text

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_complaints_find_us(self, language: str) -> None:
        notice = words(language=language).notice_text
        assert "desk@portal.example" in notice
        assert "30" in notice

    def test_a_licence_is_told_with_title_author_source_and_changes(self) -> None:
        licensed = replace(CREDIT, license="http://creativecommons.org/licenses/by/4.0/legalcode")
        assert "《河上新桥通车》，李明、Jane Roe，通讯样社，采用 CC BY 4.0，无改动" in words(licensed).notice_text
        english = words(licensed, language="en", changed=True)
        assert "“河上新桥通车” by 李明 and Jane Roe, 通讯样社, CC BY 4.0; changes were made." in english.notice_text
        assert '<a href="https://creativecommons.org/licenses/by/4.0/"' in english.notice_html

    def test_a_licence_that_the_origin_did_not_declare_is_not_told(self) -> None:
        said = replace(POLLED, basis=HopBasis.DECLARED, source=None)
        reprint = replace(CREDIT, license="https://creativecommons.org/licenses/by/4.0/", hops=(said,))
        assert "CC BY" not in words(reprint).notice_text

    def test_the_grantors_own_words_are_printed_as_they_are(self) -> None:
        made = words(grant_notice="本文由通讯样社授权\n<转载>须注明")
        assert "本文由通讯样社授权\n<转载>须注明" in made.notice_text
        assert "本文由通讯样社授权<br>&lt;转载&gt;须注明" in made.notice_html


def test_a_withdrawal_tells_the_day_of_the_operators_zone() -> None:
    assert withdrawal_line(WHEN, "zh", "Asia/Shanghai") == "[已撤回] 本文已于 2026年9月16日 撤回"
    assert withdrawal_line(WHEN, "en", "UTC") == "[Withdrawn] removed on 15 September 2026"


VERSION = Version(
    article=UUID(int=7),
    number=2,
    title="河上新桥通车",
    body='<p>一。</p><figure><a href="https://wire.example/"><img src="https://wire.example/a.jpg" alt="a > b"></a>'
    "<figcaption>图：某人</figcaption></figure><p>二。</p>",
    summary="<p>一句<b>摘</b>要 &amp; 其他。</p>",
    language="zh-CN",
    published=WHEN,
    updated=None,
    categories=("要闻",),
    enclosures=(Enclosure("https://wire.example/a.mp3"),),
    link=LINK,
    source="wire-news",
    first_seen=WHEN,
    credit=CREDIT,
)
GRANT = Grant("w-1", "wire", notice="经授权刊发")
FULL = Decision(Use.FULL_TEXT, (Reason.GRANT_ACTIVE,), ("CREDIT_SOURCE",), "w-1", 1)
NEWS, LOCAL = ChannelPath((("news", "要闻"),)), ChannelPath((("news", "要闻"), ("local", "本地")))


def released(decision: Decision = FULL, grant: Grant = GRANT, version: Version = VERSION) -> Release:
    return make_release(
        version,
        decision,
        sequence=3,
        action=Action.UPDATE,
        channels=(NEWS, LOCAL),
        operator=US,
        grants=(Grant("other", "paper", media=True), grant),
        first_released=WHEN,
        released=WHEN,
    )


class TestReleases:
    def test_images_stay_behind_without_a_grant_of_them(self) -> None:
        release = released()
        assert release.body == "<p>一。</p><p>二。</p>"
        assert release.enclosures == ()

    def test_images_go_with_a_grant_of_them(self) -> None:
        release = released(grant=replace(GRANT, media=True))
        assert release.body == VERSION.body
        assert release.enclosures == VERSION.enclosures

    def test_an_excerpt_is_the_summary_as_plain_text(self) -> None:
        release = released(replace(FULL, use=Use.EXCERPT))
        assert (release.body, release.excerpt, release.enclosures) == (None, "一句摘要 & 其他。", ())

    def test_a_link_carries_nothing_but_its_credit(self) -> None:
        release = released(Decision(Use.LINK_ONLY, (Reason.DEFAULT_DENY,)))
        assert (release.body, release.excerpt, release.enclosures) == (None, None, ())
        assert dress(release).count("<p") == 2

    @pytest.mark.parametrize("use", [Use.HOLD, Use.REJECT])
    def test_what_is_held_or_rejected_cannot_be_released(self, use: Use) -> None:
        with pytest.raises(ValueError, match="may be released"):
            released(replace(FULL, use=use))

    def test_a_source_of_summaries_is_shown_exactly(self) -> None:
        long = "一" * 500 + "。"
        version = replace(VERSION, body=f"<p>{long}</p>", summary=f"<p>{long}</p>", summary_only=True)
        release = released(Decision(Use.EXCERPT, (Reason.FEED_SUMMARY,)), version=version)
        assert release.excerpt == long

    def test_a_long_text_ends_at_a_sentence(self) -> None:
        body = "<p>" + "这是一个完整的句子。" * 40 + "</p>"
        excerpt = released(replace(FULL, use=Use.EXCERPT), version=replace(VERSION, body=body, summary=None)).excerpt
        assert excerpt is not None
        assert len(excerpt) == 300
        assert excerpt.endswith("句子。")

    def test_a_text_without_sentences_ends_in_dots(self) -> None:
        body = "<p>" + "word " * 200 + "</p>"
        excerpt = released(replace(FULL, use=Use.EXCERPT), version=replace(VERSION, body=body, summary=None)).excerpt
        assert excerpt is not None
        assert excerpt.endswith("word…")
        assert len(excerpt) <= 300

    def test_the_deepest_channel_comes_first(self) -> None:
        assert released().channels == (LOCAL, NEWS)

    def test_channels_outside_the_grant_are_left_out(self) -> None:
        assert released(grant=replace(GRANT, channels=("local",))).channels == (LOCAL,)

    def test_grant_and_reasons_travel(self) -> None:
        release = released()
        assert (release.grant, release.reasons, release.obligations) == (
            "w-1",
            (Reason.GRANT_ACTIVE,),
            ("CREDIT_SOURCE",),
        )
        assert "经授权刊发" in release.attribution.notice_text


def test_dressed_bodies_open_with_the_credit_and_close_with_the_notice() -> None:
    html = dress(released())
    assert html.startswith('<p class="newsroad-credit">来源：<a href="https://www.wire.example/7?a=1&amp;b=2"')
    assert html.index("一。") < html.index('<p class="newsroad-notice">')
    assert html.endswith("</p>")
    excerpt = dress(released(replace(FULL, use=Use.EXCERPT)))
    assert "<p>一句摘要 &amp; 其他。</p>" in excerpt


def test_an_image_inside_a_link_leaves_no_empty_link_and_tables_in_figures_stay() -> None:
    body = (
        '<p>甲<img src="https://a.example/1.png">乙</p><p><a href="https://a.example/"><img src="https://a.example/2.png"></a></p>'
        "<figure><table><tr><td>1</td></tr></table></figure>"
    )
    assert released(version=replace(VERSION, body=body)).body == (
        "<p>甲乙</p><figure><table><tr><td>1</td></tr></table></figure>"
    )


def test_a_withdrawal_tells_nothing_of_the_text() -> None:
    gone = make_withdrawal(
        VERSION.article,
        sequence=4,
        version=2,
        when=WHEN,
        reason="WITHDRAWN",
        language="zh-CN",
        operator=US,
        first_released=WHEN,
        channels=(NEWS,),
    )
    assert gone.line_text == "[已撤回] 本文已于 2026年9月16日 撤回"
    assert gone.by == "样站"
    assert "新桥" not in repr(gone)
