"""The line under the title, as hundreds of house styles write it: source, people and time, none of them invented."""

from __future__ import annotations

import pytest

from tests.unit.page_samples import article, local, read

# The line under the title → time (a day where it gives no more), source, authors, editor.
STAMPS = [
    (
        "2023-09-16 10:05　来源：民族报　作者：李明　编辑：王芳　浏览：23次",
        "2023-09-16 10:05",
        "民族报",
        "李明",
        "王芳",
    ),
    (
        "作者：佚名&nbsp;&nbsp;来源：本站原创&nbsp;&nbsp;点击数：12&nbsp;&nbsp;更新时间：2009-3-4 12:33:01",
        "2009-03-04 12:33",
        "本站原创",
        "佚名",
        None,
    ),
    ("http://www.example.com.cn 2003年11月12日08:33 新京晚报", "2003-11-12 08:33", "新京晚报", "", None),
    ("2005年06月07日 10:25:33　来源：山城网", "2005-06-07 10:25", "山城网", "", None),
    ("[ 日期：2008-05-04 ]&nbsp;&nbsp;[ 来自：茶乡民族报 ]", "2008-05-04", "茶乡民族报", "", None),
    ("发布日期：2019年03月06日 信息来源：市统计局 浏览次数：33 【字体：大 中 小】", "2019-03-06", "市统计局", "", None),
    ("来源：山城通讯社 记者 张三丰 2020-05-01 08:00", "2020-05-01 08:00", "山城通讯社", "张三丰", None),
    ("稿件来源： 民族画报 | 发布时间： 2021-07-08 09:10:11", "2021-07-08 09:10", "民族画报", "", None),
    (
        "撰稿：李明&nbsp;&nbsp;摄影：王芳&nbsp;&nbsp;审核：赵六斤&nbsp;&nbsp;编辑：钱七&nbsp;&nbsp;时间：2022-03-04",
        "2022-03-04",
        None,
        "李明",
        "钱七",
    ),
    ("文字：李明　图片：王芳　发布时间：2022-03-04 11:20", "2022-03-04 11:20", None, "李明", None),
    ("作者：李明 赵华　来源：党委宣传部　日期：2018-11-02", "2018-11-02", "党委宣传部", "李明 赵华", None),
    ("作者：李明（本报评论员）　2018/11/02 07:30", "2018-11-02 07:30", None, "李明", None),
    ("2016/6/29 15:07:41 来源：山城日报 责任编辑：周小茶_SC123", "2016-06-29 15:07", "山城日报", "", "周小茶"),
    ("作者:李明 发表于:2008-06-05 14:20", "2008-06-05 14:20", None, "李明", None),
    ("发布者：admin　发布时间：2015-05-06 10:00:00", "2015-05-06 10:00", None, "", None),
    ("日期：2010-11-12 09:10:00　阅读：33　作者：admin", "2010-11-12 09:10", None, "admin", None),
    ("来源：　作者：　时间：2020-02-03", "2020-02-03", None, "", None),
    ("来源： 作者： 2020-02-03 10:00 字号：大 中 小", "2020-02-03 10:00", None, "", None),
    (
        "<span>来源：</span><a href='https://paper.example.org/'>茶乡日报</a><span>2024-01-02 03:04</span>",
        "2024-01-02 03:04",
        "茶乡日报",
        "",
        None,
    ),
    (
        "<span class='time'>2024-01-02 03:04</span><span class='source'>茶乡融媒</span>",
        "2024-01-02 03:04",
        "茶乡融媒",
        "",
        None,
    ),
    ("2024-01-02 03:04 茶乡日报 分享到： 微信 微博", "2024-01-02 03:04", "茶乡日报", "", None),
    ("今天 10:00　来源：茶乡日报", "2026-11-26 10:00", "茶乡日报", "", None),
    ("昨天 18:20 茶乡日报", "2026-11-25 18:20", "茶乡日报", "", None),
    ("3小时前　来源：茶乡日报", "2026-11-26 09:30", "茶乡日报", "", None),
    (
        "發佈時間：2024-05-20 14:05　來源：茶鄉社　記者：王小明　責任編輯：李小芳",
        "2024-05-20 14:05",
        "茶鄉社",
        "王小明",
        "李小芳",
    ),
    (
        "撰文： 李明&nbsp;&nbsp;出版： 2024-05-20 10:00&nbsp;&nbsp;更新： 2024-05-20 11:00",
        "2024-05-20 10:00",
        None,
        "李明",
        None,
    ),
    ("2024年5月20日 下午2:05 來源：茶鄉社", "2024-05-20 14:05", "茶鄉社", "", None),
    ("时间：2020-01-01 00:10:00 来源：茶乡网 编辑：李明 [打印] [关闭]", "2020-01-01 00:10", "茶乡网", "", "李明"),
    (
        "文章来源：国家某某局办公厅　　发布时间：2023-09-16 16:20　　【字号：大 中 小】　打印本页",
        "2023-09-16 16:20",
        "国家某某局办公厅",
        "",
        None,
    ),
    ("2020-09-11 08:01:02　茶乡日报　我有话说(0人参与)", "2020-09-11 08:01", "茶乡日报", "", None),
    ("２０２０－０９－１１　０８：０１　来源：茶乡日报", "2020-09-11 08:01", "茶乡日报", "", None),
    ("2020.09.11 08:01 · 茶乡日报", "2020-09-11 08:01", "茶乡日报", "", None),
    ("李明/茶乡日报　2020-09-11 08:01", "2020-09-11 08:01", "茶乡日报", "李明", None),
    ("来源：茶乡日报 2020年9月11日 第04版", "2020-09-11", "茶乡日报", "", None),
    ("来源：茶乡网-山城频道　2020-09-11 08:01", "2020-09-11 08:01", "茶乡网-山城频道", "", None),
    ("转载自：茶乡日报 &nbsp; 2020-09-11 08:01", "2020-09-11 08:01", "茶乡日报", "", None),
    ("访问次数： 1024 字号： 大 中 小 发布日期： 2020-09-11 来源： 市民宗局", "2020-09-11", "市民宗局", "", None),
    ("来源：《茶乡日报》（2020-09-11）", "2020-09-11", "茶乡日报", "", None),
    (
        "供稿：茶学院&nbsp; 作者：李明、王芳&nbsp; 编辑：新闻中心&nbsp; 2020-09-11",
        "2020-09-11",
        None,
        "李明 王芳",
        "新闻中心",
    ),
    ("2020-09-11 08:01　浏览量：5,243　来源：茶乡日报　责任编辑：admin", "2020-09-11 08:01", "茶乡日报", "", "admin"),
    ("<ul><li>来源：茶乡社</li><li>作者：</li><li>2023-12-01 14:43</li></ul>", "2023-12-01 14:43", "茶乡社", "", None),
    (
        "<dl><dt>来源：</dt><dd>茶乡社</dd><dt>发布时间：</dt><dd>2023-12-01 14:43</dd></dl>",
        "2023-12-01 14:43",
        "茶乡社",
        "",
        None,
    ),
    (
        "<table><tr><td>信息来源：</td><td>市茶叶局</td><td>发布日期：</td><td>2023-12-01</td></tr></table>",
        "2023-12-01",
        "市茶叶局",
        "",
        None,
    ),
    (
        "【时间:2008-06-07 10:11】 【来源：北方茶网】 【作者：李明】 【编辑：王芳】",
        "2008-06-07 10:11",
        "北方茶网",
        "李明",
        "王芳",
    ),
    ("北方茶网 ( 2008-06-07 10:11:33 )", "2008-06-07 10:11", "北方茶网", "", None),
    ("北方日报 (2008年06月07日 第 02 版)", "2008-06-07", "北方日报", "", None),
    ("2008-06-07 10:11 来源:北方茶网 跟帖(0) 参与(12)", "2008-06-07 10:11", "北方茶网", "", None),
    ("发表日期: 2008年6月7日 10:11 编辑:admin 有33位读者读过此文", "2008-06-07 10:11", None, "", "admin"),
    ("<span>2008/06/07</span><span class='writer'>李明</span>", "2008-06-07", None, "李明", None),
    (
        "时间 2008-06-07 10:11 <em>|</em> 来源 <a href='http://x.example.org'>北方茶网</a>",
        "2008-06-07 10:11",
        "北方茶网",
        "",
        None,
    ),
    ("本报记者 李明 王芳 发布时间：2008-06-07 10:11", "2008-06-07 10:11", None, "李明 王芳", None),
    ("2008年6月7日10时11分 来源：北方茶网", "2008-06-07 10:11", "北方茶网", "", None),
    ("来源： 北方茶网 &nbsp;作者： 未知 &nbsp;更新： 2008-06-07", "2008-06-07", "北方茶网", "未知", None),
    ("2008-06-07 10:11 | 评论(12) | 北方茶网", "2008-06-07 10:11", "北方茶网", "", None),
    ("2008-06-07 10:11 北方茶网 李明", "2008-06-07 10:11", "北方茶网", "", None),
    ("2024-05-20 14:05 聯合茶報 記者王小明／台北報導", "2024-05-20 14:05", "聯合茶報", "王小明", None),
    ("發布時間：2024/05/20 14:05　最後更新：2024/05/20 15:05", "2024-05-20 14:05", None, "", None),
    ("〔記者王小明／台北報導〕2024/05/20 14:05", "2024-05-20 14:05", None, "王小明", None),
    ("2020-02-03 10:00 公司新闻", "2020-02-03 10:00", None, "", None),
    ("2020-02-03 10:00 广东", "2020-02-03 10:00", None, "", None),
    ("发布于 2020-02-03 10:00 来自北京", "2020-02-03 10:00", None, "", None),
]


@pytest.mark.parametrize(("stamp", "time", "source", "authors", "editor"), STAMPS, ids=range(len(STAMPS)))
def test_the_line_under_the_title(stamp: str, time: str, source: str | None, authors: str, editor: str | None) -> None:
    found = read(article(stamp=f"<div class='info'>{stamp}</div>"))
    assert local(found.published)[: len(time)] == time
    assert found.dated_by_day is (len(time) == 10)
    assert (found.source.name if found.source else None) == source
    assert " ".join(author.name for author in found.authors) == authors
    assert found.editor == editor


# What stands at the head or the end of the text → authors.
BYLINES = [
    ("<p>山城社茶乡9月16日电（记者李明、王芳）山城的孩子们今天上了第一堂茶园课。</p>", "", "李明 王芳"),
    ("<p>本报讯（记者 李明 通讯员 王芳）山城的孩子们今天上了第一堂茶园课，乡亲们都来看热闹。</p>", "", "李明 王芳"),
    ("<p>本报记者 李明</p>", "", "李明"),
    ("<p>□本报记者 李明 王芳</p>", "", "李明 王芳"),
    ("<p>山城日报记者 李明 茶乡报道</p>", "", "李明"),
    ("<p><strong>文/李明</strong></p>", "", "李明"),
    ("<p>文｜李明</p>", "", "李明"),
    ("<p>記者王小明／台北報導</p>", "", "王小明"),
    ("<p>（茶鄉社記者王小明台北20日電）山城的孩子們今天上了第一堂茶園課，鄉親們都來看熱鬧。</p>", "", "王小明"),
    ("<p>山城晚报讯 记者李明 山城的孩子们今天上了第一堂茶园课，乡亲们都来看热闹。</p>", "", "李明"),
    ("", "<p>（作者：李明）</p>", "李明"),
    ("", "<p>（记者 李明）</p>", "李明"),
    ("", "<p>（作者李明系山城大学教授）</p>", "李明"),
    ("", "<p>老师说，明年春天还要再来一次，孩子们都拍手叫好。（李明 王芳）</p>", "李明 王芳"),
    ("", "<p>采写：本报见习记者 李明</p>", "李明"),
    ("", "<p>作者：李 明</p>", "李明"),
    ("", "<p>文字丨李明 图片丨王芳 编辑丨赵华 审核丨钱立</p>", "李明"),
    ("", "<p>（本文作者李明 系山城大学教授）</p>", "李明"),
    # nobody signed these
    ("<p>记者从市教育局获悉，今年还有七所学校报名，乡亲们都很高兴，纷纷表示支持这门课。</p>", "", ""),
    ("<p>山城社记者了解到，今年还有七所学校报名，乡亲们都很高兴，纷纷表示支持这门课。</p>", "", ""),
    ("<p>图为孩子们在茶园。本报记者 李明 摄</p>", "", ""),
    ("<p>孩子们在茶园里（记者 李明 摄）</p>", "", ""),
    ("", "<p>（图片来自网络）</p>", ""),
    ("", "<p>（完）</p>", ""),
    ("", "<p>责任编辑：李明</p>", ""),
    ("", "<p>（编辑：李明）</p>", ""),
    ("", "<p>举报文章问题</p>", ""),
    ("", "<p>作者单位：山城大学</p>", ""),
    ("", "<p>声明：本文来源于网络，版权归原作者所有，如有侵权请联系删除。</p>", ""),
    ("", "<p>凡注明“来源：茶乡网”的所有作品，均为本网合法拥有版权，未经授权不得转载。</p>", ""),
    ("", "<p>审核：李明 监制：王芳</p>", ""),
]


@pytest.mark.parametrize(("opening", "closing", "authors"), BYLINES, ids=range(len(BYLINES)))
def test_who_signed_the_text(opening: str, closing: str, authors: str) -> None:
    stamp = "<div class='info'>2023-09-16 10:05 来源：山城日报</div>"
    found = read(article(stamp=stamp, opening=opening, closing=closing))
    assert " ".join(author.name for author in found.authors) == authors
    assert local(found.published) == "2023-09-16 10:05"
    assert found.source is not None
    assert found.source.name == "山城日报"


@pytest.mark.parametrize(
    ("closing", "source"),
    [
        ("<p>(来源：茶乡日报)</p>", "茶乡日报"),
        ("<p>来源丨茶乡日报</p><p>作者丨李明</p>", "茶乡日报"),
        ("<p>本文来源：茶乡日报 责任编辑：李明_NN123</p>", "茶乡日报"),
        ("<p>本文转自：茶乡日报</p>", "茶乡日报"),
        ("<p>图片来源：视觉茶园</p>", None),
        ("<p>数据来源：统计局</p>", None),
        ("<p>声明：本文来源于网络，版权归原作者所有，如有侵权请联系删除。</p>", None),
        ("<p>凡注明“来源：茶乡网”的所有作品，均为本网合法拥有版权，未经授权不得转载。</p>", None),
    ],
)
def test_a_source_named_at_the_end_of_the_text(closing: str, source: str | None) -> None:
    found = read(article(stamp="<p>2023-09-16 10:05</p>", closing=closing))
    assert (found.source.name if found.source else None) == source


def test_the_day_a_law_was_passed_is_not_the_day_of_its_publication() -> None:
    passed = "<p>（2026年6月29日第十届山城人民代表大会常务委员会第二十八次会议通过）</p>"
    found = read(article(head='<meta name="firstpublishedtime" content="2026-08-20-10:05:00">', stamp=passed))
    assert local(found.published) == "2026-08-20 10:05"
    sent = read(article(head='<meta name="firstpublishedtime" content="2026-08-20-23:59:59">', stamp=passed))
    assert local(sent.published) == "2026-08-20 00:00"
    assert sent.dated_by_day


def test_buttons_behind_a_breadcrumb_are_no_step_of_it() -> None:
    way = "<div class='crumb'><a href='/'>首页</a> &gt; <a href='/gb/'>公报</a> &gt; 第23号 字号：大 | 打印</div>"
    assert read(article(before=way)).breadcrumb == ("首页", "公报", "第23号")


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("<p>By Ada Marsh • November 24, 2026 • 3 min read</p>", "2026-11-24 00:00"),
        ("<p>24. November 2026 um 10:05</p>", "2026-11-24 10:05"),
        ("<p>10.06.2026 22:00</p>", "2026-06-10 22:00"),
        ("<p>jeudi 25 juin 2026</p>", "2026-06-25 00:00"),
        ("<p>Publicado el 24 de noviembre de 2026 - 10:05</p>", "2026-11-24 10:05"),
        ("<abbr class='published' title='2026-06-25T10:21:40+08:00'>l'autre jour</abbr>", "2026-06-25 10:21"),
    ],
)
def test_dates_as_european_pages_show_them(stamp: str, time: str) -> None:
    text = "A shop opened by the river. The owner said that the lamp was on, and so was the river. Few believed her."
    page = f"<html><body><h1>A shop by the river</h1>{stamp}<div><p>{text}</p><p>{text}</p></div></body></html>"
    assert local(read(page).published) == time


@pytest.mark.parametrize(
    "stamp", ["<p>Version 10.06.2026.1</p>", "<p>On 31.02.2026 10:00</p>", "<p>24 shops in 2026</p>"]
)
def test_what_is_no_date_is_none(stamp: str) -> None:
    assert (
        read(f"<html><body><h1>A shop by the river</h1>{stamp}<p>{'A shop opened. ' * 9}</p></body></html>").published
        is None
    )


def test_a_day_marked_as_the_date_may_stand_above_the_title() -> None:
    day = "<h2 class='date-header'><span>2026年11月24日 星期二</span></h2>"
    assert local(read(article(before=day)).published) == "2026-11-24 00:00"
    assert read(article(before=day.replace("date-header", "top"))).published is None


@pytest.mark.parametrize(
    ("stamp", "authors"),
    [
        ("By Ada Marsh Tuesday, Nov. 24, 2026", ["Ada Marsh"]),
        ("By ADA MARSH 11/24/26 10:05 AM ET AP", ["ADA MARSH"]),
        ("By Ada Marsh and Ben Reed, Nov. 24", ["Ada Marsh", "Ben Reed"]),
        ("By Senior Washington Correspondent", []),
        ("By View Author Page", []),
        ("By April Day", ["April Day"]),
    ],
)
def test_an_english_byline_is_the_name_alone(stamp: str, authors: list[str]) -> None:
    text = "A shop opened by the river. The owner said that the lamp was on, and so was the river. Few believed her."
    page = f"<html><body><h1>A shop by the river</h1><p>{stamp}</p><div><p>{text}</p><p>{text}</p></div></body></html>"
    assert [author.name for author in read(page).authors] == authors
