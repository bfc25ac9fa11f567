"""XML documents → trees with short names, strictly first, then repaired. No entity is ever expanded, no file opened."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from lxml import etree

from worker.parsers.slices import Slice, opaque_spans

Element = etree._Element

_DOCTYPE = re.compile(
    rb"<!DOCTYPE\b(?:[^>\[\"']|\"[^\"]*\"|'[^']*')*(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile(rb"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"%&<]{0,200})"|'([^'%&<]{0,200})')\s*>""")
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_PROLOG_PARTS = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_FIRST_TAG = re.compile(rb"<(?:\?xml\b|(?:[\w.-]+:)?(?:rss|feed|RDF|channel)\b)", re.IGNORECASE)
_BROKEN = re.compile(rb"&(#\d{1,8};|#[xX][0-9a-fA-F]{1,8};|\w{1,32};)?|<(?![A-Za-z_/!?])|\]\]>")
_PREFIXED = re.compile(rb"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_DECLARED = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_MOST_PREFIXES = 50
_MOST_GROWTH = 100_000  # bytes that the entities a document declares may add to it
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
_NAMED = re.compile(rb"&(amp|lt|gt|quot|apos);")
_NUMBERS = {b"amp": b"&#38;", b"lt": b"&#60;", b"gt": b"&#62;", b"quot": b"&#34;", b"apos": b"&#39;"}

# Namespace address, lower case, without scheme and trailing slash or hash → the short name we use for it. "" is RSS.
_SHORT = {
    "": "",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "backend.userland.com/rss091": "",
    "backend.userland.com/rss092": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "cyber.law.harvard.edu/rss/rss.html": "",
    "purl.org/net/rss1.1": "",
    "www.rssboard.org/rss-specification": "",
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "example.com/newformat": "atom",
    "purl.org/atom-blog/ns": "atom",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "web.resource.org/cc": "cc",
    "creativecommons.org/ns": "cc",
    "backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "search.yahoo.com/mrss": "media",
    "tools.search.yahoo.com/mrss": "media",
    "video.search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "webns.net/mvcb": "admin",
    "purl.org/atompub/tombstones/1.0": "at",
    "www.w3.org/1999/xhtml": "xhtml",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "news.yandex.ru": "yandex",
    "wordpress.org/export/1.2/excerpt": "excerpt",
}
# What an undeclared prefix most likely meant.
_KNOWN_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "cc": "http://web.resource.org/cc/",
    "creativecommons": "http://backend.userland.com/creativeCommonsRssModule",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "admin": "http://webns.net/mvcb/",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
}


def strict(text: bytes) -> Element | None:
    """The root of a well-formed document, None for any other (and for one nested deeper than 256)."""
    try:
        return etree.fromstring(text, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None


def recovered(text: bytes) -> Element | None:
    """What libxml2 can save of a document that is not well-formed. It drops every named reference after the first
    error, but no numeric one."""
    numbered = _outside_opaque(text, _NAMED, lambda match: _NUMBERS[match[1]])
    try:
        return etree.fromstring(numbered, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
        encoding="utf-8",
    )


def trimmed(text: bytes) -> tuple[bytes, bool]:
    """The document from its first tag on, and whether anything but white space stood before it."""
    start = text.lstrip(b" \t\r\n\x0b\x0c\xc2\xa0\xef\xbb\xbf\xe2\x80\x8b")
    if start[:1] == b"<":
        return start, False
    found = _FIRST_TAG.search(start)
    return (start[found.start() :], True) if found else (start, False)


def without_doctype(text: bytes) -> bytes:
    """The document without its document type, the entities it declared or HTML knows written out as characters.

    Only entities whose value is plain text count; nothing is looked up. Entities that would swell the document are
    left as the letters they are.
    """
    found = _DOCTYPE.search(text[:20_000])
    if not found:
        return text
    declared = {m[1]: m[2] or m[3] or b"" for m in _ENTITY.finditer(found["subset"] or b"")}
    rest = text[: found.start()] + text[found.end() :]
    if sum(len(value) * rest.count(b"&" + name + b";") for name, value in declared.items()) > _MOST_GROWTH:
        declared = {}
    return repaired(rest, declared) if b"&" in rest else rest


def repaired(text: bytes, entities: dict[bytes, bytes] | None = None) -> bytes:
    """The usual breakages mended outside CDATA: bare ``&`` and ``<``, HTML entities, references to no character,
    prefixes nobody declared."""
    declared = entities or {}

    def mend(match: re.Match[bytes]) -> bytes:
        if match[0] == b"<":
            return b"&lt;"
        if match[0] == b"]]>":
            return b"]]&gt;"
        name = (match[1] or b"").rstrip(b";")
        return _reference(name, declared) if name else b"&amp;"

    return _with_prefixes(_outside_opaque(_NONCHARACTERS.sub(b"", text), _BROKEN, mend))


def _outside_opaque(text: bytes, pattern: re.Pattern[bytes], mend: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """``text`` with ``pattern`` replaced wherever it is not inside a CDATA section, comment or instruction."""
    parts = []
    position = 0
    for start, end in (*opaque_spans(text), (len(text), len(text))):
        parts += [pattern.sub(mend, text[position:start]), text[start:end]]
        position = end
    return b"".join(parts)


def _reference(name: bytes, declared: dict[bytes, bytes]) -> bytes:
    if name in _NUMBERS:
        return b"&" + name + b";"
    if name[:1] == b"#":
        return _character(int(b"0" + name[1:], 16) if name[1:2] in b"xX" else int(name[1:]))
    if name in declared:
        return declared[name]
    known = html.entities.html5.get(name.decode("ascii", "replace") + ";")
    if known is None:
        return b"&amp;" + name + b";"
    return known.replace("&", "&amp;").replace("<", "&lt;").encode()


def _character(code: int) -> bytes:
    if code in {0x9, 0xA, 0xD} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return b"&#%d;" % code
    return b""


def _with_prefixes(text: bytes) -> bytes:
    """The document with every undeclared namespace prefix declared at the root."""
    root = root_tag(text)
    if root is None:
        return text
    used = {m[1] or m[2] for m in _PREFIXED.finditer(text)} - {b"xml", b"xmlns"}
    missing = sorted(used - set(_DECLARED.findall(text)))[:_MOST_PREFIXES]
    if not missing:
        return text
    declarations = b"".join(b' xmlns:%s="%s"' % (prefix, _meant(prefix)) for prefix in missing)
    at = root.start() + 1 + len(root[1])
    return text[:at] + declarations + text[at:]


def _meant(prefix: bytes) -> bytes:
    name = prefix.decode("utf-8", "replace").lower()
    return _KNOWN_PREFIXES.get(name, f"urn:undeclared:{name}").encode()


def root_tag(text: bytes) -> re.Match[bytes] | None:
    """The start tag of the root element; group 1 is its name."""
    position = 0
    while part := _PROLOG_PARTS.match(text, position):
        position = part.end()
    return _ROOT.search(text, position)


def wrapped(piece: Slice | bytes, root: re.Match[bytes] | None) -> bytes:
    """One item's markup inside a copy of the root's start tag, so that prefixes and xml:base mean what they meant."""
    raw = piece if isinstance(piece, bytes) else piece.raw
    if root is None:
        return b"<rss>" + raw + b"</rss>"
    start = root[0].rstrip(b"/>") + b">" if root[0].endswith(b"/>") else root[0]
    return start + raw + b"</" + root[1] + b">"


@lru_cache(maxsize=4096)
def name_of(tag: str, core: str = "") -> str:
    """``{namespace}local`` → ``dc:creator`` and the like, lower case. The namespace ``core`` is written as none."""
    space, _, local = tag.rpartition("}")
    space = space[1:]
    local = local.lower()
    if space == core:
        return local
    short = _SHORT.get(space.lower().removeprefix("https://").removeprefix("http://").rstrip("/#"))
    if short is None:
        return f"?:{local}"
    return f"{short}:{local}" if short else local


def namespace_of(tag: str) -> str:
    return tag[1:].partition("}")[0] if tag[:1] == "{" else ""


def children(element: Element) -> Iterator[Element]:
    """The child elements: no comments, no entity references."""
    return element.iterchildren(etree.Element)
