"""Documents of publishers → parsed feeds. A new format is one file and one line in ``PARSERS``."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from typing import Final

from worker.model.feed import Document, ParsedFeed
from worker.parsers import feed, jsonfeed
from worker.parsers.charset import decode

Parser = Callable[[Document, bytes, Container[bytes]], ParsedFeed]

PARSERS: Final[Mapping[str, Parser]] = {
    "xml": feed.parse,
    "json": jsonfeed.parse,
}


def parse(document: Document, seen: Container[bytes] = frozenset()) -> ParsedFeed:
    """What the document holds; its first character decides which parser reads it.

    ``seen`` holds digests (16 bytes) of items read before: they are counted in ``digests`` but not read again.
    Never raises for anything a document contains; what was wrong is in ``warnings``.
    """
    charset, text = decode(document.body, document.content_type)
    kind = "json" if text[:1_000].lstrip()[:1] in {b"{", b"["} else "xml"
    parsed = PARSERS[kind](document, text, seen)
    warnings = parsed.warnings
    if len(text) != len(document.body) and b"\xef\xbf\xbd" in text and b"\xef\xbf\xbd" not in document.body:
        warnings = (*warnings, f"some bytes are no valid {charset} and were replaced")
    return replace(parsed, charset=charset, warnings=warnings)
