"""Article pages of our own writing, shaped like those of portals, dailies and bureaus."""

from __future__ import annotations

from datetime import UTC, datetime

from worker.model.feed import Document
from worker.model.page import PageRules
from worker.parsers.page.masthead import Masthead, read_masthead
from worker.parsers.page.tree import Page, open_page

NOW = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai
TITLE = "山城小学把民歌课搬进了茶园"
TEXT = (
    "九月的茶园里，三年级的孩子们跟着老乡学唱采茶歌，歌声顺着山坡一直传到河边的小路上，惹得路过的村民也停下脚步跟着哼唱起来。",
    "校长说，这门课没有课本，学期末的考试就是给自家的爷爷奶奶唱上一段，由他们来打分，唱得好的还能得到一小包新茶作奖励。",
    "据介绍，这样的课已经开了四年，附近七个村子的小学都派老师来听过课，明年还打算把它搬到更远的几所学校里去试一试。",
)


def page_of(html: str, *, url: str | None = "https://news.example.cn/a/1.html", zone: str = "Asia/Shanghai") -> Page:
    page = open_page(Document(html.encode(), url, "text/html; charset=utf-8", zone))
    assert page is not None
    return page


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def article(
    *,
    stamp: str = "",
    head: str = "",
    before: str = "",
    opening: str = "",
    closing: str = "",
    after: str = "",
    title: str = TITLE,
    heading: str | None = None,
) -> str:
    """A whole page: ``stamp`` between title and text, ``opening`` and ``closing`` around the paragraphs."""
    paragraphs = "".join(f"<p>{text}</p>" for text in TEXT)
    shown = f"<h1>{title}</h1>" if heading is None else heading
    return (
        f"<html><head><title>{title}_山城新闻网</title>{head}</head><body><div class='nav'><a href='/'>首页</a> "
        f"<a href='/news/'>新闻</a></div>{before}<div class='main'>{shown}{stamp}"
        f"<div class='text'>{opening}{paragraphs}{closing}</div>{after}</div>"
        "<div class='footer'>主办单位：山城新闻网 版权所有 备案号 00000001</div></body></html>"
    )


def read(
    html: str, *, url: str | None = "https://news.example.cn/a/1.html", rules: PageRules | None = None
) -> Masthead:
    page = page_of(html, url=url)
    return read_masthead(page, now=NOW) if rules is None else read_masthead(page, now=NOW, rules=rules)


def local(moment: datetime | None) -> str:
    """A moment on the clock of the pages."""
    from zoneinfo import ZoneInfo

    return "" if moment is None else moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
