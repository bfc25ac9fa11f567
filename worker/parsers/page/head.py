"""What the head of a page says of it: ``meta``, ``link``, ``title`` and JSON-LD, bounded and unguessed."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from worker.parsers.page.scan import squeeze

_MOST_ELEMENTS = 2000  # meta, link, script, time
_LONGEST_VALUE = 1000
_MOST_ALTERNATES = 100
_MOST_SCRIPTS = 12
_LONGEST_SCRIPT = 400_000
_DEEPEST = 60
_MOST_NODES = 4000
_BRACKET = re.compile(r"[\[\]{}]")
_WRAPPED = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)?\s*(?=[\[{])")
_ARTICLES = re.compile(r"article|posting|report$|analysis|opinion|review|webpage|creativework|recipe", re.IGNORECASE)
Json = dict[str, Any]


@dataclass(slots=True)
class Head:
    """``metas`` by lower-case name, property or itemprop, values in order. ``things`` are JSON-LD objects that are
    articles (best first), ``crumbs`` the breadcrumb lists among them, ``times`` what ``time`` elements and hAtom are
    dated, ``alternates`` language and address of ``link rel=alternate hreflang``."""

    title: str = ""
    metas: dict[str, list[str]] = field(default_factory=dict)
    canonical: str | None = None
    alternates: list[tuple[str, str]] = field(default_factory=list)
    things: list[Json] = field(default_factory=list)
    crumbs: list[Json] = field(default_factory=list)
    times: list[str] = field(default_factory=list)

    def meta(self, *names: str) -> str | None:
        """The first value of the first of the names that has one."""
        return next(iter(self.all(*names)), None)

    def all(self, *names: str) -> Iterator[str]:
        for name in names:
            yield from self.metas.get(name, ())

    def thing(self, *names: str) -> Any:
        """The first value of the first of the names that the page's article bears in JSON-LD."""
        for name in names:
            for thing in self.things:
                if thing.get(name):
                    return thing[name]
        return None


def read_head(root: HtmlElement) -> Head:
    head = Head()
    scripts: list[HtmlElement] = []
    for place, element in enumerate(root.iter("meta", "link", "title", "script", "time", "abbr")):
        if place > _MOST_ELEMENTS:
            break
        if element.tag == "meta":
            _read_meta(element, head)
        elif element.tag == "script":
            if "ld+json" in (element.get("type") or "")[:100] and len(scripts) < _MOST_SCRIPTS:
                scripts.append(element)
        elif element.tag in {"time", "abbr"}:
            _read_time(element, head)
        elif element.tag == "title":
            if not head.title and element.getparent().tag != "svg":
                head.title = squeeze("".join(element.itertext())[:_LONGEST_VALUE])
        else:
            _read_link(element, head)
    _read_things(scripts, head)
    return head


def _read_time(element: HtmlElement, head: Head) -> None:
    if element.tag == "time":
        head.times.append((element.get("datetime") or "")[:60])
    elif "published" in (element.get("class") or "")[:100].split():  # hAtom
        head.times.append((element.get("title") or "")[:60])


def _read_link(link: HtmlElement, head: Head) -> None:
    relations = (link.get("rel") or "")[:100].lower().split()
    if head.canonical is None and "canonical" in relations:
        head.canonical = (link.get("href") or "")[:2000]
    if "alternate" in relations and link.get("hreflang") and len(head.alternates) < _MOST_ALTERNATES:
        head.alternates.append(((link.get("hreflang") or "")[:40], (link.get("href") or "")[:2000]))


def _read_meta(meta: HtmlElement, head: Head) -> None:
    value = squeeze((meta.get("content") or "")[:_LONGEST_VALUE])
    for attribute in ("name", "property", "itemprop") if value else ():
        name = squeeze((meta.get(attribute) or "")[:100]).lower().replace(" ", "")
        if name:
            head.metas.setdefault(name, []).append(value)


def _read_things(scripts: list[HtmlElement], head: Head) -> None:
    nodes = [node for script in scripts for node in _walk(_load(script.text))]
    articles = [node for node in nodes if _ARTICLES.search(_type(node)) or "pubDate" in node]
    order = sorted(articles, key=lambda node: "webpage" in _type(node).lower() or "creativework" in _type(node).lower())
    head.things = order[:20]
    head.crumbs = [node for node in nodes if "breadcrumblist" in _type(node).lower()][:3]


def _load(text: str | None) -> Any:
    """The script's value, or None where it is too long, too deep or no JSON."""
    if not text or len(text) > _LONGEST_SCRIPT or _too_deep(text):
        return None
    start = _WRAPPED.match(text[:200])
    if start is None:
        return None
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start.end())[0]
    except (ValueError, RecursionError):
        return None


def _too_deep(text: str) -> bool:
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _DEEPEST:
            return True
    return False


def _walk(value: Any) -> list[Json]:
    """All objects in ``value``, the outer ones first."""
    found: list[Json] = []
    waiting = deque([value])
    seen = 0
    while waiting and seen < _MOST_NODES:
        seen += 1
        current = waiting.popleft()
        if isinstance(current, dict):
            found.append(current)
            waiting.extend(part for part in current.values() if isinstance(part, dict | list))
        elif isinstance(current, list):
            waiting.extend(part for part in current[:200] if isinstance(part, dict | list))
    return found


def _type(node: Json) -> str:
    return " ".join(texts(node.get("@type")))


def texts(value: Any) -> list[str]:
    """The strings in a JSON-LD value: itself, those of a list, names of things."""
    found = []
    for item in value[:50] if isinstance(value, list) else [value]:
        named = item.get("name") if isinstance(item, dict) else item
        if isinstance(named, list):
            named = next((part for part in named if isinstance(part, str)), None)
        if isinstance(named, str) and squeeze(named[:_LONGEST_VALUE]):
            found.append(squeeze(named[:_LONGEST_VALUE]))
    return found


def addresses(value: Any) -> Iterable[str]:
    """The addresses in a JSON-LD value: itself, ``@id`` and ``url`` of things, those of a list."""
    for item in value[:20] if isinstance(value, list) else [value]:
        named = (item.get("url") or item.get("@id")) if isinstance(item, dict) else item
        if isinstance(named, str):
            yield named[:2000]
