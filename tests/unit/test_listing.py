"""Listing pages lead to their articles, in reading order, and to their next page; nothing else of a page counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.identity.urls import link_digest
from worker.model.catalog import Listing
from worker.model.feed import Document, Found, ParsedFeed, Role
from worker.parsers.leads import read_leads

ZONE = "Asia/Shanghai"
URL = "https://www.minority.example/seac/xwzx/index.shtml"


def leads(body: str | bytes, url: str | None = URL, listing: Listing | None = None) -> ParsedFeed:
    given = body if isinstance(body, bytes) else body.encode()
    return read_leads(Document(given, url, None, ZONE), listing or Listing())


def articles(feed: ParsedFeed) -> list[Found]:
    return [lead for lead in feed.found if lead.role is Role.ARTICLE]


def urls(feed: ParsedFeed) -> list[str]:
    return [lead.url for lead in articles(feed)]


def titles(feed: ParsedFeed) -> list[str | None]:
    return [lead.entry.title if lead.entry else None for lead in articles(feed)]


def dates(feed: ParsedFeed) -> list[str]:
    found = [lead.entry.published if lead.entry else None for lead in articles(feed)]
    return [f"{date:%Y-%m-%d %H:%M}" if date else "–" for date in found]


def further(feed: ParsedFeed) -> list[str]:
    return [lead.url for lead in feed.found if lead.role is Role.LISTING]


ROWS = "".join(
    f'<li><a href="/seac/xwzx/20230{n}/116782{n}.shtml" title="各族群众喜迎第{n}届丰收节">各族群众喜迎第…</a>'
    f"<span>[2023-0{n}-16]</span></li>\n"
    for n in range(1, 8)
)
PORTAL = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>新闻中心-示例委员会</title></head><body>
<div class="top"><a href="/">首页</a> <a href="/seac/login/202001/1000001.shtml">用户登录与注册入口</a>
2023年9月18日</div>
<div class="nav"><ul><li><a href="/seac/xwzx/index.shtml">新闻中心</a></li>
<li><a href="/seac/zcfg/index.shtml">政策法规</a></li>
<li><a href="/seac/jggk/201801/1072231.shtml">示例委员会机构职能介绍</a></li></ul></div>
<div class="dqwz">当前位置：<a href="/seac/index.shtml">首页</a>&gt;<a href="../xwzx/yw/index.shtml">要闻</a></div>
<div class="list"><ul>{ROWS}</ul>
<div class="page"><script>createPageHTML(25, 0, "index", "shtml");</script></div></div>
<div class="right"><h3><a href="/seac/tzgg/index.shtml">通知公告</a><a href="/seac/tzgg/">更多&gt;&gt;</a></h3>
<ul><li><a href="/seac/tzgg/202309/1167777.shtml">关于公布示例项目评审结果的通知公告</a></li></ul></div>
<div class="footer"><a href="/seac/about/202001/1111111.shtml">关于我们以及网站声明与版权</a>
<a href="https://other.example/2023/09/16/1234567.html">友情链接的一个很长很长的名字</a></div></body></html>"""


def test_a_government_portal_leads_to_its_own_list_and_nothing_else() -> None:
    feed = leads(PORTAL)
    assert feed.format == "listing"
    assert feed.title == "新闻中心-示例委员会"
    assert urls(feed) == [f"https://www.minority.example/seac/xwzx/20230{n}/116782{n}.shtml" for n in range(1, 8)]
    assert titles(feed)[0] == "各族群众喜迎第1届丰收节"
    assert dates(feed)[:2] == ["2023-01-15 16:00", "2023-02-15 16:00"]
    assert further(feed) == ["https://www.minority.example/seac/xwzx/index_1.shtml"]


def test_what_is_said_of_an_article_goes_with_its_address() -> None:
    lead = articles(leads(PORTAL))[0]
    assert lead.entry is not None
    assert (lead.entry.link, lead.entry.raw) == (lead.url, b"")
    assert lead.entry.digest == link_digest(lead.url) == link_digest(lead.url.replace("https://www.", "http://"))
    assert len(lead.entry.digest) == 16


def test_the_digests_are_those_of_all_articles_and_of_nothing_else() -> None:
    feed = leads(PORTAL)
    assert feed.digests == tuple(link_digest(url) for url in urls(feed))


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-16"])
def test_any_charset(charset: str) -> None:
    page = PORTAL.replace('charset="utf-8"', 'charset="gb2312"').encode(charset)
    assert titles(leads(page)) == titles(leads(PORTAL))


BLOG = "".join(
    f"""<article class="post"><a href="/2026/11/0{n}/council-votes-on-plan/"><img alt="picture" src="x.jpg"></a>
<header class="entry-header"><h2><a href="/2026/11/0{n}/council-votes-on-plan/">Council votes on plan {n}</a></h2>
<time datetime="2026-11-0{n}T10:00:00+00:00">Nov {n}</time> by <a href="/author/jo/">Jo Writer</a> in
<a href="/category/news/">News</a></header><p>On 3 November 2025 the council first met.
<a href="/2026/11/0{n}/council-votes-on-plan/#more">Read more</a></p></article>"""
    for n in range(1, 5)
)
ENGLISH = f"""<html><head><title>The Riverside</title></head><body><header><a href="/">The Riverside</a><nav>
<a href="/category/politics/">Politics</a><a href="/about-us/">About us</a></nav></header><main>{BLOG}
<a class="next page-numbers" href="/page/2/">Older posts</a></main>
<footer><a href="/privacy-policy/">Privacy</a>
<a href="/the-terms-and-conditions-of-use/">Terms and conditions of use</a>
</footer></body></html>"""


def test_an_english_front_page_of_cards() -> None:
    feed = leads(ENGLISH, "https://riverside.example/")
    assert urls(feed) == [f"https://riverside.example/2026/11/0{n}/council-votes-on-plan/" for n in range(1, 5)]
    assert titles(feed) == [f"Council votes on plan {n}" for n in range(1, 5)]
    assert dates(feed)[0] == "2026-11-01 10:00"
    assert further(feed) == ["https://riverside.example/page/2/"]


def test_identifiers_in_the_query_are_articles_too() -> None:
    rows = "".join(
        f'<li><a href="show.aspx?id={n}">本市召开第{n}次经济工作会议</a> 2023/9/1{n}</li>' for n in range(1, 5)
    )
    feed = leads(
        f'<ul>{rows}</ul><a href="list.aspx?cid=3">经济新闻栏目列表页</a>', "https://a.example/news/list.aspx?cid=2"
    )
    assert urls(feed) == [f"https://a.example/news/show.aspx?id={n}" for n in range(1, 5)]
    assert dates(feed)[0] == "2023-09-10 16:00"


@pytest.mark.parametrize(
    ("row", "date"),
    [
        ('<li><span>2023-09-16 08:30</span><a href="/a/1234567.html">TITLE</a></li>', "2023-09-16 00:30"),
        ('<li><a href="/a/1234567.html">TITLE</a>(2023年9月16日)</li>', "2023-09-15 16:00"),
        (
            '<tr><td><a href="/c/">[要闻]</a><a href="/a/1234567.html">TITLE</a></td><td>2023.09.16</td></tr>',
            "2023-09-15 16:00",
        ),
        ('<a href="/a/1234567.html"><h3>TITLE</h3><span>发布时间：2023-09-16</span></a>', "2023-09-15 16:00"),
        ('<a href="/a/1234567.html"><h3>TITLE</h3><span>2023-09-16</span></a>', "2023-09-15 16:00"),
        ('<li><div><b>16</b><i>2023-09</i></div><a href="/a/1234567.html">TITLE</a></li>', "2023-09-15 16:00"),
        ('<li><div><b>09-16</b><i>2023</i></div><a href="/a/1234567.html">TITLE</a></li>', "2023-09-15 16:00"),
        ('<li><a href="/a/20230916/1234567.html">TITLE</a><span>09-16</span></li>', "2023-09-15 16:00"),
        ('<li><a href="/a/20230917/1234567.html">TITLE</a><span>09-16</span></li>', "–"),
        ('<li><a href="/a/1234567.html">TITLE</a><span>09-16</span></li>', "–"),
        ('<li><a href="/a/1234567.html">TITLE</a><span>3小时前</span></li>', "–"),
        ('<li><a href="/a/1234567.html">TITLE</a><p>会议于2023年9月16日在北京召开，与会者认为这很重要。</p></li>', "–"),
        ('<li><a href="/a/1234567.html">TITLE</a> <em>Sept. 16, 2023</em></li>', "2023-09-15 16:00"),
        ('<li><a href="/a/1234567.html">TITLE</a> <em>September 16, 2023</em></li>', "2023-09-15 16:00"),
        ('<li><a href="/a/1234567.html">TITLE</a> <em>2023-19-46</em></li>', "–"),
    ],
)
def test_the_date_beside_a_link(row: str, date: str) -> None:
    title = "全市经济工作会议今天召开部署重点任务"
    feed = leads(f"<html><body><ul>{row.replace('TITLE', title)}</ul></body></html>", "https://a.example/")
    assert (titles(feed), dates(feed)) == ([title], [date])


def test_dates_in_a_row_of_breaks_go_to_the_link_before_them() -> None:
    rows = "".join(
        f'<a href="/a/123450{n}.html">第{n}号新闻的标题在这里呢</a> <span>2023-09-1{n}</span><br>' for n in range(1, 4)
    )
    feed = leads(f"<html><body><div>{rows}</div></body></html>", "https://a.example/")
    assert dates(feed) == ["2023-09-10 16:00", "2023-09-11 16:00", "2023-09-12 16:00"]


def test_links_without_href_and_the_base_of_the_page() -> None:
    page = """<head><base href="https://m.a.example/x/"></head><body><ul>
    <li data-url="1/1234567.html"><h3>第一条很长很长的新闻标题</h3></li>
    <li><a href="javascript:void(0)" data-href="../2/1234568.html">第二条很长很长的新闻标题</a></li>
    <li><span data-link="/3/1234569.html">第三条很长很长的新闻标题</span></li>
    <li><a href="\n /4/1234570.html ">第四条很长很长的新闻标题</a></li>
    <li><a href="mailto:x@a.example">第五条很长很长的新闻标题</a><img data-url="/5/1234571.html"></li></ul>"""
    feed = leads(page, "https://a.example/news/")
    assert urls(feed) == [
        "https://m.a.example/x/1/1234567.html",
        "https://m.a.example/2/1234568.html",
        "https://m.a.example/3/1234569.html",
        "https://m.a.example/4/1234570.html",
    ]


def test_files_other_domains_and_the_page_itself_are_no_articles() -> None:
    page = """<ul><li><a href="/a/1234567.pdf">一个很长很长的附件标题文字</a></li>
    <li><a href="https://b.example/a/1234567.html">别的网站很长很长的标题文字</a></li>
    <li><a href="https://news.a.example/a/1234567.html">同一个网站很长很长的标题文字</a></li>
    <li><a href="/news/2023/1234567.html#top">这个页面自己很长很长的标题</a></li></ul>"""
    assert urls(leads(page, "https://www.a.example/news/2023/1234567.html")) == [
        "https://news.a.example/a/1234567.html"
    ]


def test_a_short_name_a_picture_and_more_give_way_to_the_title() -> None:
    page = """<ul><li><a href="/a/1234567.html">某某卫视</a></li></ul><div><a href="/a/1234567.html"><img alt="图"></a>
    <a href="/a/1234567.html">收视零差评的节目周六收官</a><a href="/a/1234567.html">查看详情</a></div>"""
    assert titles(leads(page, "https://a.example/")) == ["收视零差评的节目周六收官"]


def test_rules_of_the_source_decide_alone() -> None:
    by_selector = leads(PORTAL, listing=Listing(links=".right ul"))
    assert urls(by_selector) == ["https://www.minority.example/seac/tzgg/202309/1167777.shtml"]
    by_match = leads(PORTAL, listing=Listing(match=r"other\.example/20"))
    assert urls(by_match) == ["https://other.example/2023/09/16/1234567.html"]
    excluded = leads(PORTAL, listing=Listing(exclude=r"/20230[2-7]/|index_1"))
    assert [url for url in urls(excluded) if "/xwzx/" in url] == [urls(leads(PORTAL))[0]]
    assert further(excluded) == []


def test_a_selector_that_selects_nothing_says_so_and_guesses_nothing() -> None:
    feed = leads(PORTAL, listing=Listing(links=".gone a"))
    assert articles(feed) == []
    assert "listing.links = '.gone a' selects no link on this page" in feed.warnings


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        ('<a href="index_2.html">下一页</a><a href="index_9.html">尾页</a>', "index_2.html"),
        ('<a href="?page=1">上一页</a> <a href="?page=3">下页 &gt;</a>', "list.html?page=3"),
        ('<link rel="next" href="p2.html">', "p2.html"),
        ('<ul class="pagination"><li><a href="p1">‹</a></li><li><a href="p2">›</a></li></ul>', "p2"),
        ('<div class="pager"><span class="current">2</span><a href="p1">1</a><a href="p3">3</a></div>', "p3"),
        ('<div class="pages"><a class="on" href="p1">1</a><a href="p2">2</a></div>', "p2"),
        ('<a href="p2" title="下一页"><img src="next.gif"></a>', "p2"),
        ('<script>createPageHTML(3, 0, "list", "html")</script>', "list_1.html"),
        ("<script>createPageHTML('pages',3,1,'list','html',60);</script>", "list_2.html"),
        ("<script>createPageHTML('pages',1,1,'list','html',6);</script>", None),
        ("<script>var currentPage = 0;//页\nvar countPage = 4; document.write('list_' + 1)</script>", "list_1.html"),
        ('<script>createPageHTML(1, 0, "list", "html")</script>', None),
        ('<a href="javascript:next()">下一页</a>', None),
        ('<a href="list.html">下一页</a>', None),
        ('<a href="https://b.example/2.html">下一页</a>', None),
        ('<p class="x"><a href="/a/9999999.html">&gt;&gt;</a></p>', None),
    ],
)
def test_the_next_page(pager: str, following: str | None) -> None:
    feed = leads(f"<html><body><ul>{ROWS}</ul>{pager}</body></html>", "https://www.minority.example/x/list.html")
    assert further(feed) == ([f"https://www.minority.example/x/{following}"] if following else [])


def test_the_last_page_of_a_scripted_pager_leads_no_further() -> None:
    for number, following in ((23, ["https://www.minority.example/seac/xwzx/index_24.shtml"]), (24, [])):
        assert further(leads(PORTAL, f"https://www.minority.example/seac/xwzx/index_{number}.shtml")) == following


def test_rows_that_a_portal_keeps_in_a_script_for_jpage() -> None:
    rows = "".join(
        f'<record><![CDATA[<a href="/art/2023/9/1{n}/art_12_100{n}.html">标题{n}号</a><b>2023-09-1{n}</b>]]></record>'
        for n in range(1, 4)
    )
    store = f"<datastore><nextgroup></nextgroup><recordset>{rows}</recordset></datastore>"
    page = f'<html><title>要闻</title><body><div id="1"><script type="text/xml">{store}</script></div></body></html>'
    feed = leads(page, "https://www.county.example/col/col12/index.html")
    assert urls(feed)[0] == "https://www.county.example/art/2023/9/11/art_12_1001.html"
    assert (titles(feed), len(dates(feed))) == (["标题1号", "标题2号", "标题3号"], 3)
    assert feed.title == "要闻"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"<html><body></body></html>", "empty"),
        (b"<!-- nothing -->", "empty"),
        (b"<html><body><form><input type=text><input type=password></form></body></html>", "login page"),
        (b'<html><body><div id="app"></div><script src="app.js"></script></body></html>', "without JavaScript"),
        (
            b"<html><body>" + b"<p>words and words without any link at all</p>" * 20 + b"</body></html>",
            "no article links",
        ),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"PK\x03\x04 ...", "office file"),
        (b"\x00\x01\x02\x00" * 500, "binary"),
        (b"just words", "plain text"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', 'kind = "feed"'),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', 'kind = "feed"'),
    ],
)
def test_what_leads_nowhere_says_why(body: bytes, word: str) -> None:
    feed = leads(body)
    assert (feed.format, feed.found, feed.digests) == ("", (), ())
    assert word in " ".join(feed.warnings)


N = 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>" + b"<div>" * N,
        b"<a href=/a/1234567.html>" * N,
        b"<body>" + b"<span>2023-09-16</span>" * N + b"<a href=/x/1234567.html>title</a>" * 5_000,
        b"<body>" + b"<div><a href=/x/1234567.html>t</a>" * 250 + b"<b>2023-09-16</b></div>" * 250,
        b"<a href='" + b"x" * 5_000_000 + b"'>t</a>",
        b"<div class='" + b"nav " * 1_000_000 + b"'><a href=/a/1>x</a></div>",
        b"<div class=page>" + b"".join(b"<a href=/p/%d>%d</a>" % (n, n % 9_000) for n in range(N // 10)),
        b"<script>" + b"createPageHTML('" * N + b"</script>",
        b"<html>" + b"<datastore>" * N + b"</datastore>",
        b"<!--" * N,
        b"<?xml" * N,
        b"<br>" * 2_000_000,
        b"<li><a href='http://[::1'>x</a><a href='http://\xed\xa0\x80/'>x</a><a href='//'>x</a><a href='http://a:99999/'>x</a>",
        bytes(range(256)) * 1_000,
    ],
    ids=range(14),
)
def test_hostile_pages_are_read_in_bounded_time(body: bytes) -> None:
    assert leads(body).format in {"", "listing"}


def test_dates_are_aware_utc() -> None:
    entry = articles(leads(PORTAL))[0].entry
    assert entry is not None
    assert entry.published == datetime(2023, 1, 15, 16, tzinfo=UTC)


def test_a_header_that_closes_the_document_is_not_the_end_of_the_list() -> None:
    assert urls(leads(PORTAL.replace('<div class="nav">', '</body></html><div class="nav">'))) == urls(leads(PORTAL))
