"""Where the items of a feed document begin and end in its bytes.

Cutting items out of the bytes before any XML parser runs is what makes a poll with nothing new cost next to nothing:
the hash of an item is the hash of its own markup, and what was seen before is never parsed at all. The cut is a plain
text search; ``worker.parsers.feed`` believes it only when the parsed tree holds exactly as many items as were cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

_OPEN = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_TOKEN = re.compile(rb"<(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_CONTAINER_END = re.compile(rb"</(?:[\w.-]+:)?(?:channel|rss|feed|RDF|items)\s*>", re.IGNORECASE)
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)", re.IGNORECASE)
_OPAQUE = re.compile(rb"<!\[CDATA\[|<!--|<\?")
_CLOSING = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}


@dataclass(frozen=True, slots=True)
class Slice:
    """The markup of one item: ``text[start:end]`` is ``raw``. ``complete`` is False where the document breaks off."""

    start: int
    end: int
    raw: bytes
    digest: bytes
    complete: bool = True


def find_slices(text: bytes) -> list[Slice]:
    """The items of a well-formed document, by plain search for the next closing tag of the same name."""
    found: list[Slice] = []
    position = 0
    while opened := _OPEN.search(text, position):
        closing = b"</" + opened[1]
        end = text.find(closing, opened.end())
        stop = text.find(b">", end) if end >= 0 else -1
        if stop < 0:
            break
        found.append(_slice(text, opened.start(), stop + 1))
        position = stop + 1
    return found


def any_torn(text: bytes, slices: list[Slice]) -> bool:
    """Did the search take markup inside a CDATA section or comment of ``text`` for the end of an item?"""
    opaque = [(opening, _CLOSING[opening]) for opening in (b"<![CDATA[", b"<!--") if opening in text]
    return any(piece.raw.rfind(closing) < piece.raw.rfind(opening) for piece in slices for opening, closing in opaque)


def find_broken_slices(text: bytes) -> list[Slice]:
    """The items of a document that is not well-formed: CDATA is stepped over, a missing end is found or admitted.

    An item ends at its closing tag, else where the next item opens, else where the feed closes; one that simply breaks
    off is marked incomplete.
    """
    found: list[Slice] = []
    start: int | None = None
    for token in _tokens(text):
        if not token[1]:
            if start is not None:
                found.append(_slice(text, start, token.start()))
            start = token.start()
        elif start is not None:
            stop = text.find(b">", token.end())
            found.append(_slice(text, start, len(text) if stop < 0 else stop + 1))
            start = None
    if start is not None:
        ended = _CONTAINER_END.search(text, start)
        found.append(_slice(text, start, ended.start() if ended else len(text), complete=ended is not None))
    return found


def _tokens(text: bytes) -> Iterator[re.Match[bytes]]:
    """The opening and closing tags of items outside CDATA and comments."""
    position = 0
    for start, end in (*opaque_spans(text), (len(text), len(text))):
        yield from _TOKEN.finditer(text, position, start)
        position = end


def without(text: bytes, slices: list[Slice]) -> bytes:
    """``text`` with ``slices`` (in order) cut out."""
    kept = []
    position = 0
    for piece in slices:
        kept.append(text[position : piece.start])
        position = piece.end
    kept.append(text[position:])
    return b"".join(kept)


def digest_of(raw: bytes) -> bytes:
    """16 bytes that stand for an item's markup."""
    return blake2b(raw, digest_size=16).digest()


def _slice(text: bytes, start: int, end: int, *, complete: bool = True) -> Slice:
    raw = text[start:end]
    return Slice(start, end, raw, digest_of(raw), complete)


def opaque_spans(text: bytes) -> Iterator[tuple[int, int]]:
    """Where CDATA sections, comments and processing instructions stand: markup that must be left alone.

    One that never closes, or that swallows whole items before it does, is taken for stray characters. Linear in time.
    """
    hopeless: set[bytes] = set()
    position = 0
    while opened := _OPAQUE.search(text, position):
        kind = opened[0]
        end = -1 if kind in hopeless else text.find(_CLOSING[kind], opened.end())
        if end < 0:
            hopeless.add(kind)
            position = opened.end()
            if len(hopeless) == len(_CLOSING):
                return
        elif _swallows(kind, text, opened.end(), end):
            position = opened.end()
        else:
            position = end + len(_CLOSING[kind])
            yield opened.start(), position


def _swallows(kind: bytes, text: bytes, start: int, end: int) -> bool:
    again = text.find(kind, start, end)
    return again >= 0 and _ITEM_END.search(text, start, again) is not None
