"""What a new version changes against an earlier one: title, text sentence by sentence, credit. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import unescape

from worker.model.article import Credit, Version
from worker.parsers.clean import plain_text

MOST = 20_000
"""So many pairs of equal sentences are weighed; a text with more, which repeats itself without end, is told as gone and
come whole: weighing two thousand sentences of seven kinds took half a minute."""

MANY = 4_000
"""So many sentences of both texts, from the first that differs, are weighed; more are told as gone and come whole."""

_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
# A sentence ends with 。！？ and what closes a quotation after it, or with . ! ? before a blank.
_SENTENCE = re.compile(r".*?(?:[。！？!?…]+[”’」』》）)\"]*|[.!?][”’\")]*(?=\s)|$)", re.DOTALL)


class Mark(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class FieldChange:
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``fields`` are those that differ; ``sentences`` the whole text, in order, each the same, gone or new."""

    fields: tuple[FieldChange, ...]
    sentences: tuple[Sentence, ...]

    def __bool__(self) -> bool:
        return bool(self.fields) or any(one.mark is not Mark.SAME for one in self.sentences)


def compare(before: Version, after: Version) -> Comparison:
    """The difference between two versions of an article."""
    old, new = _fields(before), _fields(after)
    fields = tuple(FieldChange(name, old[name], new[name]) for name in new if old[name] != new[name])
    return Comparison(fields, tuple(_sentences(before.body or "", after.body or "")))


def _fields(version: Version) -> dict[str, str | None]:
    credit = version.credit
    return {
        "title": version.title,
        "published": version.published.isoformat() if version.published else None,
        "category": "、".join(version.categories) or None,
        **_credit(credit),
        "summary": _whole_text(version.summary) or None,
        "links": unescape("\n".join(_LINK.findall(version.body or ""))) or None,
        "pictures": "\n".join(image.url for image in version.images) or None,
        "files": "\n".join([*(one.url for one in version.attachments), *(one.url for one in version.enclosures)])
        or None,
    }


def _credit(credit: Credit) -> dict[str, str | None]:
    return {
        "source": credit.origin,
        "author": "、".join(str(person.name) for person in credit.authors) or None,
        "original_title": credit.original_title or None,
        "original_link": credit.original_link,
        "via": "、".join(credit.via) or None,
        "copyright_notice": credit.copyright_notice,
        "license": credit.license,
        "editor": credit.editor,
    }


def split(text: str) -> list[str]:
    """The sentences of a text, each with its ending."""
    return [part for found in _SENTENCE.finditer(text) if (part := found[0].strip())]


def _whole_text(markup: str | None) -> str:
    return plain_text(markup, len(markup)) if markup else ""


def _sentences(before: str, after: str) -> Iterator[Sentence]:
    old, new = split(_whole_text(before)), split(_whole_text(after))
    start = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    start = min(len(old), len(new)) if start is None else start
    yield from (Sentence(Mark.SAME, text) for text in old[:start])
    old, new = old[start:], new[start:]
    seen = Counter(new)
    if len(old) + len(new) > MANY or sum(seen[text] for text in old) > MOST:
        yield from _whole(old, new)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Sentence(Mark.SAME, text) for text in old[i1:i2])
        else:
            yield from _whole(old[i1:i2], new[j1:j2])


def _whole(old: list[str], new: list[str]) -> Iterator[Sentence]:
    yield from (Sentence(Mark.GONE, text) for text in old)
    yield from (Sentence(Mark.NEW, text) for text in new)
