"""What is kept of texts that were not recognised when they came, so that later ones are recognised by them. Pure.

Filing decides nothing: no entry joins an article or leaves one by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from worker.identity.near.engine import Recogniser
from worker.identity.near.furniture import WINDOW
from worker.identity.near.index import MemoryIndex
from worker.identity.near.keys import exact_key
from worker.identity.recognise import reading_of, ready_of, site_of, text_of
from worker.model.feed import ParsedEntry
from worker.model.filing import Refiled, Unfiled
from worker.ports import Learnt


def sites_of(unfiled: Sequence[Unfiled]) -> set[str]:
    """The hosts these entries stand on."""
    return {site_of(each.document, each.url) for each in unfiled if each.document is not None}


def refiled(unfiled: Sequence[Unfiled], furniture: Learnt, now: datetime, window: timedelta) -> list[Refiled]:
    """What becomes of each. Those that came more than ``window`` ago get no more than the key of their text."""
    recogniser = Recogniser(MemoryIndex(), furniture)
    return [_refiled(each, each.document, recogniser, now, window) for each in unfiled]


def _refiled(
    unfiled: Unfiled, document: ParsedEntry | None, recogniser: Recogniser, now: datetime, window: timedelta
) -> Refiled:
    if document is None or not unfiled.counts or not text_of(document):
        return Refiled(unfiled)
    age = now - unfiled.first_seen
    if age > window:
        return Refiled(unfiled, exact_key(reading_of(document)) or None)
    filed = ready_of(recogniser, str(unfiled.entry), document, site_of(document, unfiled.url), own=unfiled.own).filed
    return Refiled(unfiled, filed.keys.exact or None, filed, learnt=age <= WINDOW and not unfiled.is_copy)
