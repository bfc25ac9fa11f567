"""The fields around an article's text: the page that started this, titles, links, places, languages, own rules."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.unit.page_samples import NOW, TEXT, TITLE, article, json_ld, local, page_of, read
from worker.model.page import NameState, PageAuthor, PageRules, PageSource
from worker.parsers.page.masthead import read_masthead

ORIGINAL = "https://www.agency.example.gov.cn/xwzx/202309/1167829.shtml"
REPRINT = f"""<html lang="zh-CN"><head><title>各地开展民族团结进步宣传月活动 - 兴边新闻 - 兴边网</title>
<meta name="author" content="兴边网"><meta name="keywords" content="民族,团结"></head><body>
<div class="top"><a href="/login">登录</a> <a href="/reg">注册</a> 2026年11月26日 星期四</div>
<div class="path">当前位置：<a href="/">首页</a> &gt; <a href="/news/">新闻资讯</a>
&gt; <a href="/news/gn/">国内</a> &gt; 正文</div>
<div class="content"><h1>各地开展民族团结进步宣传月活动</h1>
<div class="info"><span>时间：2023-09-16 10:21</span> <span>文章来源：<a href="{ORIGINAL}">国家民族事务委员会</a></span>
<span>作者：佚名</span> <span>点击：<script>document.write(1)</script>次</span></div>
<div class="article">{"".join(f"<p>{text}</p>" for text in TEXT)}
<p>原文链接：<a href="{ORIGINAL}">{ORIGINAL}</a></p></div>
<div class="copy">版权声明：本站部分文章来源于网络，仅供学习参考。如有侵权，请在30日内与本站联系，我们将及时删除。</div>
<div class="related"><h3>相关新闻</h3><ul><li><a href="/a/2.html">来源：别处的一条新闻</a> 2023-09-15</li>
<li><a href="/a/3.html">作者：李明 谈茶园里的课</a> 2023-09-14</li></ul></div></div></body></html>"""


def test_a_portals_reprint_names_the_agency_it_took_the_text_from() -> None:
    found = read(REPRINT, url="https://www.portal.example.com/news/gn/20230916/55.html")
    assert found.title == "各地开展民族团结进步宣传月活动"
    assert local(found.published) == "2023-09-16 10:21"
    assert not found.dated_by_day
    assert found.source == PageSource("国家民族事务委员会", ORIGINAL)
    assert found.authors == (PageAuthor("佚名", NameState.PLACEHOLDER),)
    assert found.original_url == ORIGINAL
    assert found.breadcrumb == ("首页", "新闻资讯", "国内")
    assert found.category == "国内"
    assert found.language == "zh-CN"
    assert found.editor is None
    assert found.confidence["source"] == "masthead"


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        (f"{TITLE}_新闻中心_山城网", f"<h1>{TITLE}</h1>"),
        (f"{TITLE} - 山城网", f"<h2>{TITLE}</h2>"),
        (f"{TITLE}|民歌|茶园_山城新闻", f"<div class='title'>{TITLE}</div>"),
        (f"{TITLE}--文化--山城网", f"<div class='bt'><b>{TITLE}</b></div>"),
        ("新闻详情--山城网", f"<h1>{TITLE}</h1>"),
        ("山城新闻网", f"<div class='news-title'>{TITLE}</div>"),
        (f"{TITLE[:8]}...", f"<h1>{TITLE}</h1>"),
        (f"山城网_{TITLE}", f"<h1>{TITLE}</h1>"),
        (f"{TITLE}_山城网", f"<h1>{TITLE[:6]}<br>{TITLE[6:]}</h1>"),
        (f"{TITLE}_山城网", f"<h1>{TITLE}<br><small>四年来，七个村子都听过这门课</small></h1>"),
        (f"{TITLE}-山城网", f"<div><font size='5'><b>{TITLE}</b></font></div>"),
        (f"[图]{TITLE}_山城网", f"<h1>{TITLE}</h1>"),
        (f"{TITLE}_山城网", f"<h1><a href='/'>山城网</a></h1><h1 class='t'><span>原创</span>{TITLE}</h1>"),
        (f"{TITLE}_山城网", f"<div class='list'><a href='/2'>{TITLE}</a></div><h1>\n  {TITLE}\n</h1>"),
    ],
)
def test_the_title_is_what_the_reader_sees_above_the_text(title: str, heading: str) -> None:
    html = article(heading=heading + "<p>2023-09-16 10:05 来源：山城日报</p>").replace(f"{TITLE}_山城新闻网", title, 1)
    assert read(html).title == TITLE


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        (f"{TITLE}_山城新闻网", TITLE),
        (f"{TITLE} - 国内 - 山城新闻", TITLE),
        (f"{TITLE}｜山城日报", TITLE),
        ("Tea songs move into the gardens | The Hill Times", "Tea songs move into the gardens"),
        ("Self-taught singers - and their school - The Hill Times", "Self-taught singers - and their school"),
    ],
)
def test_without_a_heading_the_sites_name_is_cut_off(title: str, bare: str) -> None:
    html = article(heading="").replace(f"{TITLE}_山城新闻网", title, 1)
    assert read(html.replace("<head>", "<head><meta property='og:site_name' content='The Hill Times'>")).title == bare


def test_quotation_marks_and_spaces_of_a_title_stay() -> None:
    title = "“茶园里的课”：孩子们唱起来了 老师说“明年还来”"
    assert read(article(title=title)).title == title


def test_the_head_tells_the_minute_of_a_day_the_page_shows() -> None:
    head = "<meta name='PubDate' content='2016-11-22 09:53'><meta name='ContentSource' content='茶叶局'>"
    found = read(article(head=head, stamp="<p>发布日期：2016-11-22</p>"))
    assert local(found.published) == "2016-11-22 09:53"
    assert found.source == PageSource("茶叶局")
    assert found.confidence["published"] == "meta"


def test_a_head_that_speaks_of_another_day_is_not_believed_over_the_page() -> None:
    head = "<meta property='article:published_time' content='2019-01-01T09:53:00+08:00'>"
    found = read(article(head=head, stamp="<p>发布日期：2016-11-22</p>"))
    assert local(found.published) == "2016-11-22 00:00"
    assert found.dated_by_day


def test_json_ld_in_utc_is_read_in_utc() -> None:
    head = json_ld('{"@type": "NewsArticle", "datePublished": "2024-05-09T14:30:07.000Z"}')
    assert local(read(article(head=head)).published) == "2024-05-09 22:30"


def test_an_address_completes_a_date_but_makes_none() -> None:
    url = "https://news.example.cn/2019/1008/55.html"
    assert local(read(article(stamp="<p>10-08 12:00 来源：茶乡日报</p>"), url=url).published) == "2019-10-08 12:00"
    assert read(article(stamp="<p>10-09 12:00 来源：茶乡日报</p>"), url=url).published is None
    assert read(article(), url=url).published is None


def test_dates_inside_the_text_and_of_the_day_are_no_publication_time() -> None:
    found = read(
        article(
            before="<div>今天是 2026年11月26日 星期四</div>", opening=f"<p>{TEXT[0]}这是2021年3月4日10:20的事。</p>"
        )
    )
    assert found.published is None


def test_an_update_is_no_publication() -> None:
    found = read(article(stamp="<p>发布时间：2023-09-16 10:05　更新时间：2023-09-17 08:00</p>"))
    assert local(found.published) == "2023-09-16 10:05"
    assert local(found.updated) == "2023-09-17 08:00"


@pytest.mark.parametrize(
    ("closing", "url"),
    [
        ("<p>原文链接：<a href='https://a.example.org/x/1.html'>点击查看</a></p>", "https://a.example.org/x/1.html"),
        ("<p>原文地址：https://a.example.org/x/1.html。</p>", "https://a.example.org/x/1.html"),
        ("<p><a href='//a.example.org/x/1.html'>阅读原文</a></p>", "https://a.example.org/x/1.html"),
        ("<p>原文链接：</p><p>https://a.example.org/x/1.html</p>", "https://a.example.org/x/1.html"),
        ("<p>查看原文：<a href='https://a.example.org/x/1.html'>茶乡日报</a></p>", "https://a.example.org/x/1.html"),
        ("<p>转载请注明原文链接：<a href='https://news.example.cn/a/1.html'>本页</a></p>", None),
        ("<p>相关链接：<a href='https://a.example.org/x/1.html'>另一条</a></p>", None),
    ],
)
def test_the_link_to_the_original(closing: str, url: str | None) -> None:
    stamp = "<p>2023-09-16 10:05 来源：<a href='https://paper.example.org/'>茶乡日报</a></p>"
    assert read(article(stamp=stamp, closing=closing)).original_url == url


def test_other_words_for_the_original() -> None:
    based = '<script type="application/ld+json">{"@type":"Article","isBasedOn":{"@id":"https://a.example.org/x/1"}}</script>'
    assert read(article(head=based)).original_url == "https://a.example.org/x/1"
    source = "<p>2023-09-16 10:05 来源：<a href='https://a.example.org/2023/0916/12345.html'>茶乡日报</a></p>"
    assert read(article(stamp=source)).original_url == "https://a.example.org/2023/0916/12345.html"
    canonical = "<link rel='canonical' href='https://a.example.org/2023/0916/12345.html'>"
    assert read(article(head=canonical)).original_url == "https://a.example.org/2023/0916/12345.html"
    own = "<link rel='canonical' href='https://m.example.cn/2023/0916/12345.html'>"
    found = read(article(head=own))
    assert (found.original_url, found.canonical_url) == (None, "https://m.example.cn/2023/0916/12345.html")


@pytest.mark.parametrize(
    "before",
    [
        "<div class='crumbs'><a href='/'>首页</a>&gt;<a href='/n'>新闻</a> &gt; <a href='/w'>文化</a>&gt;正文</div>",
        "<ul class='breadcrumb'><li><a href='/'>首页</a><li><a href='/n'>新闻</a><li><a href='/w'>文化</a></ul>",
        f"<div>您的位置：<a href='/'>首页</a>＞<a href='/n'>新闻</a>＞<a href='/n/w'>文化</a>＞{TITLE}</div>",
        "<table><tr><td>当前位置：</td><td>首页</td><td>&gt; 新闻</td><td>&gt; 文化</td></tr></table>",
        "<p>首页 &gt;&gt; 新闻 &gt;&gt; 文化 &gt;&gt; 正文</p>",
    ],
)
def test_the_way_to_the_page(before: str) -> None:
    found = read(article(before=before))
    assert found.breadcrumb == ("首页", "新闻", "文化")
    assert found.category == "文化"


@pytest.mark.parametrize(
    "name", ["山城新闻网", "104363", "name, email@example.com", "山城新闻", "{{author}}", "null", "李明"]
)
def test_what_a_template_puts_into_the_head_is_no_author(name: str) -> None:
    found = read(article(head=f"<meta name='author' content='{name}'>", stamp="<p>2023-09-16 10:05</p>"))
    assert found.authors == ()


def test_the_column_beside_the_time_is_no_source() -> None:
    before = "<div class='crumbs'><a href='/'>首页</a> &gt; <a href='/n'>茶乡周刊</a> &gt; 正文</div>"
    assert read(article(before=before, stamp="<p>2023-09-16 10:05 茶乡周刊</p>")).source is None
    assert read(article(stamp="<p>2023-09-16 10:05 茶乡周刊</p>")).source == PageSource("茶乡周刊")


def test_the_editor_is_not_the_author_whatever_the_head_says() -> None:
    found = read(article(head="<meta name='author' content='周小茶'>", after="<p>责任编辑：周小茶</p>"))
    assert (found.authors, found.editor) == ((), "周小茶")


def test_words_above_and_below_the_title() -> None:
    assert (
        read(article(stamp="<p class='subtitle'>四年来，七个村子都听过这门课</p>")).subtitle
        == "四年来，七个村子都听过这门课"
    )
    assert read(article(stamp="<p>副标题：四年来，七个村子都听过</p>")).subtitle == "四年来，七个村子都听过"
    assert read(article()).subtitle is None


PARAGRAPHS = "".join(f"<p>　　{text}</p>" for text in TEXT)


def test_an_old_page_of_tables() -> None:
    found = read(
        f"<html><head><title>{TITLE}_新闻中心_茶乡网</title></head><body>"
        "<table><tr><td><a href=/>首页</a> | <a href=/a>新闻</a></td></tr></table>"
        f"<table><tr><td align=center><font class=f24><b>{TITLE}</b></font></td></tr>"
        "<tr><td align=center>http://www.example.com.cn 2003年11月12日08:33 新京晚报</td></tr>"
        f"<tr><td><font id=zoom>　　本报讯(记者李明)　{TEXT[0]}<br><br>　　{TEXT[1]}<br><br>"
        f"　　{TEXT[2]}</font></td></tr>"
        "</table><table><tr><td>相关链接</td></tr></table></body></html>"
    )
    assert found.title == TITLE
    assert local(found.published) == "2003-11-12 08:33"
    assert found.source == PageSource("新京晚报")
    assert found.authors == (PageAuthor("李明"),)


def test_a_newspapers_page_with_lines_above_and_below_the_title() -> None:
    found = read(
        f"<html><head><title>{TITLE}--四川频道--茶网</title><meta name='author' content='104363'></head><body>"
        f"<h3 class='pre'>茶乡教育纪行之三</h3><h1>{TITLE}</h1><h4 class='sub'>四年来七个村子都听过</h4>"
        "<p class='author'>本报记者 李明 王芳</p><div class='box01'><div>2019年06月15日08:18&nbsp;&nbsp;来源："
        "<a href='http://sc.people.example.cn/'>茶网－四川频道</a></div><div>分享到：</div></div>"
        f"{PARAGRAPHS}<div class='edit'>(责编：赵六、钱七)</div></body></html>"
    )
    assert found.title == TITLE
    assert found.subtitle == "四年来七个村子都听过"
    assert local(found.published) == "2019-06-15 08:18"
    assert found.source == PageSource("茶网－四川频道", "http://sc.people.example.cn/")
    assert [author.name for author in found.authors] == ["李明", "王芳"]
    assert found.editor == "赵六 钱七"


def test_a_universitys_page() -> None:
    found = read(
        f"<html><head><title>{TITLE}-茶乡大学新闻网</title></head><body><ul class='nav'><li><a href='/'>首页</a></ul>"
        f"<h2 class='arti-title'>{TITLE}</h2><p class='arti-metas'><span>发布者：李明</span>"
        "<span>发布时间：2019-10-22</span>"
        f"<span>浏览次数：<b>10</b></span></p>{PARAGRAPHS}<p>（图文：茶学院 李明 王芳/审核：赵六）</p></body></html>"
    )
    assert found.title == TITLE
    assert (local(found.published), found.dated_by_day) == ("2019-10-22 00:00", True)
    assert [author.name for author in found.authors] == ["李明", "王芳"]
    assert found.source is None


def test_a_page_from_taiwan() -> None:
    found = read(
        f"<html lang='zh-Hant'><head><title>{TITLE} | 社會 | 茶鄉新聞網</title><meta name='author' content='王小明'>"
        "<meta property='og:site_name' content='茶鄉新聞網'></head><body>"
        f"<h1>{TITLE}</h1><time>2024-05-20 14:05</time><div class='author'>茶鄉社 "
        f"記者<a href='/r/1'>王小明</a>／台北即時報導</div>{PARAGRAPHS}</body></html>"
    )
    assert found.source == PageSource("茶鄉社")
    assert found.authors == (PageAuthor("王小明"),)
    assert local(found.published) == "2024-05-20 14:05"


ENGLISH = """<html lang="en-GB"><head><title>Tea songs move into the gardens - The Hill Times</title>
<meta property="og:site_name" content="The Hill Times">
<meta property="article:published_time" content="2023-09-16T08:05:00+01:00">
</head><body><h1>Tea songs move into the gardens</h1>
<p class="byline">By Jane Roe and John Doe</p><p>16 September 2023</p>
<p>The children of the hill school learn their songs among the tea bushes, and the village stops to listen.</p>
<p>There is no book for this class; at the end of the term the grandparents give the marks, and a packet of tea.</p>
</body></html>"""


def test_a_page_in_english() -> None:
    found = read(ENGLISH, url="https://hill.example.com/news/1")
    assert found.title == "Tea songs move into the gardens"
    assert [author.name for author in found.authors] == ["Jane Roe", "John Doe"]
    assert found.source == PageSource("The Hill Times")
    assert local(found.published) == "2023-09-16 15:05"
    assert found.language == "en-GB"


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("zh_CN", "".join(TEXT), "zh-CN"),
        ("en", "".join(TEXT), "zh-Hans"),
        ("", "這門課沒有課本，學期末的考試就是給自家的爺爺奶奶唱上一段，由他們來打分數，學校說這樣很好。", "zh-Hant"),
        (
            "zh-CN",
            "這門課沒有課本，學期末的考試就是給自家的爺爺奶奶唱上一段，由他們來打分數，學校說這樣很好。",
            "zh-Hant",
        ),
        (
            "zh-TW",
            "這門課沒有課本，學期末的考試就是給自家的爺爺奶奶唱上一段，由他們來打分數，學校說這樣很好。",
            "zh-TW",
        ),
        ("zh-CN", "بۈگۈن ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى، نۇرغۇن ئوقۇغۇچىلار كېلىپ كىتاب ئوقۇدى.", "ug"),
        ("zh-CN", "བོད་ལྗོངས་ཀྱི་ལོ་རྒྱུས་དང་རིག་གནས་སྐོར་གྱི་གཏམ་བཤད་གཅིག་དེ་རིང་ལྷ་སར་གནང་སོང་།", "bo"),
        ("mn-Mong-CN", "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ ᠦᠨ ᠰᠣᠶᠣᠯ ᠤᠨ ᠥᠪ ᠢ ᠬᠠᠮᠠᠭᠠᠯᠠᠬᠤ ᠬᠤᠷᠠᠯ ᠥᠨᠥᠳᠥᠷ", "mn-Mong-CN"),
    ],
)
def test_the_language_is_declared_and_believed_or_read_off_the_letters(declared: str, text: str, language: str) -> None:
    assert read(f"<html lang='{declared}'><body><h1>{text[:12]}</h1><p>{text}</p></body></html>").language == language


def test_a_sources_own_rules_come_first_and_say_when_they_find_nothing() -> None:
    html = article(
        before="<span id='when'>16.09.2023 um 10:05</span><b class='who'>作者:李明</b><i class='from'>来源：茶乡报</i>",
        stamp="<p>2020-01-01 00:00 来源：别处</p>",
    )
    rules = PageRules(
        published="#when", date_format="%d.%m.%Y um %H:%M", source=".from", author=".who", editor=".nobody", title="h1["
    )
    found = read(html, rules=rules)
    assert local(found.published) == "2023-09-16 10:05"
    assert found.source == PageSource("茶乡报")
    assert [author.name for author in found.authors] == ["李明"]
    assert found.confidence["published"] == found.confidence["source"] == found.confidence["authors"] == "rule"
    assert found.title == TITLE
    assert found.confidence["title"] == "masthead"
    assert any("editor" in warning for warning in found.warnings)
    assert any("title" in warning for warning in found.warnings)


def test_defaults_of_a_source_stand_in_only_where_the_page_is_silent() -> None:
    rules = PageRules(source_default="茶乡日报", author_default="本报编辑部")
    assert read(article(), rules=rules).source == PageSource("茶乡日报")
    assert read(article(stamp="<p>来源：别处日报</p>"), rules=rules).source == PageSource("别处日报")


def test_the_tree_is_left_as_it_was() -> None:
    page = page_of(REPRINT)
    before = etree.tostring(page.root)
    read_masthead(page, now=NOW)
    assert etree.tostring(page.root) == before


def test_a_page_says_where_it_stands_in_other_languages() -> None:
    head = (
        "<link rel='alternate' hreflang='ug' href='/ug/2026/7.html'>"
        "<link rel='alternate' hreflang='en_US' href='https://en.example.cn/2026/7.html'>"
        "<link rel='alternate' hreflang='x-default' href='/2026/7.html'>"
        "<link rel='alternate' hreflang='bo' href='https://bo.example.cn/'>"
        "<link rel='alternate' hreflang='fr' href='javascript:x'>"
        "<link rel='alternate' type='application/rss+xml' href='/feed'>"
        "<link rel='stylesheet' hreflang='mn' href='/mn.css'>"
    )
    assert read(article(head=head)).translations == (
        ("ug", "https://news.example.cn/ug/2026/7.html"),
        ("en-US", "https://en.example.cn/2026/7.html"),
    )
    assert len(read(article(head=head.replace("ug", "kk") * 300)).translations) == 2
