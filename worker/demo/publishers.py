"""The three sample publishers: an RSS 2.0, an Atom and a JSON Feed, each a real site on a port of its own.

岭南民族事务委员会 (RSS, Chinese) writes two texts of its own, reprints one of 珠湾日报 with ``<source>``, and carries
one of an agency we have no agreement with. Harbour Courier (Atom) writes in English. 珠湾日报 (JSON Feed) writes the
text that the first one reprints.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from worker.demo import stories
from worker.demo.site import Document, Site
from worker.demo.stories import Text

COMMITTEE_DOMAIN, HARBOUR_DOMAIN, ZHUWAN_DOMAIN = "lnmw.example", "harbour-courier.example", "zhuwan-daily.example"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text as one publisher carries it. ``of`` is the (name, address) it credits when it is not its own."""

    text: Text
    link: str
    published: datetime
    updated: datetime
    of: tuple[str, str] | None = None


class SamplePublisher(ABC):
    """One publisher's feed on its own site. ``now`` (aware UTC) is when the demonstration began."""

    path = "/feed"
    content_type = "application/xml"
    domain = ""
    carries = False  # whether its grant covers what it carries of others

    def __init__(self, site: Site, pieces: Sequence[Piece], now: datetime) -> None:
        self.site = site
        self.pieces = list(pieces)
        self.publish(now)

    @property
    def label(self) -> str:
        """What the demonstration calls it."""
        return self.domain

    @property
    def feed(self) -> str:
        return self.site.url(self.path)

    def publish(self, now: datetime) -> None:
        """Put the feed up as it now is."""
        self.site.put(self.path, Document(self.render(now).encode(), self.content_type, modified=now))

    def add(self, text: Text, now: datetime) -> None:
        """A new text at the head of the feed."""
        link = f"https://www.{self.domain}/{text.slug}"
        self.pieces.insert(0, Piece(text, link, now, now))
        self.publish(now)

    def revise(self, text: Text, now: datetime) -> None:
        """The text with the same slug, as it reads from now on."""
        self.pieces = [
            replace(piece, text=text, updated=now) if piece.text.slug == text.slug else piece for piece in self.pieces
        ]
        self.publish(now)

    @abstractmethod
    def render(self, now: datetime) -> str:
        """The whole document, as of ``now``."""


def own(text: Text, domain: str, now: datetime) -> Piece:
    published = (now - timedelta(hours=text.hours)).replace(microsecond=0)
    return Piece(text, f"https://www.{domain}/{text.slug}", published, published)


class Committee(SamplePublisher):
    """岭南民族事务委员会, RSS 2.0 with full texts in ``content:encoded``."""

    path, content_type, domain = "/rss.xml", "application/rss+xml; charset=utf-8", COMMITTEE_DOMAIN

    def __init__(self, site: Site, now: datetime) -> None:
        reprint = replace(
            own(stories.EMBROIDERY, self.domain, now), of=("珠湾日报", f"https://www.{ZHUWAN_DOMAIN}/feed.json")
        )
        agency = replace(
            own(stories.AGENCY, self.domain, now), of=("南岭通讯社", "https://www.nanling-news.example/rss")
        )
        pieces = [own(stories.BROCADE, self.domain, now), agency, reprint, own(stories.RADIO, self.domain, now)]
        super().__init__(site, pieces, now)

    def render(self, now: datetime) -> str:
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
            f"<title>岭南民族事务委员会·要闻</title><link>https://www.{self.domain}/</link>"
            "<description>岭南民族事务委员会发布的消息</description><language>zh-cn</language>"
            "<copyright>© 岭南民族事务委员会</copyright>"
            f'<atom:link rel="self" type="application/rss+xml" href={quoteattr(self.feed)}/>'
            f"<lastBuildDate>{format_datetime(now, usegmt=True)}</lastBuildDate>"
            f"{''.join(map(self._item, self.pieces))}</channel></rss>\n"
        )

    @staticmethod
    def _item(piece: Piece) -> str:
        text = piece.text
        author = f"<dc:creator>{escape(text.author)}</dc:creator>" if text.author else ""
        source = f"<source url={quoteattr(piece.of[1])}>{escape(piece.of[0])}</source>" if piece.of else ""
        return (
            f"<item><title>{escape(text.title)}</title><link>{escape(piece.link)}</link>"
            f'<guid isPermaLink="true">{escape(piece.link)}</guid>{author}{source}'
            f"<category>{escape(text.category)}</category>"
            f"<pubDate>{format_datetime(piece.published, usegmt=True)}</pubDate>"
            f"<description>{escape(text.paragraphs[0])}</description>"
            f"<content:encoded><![CDATA[{text.html}]]></content:encoded></item>"
        )


class Harbour(SamplePublisher):
    """Harbour Courier, Atom with ids that are no links (RFC 4151)."""

    path, content_type, domain = "/atom.xml", "application/atom+xml; charset=utf-8", HARBOUR_DOMAIN

    def __init__(self, site: Site, now: datetime) -> None:
        super().__init__(site, [own(one, self.domain, now) for one in (stories.KITCHENS, stories.FERRY)], now)

    def render(self, now: datetime) -> str:
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
            f"<id>tag:{self.domain},2026:feed</id><title>Harbour Courier</title>"
            f'<link rel="alternate" href="https://www.{self.domain}/"/><link rel="self" href={quoteattr(self.feed)}/>'
            f"<rights>© Harbour Courier Ltd</rights><updated>{now.isoformat()}</updated>"
            f"{''.join(map(self._entry, self.pieces))}</feed>\n"
        )

    def _entry(self, piece: Piece) -> str:
        text = piece.text
        return (
            f"<entry><id>tag:{self.domain},2026:{text.slug}</id><title>{escape(text.title)}</title>"
            f'<link rel="alternate" href={quoteattr(piece.link)}/><author><name>{escape(text.author or "")}</name>'
            f"</author><category term={quoteattr(text.category)}/><published>{piece.published.isoformat()}</published>"
            f"<updated>{piece.updated.isoformat()}</updated><summary>{escape(text.paragraphs[0])}</summary>"
            f'<content type="html">{escape(text.html)}</content></entry>'
        )


class Zhuwan(SamplePublisher):
    """珠湾日报, JSON Feed 1.1."""

    path, content_type, domain = "/feed.json", "application/feed+json", ZHUWAN_DOMAIN

    def __init__(self, site: Site, now: datetime) -> None:
        pieces = [own(one, self.domain, now) for one in (stories.EVENING_SCHOOL, stories.EMBROIDERY)]
        super().__init__(site, pieces, now)

    def render(self, now: datetime) -> str:  # noqa: ARG002 (JSON Feed has no date of its own)
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "珠湾日报",
            "home_page_url": f"https://www.{self.domain}/",
            "feed_url": self.feed,
            "language": "zh-CN",
            "items": [
                {
                    "id": piece.link,
                    "url": piece.link,
                    "title": piece.text.title,
                    "authors": [{"name": piece.text.author}],
                    "summary": piece.text.paragraphs[0],
                    "content_html": piece.text.html,
                    "date_published": piece.published.isoformat(),
                    "date_modified": piece.updated.isoformat(),
                    "tags": [piece.text.category],
                }
                for piece in self.pieces
            ],
        }
        return json.dumps(feed, ensure_ascii=False)
