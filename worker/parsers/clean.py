"""HTML from outside, cleaned once (nh3), and the plain text and addresses taken from it.

Kept is the HTML of news: paragraphs, headings, lists, quotes, code, tables, figures, images, links, inline emphasis,
ruby. Nothing that runs, styles, frames or posts; URL attributes are http(s) and absolute.
"""

from __future__ import annotations

import html as html_entities
import re
from contextvars import ContextVar
from functools import lru_cache
from urllib.parse import urljoin

import nh3


def _names(words: str) -> set[str]:
    return set(words.split())


_TAGS = _names(
    "a abbr article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt "
    "em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q rp rt ruby s samp "
    "section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_DROPPED_WHOLE = _names(
    "script style iframe frame frameset object embed applet svg annotation template select textarea button option "
    "title noembed noframes audio video canvas"
)
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "bdo": {"dir"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "*": {"lang", "dir"},
}
_IMG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
# A name begins after what can be no part of one: tried at every letter, a long name would cost its length squared.
_ATTRIBUTE = re.compile(r"""(?<![^\s"'>/=])([^\s"'>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-original-src", "data-echo", "_src")
_NOSCRIPT = re.compile(r"<noscript\b[^>]*>.*?</noscript\s*>", re.IGNORECASE | re.DOTALL)
_MOST_NOSCRIPTS = 200
# What browsers and the cleaner let swallow the rest of the article, where it is not closed or closed the XML way.
_HOLDERS = {
    name: (re.compile(rf"<{name}\b[^<>]*>"), re.compile(rf"<{name}\b[^<>]*/>"))
    for name in ("iframe", "object", "video", "audio", "script")
}
# What needs mending before it is cleaned: one look for all of them, since each costs as much as this one.
_SPECIAL = re.compile("<(img|IMG|math|iframe|object|video|audio|script)")
_DEEPEST = 500  # elements inside one another
# Tags that nest; the others close themselves or are closed by the next of their kind.
_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|td|th|tr|wbr)\b)[a-z]",
    re.IGNORECASE,
)
_LARGEST = 2_000_000  # characters of one field that are read
_LONGEST_LINE = 20_000
_COUNTERS = re.compile(
    r"https?://(?:[\w.-]+\.)?(?:feedsportal\.com|feedburner\.com/~[rf]f?/|pixel\.wp\.com/|stats\.wordpress\.com/"
    r"|feeds\.wordpress\.com/1\.0/|doubleclick\.net/|google-analytics\.com/|pixel\.quantserve\.com/"
    r"|scorecardresearch\.com/)",
    re.IGNORECASE,
)
# The cleaner would drop formulas with their letters; without these tags the letters are text like any other.
_FORMULA_TAG = re.compile(
    r"</?(?:math|semantics|m(?!ark\b|ain\b|enu\b|eta\b|eter\b)[a-z]{1,12})(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_BARE_IMG = re.compile(r'<img(?:\s+(?!src=)[\w-]+="[^"]*")*\s*/?>')
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_C1 = re.compile("[\x80-\x9f]")
# Nothing of either: one look at a whole text costs a fifth of looking for each.
_ORDINARY = re.compile("[\t\n\r -~\xa0-\ufffd\U00010000-\U0010ffff]*")
# Windows-1252 characters that came as numeric references into the C1 range, which XML reads as controls.
_C1_TABLE = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}

_COMMENT = re.compile(r"<!--.*?-->|<(script|style|svg|template)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BLOCK_NAMES = (
    "address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li"
    "|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE_NAMES = (
    "a|abbr|acronym|audio|b|bdi|bdo|big|cite|code|col|colgroup|del|dfn|em|embed|font|i|iframe|img|input|ins|kbd|label"
    "|mark|noscript|object|param|picture|q|rp|rt|ruby|s|samp|script|small|source|span|strike|strong|style|sub|sup|svg"
    "|time|tt|u|var|video|wbr"
)
# Dropped like any unknown tag; in text of no declared type they are markup only where they are written as such.
_ODD_NAMES = "applet|base|basefont|blink|frame|frameset|link|marquee|math|meta|nobr|noframes"
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE_NAMES}|{_ODD_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MARKUP = re.compile(
    rf"</?(?:{_BLOCK_NAMES}|{_INLINE_NAMES})(?:\s[^<>]*)?/?>|&(?:#\d+|#x[0-9a-f]+|\w+);"
    rf"|</(?:{_ODD_NAMES})\s*>|<(?:{_ODD_NAMES})\s+[\w:-]+\s*=",
    re.IGNORECASE,
)
# Not the single blanks between words: they are what they should be, and most of what there is. The pattern begins with
# one sign of the set, so that it is tried only there: a third of the time of two alternatives.
_BLANKS = "[ \t\r\n\f\v\xa0\u2028\u2029]"
_SPACE = re.compile(f"{_BLANKS}(?:(?<! )|(?={_BLANKS})){_BLANKS}*")
_EDGES = " \t\r\n\f\v\xa0\u3000\u200b\ufeff\u2028\u2029"
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CLOSED_BY = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
_URL_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ABSOLUTE = re.compile(
    r"(https?://(?:[^/?#@\s]*@)?(?:\[[0-9a-f:.]+\]|[^/?#@:\s\[\]]+)(?::\d{0,5})?)(?=[/?#]|$)", re.IGNORECASE
)
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def clean_html(html: str, base: str | None) -> str:
    """``html`` with only the allowed markup, links and images absolute against ``base``; idempotent.

    Links that cannot be made absolute http(s) lose their address, images without one go, as do counting pixels.
    """
    html = html[:_LARGEST]
    if not _ORDINARY.fullmatch(html):
        html = from_c1(_CONTROLS.sub("", html))
    html = html.strip()
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;").replace("\xa0", "&nbsp;")
    special = set(_SPECIAL.findall(html))
    if not special.isdisjoint(("img", "IMG")):
        html = _mend_images(html)
    if "math" in special:
        html = _FORMULA_TAG.sub("", html)
    for name in special & _HOLDERS.keys():
        opening, empty = _HOLDERS[name]
        html = (empty if f"</{name}" in html or name == "script" else opening).sub("", html)
    if html.count("<") > _DEEPEST and _too_deep(html):
        html = escape_text(collapse(_INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", html))))
    _base.set(base)
    cleaned = _cleaner().clean(html)
    if ' cite="' in cleaned:
        cleaned = _cleaner_of_quotes().clean(cleaned)
    if "<img" in cleaned:
        cleaned = _BARE_IMG.sub("", cleaned)
    return cleaned.strip()


def _too_deep(html: str) -> bool:
    """Does the markup nest so deep that building its tree takes time out of all proportion?"""
    depth = 0
    for tag in _NESTING.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEEPEST:
            return True
    return False


_base: ContextVar[str | None] = ContextVar("_base", default=None)


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    """One for all: building it costs as much as cleaning a page, and nearly every entry has a base of its own."""

    def absolute(url: str) -> str | None:
        return safe_url(url, _base.get())

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        url_relative=absolute,
        link_rel="noopener noreferrer",
    )


@lru_cache(maxsize=1)
def _cleaner_of_quotes() -> nh3.Cleaner:
    """For what holds a ``cite``, which the cleaner does not take for an address: a call for every attribute is dear."""

    def only_addresses(_tag: str, name: str, value: str) -> str | None:
        return safe_url(value, _base.get()) if name == "cite" else value

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=only_addresses,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _mend_images(html: str) -> str:
    """Late-loading images get their address, counting pixels go, before the cleaner removes what tells them apart."""
    if 0 < html.count("<noscript") < _MOST_NOSCRIPTS and any(name in html for name in _LAZY):
        html = _NOSCRIPT.sub("", html)
    return _IMG.sub(_mend_image, html)


def _mend_image(match: re.Match[str]) -> str:
    markup = match[0]
    if markup.count('"') % 2:
        return markup
    found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(markup)}
    sides = [found.get(side, "").strip().removesuffix("px") for side in ("width", "height")]
    source = found.get("src", "")
    if all(side in {"0", "1"} for side in sides) or _COUNTERS.match(source):
        return ""
    late = next((found[name] for name in _LAZY if found.get(name)), None)
    if late is None:
        return markup
    kept = "".join(
        f' {name}="{found[name]}"' for name in ("alt", "title", "width", "height") if '"' not in found.get(name, '"')
    )
    return f'<img src="{late}"{kept}>' if '"' not in late else markup


def from_c1(text: str) -> str:
    """Text in which Windows-1252 punctuation that hid among the C1 controls is itself again."""
    return text.translate(_C1_TABLE) if _C1.search(text) else text


def looks_like_html(text: str) -> bool:
    """Does text that declares no type hold HTML tags or entities?"""
    return ("<" in text or "&" in text) and _MARKUP.search(text) is not None


def escape_text(text: str) -> str:
    """Plain text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def collapse(text: str) -> str:
    """White space folded to single spaces; ideographic spaces inside the text are kept."""
    return _SPACE.sub(" ", text).strip(_EDGES)


def plain_text(html: str, longest: int = _LONGEST_LINE) -> str:
    """The text of an HTML fragment on one line, of its first ``longest`` characters. What only looks like a tag
    (``Vec<T>``) stays."""
    text = html[:longest]
    if "<" in text:
        text = _COMMENT.sub("", text)
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    if "&" in text:
        text = html_entities.unescape(text)
    if not _ORDINARY.fullmatch(text):
        text = from_c1(_CONTROLS.sub("", text))
    return collapse(unturned(text))


def unturned(text: str) -> str:
    """``text`` without what turns the direction of its characters, where that overrides them or is not closed again: in
    a line of credit it would turn round what stands beside it."""
    waits: list[str] = []
    for match in _TURNING.finditer(text):
        if closing := _CLOSED_BY.get(match[0]):
            waits.append(closing)
        elif not waits or waits.pop() != match[0]:
            return _TURNING.sub("", text)
    return _TURNING.sub("", text) if waits else text


def safe_url(url: str | None, base: str | None) -> str | None:
    """``url`` if it is, or against ``base`` becomes, an absolute http(s) address; None otherwise.

    White space around it is cut; a control character anywhere or a blank in the host refuses it; nothing else changes.
    """
    trimmed = (url or "").strip(_EDGES)
    if not trimmed or _URL_CONTROLS.search(trimmed):
        return None
    whole = trimmed if _HAS_SCHEME.match(trimmed) else _joined(trimmed, base)
    return whole if whole and _ABSOLUTE.match(whole) else None


def _joined(reference: str, base: str | None) -> str | None:
    """A relative reference against ``base``; the plain case without the cost of taking both apart."""
    if reference.startswith("//"):
        return f"{_scheme(base)}:{reference}"
    if base is None:
        return None
    if reference[0] == "/" and "/." not in reference:
        origin = _ABSOLUTE.match(base)
        return origin[1] + reference if origin else None
    try:
        return urljoin(base, reference)
    except ValueError:
        return None


def _scheme(base: str | None) -> str:
    return "http" if base and base[:5].lower() == "http:" else "https"
