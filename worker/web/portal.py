"""Portal pages: all channels, one channel, one article; 410 where an article was withdrawn, 301 where it was merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from worker.destinations import PortalOptions
from worker.model.catalog import Channel, Destination, Operator
from worker.model.delivery import ChannelPath, Release, Rendition
from worker.ports import ShelfPage, ShelfRow
from worker.renderers import page
from worker.renderers.page import Card, Column, Frame, Link, Lists
from worker.rights.credit import imprint_of
from worker.web.answer import answer, matches, not_modified
from worker.web.site import (
    Columns,
    Site,
    article_path,
    columns_of,
    fingerprint,
    plain_frame,
    portal_options,
    portal_path,
    prefix,
    public_feeds,
)

_ON_FRONT = 6
_OTHERS = 5
_RELATED = 5
_CACHING = "public, no-cache"  # kept, but asked for again each time: a takedown shows at once


@dataclass(frozen=True, slots=True)
class _Portal:
    """One portal as the shelf and the catalogue have it now."""

    site: Site
    destination: Destination
    options: PortalOptions
    operator: Operator
    columns: Columns

    @property
    def base(self) -> str:
        return prefix(self.operator)

    @property
    def key(self) -> str:
        return self.destination.key

    def channel(self, key: str) -> Link:
        return Link(self.columns.shown[key].title, self.base + portal_path(self.key, key))

    def frame(self, channel: str | None = None) -> Frame:
        """``channel`` is the one the page belongs to: marked in the menu, its feeds named."""
        root = self.columns.root_of(channel) if channel else None
        menu = tuple(replace(self.channel(one.key), current=one.key == root) for one in self.columns.roots())
        return Frame(
            title=self.options.title or self.operator.name,
            imprint=imprint_of(self.operator),
            language=self.operator.language,
            zone=self.operator.zone,
            prefix=self.base,
            home=self.base + portal_path(self.key),
            indexing=self.options.indexing,
            menu=menu,
            feeds=public_feeds(self.site, channel, self.base) if channel else (),
        )

    def crumbs(self, path: ChannelPath | None) -> tuple[Link, ...]:
        """Home, then each step; those that this portal does not show are words without a link."""
        steps = path.steps if path else ()
        shown = self.columns.shown
        links = (self.channel(key) if key in shown else Link(title, None) for key, title in steps)
        return (Link(page.home_word(self.operator.language), self.base + portal_path(self.key)), *links)

    def page(self, channel: str, limit: int, cursor: str | None = None) -> ShelfPage:
        return self.site.shelf.page(self.key, channel, limit=limit, cursor=cursor)

    def cards(self, rows: Sequence[ShelfRow]) -> tuple[Card, ...]:
        return tuple(
            page.card(row.release, self.base + article_path(self.key, row.article))
            for row in rows
            if row.release is not None
        )


def router(site: Site) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/", methods=["GET", "HEAD"])
    def first_page(request: Request) -> Response:
        portals = site.all("portal")
        if portals:
            return RedirectResponse(prefix(site.shelf.operator()) + portal_path(portals[0].key), 302)
        return _index(site, request)

    @routes.api_route("/portal/{destination}", methods=["GET", "HEAD"])
    @routes.api_route("/portal/{destination}/{channel}", methods=["GET", "HEAD"])
    def with_slash(destination: str, channel: str | None = None) -> Response:
        found = _open(site, destination)
        return RedirectResponse(found.base + portal_path(found.key, _known(found, channel)), 308)

    @routes.api_route("/portal/{destination}/", methods=["GET", "HEAD"])
    def portal(request: Request, destination: str) -> Response:
        return _portal(request, _open(site, destination))

    @routes.api_route("/portal/{destination}/{channel}/", methods=["GET", "HEAD"])
    def channel(request: Request, destination: str, channel: str, older: str | None = None) -> Response:
        return _channel(request, _open(site, destination), channel, older)

    @routes.api_route("/portal/{destination}/article/{article}", methods=["GET", "HEAD"])
    def article(request: Request, destination: str, article: str) -> Response:
        return _article(request, _open(site, destination), article)

    return routes


def _open(site: Site, key: str) -> _Portal:
    found = site.find(key, "portal")
    if found is None:
        raise HTTPException(404)
    columns = columns_of(found, site.shelf.channels())
    return _Portal(site, found, portal_options(found), site.shelf.operator(), columns)


def _known(found: _Portal, channel: str | None) -> str | None:
    if channel is not None and channel not in found.columns.shown:
        raise HTTPException(404)
    return channel


def _etag(found: _Portal, *facts: object) -> str:
    around = fingerprint(found.operator, found.destination, tuple(found.columns.shown.values()), *facts)
    return f"{found.site.shelf.generation(found.key)}-{page.VERSION}-{around}"


def _send(request: Request, rendition: Rendition, etag: str) -> Response:
    return answer(request, rendition, etag=etag, weak=True, caching=_CACHING)


def _portal(request: Request, found: _Portal) -> Response:
    if matches(request, etag := _etag(found)):
        return not_modified(etag, _CACHING, weak=True)
    columns = tuple(
        Column(
            channel=found.channel(one.key),
            cards=found.cards(found.page(one.key, _ON_FRONT).rows),
            children=tuple(found.channel(child.key) for child in found.columns.children(one.key)),
        )
        for one in found.columns.roots()
    )
    return _send(request, page.portal(found.frame(), columns), etag)


def _channel(request: Request, found: _Portal, key: str, older: str | None) -> Response:
    column = found.columns.shown.get(key)
    if column is None:
        raise HTTPException(404)
    feeds = public_feeds(found.site, key, found.base)
    if matches(request, etag := _etag(found, key, older, feeds)):
        return not_modified(etag, _CACHING, weak=True)
    shelf_page = found.page(key, found.options.per_page, older)
    here = found.base + portal_path(found.key, key)
    rendition = page.channel(
        found.frame(key),
        column.title,
        path=found.crumbs(_path(found.columns, column))[:-1],
        children=tuple(found.channel(child.key) for child in found.columns.children(key)),
        cards=found.cards(shelf_page.rows),
        older=found.base + portal_path(found.key, key, shelf_page.older) if shelf_page.older else None,
        newest=here if older else None,
    )
    return _send(request, rendition, etag)


def _path(columns: Columns, column: Channel) -> ChannelPath:
    steps: list[tuple[str, str]] = []
    step: Channel | None = column
    while step is not None and (step.key, step.title) not in steps:
        steps.append((step.key, step.title))
        step = columns.shown.get(step.parent or "")
    return ChannelPath(tuple(reversed(steps)))


def _article(request: Request, found: _Portal, text: str) -> Response:
    try:
        article = UUID(text)
    except ValueError:
        raise HTTPException(404) from None
    row = found.site.shelf.row(found.key, article)
    if row is not None and row.release is not None:
        return _shown(request, found, row.release)
    other = found.site.shelf.merged_into(article)
    if other is not None and found.site.shelf.row(found.key, other) is not None:
        where = found.base + article_path(found.key, other)
        return RedirectResponse(where, 301, {"cache-control": _CACHING})
    if row is None or row.withdrawal is None:
        raise HTTPException(404)
    return answer(request, page.gone(found.frame(), row.withdrawal), status=410, caching=_CACHING)


def _shown(request: Request, found: _Portal, release: Release) -> Response:
    inside = [path for path in release.channels if path.key in found.columns.shown]
    path = max(inside or release.channels, key=lambda one: len(one.steps), default=None)
    column = path.key if path and path.key in found.columns.shown else None
    feeds = public_feeds(found.site, column, found.base) if column else ()
    if matches(request, etag := _etag(found, release.article, feeds)):
        return not_modified(etag, _CACHING, weak=True)
    near = found.site.shelf.related(found.key, release.article, _RELATED)
    others: tuple[ShelfRow, ...] = ()
    if column:
        shown = {release.article, *(row.article for row in near)}
        rows = found.page(column, _OTHERS + len(shown)).rows
        others = tuple(row for row in rows if row.article not in shown)[:_OTHERS]
    more = found.channel(column) if column else None
    lists = Lists(related=found.cards(near), others=found.cards(others), more=more)
    rendition = page.article(found.frame(column), release, path=found.crumbs(path), lists=lists)
    return _send(request, rendition, etag)


def _index(site: Site, request: Request) -> Response:
    operator = site.shelf.operator()
    titles = {one.key: one.title for one in site.shelf.channels()}
    feeds = [
        link
        for destination in site.all("feed")
        for channel in destination.channels
        if channel in titles
        for link in _subscriptions(site, destination, channel, titles[channel], prefix(operator))
    ]
    return answer(request, page.index(plain_frame(operator), (), tuple(feeds)))


def _subscriptions(site: Site, destination: Destination, channel: str, title: str, base: str) -> tuple[Link, ...]:
    start = f"/feeds/{destination.key}/"
    public = [one for one in public_feeds(site, channel, base) if one.href and one.href.startswith(base + start)]
    return tuple(Link(f"{title} · {one.title}", one.href) for one in public) or (Link(title, None),)
