"""The body of an article page: what is text, what is cut, what is kept beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.model.feed import Document
from worker.model.page import PageRules, ParsedPage, Place
from worker.parsers.page import read_page

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://www.paper.example/news/202611/25_1001.html"
ONE = "山里的小学今天开学，三十七个孩子走进了新教室，窗外就是他们从小看惯的山。"
TWO = "老师说，新教室的灯比从前亮，冬天也有暖气，孩子们再也不用带着手炉上学了。"
THREE = "校门口的路还在修，月底之前会铺好，到那时班车就能一直开到学校门口。"
TEXT = f"{ONE}\n{TWO}\n{THREE}"
PROSE = f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"


def read(html: str, *, rules: PageRules | None = None, url: str | None = URL) -> ParsedPage:
    page = f"<html><head><meta charset=utf-8><title>山里的小学开学了_例报</title></head><body>{html}</body></html>"
    return read_page(Document(page.encode(), url, "text/html"), now=NOW, rules=rules or PageRules())


def article(before: str = "", after: str = "", *, inside: str = PROSE) -> ParsedPage:
    return read(f"<div class='main'><h1>山里的小学开学了</h1>{before}<div class='text'>{inside}</div>{after}</div>")


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>",
        f"{ONE}<br><br>{TWO}<br><br>{THREE}",
        f"　　{ONE}<br/>　　{TWO}<br/>　　{THREE}",
        f"<div>{ONE}</div><div>{TWO}</div><div>{THREE}</div>",
        f"<p><font><span>{ONE}</span></font></p><p><span>{TWO}</p><p>{THREE}</p>",
        f"<table><tr><td><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></td></tr></table>",
        f"<section><section><p>{ONE}</p></section><section><p>{TWO}</p></section></section><p>{THREE}</p>",
    ],
    ids=["paragraphs", "two breaks", "one break", "divs", "fonts", "layout table", "sections"],
)
def test_paragraphs_however_they_are_marked(body: str) -> None:
    page = article(inside=body)
    assert page.body_text == TEXT
    assert page.body_html is not None
    assert page.body_html.count("<p>") == 3
    assert page.confidence["body"] == "text"


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：王一",
        "（责编：王一、李二）",
        "编辑 王一 校对 李二",
        "来源：例报",
        "原标题：三十七个孩子开学了",
        "分享到：",
        "扫一扫在手机打开当前页面",
        "关注公众号，看更多好故事",
        "上一篇：雪停了",
        "【打印】【关闭】",
        "返回首页",
        "Advertisement",
        "点击进入专题：",
    ],
)
@pytest.mark.parametrize("place", ["inside", "after"])
def test_furniture_is_cut(line: str, place: str) -> None:
    tail = f"<p>{line}</p>"
    page = article(inside=PROSE + tail) if place == "inside" else article(after=tail)
    assert page.body_text == TEXT


@pytest.mark.parametrize(
    "top",
    [
        "<h1>山里的小学开学了</h1>",
        "<p>山里的小学开学了</p>",
        "<div>2026-11-25 09:30 来源：例报 作者：王一 字号：大 中 小</div>",
        "<p>2026年11月25日 09:30　来源：例报</p>",
        "<p><a href='/'>首页</a> &gt; <a href='/news/'>新闻</a></p>",
    ],
)
def test_the_masthead_is_no_part_of_the_text(top: str) -> None:
    assert article(inside=top + PROSE).body_text == TEXT


def test_lists_of_other_articles_are_recorded_and_cut() -> None:
    links = "".join(f"<li><a href='/news/{n}.html'>另一篇文章的标题第{n}号</a></li>" for n in range(4))
    page = article(inside=f"{PROSE}<h3>相关阅读</h3><ul>{links}</ul>")
    assert page.body_text == TEXT
    assert [each.url for each in page.related] == [f"https://www.paper.example/news/{n}.html" for n in range(4)]
    assert page.related[0].title == "另一篇文章的标题第0号"


def test_comments_and_other_prose_below_do_not_win() -> None:
    comments = "".join(f"<p>{ONE}读者{n}说，这是一件好事，应当多办，多多益善。</p>" for n in range(9))
    page = article(after=f"<div class='comment-list'><h3>网友评论</h3>{comments}</div>")
    assert page.body_text == TEXT


def test_a_name_that_would_hide_the_text_says_nothing() -> None:
    page = read(f"<div class='share-page ad-free sidebar-left'><h1>山里的小学开学了</h1>{PROSE}</div>")
    assert page.body_text == TEXT


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("免责声明：本文仅代表作者观点，不代表本站立场。如有侵权，请在30日内与本站联系。", Place.AFTER_BODY),
        ("未经授权，不得转载。", Place.AFTER_BODY),
        ("本文转载自例报，版权归原作者所有。", Place.AFTER_BODY),
        ("声明：本文由例报授权发布，欢迎转载，转载请注明出处。", Place.AFTER_BODY),
        ("© 2026 例报 All rights reserved", Place.AFTER_BODY),
    ],
)
def test_a_word_on_reuse_is_kept_and_cut(words: str, place: Place) -> None:
    page = article(inside=f"{PROSE}<p>{words}</p>")
    assert page.body_text == TEXT
    assert [(each.text, each.place) for each in page.statements] == [(words, place)]


def test_places_of_statements() -> None:
    page = read(
        f"<div><h1>山里的小学开学了</h1><div><p>{ONE}</p><p>版权声明：图片由作者授权使用，不得转载。</p><p>{TWO}</p><p>{THREE}</p></div>"
        "</div><div class='footer'><p>版权所有 例报</p></div>"
        "<meta name='copyright' content='例报社'>"
    )
    assert [each.place for each in page.statements] == [Place.BODY, Place.FOOTER, Place.HEAD]
    assert page.body_text == TEXT


def test_prose_about_copyright_is_prose() -> None:
    prose = "法院认为，被告未经许可复制了原告的作品，侵害了原告的著作权，应当停止侵害，赔偿损失，并公开道歉。"
    page = article(inside=f"<p>{ONE}</p><p>{prose}</p><p>{TWO}</p>")
    assert page.body_text == f"{ONE}\n{prose}\n{TWO}"
    assert page.statements == ()


@pytest.mark.parametrize("name", ["src", "data-src", "data-original", "data-lazy-src", "data-actualsrc", "_src"])
def test_pictures_come_with_caption_and_credit(name: str) -> None:
    image = f"<p><img {name}='/a.jpg'></p><p>图为新教室。例报记者 王一 摄</p>"
    page = article(inside=f"<p>{ONE}</p>{image}<p>{TWO}</p><p>{THREE}</p>")
    [found] = page.images
    assert found.url == "https://www.paper.example/a.jpg"
    assert found.caption == "图为新教室。例报记者 王一 摄"
    assert found.credit is not None
    assert found.credit.endswith("王一")
    assert page.body_text == TEXT
    assert "<figcaption>图为新教室" in (page.body_html or "")


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("雪后的操场。李二 摄", "李二"),
        ("图/李二", "李二"),
        ("图源：李二", "李二"),
        ("The new classroom. Photo by Joe Field", "Joe Field"),
        ("The new classroom. (Photo: Joe Field)", "Joe Field"),
        ("雪后的操场", None),
    ],
)
def test_credits(caption: str, credit: str | None) -> None:
    figure = f"<figure><img src='/a.jpg'><figcaption>{caption}</figcaption></figure>"
    page = article(inside=f"<p>{ONE}</p>{figure}<p>{TWO}</p><p>{THREE}</p>")
    assert [(each.caption, each.credit) for each in page.images] == [(caption, credit)]


def test_icons_and_counters_are_no_pictures() -> None:
    page = article(inside=PROSE + "<img src='/1.gif' width=1 height=1><img src='data:image/gif;base64,x'>")
    assert page.images == ()


def test_tables_lists_and_headings_stay() -> None:
    table = "<table><tr><th>班</th><th>人</th></tr><tr><td>一</td><td>20</td></tr><tr><td>二</td><td></td></tr></table>"
    page = article(inside=f"<p>{ONE}</p><h2>数字</h2>{table}<ul><li>灯</li><li>暖气</li></ul><p>{TWO}</p>")
    assert "<h2>数字</h2><table><tbody><tr><th>班</th><th>人</th></tr>" in (page.body_html or "")
    assert "<tr><td>二</td><td></td></tr>" in (page.body_html or "")
    assert "<ul><li>灯</li><li>暖气</li></ul>" in (page.body_html or "")
    assert (page.body_text or "").splitlines()[1:5] == ["数字", "班\t人", "一\t20", "二"]


def test_nothing_that_runs_is_left() -> None:
    bad = "<p onclick='x()'>孩子们<a href='javascript:x()'>唱</a>起了歌，<script>x()</script>歌声传得很远，很远。</p>"
    page = article(inside=PROSE + bad)
    assert "script" not in (page.body_html or "")
    assert "onclick" not in (page.body_html or "")


def test_files_are_attachments() -> None:
    page = article(inside=f"{PROSE}<p>附件：<a href='a/名单.docx'>名单</a></p><p><a href='/b.PDF?v=1'>表格</a></p>")
    assert [(each.title, each.url) for each in page.attachments] == [
        ("名单", "https://www.paper.example/news/202611/a/名单.docx"),
        ("表格", "https://www.paper.example/b.PDF?v=1"),
    ]


@pytest.mark.parametrize(
    ("links", "pages"),
    [
        (
            "<a href='25_1001_2.html'>2</a><a href='25_1001_3.html'>3</a><a href='25_1001_2.html'>下一页</a>",
            ["_2", "_3"],
        ),
        ("<a href='25_1002.html'>下一篇：雪停了</a>", []),
        ("<a href='25_1002.html'>下一页</a>", []),
        ("<a href='25_1001_2.html'>余下全文</a>", ["_2"]),
    ],
)
def test_further_pages(links: str, pages: list[str]) -> None:
    page = article(after=f"<div class='pages'>{links}</div>")
    assert list(page.next_pages) == [f"https://www.paper.example/news/202611/25_1001{each}.html" for each in pages]


def test_further_pages_by_query_and_link_element() -> None:
    page = read(
        f"<link rel=next href='?id=7&page=2'><h1>山里的小学开学了</h1>{PROSE}", url="https://www.paper.example/a?id=7"
    )
    assert page.next_pages == ("https://www.paper.example/a?id=7&page=2",)


def test_rules_outrank_what_is_found() -> None:
    chosen = f"<p>{ONE}</p><p class=box>{TWO}</p><p>{THREE}</p><p>更多故事请看明天的例报。</p>"
    html = f"<div id=x>{chosen}</div><div>{PROSE * 5}</div>"
    rules = PageRules(body="#x", cut=(".box",), cut_after=("更多故事",), next_page="a.more")
    page = read(html + "<a class=more href='/p2'>接着读</a>", rules=rules)
    assert page.body_text == f"{ONE}\n{THREE}"
    assert page.confidence["body"] == "rule"
    assert page.next_pages == ("https://www.paper.example/p2",)


def test_a_rule_that_finds_nothing_is_told_and_left_aside() -> None:
    page = read(f"<h1>山里的小学开学了</h1>{PROSE}", rules=PageRules(body="#gone"))
    assert page.body_text == TEXT
    assert any("#gone" in warning for warning in page.warnings)


def test_a_page_of_one_short_sentence() -> None:
    page = read("<div><a href='/'>首页</a></div><h1>山里的小学开学了</h1><div><p>今天开学。</p></div>")
    assert page.body_text == "今天开学。"


@pytest.mark.parametrize("end", ["返回腾讯网首页>>", "（责任编辑：王一）", "返回搜狐，查看更多"])
def test_a_note_behind_the_last_sentence_is_cut(end: str) -> None:
    assert article(inside=PROSE.removesuffix("</p>") + end + "</p>").body_text == TEXT


def test_a_header_that_closes_the_document_is_not_its_end() -> None:
    header = "<div class='header'>山城人民政府</div></body></HTML >\n<!--end header-->"
    page = read(f"{header}<div class='main'><h1>山里的小学开学了</h1><div class='text'>{PROSE}</div></div>")
    assert (page.title, page.body_text) == ("山里的小学开学了", TEXT)


def test_a_page_without_text_says_so() -> None:
    page = read("<ul><li><a href='/1'>新闻</a></li><li><a href='/2'>体育</a></li></ul>")
    assert page.body_text is None
    assert "no text was found on the page" in page.warnings
