"""What all parts of the web face ask of the shelf: where we are, which channels a portal shows, which feeds exist."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from uuid import UUID

from worker.destinations import FeedOptions, PortalOptions
from worker.model.catalog import Channel, Destination, Operator
from worker.ports import Clock, Shelf
from worker.renderers import words
from worker.renderers.page import Frame, Link
from worker.rights.credit import imprint_of

TITLES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@dataclass(frozen=True, slots=True)
class Site:
    """``resolve`` gives the value behind ``env:NAME`` or ``file:PATH`` and raises SecretError."""

    shelf: Shelf
    clock: Clock
    resolve: Callable[[str], str]

    def find(self, key: str, kind: str) -> Destination | None:
        return next((one for one in self.shelf.destinations() if one.key == key and one.kind == kind), None)

    def all(self, kind: str) -> tuple[Destination, ...]:
        return tuple(one for one in self.shelf.destinations() if one.kind == kind)


def prefix(operator: Operator) -> str:
    """The path our site lives under: "" at the root of its host, ``/news`` for ``https://x.example/news``."""
    return urlsplit(operator.site).path.rstrip("/")


def portal_path(destination: str, channel: str | None = None, older: str | None = None) -> str:
    path = f"/portal/{quote(destination)}/" + (f"{quote(channel)}/" if channel else "")
    return f"{path}?older={quote(older)}" if older else path


def article_path(destination: str, article: UUID) -> str:
    return f"/portal/{quote(destination)}/article/{article}"


def feed_path(destination: str, channel: str, ending: str) -> str:
    return f"/feeds/{quote(destination)}/{quote(channel)}.{ending}"


def portal_options(destination: Destination) -> PortalOptions:
    return PortalOptions.model_validate(dict(destination.options))


def feed_options(destination: Destination) -> FeedOptions:
    return FeedOptions.model_validate(dict(destination.options))


@dataclass(frozen=True, slots=True)
class Columns:
    """The channels a portal shows: those it lists, and all that are nested in them."""

    shown: Mapping[str, Channel]

    def roots(self) -> tuple[Channel, ...]:
        return tuple(one for one in self.shown.values() if one.parent not in self.shown)

    def children(self, key: str) -> tuple[Channel, ...]:
        return tuple(one for one in self.shown.values() if one.parent == key)

    def root_of(self, key: str) -> str:
        seen: set[str] = set()
        while key not in seen and (parent := self.shown[key].parent) in self.shown and parent is not None:
            seen.add(key)
            key = parent
        return key


def columns_of(destination: Destination, channels: tuple[Channel, ...]) -> Columns:
    """Catalogue order. A channel whose parent is shown is shown too, however deep."""
    shown = set(destination.channels)
    while nested := {one.key for one in channels if one.parent in shown} - shown:
        shown |= nested
    return Columns({one.key: one for one in channels if one.key in shown})


def public_feeds(site: Site, channel: str, base: str) -> tuple[Link, ...]:
    """The feeds of a channel that everybody may read."""
    found: list[Link] = []
    for destination in site.all("feed"):
        options = feed_options(destination)
        if channel in destination.channels and not options.needs_token:
            found += [Link(TITLES[one], base + feed_path(destination.key, channel, one)) for one in options.formats]
    return tuple(found)


def plain_frame(operator: Operator) -> Frame:
    """For pages that belong to no portal."""
    base = prefix(operator)
    return Frame(operator.name, imprint_of(operator), operator.language, operator.zone, base, f"{base}/")


def fingerprint(*values: object) -> str:
    """A short digest of frozen values: in an ETag it stands for all that is rendered beside the rows."""
    return hashlib.blake2b(repr(values).encode("utf-8", "replace"), digest_size=8).hexdigest()


def say(operator: Operator) -> Mapping[str, str]:
    return words.words(operator.language)
