"""Texts of articles, as people look through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from worker.model.ingest import Current
from worker.model.overview import ArticleRow


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Which live articles to look through: that came ``since`` (inclusive) and ``until`` (exclusive), both aware UTC,
    and whose text is ``source``'s (a key). None: any."""

    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article with what destinations see of it now. ``id`` is the row's."""

    id: int
    row: ArticleRow
    current: Current
