"""Where a page or an entry says it stands in other languages: ``rel="alternate"`` with ``hreflang``."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from worker.identity.urls import link_key

MOST = 20


def translations(given: Iterable[tuple[str | None, str | None]], own: str | None) -> tuple[tuple[str, str], ...]:
    """Pairs of language tag and absolute address, out of those that a document declares, in its order; neither the
    text's ``own`` address nor front pages, which many templates name on every page."""
    mine = link_key(own) if own else None
    found: dict[str, tuple[str, str]] = {}
    for tag, url in given:
        language = (tag or "").strip().replace("_", "-")[:35]
        key = link_key(url) if url else None
        if not language or language.lower() == "x-default" or url is None or key is None or key == mine:
            continue
        if urlsplit(key).path != "/" or urlsplit(key).query:
            found.setdefault(key, (language, url))
    return tuple(found.values())[:MOST]
