"""Answers of data calls, as the scripts of portals get them: JSON, JSONP, XML, HTML inside either."""

from __future__ import annotations

import json

import pytest

from worker.model.catalog import Listing
from worker.model.feed import Document, ParsedFeed, Role
from worker.parsers.leads import read_leads

URL = "https://www.county.example/api/list"


def leads(body: object, listing: Listing | None = None, url: str = URL) -> ParsedFeed:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return read_leads(Document(text.encode(), url, None, "Asia/Shanghai"), listing or Listing())


def rows(feed: ParsedFeed) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            lead.url.removeprefix("https://www.county.example"),
            lead.entry.title if lead.entry else None,
            f"{lead.entry.published:%Y-%m-%d %H:%M}" if lead.entry and lead.entry.published else None,
        )
        for lead in feed.found
        if lead.role is Role.ARTICLE
    ]


def further(feed: ParsedFeed) -> list[str]:
    return [lead.url for lead in feed.found if lead.role is Role.LISTING]


JPAGE = (
    "<?xml version='1.0' encoding='utf-8'?><datastore>"
    '<nextgroup><![CDATA[<a href="/module/jpage/dataproxy.jsp?page=2&columnid=12"></a>]]></nextgroup>'
    "<totalrecord>300</totalrecord><totalpage>20</totalpage><recordset>"
    '<record><![CDATA[<li><a href="/art/2023/9/16/art_12_1001.html" title="县政府召开第一次全体会议" target="_blank">'
    "县政府召开第一次…</a><span>2023-09-16</span></li>]]></record>"
    '<record><![CDATA[<li><a href="http://www.county.example/art/2023/9/15/art_12_1000.html">通知</a><b>2023-09-15</b></li>]]>'
    "</record></recordset></datastore>"
)


def test_a_portals_jpage_answer_needs_no_keys() -> None:
    feed = leads(JPAGE)
    assert rows(feed) == [
        ("/art/2023/9/16/art_12_1001.html", "县政府召开第一次全体会议", "2023-09-15 16:00"),
        ("http://www.county.example/art/2023/9/15/art_12_1000.html", "通知", "2023-09-14 16:00"),
    ]
    assert further(feed) == ["https://www.county.example/module/jpage/dataproxy.jsp?page=2&columnid=12"]
    assert rows(leads(JPAGE, Listing(items="record"))) == rows(feed)


def test_one_html_list_inside_xml() -> None:
    items = "".join(f"<li><a href='/art/2023/9/1{n}/art_12_100{n}.html'>县里的第{n}次会议</a></li>" for n in range(3))
    feed = leads(f"<datastore><recordset><![CDATA[<ul>{items}</ul>]]></recordset></datastore>")
    assert [title for _, title, _ in rows(feed)] == ["县里的第0次会议", "县里的第1次会议", "县里的第2次会议"]


def test_xml_whose_items_have_elements_or_attributes() -> None:
    xml = """<result><count>2</count><item><id>7</id><docTitle>甲</docTitle><docUrl>./a/1.html</docUrl>
    <pubDate>2023-09-16 10:00:00</pubDate></item>
    <item><docTitle>乙</docTitle><docUrl>./a/2.html</docUrl></item></result>"""
    expected = [("/api/a/1.html", "甲", "2023-09-16 02:00"), ("/api/a/2.html", "乙", None)]
    assert rows(leads(xml)) == expected
    assert rows(leads(xml, Listing(items="item", link="docUrl", title="docTitle", date="pubDate"))) == expected
    by_attribute = '<list><n url="/a/1.html" title="甲"/><n url="/a/2.html" title="乙"/></list>'
    assert rows(leads(by_attribute, Listing(items="n", link="@url", title="@title"))) == [
        ("/a/1.html", "甲", None),
        ("/a/2.html", "乙", None),
    ]


ITEMS = [
    {
        "id": 1,
        "docTitle": "<b>甲</b>&amp;乙",
        "docPubUrl": "./202309/t20230916_1.html",
        "docRelTime": "2023-09-16 10:00:00.0",
    },
    {"id": 2, "docTitle": "丙", "docPubUrl": "./202309/t20230917_2.html", "docRelTime": 1694916000000},
    {"id": 3, "docTitle": "丁", "docPubUrl": "", "docRelTime": ""},
]
EXPECTED = [
    ("/api/202309/t20230916_1.html", "甲&乙", "2023-09-16 02:00"),
    ("/api/202309/t20230917_2.html", "丙", "2023-09-17 02:00"),
]


@pytest.mark.parametrize(
    "wrap", ["{}", "callback({});", "jQuery_123.cb( {} )", "/**/cb({})", "var list = {};", "\ufeff{}"]
)
def test_json_jsonp_and_variables(wrap: str) -> None:
    answer = {"code": 200, "channels": [{"name": "要闻"}] * 9, "data": {"total": 2, "list": ITEMS}}
    feed = leads(wrap.replace("{}", json.dumps(answer)))
    assert rows(feed) == EXPECTED
    assert feed.warnings == ("1 of 3 items have no link",)


def test_keys_and_templates_of_the_source() -> None:
    answer = {
        "d": [{"x": 0}, {"rows": [{"k": {"id": "a b/1"}, "n": "甲", "t": "2023年9月16日"}, {"k": {}, "n": "乙"}]}]
    }
    listing = Listing(items="d.1.rows", link="/article/{k.id}.html?c=3", title="n", date="t")
    assert rows(leads(answer, listing)) == [("/article/a%20b/1.html?c=3", "甲", "2023-09-15 16:00")]
    assert rows(leads(answer, Listing(items="d[1].rows", link="/article/{k.id}.html?c=3")))


@pytest.mark.parametrize("items", ["d.7", "d.x.y", "nothing", "d.0"])
def test_a_path_that_leads_nowhere_says_so(items: str) -> None:
    feed = leads({"d": []}, Listing(items=items))
    assert feed.format == ""
    assert f"listing.items = {items!r} leads to no item" in feed.warnings[0]


def test_html_inside_json() -> None:
    html = '<ul><li><a href="/a/20230916/12345.html">今天的重要会议在县里召开了</a> 2023-09-16</li></ul>'
    expected = [("/a/20230916/12345.html", "今天的重要会议在县里召开了", "2023-09-15 16:00")]
    assert rows(leads({"status": 1, "html": html})) == expected
    assert rows(leads({"status": 1, "html": html}, Listing(items="html"))) == expected
    assert rows(leads({"data": [html]})) == expected
    picked = Listing(items="data", link="a.t", title="em", date="i")
    item = '<a href="/x/1.html">图</a><a class="t" href="/a/2.html"><em>标题</em>副</a><i>2023.09.16</i>'
    assert rows(leads({"data": [item]}, picked)) == [("/a/2.html", "标题", "2023-09-15 16:00")]


def test_a_list_of_links_alone_and_an_object_of_objects() -> None:
    assert rows(
        leads(
            {"a": {"x": {"url": "/a/1.html", "title": "甲"}, "y": {"url": "/a/2.html", "title": "乙"}}},
            Listing(items="a"),
        )
    )
    assert rows(leads([{"link": "https://www.county.example/a/1.html", "title": "甲"}])) == [("/a/1.html", "甲", None)]


def test_match_exclude_and_domain_hold_for_data_too() -> None:
    answer = [
        {"url": f"https://{host}/a/{n}.html", "title": "t"}
        for n, host in enumerate(("www.county.example", "b.example"))
    ]
    assert [lead.url for lead in leads(answer).found] == ["https://www.county.example/a/0.html"]
    assert [lead.url for lead in leads(answer, Listing(match=r"b\.example")).found] == ["https://b.example/a/1.html"]
    assert leads(answer, Listing(exclude="/a/")).found == ()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("{'single': 1}", "is no JSON"),
        ("[1, 2", "is no JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested too deep"),
        ("[" + "1" * 100_000 + "]", "no JSON that can be read"),
        ("[" + "{}," * 2_000_000 + "{}]", "larger than 5 MB"),
        ("[]", "no list whose items have a link"),
        ('{"error": "please log in"}', "no list whose items have a link"),
        ("<r><a/></r>", "no list whose items have a link"),
    ],
)
def test_what_leads_nowhere_says_why(body: str, word: str) -> None:
    feed = leads(body)
    assert (feed.format, feed.found) == ("", ())
    assert word in " ".join(feed.warnings)


def test_what_is_no_text_is_neither_an_address_nor_a_title() -> None:
    feed = leads(
        '[{"url":"/a/1\\ud800.html","title":"x"},{"url":"/a/2.html","title":"\\udc00甲"},{"url":"http://[::1","title":"x"}]'
    )
    assert rows(feed) == [("/a/2.html", "\ufffd甲", None)]


@pytest.mark.parametrize(
    "body",
    [
        "[" + ",".join(f'{{"url":"/a/{n}.html","title":"t"}}' for n in range(100_000)) + "]",
        "[" + ",".join(f'[{{"url":"/a/{n}.html","title":"t"}}]' for n in range(100_000)) + "]",
        '{"h":"' + "<a href=x>" * 400_000 + '"}',
        "<r>" + "<record><![CDATA[<a href=/a/1.html>t</a>]]></record>" * 100_000 + "</r>",
        "<r>" + "<b>" * 100_000,
        "<r>" + "<a/>" * 1_000_000 + "</r>",
        "a" * 5_000_000 + "({})",
        '[{"url":"' + "/a" * 1_000_000 + '","title":"' + "t" * 1_000_000 + '"}]',
    ],
    ids=range(8),
)
def test_hostile_answers_are_read_in_bounded_time(body: str) -> None:
    feed = leads(body)
    assert len(feed.found) <= 2_000
