"""What readers and partners see: the demonstration fetches its own outputs and reads the credit out of each."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urljoin
from uuid import UUID

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a GET brought. Status 0: nobody answered."""

    status: int
    body: bytes


def get(url: str) -> Answered:
    """GET one of the demonstration's own addresses."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (http to our own address)
            return Answered(answer.status, answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return Answered(answer.code, answer.read())
    except OSError:
        return Answered(0, b"")


def feeds_of(page: bytes, base: str) -> dict[str, str]:
    """The feeds a page announces: media type → address (``link rel=alternate``)."""
    links = [link for link in html.document_fromstring(page).iter("link") if link.get("rel") == "alternate"]
    return {link.get("type", "").partition(";")[0]: urljoin(base, link.get("href", "")) for link in links}


def first_line(markup: str) -> str:
    """The first block of a body, as text: that is where the credit stands."""
    fragment = html.fragment_fromstring(markup, create_parent="div")
    block = next((one for one in fragment.iter("p") if one.text_content().strip()), fragment)
    return " ".join(block.text_content().split())


def credit_in_rss(document: bytes, uuid: UUID) -> str | None:
    for item in etree.fromstring(document).iter("item"):
        if str(uuid) in (item.findtext("guid") or ""):
            return first_line(item.findtext(CONTENT) or item.findtext("description") or "")
    return None


def credit_in_atom(document: bytes, uuid: UUID) -> str | None:
    for one in etree.fromstring(document).iter(f"{ATOM}entry"):
        if str(uuid) in (one.findtext(f"{ATOM}id") or ""):
            return first_line(one.findtext(f"{ATOM}content") or one.findtext(f"{ATOM}summary") or "")
    return None


def credit_in_json(document: bytes, uuid: UUID) -> str | None:
    for one in json.loads(document)["items"]:
        if str(uuid) in one["id"]:
            return first_line(one.get("content_html") or one.get("summary") or "")
    return None


def tombstone_in_atom(document: bytes, uuid: UUID) -> bool:
    return any(str(uuid) in one.get("ref", "") for one in etree.fromstring(document).iter(TOMBSTONE))


def text_of(page: bytes) -> str:
    """The words of a page, without its markup."""
    document = html.document_fromstring(page)
    etree.strip_elements(document, "script", "style", with_tail=False)
    return "".join(str(text) for text in document.itertext())
