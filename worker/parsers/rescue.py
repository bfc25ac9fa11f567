"""Feeds that are not well-formed: every complete item is read on its own, so one broken item spoils no other."""

from __future__ import annotations

import html
import re

from worker.parsers.slices import Slice, without
from worker.parsers.xml import Element, children, recovered, repaired, root_tag, strict, wrapped

_TAG = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)((?:\s[^<>]*?)?)(/?)>")
_CHANNEL = re.compile(rb"<(?:[\w.-]+:)?channel(?=[\s>])[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"(?<![\w:.-])([\w:.-]+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)'|([^\s\"'<>]+))")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
# Where a field that never closes must have ended.
_NEXT_FIELD = re.compile(
    rb"<(?:title|link|guid|description|pubDate|author|category|comments|enclosure|source|image|language|copyright|id|updated"
    rb"|published|summary|content|/item|/entry|(?:dc|dcterms|content|media|itunes|atom|slash|wfw|sy|cc):[\w-]+)(?=[\s>/])"
)
# Never a field of an item: the debris of one, which would swallow the fields up to where the text closes its like.
_DEBRIS = frozenset(
    b"a b br center code div em font h1 h2 h3 h4 hr i img li ol p pre s small span strong table td tr u ul".split()
)
_MOST_FIELDS = 200
_LARGEST = 2_000_000  # bytes of one broken item worth the trouble


def header(text: bytes, slices: list[Slice]) -> Element | None:
    """The tree of a broken document without its items."""
    mended = repaired(without(text, slices))
    root = strict(mended)
    if root is not None:
        return root
    opened = root_tag(mended)
    if opened is None:
        return None
    channel = _CHANNEL.search(mended, opened.end())
    start = channel.start() if channel else opened.start()
    rewritten = _by_fields(mended[start:], opened)
    root = strict(repaired(wrapped(rewritten, opened) if channel else rewritten))
    return root if root is not None else recovered(mended)


def item(piece: Slice, text: bytes) -> Element | None:
    """The element of one item, mended as little as it takes; None when nothing of it can be read."""
    root = root_tag(text)
    closed = wrapped(_closed(piece.raw), root)
    for attempt in (closed, repaired(closed)):
        if (found := _first_child(strict(attempt))) is not None:
            return found
    rewritten = repaired(wrapped(_by_fields(piece.raw, root), root))
    found = _first_child(strict(rewritten))
    return found if found is not None else _first_child(recovered(rewritten))


def _first_child(root: Element | None) -> Element | None:
    return next(children(root), None) if root is not None else None


def _closed(raw: bytes) -> bytes:
    """The item with its closing tag, should it lack one."""
    opened = _TAG.match(raw)
    if opened is None or re.search(rb"</" + re.escape(opened[1]) + rb"\s*>\s*$", raw):
        return raw
    return raw + b"</" + opened[1] + b">"


def _by_fields(raw: bytes, root: re.Match[bytes] | None) -> bytes:
    """An element written anew: each child whose markup does not stand on its own becomes the text it probably was."""
    opened = _TAG.match(raw)
    if opened is None or len(raw) > _LARGEST:
        return raw
    parts = [b"<", opened[1], _attributes(opened[2]), b">"]
    position = opened.end()
    for _ in range(_MOST_FIELDS):
        field = _TAG.search(raw, position)
        if field is None:
            break
        if field[1].lower() in _DEBRIS:
            position = field.end()
            continue
        inner, position = (b"", field.end()) if field[3] else _inner(raw, field)
        parts += [b"<", field[1], _attributes(field[2]), b">", _standing(inner, root), b"</", field[1], b">"]
    return b"".join([*parts, b"</", opened[1], b">"])


def _inner(raw: bytes, field: re.Match[bytes]) -> tuple[bytes, int]:
    """What a child holds, and where to go on after it."""
    closing = re.compile(rb"</" + re.escape(field[1]) + rb"\s*>").search(raw, field.end())
    if closing:
        return raw[field.end() : closing.start()], closing.end()
    following = _NEXT_FIELD.search(raw, field.end())
    end = following.start() if following else len(raw)
    return raw[field.end() : end], end


def _attributes(text: bytes) -> bytes:
    found = {match[1]: match[2] or match[3] or match[4] or b"" for match in _ATTRIBUTE.finditer(text)}
    return b"".join(b' %s="%s"' % (name, _value(value)) for name, value in found.items())


def _value(text: bytes) -> bytes:
    return _BARE_AMPERSAND.sub(b"&amp;", text).replace(b'"', b"&quot;")


def _standing(inner: bytes, root: re.Match[bytes] | None) -> bytes:
    """Field content that an XML parser accepts."""
    if b"<" not in inner or strict(repaired(wrapped(b"<x>" + inner + b"</x>", root))) is not None:
        return inner
    if b"<![CDATA[" in inner:
        inner = inner.replace(b"<![CDATA[", b"").replace(b"]]>", b"")
    elif inner.count(b"&lt;") > inner.count(b"<"):
        inner = html.unescape(inner.decode("utf-8", "replace")).encode("utf-8", "replace")
    return inner.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
