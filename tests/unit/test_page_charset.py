"""Pages in the encodings of Chinese sites, labelled rightly, wrongly or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.model.feed import Document
from worker.parsers.charset import decode
from worker.parsers.page import read_page

SIMPLIFIED = "今天的会议在市图书馆举行，大家就如何办好读书会交换了意见，最后决定每个月的第一个星期六都来。"
TRADITIONAL = "今天的會議在市圖書館舉行，大家就如何辦好讀書會交換了意見，最後決定每個月的第一個星期六都來。"
TEXTS = {"gbk": SIMPLIFIED, "gb18030": SIMPLIFIED + "𠮷", "big5": TRADITIONAL, "utf-8": SIMPLIFIED}


def page(text: str, meta: str) -> str:
    return f"<html><head>{meta}<title>读书会</title></head><body><h1>会</h1><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    "content_type", [None, *(f"text/html; charset={name}" for name in ("utf-8", "gb2312", "ISO-8859-1"))]
)
@pytest.mark.parametrize(
    "meta",
    [
        "",
        '<meta charset="gb2312">',
        '<meta charset="utf-8">',
        '<meta charset="big5">',
        '<meta charset="iso-8859-1">',
        '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=GBK">',
    ],
)
@pytest.mark.parametrize("encoding", TEXTS)
def test_the_text_survives_whatever_labels_say(encoding: str, meta: str, content_type: str | None) -> None:
    text = TEXTS[encoding]
    html = page(text, meta) if encoding != "big5" else page(text, meta).replace("读书会", "讀書會").replace("会", "會")
    parsed = read_page(Document(html.encode(encoding), None, content_type), now=datetime(2026, 11, 25, tzinfo=UTC))
    assert parsed.body_text == text


def test_a_meta_names_what_nothing_else_does() -> None:
    body = '<html><head><meta charset="windows-1251"></head><body><p>Сегодня в городе открылась библиотека.</p>'
    charset, text = decode(body.encode("cp1251"), "text/html")
    assert charset == "windows-1251"
    assert "библиотека" in text.decode()


def test_a_western_page_is_not_taken_for_chinese() -> None:
    body = "<html><body><p>Là-bas, l’été dernier, l’élève a été très étonné par le café crème.</p>"
    charset, text = decode(body.encode("cp1252"), "text/html; charset=iso-8859-1")
    assert charset == "windows-1252"
    assert "très étonné" in text.decode()


def test_a_feed_that_quotes_a_meta_is_read_as_before() -> None:
    body = "<rss><channel><title><![CDATA[<meta charset=big5>]]></title></channel></rss>" + SIMPLIFIED * 3
    charset, _ = decode(body.encode("gbk"), "text/xml; charset=gbk")
    assert charset == "gb18030"


def test_bytes_that_fit_no_encoding_are_told() -> None:
    parsed = read_page(
        Document(page(SIMPLIFIED * 4, '<meta charset="gb2312">').encode("gbk") + b"\xff<p>x"),
        now=datetime(2026, 11, 25, tzinfo=UTC),
    )
    assert any("gb18030" in warning for warning in parsed.warnings)
