"""A sample partner without a feed: 山川民族网, a Chinese portal in GB18030 that reprints. Its page is the usual one:
breadcrumb, title, time, source, author, text, original link, disclaimer, related news."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from worker.demo import stories
from worker.demo.publishers import Piece, SamplePublisher, own
from worker.demo.site import Document, Site
from worker.demo.stories import Text

NAME = "山川民族网"
DOMAIN = "127.0.0.1"  # its pages are really there
ORIGIN = "国家民族事务委员会"
ORIGIN_DOMAIN = "neac.gov.cn"
ORIGINAL = "https://www.neac.gov.cn/seac/xwzx/202309/1167829.shtml"
PLACEHOLDER = "佚名"
DISCLAIMER = (
    f"免责声明：凡本网注明“来源：XXX（非{NAME}）”的作品，均转载自其它媒体，目的在于传递更多信息，并不代表本网赞同其观点和对其"
    "真实性负责。如涉及作品内容、版权和其它问题，请在30日内与本网联系。"
)
_ZONE = ZoneInfo("Asia/Shanghai")

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>{title}_{name}</title></head><body>
<div class="top"><a href="/">首页</a> | <a href="/news/">新闻中心</a> | <a href="/about.html">关于我们</a></div>
<div class="position">您的位置：<a href="/">首页</a> &gt; <a href="/news/">新闻中心</a> &gt;
<a href="/news/">{category}</a></div>
<div class="article"><h1>{title}</h1>
<div class="info">发布时间：{time}　文章来源：{origin}　作者：{author}　点击数：<span id="hits">326</span></div>
<div class="content">{text}<p>原文链接：<a href="{original}">{original}</a></p></div>
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a></div>
<div class="statement">{disclaimer}</div>
<div class="related"><h3>相关新闻</h3><ul>{related}</ul></div></div>
<div class="footer">版权所有：{name}　网站标识码示例</div></body></html>"""

_LISTING = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>新闻中心_{name}</title></head><body>
<div class="top"><a href="/">首页</a> | <a href="/news/">新闻中心</a> | <a href="/about.html">关于我们</a></div>
<div class="list"><ul>{items}</ul></div><div class="footer">版权所有：{name}</div></body></html>"""


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(_ZONE):%Y-%m-%d}"


class Portal(SamplePublisher):
    """山川民族网: a listing page and one page an article. What it carries of others it may pass on."""

    path, content_type, domain, carries = "/news/", "text/html", DOMAIN, True

    def __init__(self, site: Site, now: datetime) -> None:
        super().__init__(site, [self._piece(site, stories.SONGBOOK, (ORIGIN, ORIGINAL), now)], now)

    @staticmethod
    def _piece(site: Site, text: Text, of: tuple[str, str], now: datetime) -> Piece:
        mine = own(text, DOMAIN, now)
        link = site.url(f"/news/{mine.published:%Y%m}/{text.slug}.html")
        return Piece(text, link, mine.published, mine.updated, of)

    def reprint(self, text: Text, of: tuple[str, str], now: datetime) -> None:
        """A page with a text of somebody else's, named with its address, at the head of the listing."""
        self.pieces.insert(0, self._piece(self.site, text, of, now))
        self.publish(now)

    def publish(self, now: datetime) -> None:
        """Put up the listing and every article's page, in the portal's own encoding."""
        for piece in self.pieces:
            self._put(urlsplit(piece.link).path, self._article(piece), now)
        self._put(self.path, self.render(now), now)

    def _put(self, path: str, page: str, now: datetime) -> None:
        self.site.put(path, Document(page.encode("gb18030"), self.content_type, modified=now))

    def render(self, now: datetime) -> str:  # noqa: ARG002 (a listing has no date of its own)
        items = "".join(
            f'<li><a href="{piece.link}">{piece.text.title}</a> <span>{_day(piece.published)}</span></li>'
            for piece in self.pieces
        )
        return _LISTING.format(name=NAME, items=items)

    @property
    def label(self) -> str:
        return "shanchuan"

    def _article(self, piece: Piece) -> str:
        text = piece.text
        origin, original = piece.of or (NAME, piece.link)
        return _PAGE.format(
            name=NAME,
            title=text.title,
            category=text.category,
            time=f"{piece.published.astimezone(_ZONE):%Y年%m月%d日 %H:%M}",
            origin=origin,
            author=PLACEHOLDER,
            text="".join(f"<p>　　{paragraph}</p>" for paragraph in text.paragraphs),
            original=original,
            disclaimer=DISCLAIMER,
            related='<li><a href="/news/202601/3.html">村小的操场上来了一辆书车</a></li>',
        )
