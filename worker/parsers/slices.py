"""Where the items of a feed document begin and end in its bytes.

Cutting items out of the bytes before any XML parser runs is what makes a poll with nothing new cost next to nothing:
the hash of an item is the hash of its own markup, and what was seen before is never parsed at all. The cut is a plain
text search; ``worker.parsers.feed`` believes it only when the parsed tree holds exactly as many items as were cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

_OPEN = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_TOKEN = re.compile(rb"<!\[CDATA\[|<!--|<(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_CONTAINER_END = re.compile(rb"</(?:[\w.-]+:)?(?:channel|rss|feed|RDF|items)\s*>", re.IGNORECASE)
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)", re.IGNORECASE)
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"


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


def find_broken_slices(text: bytes) -> list[Slice]:
    """The items of a document that is not well-formed: CDATA is stepped over, a missing end is found or admitted.

    An item ends at its closing tag, else where the next item opens, else where the feed closes; one that simply breaks
    off is marked incomplete.
    """
    found: list[Slice] = []
    start: int | None = None
    position = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token[2] is None:
            position = _skip(text, token)
        elif not token[1]:
            if start is not None:
                found.append(_slice(text, start, token.start()))
            start = token.start()
        elif start is not None:
            stop = text.find(b">", token.end())
            position = len(text) if stop < 0 else stop + 1
            found.append(_slice(text, start, position))
            start = None
    if start is not None:
        ended = _CONTAINER_END.search(text, start)
        found.append(_slice(text, start, ended.start() if ended else len(text), complete=ended is not None))
    return found


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


def _skip(text: bytes, token: re.Match[bytes]) -> int:
    """Where to go on after a CDATA section or comment opened; an unclosed one is not stepped over."""
    closing = _CDATA_END if token[0] == _CDATA else b"-->"
    end = text.find(closing, token.end())
    if end < 0:
        return token.end()
    inside = text[token.end() : end]
    if token[0] in inside and _ITEM_END.search(inside):
        return token.end()
    return end + len(closing)
