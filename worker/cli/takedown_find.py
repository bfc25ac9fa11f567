"""Which articles a takedown by words, source and time means, and the command that means exactly them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

from worker.bootstrap import Services
from worker.catalog.values import meant
from worker.cli.output import Times
from worker.errors import NotFound, Refused
from worker.identity.scripts import fold
from worker.model.overview import ArticleRow
from worker.model.text import ArticleText, TextFilter
from worker.rights.guards import plain

CHUNK = 500
MOST = 50_000  # articles looked through, the newest
UNASKED = 20
"""So many found articles are taken down on a ``--yes``."""


@dataclass(frozen=True, slots=True)
class Sought:
    """``words`` must all stand in title or text; moments are aware UTC, ``until`` exclusive."""

    words: tuple[str, ...]
    source: str | None
    since: datetime | None
    until: datetime

    def command(self, times: Times, *more: str) -> str:
        """What to type for the same articles again, however late."""
        parts = ["newsroad takedown"]
        if self.words:
            parts.append(f"--match {shlex.quote(' '.join(self.words))}")
        if self.source is not None:
            parts.append(f"--source {self.source}")
        if self.since is not None:
            parts.append(f"--since {self.since.astimezone(times.zone).isoformat()}")
        parts.append(f"--until {self.until.astimezone(times.zone).isoformat()}")
        return " ".join((*parts, *more))


@dataclass(frozen=True, slots=True)
class Matched:
    """The live articles that are meant, newest first, with their ids by row. Not ``complete``: older ones were not
    looked at."""

    rows: tuple[ArticleRow, ...]
    ids: tuple[int, ...]
    complete: bool = True


def sought(
    services: Services, times: Times, match: str | None, source: str | None, since: str | None, until: str | None
) -> Sought:
    """What the options mean. Raises Refused for too little, NotFound for a source that never was in the catalogue."""
    words = tuple((match or "").split())
    if not words and source is None:
        raise Refused("name the articles, or what they have in common: --match WORDS, --source KEY; --since WHEN")
    loaded = services.catalogue.loaded()
    known = loaded.ids.sources if loaded is not None else {}
    if source is not None and source not in known:
        raise NotFound(f"no source is called {source} ({meant(source, known)}see: newsroad source list)")
    end = times.since(until) if until is not None else times.now
    return Sought(words, source, times.since(since) if since is not None else None, end)


def find(services: Services, wanted: Sought) -> Matched:
    """The live articles that ``wanted`` means, as their titles and texts are now."""
    folded = [fold(word) for word in wanted.words]
    found: list[ArticleText] = []
    looked_at, below = 0, None
    while looked_at < MOST:
        texts = services.people.texts(TextFilter(wanted.since, wanted.until, wanted.source), CHUNK, below=below)
        found += [text for text in texts if _says(text, folded)]
        looked_at += len(texts)
        if len(texts) < CHUNK:
            return Matched(tuple(text.row for text in found), tuple(text.id for text in found))
        below = texts[-1].id
    return Matched(tuple(text.row for text in found), tuple(text.id for text in found), complete=False)


def _says(text: ArticleText, words: list[str]) -> bool:
    if not words:
        return True
    document = text.current.document
    lines = (text.row.title, plain(document.summary or ""), plain(document.content or ""))
    whole = fold("\n".join(lines))
    return all(word in whole for word in words)
