"""Feeds that are not well-formed: every complete item is read on its own, so one broken item spoils no other."""

from __future__ import annotations

import html
import re

from worker.parsers.slices import Slice, without
from worker.parsers.xml import Element, children, recovered, repaired, root_tag, strict, wrapped

_TAG = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)((?:\s[^<>]*?)?)(/?)>")
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


def header(text: bytes, slices: list[Slice]) -> Element | None:
    """The tree of a broken document without its items."""
    bare = without(text, slices)
    if slices and not slices[-1].complete:
        bare = text[: slices[0].start] + without(text, slices)[slices[0].start :]
    mended = repaired(bare)
    root = strict(mended)
    return root if root is not None else recovered(mended)


def item(piece: Slice, text: bytes) -> Element | None:
    """The element of one item, mended as little as it takes; None when nothing of it can be read."""
    root = root_tag(text)
    mended = wrapped(piece, root)
    for attempt in (mended, repaired(mended), repaired(wrapped(_by_fields(piece.raw), root))):
        if (found := _first_child(strict(attempt))) is not None:
            return found
    return _first_child(recovered(repaired(wrapped(_by_fields(piece.raw), root))))


def _first_child(root: Element | None) -> Element | None:
    return next(children(root), None) if root is not None else None


def _by_fields(raw: bytes) -> bytes:
    """The item written anew: each field whose markup does not stand on its own becomes the text it probably was."""
    opened = _TAG.match(raw)
    if opened is None:
        return raw
    parts = [b"<", opened[1], _attributes(opened[2]), b">"]
    position = opened.end()
    while field := _TAG.search(raw, position):
        name = field[1]
        if field[3]:
            inner, position = b"", field.end()
        else:
            closing = re.compile(rb"</" + re.escape(name) + rb"\s*>").search(raw, field.end())
            following = (
                None
                if closing
                else re.compile(rb"<(?:title|link|guid|description|pubDate|/item|/entry)\b").search(raw, field.end())
            )
            end = closing.start() if closing else following.start() if following else len(raw)
            inner, position = raw[field.end() : end], closing.end() if closing else end
        parts += [b"<", name, _attributes(field[2]), b">", _standing(inner), b"</", name, b">"]
    return b"".join([*parts, b"</", opened[1], b">"])


def _attributes(text: bytes) -> bytes:
    found = {m[1]: m[2] or m[3] or b"" for m in _ATTRIBUTE.finditer(text)}
    return b"".join(
        b' %s="%s"' % (name, _BARE_AMPERSAND.sub(b"&amp;", value).replace(b'"', b"&quot;"))
        for name, value in found.items()
    )


def _standing(inner: bytes) -> bytes:
    """Field content that an XML parser accepts."""
    if b"<![CDATA[" not in inner and strict(b"<x>" + inner + b"</x>") is not None:
        return inner
    text = inner.replace(b"<![CDATA[", b"").replace(b"]]>", b"")
    if text is not inner and text == inner and inner.count(b"&lt;") > inner.count(b"<"):
        text = html.unescape(inner.decode("utf-8", "replace")).encode("utf-8", "replace")
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
