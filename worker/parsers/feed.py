"""RSS, RDF and Atom documents → ParsedFeed, in two stages.

First the items are cut out of the bytes and hashed; those seen before are dropped, repeats inside the document
collapse. What remains, usually the bare header, is parsed strictly and read. Documents that are not well-formed are
mended, or read item by item. Nothing raises.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

from lxml import etree

from worker.model.feed import Document, ParsedEntry, ParsedFeed
from worker.parsers import atom, rescue, rss
from worker.parsers.slices import Slice, any_torn, digest_of, find_broken_slices, find_slices, without
from worker.parsers.terms import tombstones_in
from worker.parsers.text import Scope
from worker.parsers.xml import Element, children, name_of, namespace_of, repaired, strict, trimmed, without_doctype

MOST_ITEMS = 5_000
_MENDED = ("the feed is not well-formed XML; it was mended",)
_HTML = (b"<!doctype html", b"<html")
_READ_FEED = {"atom": atom.read_feed, "rss": rss.read_feed, "rdf": rss.read_feed}
_READ_ENTRY = {"atom": atom.read_entry, "rss": rss.read_entry, "rdf": rss.read_entry}


@dataclass(frozen=True, slots=True)
class _Found:
    """An item to read: its element, its markup and the hash of it."""

    element: Element
    digest: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Walk:
    """What the first stage found: the tree around the items, the unseen items, all digests, what was wrong."""

    root: Element
    items: tuple[_Found, ...]
    digests: tuple[bytes, ...]
    warnings: tuple[str, ...] = ()


def parse(document: Document, text: bytes, seen: Container[bytes]) -> ParsedFeed:
    """Read ``text``, the document's body as UTF-8. ``seen`` holds digests of items not to be read again."""
    body, junk = trimmed(text)
    if not body:
        return ParsedFeed(format="", warnings=("the document is empty",))
    if body[:200].lstrip().lower().startswith(_HTML):
        return ParsedFeed(format="", warnings=("this is an HTML page, not a feed",))
    walk = _walk(without_doctype(body), seen)
    if walk is None:
        return ParsedFeed(format="", warnings=("this is no feed: neither RSS nor RDF nor Atom",))
    parsed = _read(walk, document, bases=b"xml:base" in body)
    if junk and parsed.format:
        return replace(parsed, warnings=("something other than XML stands before the feed", *parsed.warnings))
    return parsed


def _walk(text: bytes, seen: Container[bytes]) -> _Walk | None:
    every = find_slices(text)
    slices = every[:MOST_ITEMS]
    if any_torn(text, slices):
        return _walk_tree(text, seen)
    kept = _unseen(slices, seen)
    cut = without(text, _others(every, kept))
    root = strict(cut)
    warnings = left_out(len(every))
    if root is None:
        mended = repaired(cut)
        root, warnings = strict(mended), _MENDED + warnings
    if root is None:
        return _walk_broken(text, seen)
    elements = _items(root)
    if len(elements) == len(kept):
        items = tuple(_Found(element, piece.digest, piece.raw) for element, piece in zip(elements, kept, strict=True))
        return _Walk(root, items, tuple(piece.digest for piece in slices), warnings)
    return _walk_tree(text, seen)


def _walk_tree(text: bytes, seen: Container[bytes]) -> _Walk | None:
    """Where text search and parser disagree (markup inside CDATA or comments), the parser's items count."""
    root = strict(text)
    warnings: tuple[str, ...] = ()
    if root is None:
        root, warnings = strict(repaired(text)), _MENDED
    if root is None:
        return _walk_broken(text, seen)
    items: dict[bytes, _Found] = {}
    digests = []
    every = _items(root)
    for element in every[:MOST_ITEMS]:
        raw = etree.tostring(element, encoding="utf-8", with_tail=False)
        digest = digest_of(raw)
        digests.append(digest)
        if digest not in seen:
            items.setdefault(digest, _Found(element, digest, raw))
    return _Walk(root, tuple(items.values()), tuple(digests), warnings + left_out(len(every)))


def _walk_broken(text: bytes, seen: Container[bytes]) -> _Walk | None:
    every = find_broken_slices(text)
    slices = every[:MOST_ITEMS]
    root = rescue.header(text, every)
    if root is None:
        return None
    warnings = ["the feed is not well-formed XML; its items were read one by one", *left_out(len(every))]
    whole = [piece for piece in slices if piece.complete]
    if len(whole) < len(slices):
        warnings.append("the document breaks off inside an item; that item was left out")
    items = []
    for piece in _unseen(whole, seen):
        element = rescue.item(piece, text)
        if element is None:
            warnings.append("an item could not be read and was left out")
        else:
            items.append(_Found(element, piece.digest, piece.raw))
    return _Walk(root, tuple(items), tuple(piece.digest for piece in whole), tuple(dict.fromkeys(warnings)))


def left_out(items: int) -> tuple[str, ...]:
    """What to say of a document with so many items: nothing, unless they are too many."""
    return (f"only the first {MOST_ITEMS:,} of {items:,} items were read",) if items > MOST_ITEMS else ()


def _unseen(slices: list[Slice], seen: Container[bytes]) -> list[Slice]:
    first: dict[bytes, Slice] = {}
    for piece in slices:
        if piece.digest not in seen:
            first.setdefault(piece.digest, piece)
    return list(first.values())


def _others(slices: list[Slice], kept: list[Slice]) -> list[Slice]:
    starts = {piece.start for piece in kept}
    return [piece for piece in slices if piece.start not in starts]


def _items(root: Element) -> list[Element]:
    """The items of a document: children of the root, of its channel, or of RSS 1.1's list."""
    found: list[Element] = []
    for child in children(root):
        name = _local(child)
        if name in {"item", "entry"}:
            found.append(child)
        elif name in {"channel", "items", "rss", "feed"}:
            found += _items(child)
    return found


def _local(element: Element) -> str:
    return name_of(str(element.tag), "").rpartition(":")[2]


def _read(walk: _Walk, document: Document, *, bases: bool) -> ParsedFeed:
    top, form = _top(walk.root)
    if not form and not walk.items:
        return ParsedFeed(format="", warnings=("this is no feed: neither RSS nor RDF nor Atom",))
    form = form or ("atom" if _local(walk.items[0].element) == "entry" else "rss")
    core = _core(top, walk, form)
    scope = Scope(document.url, document.zone, core, bases)
    feed = _READ_FEED[form](top, scope, form)
    language = feed.language if document.inherits else None
    scope = replace(scope, base=document.url or feed.self_link or feed.link, language=language)
    if document.url is None and scope.base:
        feed = _READ_FEED[form](top, scope, form)
    entries = [_READ_ENTRY[form](found.element, scope, found.digest, found.raw) for found in walk.items]
    return replace(
        feed,
        entries=_distinct(entries),
        tombstones=tombstones_in(walk.root, scope),
        digests=walk.digests,
        warnings=walk.warnings,
    )


def _top(root: Element) -> tuple[Element, str]:
    """The element that describes the feed, and the format."""
    name = _local(root)
    if name == "feed":
        return root, "atom"
    nested = next((child for child in children(root) if _local(child) in {"channel", "rss", "feed", "rdf"}), None)
    if name == "rdf":
        return (root if nested is None else nested), "rdf"
    if name == "channel":
        return root, "rss"
    if name == "rss":
        return (root if nested is None else nested), "rss"
    if nested is not None:
        return _top(nested)
    return root, ""


def _core(top: Element, walk: _Walk, form: str) -> str:
    """The namespace of the feed's own vocabulary, whatever address it goes by."""
    space = namespace_of(str(top.tag))
    if not space and form == "atom" and walk.items:
        space = namespace_of(str(walk.items[0].element.tag))
    return space


def _distinct(entries: list[ParsedEntry]) -> tuple[ParsedEntry, ...]:
    """Entries that differ in nothing a reader sees are one."""
    seen: dict[tuple[object, ...], ParsedEntry] = {}
    for entry in entries:
        seen.setdefault((entry.guid, entry.link, entry.title, entry.summary, entry.content, entry.published), entry)
    return tuple(seen.values())
