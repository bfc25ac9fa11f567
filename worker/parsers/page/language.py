"""The language of a page as BCP 47: what it declares, where its own letters bear it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml.html import HtmlElement

from worker.identity.language import language_by_letters, language_of
from worker.parsers.page.head import Head, texts

_TAG = re.compile(r"(?P<primary>[a-z]{2,3})(?P<rest>(?:[-_][a-z0-9]{2,8}){0,3})", re.IGNORECASE)
_SHAPES: dict[int, Callable[[str], str]] = {4: str.title, 2: str.upper}


def read_language(root: HtmlElement, head: Head, sample: Iterable[str]) -> tuple[str, str] | None:
    """The tag, and the rule: what is declared and believed, else what the letters show."""
    text = "\n".join(sample)[:2500]
    declared = [
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        *texts(head.thing("inLanguage")),
    ]
    declared += [head.meta("content-language", "language", "og:locale", "dc.language", "inlanguage")]
    for value in declared:
        tag = normal_tag(value)
        if tag is not None and language_of(tag, text) == tag:
            return tag, "declared"
    shown = language_by_letters(text)
    return (shown, "letters") if shown else None


def normal_tag(value: str | None) -> str | None:
    """A language as BCP 47 writes it, whatever the page made of it; None where it is none."""
    match = _TAG.match((value or "").strip()[:40])
    if match is None:
        return None
    primary = match["primary"].lower()
    if primary == "cn":
        return "zh-CN"
    rest = re.split("[-_]", match["rest"])[1:]
    return "-".join([primary, *(_SHAPES.get(len(part), str.lower)(part) for part in rest)])
