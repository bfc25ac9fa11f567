"""Text, markup, people and addresses as an XML element of a feed holds them."""

from __future__ import annotations

import base64
import binascii
import html as html_entities
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from worker.model.feed import Person
from worker.parsers.clean import (
    clean_html,
    collapse,
    escape_text,
    from_c1,
    looks_like_html,
    plain_text,
    safe_url,
    unturned,
)
from worker.parsers.xml import Element, children, name_of

Fields = dict[str, list[Element]]

_XML = "{http://www.w3.org/XML/1998/namespace}"
_CLOSED_TAG = re.compile(
    r"</(?:a|abbr|applet|article|b|big|blink|blockquote|center|cite|code|dd|del|div|dl|dt|em|figure|font|frameset|h[1-6]|i"
    r"|iframe|ins|kbd|li|mark|marquee|nobr|noscript|object|ol|p|pre|q|ruby|s|samp|script|section|small|span|strike|strong"
    r"|style|sub|sup|table|td|th|tr|tt|u|ul|var)\s*>|<(?:br|wbr|hr)\s*/?>"
    r"|<(?:a|div|font|iframe|img|link|meta|p|span|table|td)\s[\w-]+\s*=",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|quot|apos|nbsp|[lr][sd]quo|[lr]aquo|[nm]dash|hellip|bull|middot|copy|reg|trade|euro);",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"\s*\n\s*")
_MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_HTML_TYPES = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml", "application/xhtml", "escaped"})
_PLAIN_TYPES = frozenset({"text", "text/plain", "plain"})
_UNTOLD = frozenset({"", "application/octet-stream", "text/x-markdown"})
_MOST_ALIKE = 500  # children of one name that are read: no text has more authors, categories or links


@dataclass(frozen=True, slots=True)
class Scope:
    """What relative addresses and zone-less times of a document are read against. ``core`` is the namespace of its own
    vocabulary; ``bases`` says that the document uses xml:base; ``language`` is what an entry has that names none."""

    base: str | None
    zone: str
    core: str = ""
    bases: bool = False
    language: str | None = None

    def base_of(self, element: Element) -> str | None:
        """The base address in force at an element."""
        if not self.bases:
            return self.base
        chain = [element, *element.iterancestors()]
        base = self.base
        for node in reversed(chain):
            if (given := node.get(_XML + "base")) is not None:
                base = safe_url(given, base) or base
        return base

    def url(self, element: Element, value: str | None) -> str | None:
        """An address that an element holds, absolute. One broken over lines is whole again, and ``&amp;`` that was
        written twice over is what it stands for: neither is ever part of an address."""
        if not value:
            return None
        if "&amp;" in value:
            value = value.replace("&amp;", "&")
        if "\n" in value:
            value = _LINE_END.sub("", value)
        return safe_url(value, self.base_of(element))


def gather(element: Element, core: str) -> Fields:
    """The children of an element by short name, in document order, at most 500 of each name."""
    fields: Fields = {}
    for child in element:
        tag = child.tag
        if isinstance(tag, str):
            alike = fields.setdefault(name_of(tag, core), [])
            if len(alike) < _MOST_ALIKE:
                alike.append(child)
    return fields


def text_of(element: Element) -> str:
    """All text inside an element, untouched."""
    if not len(element):
        return element.text or ""
    return "".join(str(part) for part in element.itertext())


def line_of(element: Element) -> str | None:
    """The text of an element on one line, as written: for ids, dates, names of things."""
    return collapse(text_of(element)) or None


def first_line(fields: Fields, *names: str) -> str | None:
    """The first non-empty text among the fields named, in order of the names."""
    for name in names:
        for element in fields.get(name, ()):
            if line := line_of(element):
                return line
    return None


def label_of(element: Element) -> str | None:
    """The text of an element meant for reading (a title, a name, a notice): markup stripped, entities resolved."""
    kind = _kind(element)
    if len(element):
        return plain_text(inner_markup(element)) or None
    text = _decoded(element)
    if kind in _HTML_TYPES:
        return plain_text(text) or None
    return reading_text(text, declared=kind in _PLAIN_TYPES) or None


def reading_text(text: str, *, declared: bool = False) -> str:
    """Text of unknown type as plain text: markup is stripped only where something closes, so ``Vec<T>`` and ``a < b``
    stay. ``declared`` plain text loses no markup, only references nobody means literally."""
    text = text[:20_000]
    if not declared:
        if "<" in text and _CLOSED_TAG.search(text):
            text = plain_text(text)
        elif "&" in text:
            text = html_entities.unescape(text)
    for _ in range(2):
        if "&" in text and _REFERENCE.search(text):
            text = _REFERENCE.sub(lambda match: html_entities.unescape(match[0]), text)
    return collapse(unturned(from_c1(text)))


def first_label(fields: Fields, *names: str) -> str | None:
    for name in names:
        for element in fields.get(name, ()):
            if label := label_of(element):
                return label
    return None


def body_of(element: Element, base: str | None) -> str | None:
    """The HTML an element holds, cleaned; None when it holds none that can be shown."""
    html = _markup(element)
    return (clean_html(html, base) or None) if html else None


def first_body(fields: Fields, base: str | None, *names: str) -> str | None:
    for name in names:
        for element in fields.get(name, ()):
            if body := body_of(element, base):
                return body
    return None


def _kind(element: Element) -> str:
    return (element.get("type") or "").partition(";")[0].strip().lower()


def _decoded(element: Element) -> str:
    text = element.text or ""
    if element.get("mode") == "base64" or _kind(element) == "application/octet-stream":
        try:
            return base64.b64decode(text, validate=False).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
    return text


def _markup(element: Element) -> str | None:
    """The element's content as HTML, whatever way it is written down (RFC 4287 §3.1, §4.1.3; Atom 0.3 ``mode``)."""
    kind = _kind(element)
    if len(element):
        return inner_markup(element)
    text = _decoded(element)
    if kind in {"html", "text/html"}:
        return text
    if kind in _HTML_TYPES or kind in _UNTOLD or ("/" not in kind and kind not in _PLAIN_TYPES):
        return text if looks_like_html(text) else escape_text(text)
    return escape_text(text) if kind in _PLAIN_TYPES or kind.startswith("text/") else None


def inner_markup(element: Element) -> str:
    """The children of an element as HTML, namespaces dropped; a lone ``div`` or ``body`` around them is left out."""
    only = list(children(element))
    lone = len(only) == 1 and not (element.text or "").strip() and not (only[0].tail or "").strip()
    if lone and etree.QName(only[0]).localname.lower() in {"div", "body"}:
        element = only[0]
    parts = [escape_text(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):
            _bare(child)
            parts.append(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
        elif child.tag is etree.Entity:
            parts.append(child.text or "")
        parts.append(escape_text(child.tail or ""))
    return "".join(parts)


def _bare(element: Element) -> None:
    for node in element.iter(etree.Element):
        if node.tag[:1] == "{":
            node.tag = etree.QName(node).localname


def people(elements: Iterable[Element], scope: Scope) -> list[Person]:
    """Atom persons (``name``, ``email``, ``uri``), or text that names one, in order, nobody twice."""
    found: list[Person] = []
    for element in elements:
        person = _person(element, scope)
        if person is not None and person not in found:
            found.append(person)
    return found


def _person(element: Element, scope: Scope) -> Person | None:
    if not len(element):
        return person_in(element.text or "")
    fields = {name.rpartition(":")[2]: nodes for name, nodes in gather(element, scope.core).items()}
    if not fields.keys() & {"name", "email", "uri", "url", "homepage"}:
        return person_in(text_of(element))
    email = first_line(fields, "email")
    uri = first_line(fields, "uri", "url", "homepage")
    person = Person(
        name=first_label(fields, "name"),
        email=email.removeprefix("mailto:") if email else None,
        uri=scope.url(element, uri),
    )
    return person if person != Person() else None


def person_in(text: str) -> Person | None:
    """``mail (Name)``, ``Name <mail>``, ``Name``, ``mail`` or an address of a page → a person."""
    text = text[:1_000]
    mail = _MAIL.search(text)
    name = text if mail is None else text[: mail.start()] + " " + text[mail.end() :].replace("mailto:", "")
    name = reading_text(re.sub(r"mailto:|<\s*>|\(\s*\)|\[\s*\]", " ", name))
    if mail is not None:
        name = re.sub(r"^[\s(<\[\"',;:-]+|[\s)>\]\"',;:-]+$", "", name)
        if text[mail.end() :].strip().startswith("(") and "(" in name and not name.endswith(")"):
            name += ")"
    if name and " " not in name and safe_url(name, None):
        return Person(email=mail[0] if mail else None, uri=name)
    person = Person(name=name or None, email=mail[0] if mail else None)
    return person if person != Person() else None


def language_in(element: Element) -> str | None:
    """The element's own xml:lang."""
    return language_tag(element.get(_XML + "lang"))


def language_tag(text: str | None) -> str | None:
    """A language as BCP 47 writes it: ``zh_CN`` → ``zh-CN``."""
    return (text or "").strip().replace("_", "-") or None
