"""How each kind of source turns a snapshot into entries. A new kind is one file and one line in ``KINDS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from worker.model.catalog import Source
from worker.model.feed import ParsedFeed
from worker.model.polling import SnapshotClaim
from worker.sources import feed, site

KINDS: Final[Mapping[str, Callable[[SnapshotClaim, Source], ParsedFeed]]] = {
    "feed": feed.read,
    "site": site.read,
}
