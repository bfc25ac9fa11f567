"""Digests of what an entry says: of its text, of its content, of its terms.

The text key finds the same story at another source; content and terms digests tell a real revision from a mere change
of markup, time stamp or cache-busting query.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from worker.identity.chinese import simplified_where_traditional
from worker.identity.urls import link_key
from worker.model.feed import ParsedEntry, Person

ALGORITHM_VERSION: Final = 1

_SHORTEST = 80  # normalised characters under which a body alone identifies nothing
_TAG = re.compile(r"<[^>]*>")
_ADDRESS = re.compile(r"""<(?:a|img)\b[^>]*?\s(?:href|src)="([^"]*)\"""", re.IGNORECASE)
_NOT_TEXT = re.compile(r"[\W_]+")
# Removed before normalisation, which is slow only for texts that hold any of these; none of them turns into a letter.
_PUNCTUATION = "，。、；：？！（）…“”‘’—"
# In ASCII there is nothing to normalise, and a table takes a tenth of the time of patterns and splits.
_ASCII_TEXT = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
_ASCII_FLAT = {code: None if chr(code).isspace() else chr(code) for code in range(128)}
_NETLOC_PATH = re.compile(r"https?://([^/?#]*)([^?#]*)", re.IGNORECASE)


def normal_form(text_or_html: str) -> str:
    """Letters and digits only, in one script, width and case: what two printings of a text have in common."""
    text = _text(text_or_html, " ")
    if not text.isascii():
        for mark in _PUNCTUATION:  # one after the other: a third of the time of a pattern
            text = text.replace(mark, "")
    if text.isascii():
        return text.translate(_ASCII_TEXT)
    text = unicodedata.normalize("NFKC", "".join(text.replace(" ", "").split()))
    if not text.isalnum():
        text = _NOT_TEXT.sub("", text)
    text = text.casefold()
    return simplified_where_traditional(text)


def text_key(title: str | None, body: str) -> bytes | None:
    """16 bytes equal for equal texts; ``body`` is clean HTML or plain text.

    Only the body counts. One under 80 normalised characters counts together with the title; without a title, or with
    no body at all, there is no key.
    """
    text = normal_form(body)
    if len(text) >= _SHORTEST:
        return _digest("text", text)
    heading = normal_form(title or "")
    return _digest("short", heading, text) if heading and text else None


def content_digest(entry: ParsedEntry) -> bytes:
    """16 bytes over title, body, summary, pictures, links, attached files; markup, spacing, times do not count."""
    return _digest(
        "content",
        _flat(entry.title or ""),
        _flat(entry.summary or ""),
        _flat(entry.content or ""),
        *(_address(url) for part in (entry.summary, entry.content) if part for url in _ADDRESS.findall(part)),
        "enclosures",
        *(_address(enclosure.url) for enclosure in entry.enclosures),
    )


def terms_digest(entry: ParsedEntry) -> bytes:
    """16 bytes over authors, source, rights, licence, link and original link."""
    source = entry.source
    parts = [*_persons(entry.authors), "rights", entry.rights, entry.license, entry.via, link_key(entry.link or "")]
    if source is not None:
        parts += ["source", source.title, source.url, source.rights, source.license, *_persons(source.authors)]
    return _digest("terms", *(_flat(part) if part else "" for part in parts))


def reads_the_same(one: ParsedEntry, other: ParsedEntry) -> bool:
    """Whether two states of an entry differ in nothing but addresses: its own, and those of pictures and links in it,
    which all change when a site moves."""
    return _words(one) == _words(other) and terms_digest(replace(one, link=None)) == terms_digest(
        replace(other, link=None)
    )


def _words(entry: ParsedEntry) -> tuple[object, ...]:
    parts = [part or "" for part in (entry.title, entry.summary, entry.content)]
    addresses = sum(len(_ADDRESS.findall(part)) for part in parts)
    return (*map(_flat, parts), addresses, len(entry.enclosures))


def _persons(people: tuple[Person, ...]) -> list[str | None]:
    return [part for person in people for part in (person.name, person.email, person.uri)]


def _flat(text_or_html: str) -> str:
    text = _text(text_or_html, "")
    return text.translate(_ASCII_FLAT) if text.isascii() else "".join(text.replace(" ", "").split())


def _address(url: str) -> str:
    """A link by its key, a file by its address without query: that is where caches are outwitted."""
    plain = html.unescape(url)
    parts = _NETLOC_PATH.match(plain)
    if parts and "." in parts[2].rpartition("/")[2]:
        return f"{parts[1]}{parts[2]}".lower()
    return link_key(plain) or plain


def _text(text_or_html: str, between: str) -> str:
    if "<" in text_or_html or "&" in text_or_html:
        # What follows the last ">" is no tag: looked at, each of a thousand "<" there would be tried to the end.
        tagged, end, rest = text_or_html.rpartition(">")
        return html.unescape(_TAG.sub(between, tagged + end) + rest)
    return text_or_html


def _digest(*parts: str) -> bytes:
    text = "\0".join(parts).encode("utf-8", "replace")
    return blake2b(text, digest_size=16).digest()
