"""Elements on lxml for the two XML feeds: text that XML 1.0 allows, the rights element, bytes that never vary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from worker.identity.direction import direction_of
from worker.model.delivery import Imprint, MergedInto, Release
from worker.renderers.terms import NAMESPACE, chain, guid, rfc3339

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML = "http://www.w3.org/XML/1998/namespace"

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """``text`` without what XML 1.0 §2.2 forbids: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return _FORBIDDEN.sub("", text)


def child(
    parent: etree._Element, name: str, text: str | None = None, attributes: Mapping[str, str | None] | None = None
) -> etree._Element:
    """Append one element. ``name`` is plain or ``{namespace}local``; attributes that are None are left out."""
    element = etree.SubElement(parent, name)
    for key, value in (attributes or {}).items():
        if value is not None:
            element.set(key, clean(value))
    if text is not None:
        element.text = clean(text)
    return element


def say_merged(parent: etree._Element, other: MergedInto) -> None:
    """``nr:merged-into`` in the trace of an article that has become part of another."""
    child(parent, f"{{{NAMESPACE}}}merged-into", guid(other.article), {"href": other.address})


def say_use(parent: etree._Element, release: Release) -> None:
    """``nr:use`` with reasons, grant, expiry and, where the text runs from right to left, its direction; ``nr:credit``;
    one ``nr:hop`` per station, the origin's first."""
    child(
        parent,
        f"{{{NAMESPACE}}}use",
        release.use.value,
        {
            "reason": " ".join(reason.value for reason in release.reasons) or None,
            "obligation": " ".join(release.obligations) or None,
            "grant": release.grant,
            "expires": rfc3339(release.valid_until) if release.valid_until else None,
            "direction": "rtl" if direction_of(release) == "rtl" else None,
        },
    )
    credit = release.credit
    facts: dict[str, str | None] = {
        "author-state": credit.author_state.value,
        "original-title": credit.original_title,
        "editor": credit.editor,
    }
    child(parent, f"{{{NAMESPACE}}}credit", release.attribution.line_text, facts)
    for hop in credit.hops:
        facts = {"role": hop.role.value, "basis": hop.basis.value, "link": hop.link, "site": hop.site}
        child(parent, f"{{{NAMESPACE}}}hop", hop.name, facts)


def say_operator(parent: etree._Element, imprint: Imprint) -> None:
    """``nr:operator``: who runs this feed, and how to reach them. It claims no text."""
    child(
        parent,
        f"{{{NAMESPACE}}}operator",
        imprint.name,
        {
            "contact": imprint.contact,
            "address": imprint.address,
            "site": imprint.site or None,
            "licence": " ".join(imprint.licence_numbers) or None,
        },
    )


def provenance(release: Release) -> str:
    return " > ".join(chain(release))


def serialise(root: etree._Element) -> bytes:
    """UTF-8 with declaration, indented. The same tree gives the same bytes."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
