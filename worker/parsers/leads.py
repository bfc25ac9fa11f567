"""What can lead to articles → ParsedFeed with ``found``: listing pages, sitemaps, answers of data calls, robots.txt.

The content decides which reader it gets, never the label alone. Nothing in a document raises.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from itertools import islice

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from worker.model.catalog import Listing
from worker.model.feed import Document, Found, ParsedFeed, Role
from worker.parsers import answers, sitemap
from worker.parsers.charset import decode
from worker.parsers.ends import without_ends
from worker.parsers.links import Leads, known_as, words
from worker.parsers.listing import MOST_TAGS, read_listing, title_of
from worker.parsers.robots import read_robots
from worker.parsers.xml import Element, recovered, repaired, strict, trimmed, without_doctype

_MOST_INFLATED = 20_000_000
_STEP = 256 * 1024
_MOST_XML_TAGS = 600_000
_MOST_WARNINGS = 10
_GZIP = b"\x1f\x8b"
_BINARY = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a zip or office file",
    b"\xd0\xcf\x11\xe0": "an office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
}
_ROOT = re.compile(rb"(?:\s|<\?[^>]*\?>|<!--.*?-->)*<(?:!doctype\s+)?([\w:.-]+)", re.IGNORECASE | re.DOTALL)
_HTML_NAMES = words(
    "html head body div ul ol li dl dt dd table tbody tr td th a p span h1 h2 h3 h4 h5 section article main "
    "script style meta link title center font form img br header footer nav base b strong input iframe "
    "noscript"
)
_FEEDS = frozenset({"rss", "feed", "rdf", "channel"})
_RULE = re.compile(rb"^\s*(?:user-?agent|sitemap|disallow|allow)\s*:", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"\s*https?://\S+\s*(?:\n|$)")
_TAG = re.compile(rb"<")
_DATASTORE = re.compile(rb"<datastore\b.*?</datastore>", re.DOTALL | re.IGNORECASE)
_MOST_DATASTORES = 20
_WORDLESS = 200  # letters of text under which a page without links is empty


def read_leads(document: Document, listing: Listing) -> ParsedFeed:
    """``format`` is "listing", or "" with a warning in words where nothing leads anywhere. ``found`` are articles in
    the order of the document (of a sitemap: newest first), then further listings; ``digests`` are those of all
    articles, each ``identity.urls.link_digest`` of its address."""
    body, problem = _unpacked(document.body)
    if problem or (problem := _not_text(body)):
        return ParsedFeed(format="", warnings=(problem,))
    charset, text = decode(body, document.content_type if body is document.body else None)
    leads = _read(replace(document, body=text), text, listing)
    warnings = tuple(dict.fromkeys(leads.warnings))[:_MOST_WARNINGS]
    if not leads.found:
        warnings = warnings or ("nothing in this document leads to an article",)
        return ParsedFeed(format="", title=leads.title, charset=charset, warnings=warnings)
    articles = [lead for lead in leads.found if lead.role is Role.ARTICLE]
    return ParsedFeed(
        format="listing",
        found=leads.found,
        digests=tuple(map(known_as, articles)),
        title=leads.title,
        link=document.url,
        charset=charset,
        warnings=warnings,
    )


def _read(document: Document, text: bytes, listing: Listing) -> Leads:
    start = text.lstrip()
    if not start:
        return Leads("", warnings=("the document is empty",))
    if answers.is_json(start):
        return _read_json(document, start, listing)
    if start[:1] == b"<":
        root = _ROOT.match(start[:20_000])
        name = root[1].lower().rpartition(b":")[2].decode() if root else "html"
        is_page = name in _HTML_NAMES
        return _read_page(document, start, listing) if is_page else _read_xml(document, start, name, listing)
    return _read_plain(document, start, listing)


def _read_plain(document: Document, start: bytes, listing: Listing) -> Leads:
    if _ADDRESS.match(start[:4_000]):
        return sitemap.read_addresses(_lines(start), document, listing)
    if _RULE.search(start[:20_000]):
        return _read_robots(document, start, listing)
    if b"<a " in start or b"<A " in start:
        return _read_page(document, start, listing)
    return Leads("", warnings=("this is plain text: no page, no sitemap, no data",))


def _lines(text: bytes) -> list[str]:
    return text.decode("utf-8", "replace").splitlines()


def _read_robots(document: Document, text: bytes, listing: Listing) -> Leads:
    named = read_robots(text.decode("utf-8", "replace")).sitemaps
    read = sitemap.sitemaps_named(named, document, listing)
    return read if read.found else replace(read, warnings=("this robots.txt names no sitemap of the site",))


def _read_json(document: Document, text: bytes, listing: Listing) -> Leads:
    if len(text) > answers.LARGEST:
        return Leads("json", warnings=(f"the answer is larger than {answers.LARGEST // 1_000_000} MB",))
    try:
        value = answers.json_in(text.decode("utf-8", "replace"))
    except RecursionError:
        return Leads("json", warnings=("the answer is nested too deep to be read",))
    except json.JSONDecodeError as error:
        return Leads("json", warnings=(f"the answer is no JSON: {error}",))
    except ValueError:  # a number of thousands of digits
        return Leads("json", warnings=("the answer is no JSON that can be read",))
    if isinstance(value, dict) and str(value.get("version", "")).startswith("https://jsonfeed.org/"):
        return Leads("json", warnings=('this is a JSON Feed; poll it as kind = "feed"',))
    return answers.read_json(value, document, listing)


def _read_xml(document: Document, text: bytes, name: str, listing: Listing) -> Leads:
    if name in _FEEDS:
        return Leads("xml", warnings=('this is a feed; poll it as kind = "feed"',))
    root = _xml_root(text)
    if root is None:
        return Leads("xml", warnings=("the XML is too broken to be read",))
    if sitemap.local(root) in {"urlset", "sitemapindex"}:
        read = sitemap.read_sitemap(root, document, listing)
        return read if read.found else replace(read, warnings=("the sitemap names no article of this site",))
    read = answers.read_xml(root, document, listing)
    if len(read.found) > 1 or listing.items or b"<![CDATA[" not in text:
        return read
    page = _read_page(document, text.replace(b"<![CDATA[", b"").replace(b"]]>", b""), listing)  # one HTML list in it
    return page if len(page.found) > len(read.found) else read


def _xml_root(text: bytes) -> Element | None:
    text, cut = _begun(text, _MOST_XML_TAGS)
    body = without_doctype(trimmed(text)[0])
    if cut:
        return recovered(body)
    root = strict(body)
    if root is None:
        root = strict(repaired(body))
    return recovered(body) if root is None else root


def _begun(text: bytes, most: int) -> tuple[bytes, bool]:
    """The beginning of a document with at most so many tags, and whether anything was cut off."""
    if text.count(b"<") <= most:
        return text, False
    after = next(islice(_TAG.finditer(text), most, None))
    return text[: after.start()], True


def _read_page(document: Document, text: bytes, listing: Listing) -> Leads:
    text, _ = _begun(text, MOST_TAGS)
    root = _html_root(text)
    if root is None:
        return Leads("html", warnings=("the page is empty",))
    page = read_listing(root, document.url, document.zone, listing)
    embedded = _embedded(document, text, listing) if not listing.links else ()
    known = set(map(known_as, embedded))
    found = (*embedded, *(lead for lead in page.found if known_as(lead) not in known))
    if any(lead.role is Role.ARTICLE for lead in found):
        return replace(page, found=_in_order(found))
    return Leads("html", title=title_of(root), warnings=(*page.warnings, _why_nothing(root, text)))


def _in_order(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """Articles first, then one further listing."""
    listings = [lead for lead in found if lead.role is Role.LISTING]
    return (*(lead for lead in found if lead.role is Role.ARTICLE), *listings[:1])


def _html_root(text: bytes) -> HtmlElement | None:
    try:
        return lxml.html.document_fromstring(without_ends(text), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (ValueError, etree.ParserError):
        return None


def _embedded(document: Document, text: bytes, listing: Listing) -> tuple[Found, ...]:
    """The first rows that government portals write into a script of the page, for jpage to show."""
    if b"</datastore>" not in text:
        return ()
    found: list[Found] = []
    for number, store in enumerate(_DATASTORE.finditer(text)):
        if number >= _MOST_DATASTORES:
            break
        root = _xml_root(store[0])
        if root is not None:
            found += answers.read_xml(root, document, listing).found
    return tuple(dict.fromkeys(found))


def _why_nothing(root: HtmlElement, text: bytes) -> str:
    """In words, why a page led nowhere."""
    if root.find(".//input[@type='password']") is not None:
        return "this is a login page, or no listing: it asks for a password and has no article links"
    body = root.find("body")
    texts = body.itertext("p", "a", "div", "span", "li", "td") if body is not None else ()
    shown = "".join(islice(map(str, texts), 500))
    if len(shown.strip()) < _WORDLESS and b"<script" in text.lower():
        return (
            "the page shows nothing without JavaScript; name the data call behind it (listing.request, listing.items)"
        )
    if len(shown.strip()) < _WORDLESS:
        return "the page is empty"
    return "no article links were found on this page (say where they are with listing.links or listing.match)"


def _unpacked(body: bytes) -> tuple[bytes, str | None]:
    """A gzip body unfolded, at most 20 MB of it; what is wrong with it."""
    if not body.startswith(_GZIP):
        return body, None
    pieces: list[bytes] = []
    size = 0
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    while body and not decoder.eof:
        try:
            piece = decoder.decompress(body, _STEP)
        except zlib.error:
            return b"", "the gzip file is broken"
        body = decoder.unconsumed_tail
        size += len(piece)
        pieces.append(piece)
        if size > _MOST_INFLATED:
            return b"", f"the gzip file unfolds to more than {_MOST_INFLATED // 1_000_000} MB"
    return (b"".join(pieces), None) if decoder.eof else (b"", "the gzip file breaks off")


def _not_text(body: bytes) -> str | None:
    for magic, what in _BINARY.items():
        if body.startswith(magic):
            return f"this is {what}, no listing"
    head = body[:2_000]
    if head.count(0) > len(head) // 4 and not head.startswith(
        (b"<\0", b"\0<", b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")
    ):
        return "this is a binary file, no listing"
    return None
