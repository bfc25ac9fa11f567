"""The stages of the road in one process: real stores, real HTTP over loopback, a clock that tests set. No broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

import sqlalchemy as sa

from worker.bootstrap import Services
from worker.demo.partner import Partner
from worker.demo.site import Document, Site
from worker.model.catalog import (
    Catalogue,
    Channel,
    Destination,
    FirstContact,
    Grant,
    Operator,
    Publisher,
    Source,
    SourceKind,
    Subscriber,
)
from worker.pipeline.recheck import recheck
from worker.pipeline.withdraw import take_down
from worker.settings import Settings
from worker.store.declared import destination, source
from worker.store.engine import Database
from worker.store.schema import article, delivery, entry, resource, snapshot

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STORY = "市里的代表团到对口支援的县里走访学校和医院，同当地干部群众商量来年的帮扶项目，看望了在那里工作的教师。" * 3
OTHER = "昨夜一场大雪覆盖了北方草原，牧民们连夜把羊群赶进暖棚，气象部门提醒未来三天气温还将下降，请注意防寒保暖。" * 3


def telling(number: int) -> str:
    """A text of its own for every number: no two have a line in common."""
    chance = Random(number)
    signs = [chr(0x4E00 + chance.randrange(20_000)) for _ in range(150)]
    return "".join(f"{''.join(signs[at : at + 25])}。" for at in range(0, 150, 25))


def item(
    guid: str | None,
    title: str,
    text: str = STORY,
    *,
    link: str | None = None,
    published: datetime | None = NOON - timedelta(hours=1),
    extra: str = "",
) -> str:
    """One RSS item; ``extra`` is markup to put in as it stands."""
    parts = [f"<title>{escape(title)}</title>"]
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(guid)}</guid>')
    if link is not None:
        parts.append(f"<link>{escape(link)}</link>")
    if published is not None:
        parts.append(f"<pubDate>{published.strftime('%a, %d %b %Y %H:%M:%S +0000')}</pubDate>")
    parts.append(f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded>{extra}")
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "新闻", head: str = "") -> Document:
    """An RSS 2.0 document of these items, newest first."""
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    )
    body = f'<rss version="2.0" {spaces}><channel><title>{title}</title>{head}{"".join(items)}</channel></rss>'
    return Document(body.encode(), "application/rss+xml")


class Stages:
    """One newsroom. Publishers ``alpha`` (甲报) and ``beta`` (乙网) each have a site, a domain and a source of the
    same name; ``alpha`` has granted everything. Destinations: webhook ``hook`` and feed ``feeds``."""

    def __init__(self, database: Database, home: Path, alpha: Site, beta: Site, partner: Partner) -> None:
        self.now = NOON
        self.home = home
        self.sites = {"alpha": alpha, "beta": beta}
        self.partner = partner
        self.services = self.make_services(database)
        self.catalogue = self._catalogue()

    def make_services(self, database: Database) -> Services:
        """Another process's view of the same newsroom."""
        settings = Settings(home=self.home, database_url=database.url, allow_networks=("127.0.0.0/8",))
        return Services(settings, Database(database.url), clock=lambda: self.now, rng=Random(7))

    def _catalogue(self) -> Catalogue:
        sources = tuple(
            Source(
                key=key,
                publisher=key,
                kind=SourceKind.FEED,
                url=site.url("/feed.xml"),
                every=600,
                pace=0.0,
                language="zh",
                first_contact=FirstContact(entries=20, max_age=24 * 3600),
            )
            for key, site in self.sites.items()
        )
        hook = {"url": self.partner.url("/hook"), "secret": "env:SECRET"}
        return Catalogue(
            operator=Operator(name="示例门户", contact="editor@portal.example", site="https://portal.example"),
            publishers=(
                Publisher("alpha", "甲报", domains=("alpha.example",)),
                Publisher("beta", "乙网", domains=("beta.example",)),
            ),
            sources=sources,
            grants=(Grant("contract", "alpha"),),
            channels=(Channel("news", "要闻"),),
            subscribers=(Subscriber("partner", "伙伴报社"),),
            destinations=(
                Destination("hook", "partner", "webhook", ("news",), hook),
                Destination("feeds", "partner", "feed", ("news",), {}),
            ),
        )

    def declare(self, **changes: Any) -> None:
        """Put the catalogue in force, with these parts of it replaced."""
        self.catalogue = replace(self.catalogue, **changes)
        self.services.catalogue.apply(self.catalogue, self.now)

    def publish(self, key: str, document: Document) -> None:
        """Let ``key``'s site answer its feed with ``document`` from now on, and be asked in the next run."""
        self.sites[key].put("/feed.xml", document)
        self.services.polling.poll_now(key, self.now)

    def poll(self) -> str:
        return str(self.services.poller().run())

    def ingest(self) -> None:
        while self.services.ingester().drain():
            pass

    def deliver(self) -> None:
        self.services.deliverer().run()

    def run(self, *, minutes: float = 11) -> None:
        """Let ``minutes`` pass and everything due be polled, ingested and delivered."""
        self.now += timedelta(minutes=minutes)
        self.poll()
        self.ingest()
        self.deliver()

    def recheck(self) -> None:
        recheck(self.services.works, self.services.view, self.services.hints, self.services.clock)
        self.deliver()

    def take_down(self) -> None:
        """Take the first article down."""
        services, uuid = self.services, UUID(self.articles()[0].uuid)
        take_down(services.desk(), [uuid], reason="NOTICE", by="编辑")

    @property
    def sent(self) -> list[tuple[str, str]]:
        """(type without its prefix, title) of what the partner took, in order."""
        return [
            (one.payload["type"].removeprefix("article."), one.payload["data"].get("title", ""))
            for one in self.partner.accepted()
        ]

    def titles(self) -> list[str]:
        """What the channel feed shows, newest first."""
        rows = self.services.shelf.page("feeds", "news", limit=50).rows
        return [row.release.title for row in rows if row.release is not None]

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
        with self.services.database.read() as connection:
            return connection.execute(sa.select(table).where(*where).order_by(*table.primary_key.columns)).all()

    def articles(self) -> Sequence[sa.Row[Any]]:
        return self.rows(article)

    def entries(self) -> Sequence[sa.Row[Any]]:
        return self.rows(entry)

    def deliveries(self, key: str = "hook") -> Sequence[sa.Row[Any]]:
        return self.rows(delivery, delivery.c.destination_id == self.destination(key).id)

    def destination(self, key: str = "hook") -> sa.Row[Any]:
        return self.rows(destination, destination.c.key == key)[0]

    def resource(self, key: str = "alpha") -> sa.Row[Any]:
        return self.rows(resource, resource.c.source_id == self.rows(source, source.c.key == key)[0].id)[0]

    def snapshots(self) -> Sequence[sa.Row[Any]]:
        return self.rows(snapshot)
