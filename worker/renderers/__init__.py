"""What a channel looks like as a feed: one file a format, one line here. ``page`` is loaded by the web face only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from worker.model.delivery import FeedHead, Rendition
from worker.ports import ShelfRow
from worker.renderers import atom, jsonfeed, rss

VERSION = 2
"""Part of every ETag. Raise it with any change of the bytes: a test compares it with the golden files."""


class Render(Protocol):
    """A pure function: rows in shelf order in, the same bytes for the same input out."""

    def __call__(self, head: FeedHead, rows: Sequence[ShelfRow]) -> Rendition: ...


RENDERERS: Mapping[str, Render] = {
    "rss": rss.render,
    "atom": atom.render,
    "json": jsonfeed.render,
}
"""Keyed by the ending of the feed's address."""
