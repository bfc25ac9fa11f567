"""Preview: what a channel's selection would catch of articles that are there, and what it just misses. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from worker.model.article import Version
from worker.model.overview import ArticleRow
from worker.model.text import ArticleText
from worker.pipeline.versions import version_of
from worker.pipeline.view import View


@dataclass(frozen=True, slots=True)
class Missed:
    """An article that only ``part`` of the selection kept out."""

    row: ArticleRow
    version: Version
    part: str


@dataclass(slots=True)
class Preview:
    """``looked_at`` articles, of which the selection takes ``caught``; ``refused`` counts the others by every part that
    kept them out. Newest first."""

    key: str
    looked_at: int = 0
    caught: list[ArticleRow] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, texts: Iterable[ArticleText], view: View) -> None:
        """Try ``texts`` on the selection in ``view``, each as of the moment when it came."""
        for text in texts:
            version = version_of(text.row.uuid, text.current, view)
            parts = view.router.refusals(version, text.row.created_at)[self.key]
            self.looked_at += 1
            self.refused.update(parts)
            if not parts:
                self.caught.append(text.row)
            elif len(parts) == 1 and parts != ("children",):
                self.missed.append(Missed(text.row, version, parts[0]))
