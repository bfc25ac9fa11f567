"""JSON Feed 1.0 and 1.1 → ParsedFeed, tolerant of wrong types; our own ``_syn_rights`` and ``_syn_withdrawn`` too."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import replace
from typing import Any

from worker.model.feed import Document, Enclosure, ParsedEntry, ParsedFeed, Person, SourceRef, Tombstone
from worker.parsers.clean import clean_html, escape_text, safe_url
from worker.parsers.dates import parse_date
from worker.parsers.feed import MOST_ITEMS, left_out
from worker.parsers.jsonrescue import rescued
from worker.parsers.slices import digest_of
from worker.parsers.text import language_tag, reading_text

Node = dict[str, Any]
_CONTROLS = dict.fromkeys((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xFFFE, 0xFFFF))


def parse(document: Document, text: bytes, seen: Container[bytes]) -> ParsedFeed:
    """Read ``text``, the document's body as UTF-8. ``seen`` holds digests of items not to be read again."""
    warnings: tuple[str, ...] = ()
    try:
        root = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        found = rescued(text.decode("utf-8", "replace"))
        if found is None:
            return ParsedFeed(format="", warnings=("this is neither XML nor valid JSON",))
        root, warnings = found
    if not isinstance(root, dict) or not (
        isinstance(root.get("items"), list) or "jsonfeed" in str(root.get("version"))
    ):
        return ParsedFeed(format="", warnings=("this is JSON, but no JSON Feed",))
    base = document.url or _address(root, "feed_url", None) or _address(root, "home_page_url", None)
    language = language_tag(_text(root, "language")) if document.inherits else None
    digests: list[bytes] = []
    entries: dict[bytes, ParsedEntry] = {}
    nodes = _nodes(root, "items")
    for node in nodes[:MOST_ITEMS]:
        if (raw := _raw(node)) is None:
            continue
        digests.append(digest_of(raw))
        if digests[-1] not in seen and digests[-1] not in entries:
            entries[digests[-1]] = _entry(node, base, document.zone, digests[-1], raw, language)
    feed = _feed(root, base, document.zone, tuple(entries.values()), tuple(digests))
    return replace(feed, warnings=warnings + left_out(len(nodes)))


def _raw(node: Node) -> bytes | None:
    """An item in one spelling, whatever way it was written; None when it nests too deep to be written."""
    try:
        text = json.dumps(node, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        return None
    return text.encode("utf-8", "replace")


def _feed(
    root: Node, base: str | None, zone: str, entries: tuple[ParsedEntry, ...], digests: tuple[bytes, ...]
) -> ParsedFeed:
    hubs = (_address(hub, "url", base) for hub in _nodes(root, "hubs"))
    own = root.get("_syn_rights")
    return ParsedFeed(
        format="json",
        entries=entries,
        tombstones=_tombstones(root, zone),
        digests=digests,
        title=_label(root, "title"),
        description=_label(root, "description"),
        link=_address(root, "home_page_url", base),
        self_link=_address(root, "feed_url", base),
        hubs=tuple(dict.fromkeys(hub for hub in hubs if hub)),
        language=language_tag(_text(root, "language")),
        rights=(_label(own, "copyright_notice") if isinstance(own, dict) else None) or _label(root, "_rights"),
        license=_licence(root, own),
        authors=_authors(root, base),
        generator=_label(root, "generator"),
    )


def _entry(node: Node, base: str | None, zone: str, digest: bytes, raw: bytes, language: str | None) -> ParsedEntry:
    given = node.get("_syn_rights")
    own: Node = given if isinstance(given, dict) else {}
    link = _address(node, "url", base)
    via = _address(node, "external_url", base)
    guid = _text(node, "id")
    summary = _text(node, "summary")
    return ParsedEntry(
        digest=digest,
        raw=raw,
        guid=guid,
        link=link or safe_url(guid, None) or via,
        title=_label(node, "title"),
        authors=_authors(node, base),
        summary=clean_html(escape_text(summary), link or base) or None if summary else None,
        content=_content(node, link or base),
        published=parse_date(_text(node, "date_published"), zone),
        updated=parse_date(_text(node, "date_modified"), zone),
        categories=_tags(node),
        enclosures=_attachments(node, base),
        rights=_label(own, "copyright_notice") or _label(node, "_rights"),
        license=_licence(node, own),
        source=_source(own),
        via=via,
        language=language_tag(_text(node, "language")) or language,
    )


def _text(node: Node, key: str) -> str | None:
    """A string, or a number as the string it reads as; anything else is absent."""
    value = node.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _letters(str(value)).strip() or None


def _address(node: Node, key: str, base: str | None) -> str | None:
    value = node.get(key)
    return safe_url(_letters(value), base) if isinstance(value, str) else None


def _letters(text: str) -> str:
    """``text`` without what no document of ours may hold: JSON escapes can write lone surrogates and controls."""
    return text.encode("utf-8", "replace").decode().translate(_CONTROLS)


def _label(node: Node, key: str) -> str | None:
    text = _text(node, key)
    return reading_text(text) or None if text else None


def _nodes(node: Node, key: str) -> list[Node]:
    value = node.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _authors(node: Node, base: str | None) -> tuple[Person, ...]:
    """``authors`` of 1.1, else ``author`` of 1.0; bare strings count as names."""
    given = node.get("authors") or node.get("author")
    found: list[Person] = []
    for each in given if isinstance(given, list) else [given]:
        if isinstance(each, str) and (name := reading_text(_letters(each))):
            found.append(Person(name=name))
        elif isinstance(each, dict):
            url = _text(each, "url") or ""
            mail = url.removeprefix("mailto:") if url.startswith("mailto:") else _text(each, "email")
            person = Person(_label(each, "name"), mail, safe_url(url, base))
            if person != Person():
                found.append(person)
    return tuple(dict.fromkeys(found))


def _content(node: Node, base: str | None) -> str | None:
    if html := _text(node, "content_html"):
        return clean_html(html, base) or None
    text = _text(node, "content_text")
    if not text:
        return None
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    html = "".join(f"<p>{escape_text(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
    return clean_html(html, base) or None


def _tags(node: Node) -> tuple[str, ...]:
    value = node.get("tags")
    labels = [reading_text(_letters(tag)) for tag in value if isinstance(tag, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(label for label in labels if label))


def _attachments(node: Node, base: str | None) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for each in _nodes(node, "attachments"):
        if url := _address(each, "url", base):
            size = each.get("size_in_bytes")
            length = (
                int(size) if isinstance(size, int | float) and not isinstance(size, bool) and 0 <= size < 1e15 else None
            )
            found.setdefault(url, Enclosure(url, _text(each, "mime_type"), length))
    return tuple(found.values())


def _licence(node: Node, own: object) -> str | None:
    for holder, key in ((own, "license"), (node, "_license"), (node, "license")):
        if isinstance(holder, dict) and (url := _address(holder, key, None)):
            return url
    return None


def _source(own: Node) -> SourceRef | None:
    given = own.get("source")
    if not isinstance(given, dict):
        return None
    found = SourceRef(title=_label(given, "name"), url=_address(given, "url", None))
    return found if found != SourceRef() else None


def _tombstones(root: Node, zone: str) -> tuple[Tombstone, ...]:
    return tuple(
        Tombstone(ref, parse_date(_text(node, "when"), zone), _label(node, "by"), _label(node, "reason"))
        for node in _nodes(root, "_syn_withdrawn")
        if (ref := _text(node, "id"))
    )
