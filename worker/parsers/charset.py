"""Bytes of any encoding → UTF-8, before a parser sees them.

Order: byte order mark → valid UTF-8, whatever a label says → the XML prolog → the HTTP label → ``<meta>`` of an HTML
document → a detector. Labels are read the way browsers read them: ``gb2312`` means GB18030, ``big5`` means Big5-HKSCS,
``iso-8859-1`` means windows-1252. The two Chinese encodings can nearly always read each other's bytes; where labels
and bytes disagree on them, common characters decide.
"""

from __future__ import annotations

import codecs
import re

import cchardet

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How "<" looks in a wide encoding that carries no byte order mark.
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
_SEVEN_BITS = ("iso-2022-", "iso2022", "csiso2022", "hz")
# Labels that Python does not know by themselves.
_ALIASES = {
    "ansi": "windows-1252",
    "ms-ansi": "windows-1252",
    "iso88591": "windows-1252",
    "big-5": "big5hkscs",
    "big5-eten": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "csgb2312": "gb18030",
    "gb-18030": "gb18030",
    "gb13000": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "hz-gb-2312": "hz",
    "cseuckr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "windows-949": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "mac": "macintosh",
    "mac-roman": "macintosh",
    "csmacintosh": "macintosh",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "unicode": "utf-16",
}
# What browsers read for a label, by Python's name of the codec: a larger set of the same, under one name.
_WIDER = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp1252": "windows-1252",
    "cp949": "cp949",
    "utf-8": "utf-8",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_WINDOWS = re.compile(r"win(?:dows)?[-_]?(\d{3,4})", re.ASCII)
_SECOND_TRY = {"big5hkscs": "cp950", "cp949": "johab", "windows-1252": "latin-1"}
# What servers say when nobody told them: a detector that is sure of a multi-byte script knows better.
_SERVER_DEFAULT = frozenset({"windows-1252"})
_PROLOG = re.compile(rb"""^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']\s*([\w.:-]+)\s*["'][^>]*?\?>""", re.ASCII)
_META = re.compile(rb"""<meta\b[^<>]{0,300}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE | re.ASCII)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title)\b", re.IGNORECASE)
_NOT_HTML = re.compile(rb"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE)
_META_WITHIN = 8_192  # bytes from the start; browsers look at 1,024, crowded heads need more
_HTTP_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_HIGH = bytes(range(0x80, 0x100))
_TOLERATED = 0.02  # share of undecodable among non-ASCII bytes that still counts as this encoding


def decode(body: bytes, content_type: str | None) -> tuple[str, bytes]:
    """The encoding found and the text as UTF-8 without byte order mark, its XML prolog rewritten to UTF-8.

    Undecodable bytes become U+FFFD, control characters that XML forbids are dropped. Never raises.
    """
    charset, text = _decode(body, content_type)
    clean = text.translate(None, _CONTROLS)
    prolog = _PROLOG.match(clean[:400])
    if prolog and prolog[1].lower() != b"utf-8":
        clean = clean[: prolog.start(1)] + b"utf-8" + clean[prolog.end(1) :]
    return charset, clean


def _decode(body: bytes, content_type: str | None) -> tuple[str, bytes]:
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return charset, _recode(body[len(mark) :], charset)
    head = body.lstrip()[:4]
    for look, charset in _WIDE:
        if head.startswith(look):
            return charset, _recode(body[len(body) - len(body.lstrip()) :] if look[0] else body, charset)
    if head == _EBCDIC:
        return _ebcdic(body)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(body) or _by_label(body, content_type)
    if body.isascii() and (b"\x1b" in body or b"~" in body):
        return _by_escapes(body, content_type)
    return "utf-8", body


def _ebcdic(body: bytes) -> tuple[str, bytes]:
    """A document of a mainframe; its prolog says which of them."""
    prolog = _PROLOG.match(body[:400].decode("cp037").encode("utf-8"))
    charset = (_codec(prolog[1].decode("ascii")) if prolog else None) or "cp037"
    return charset, body.decode(charset, "replace").encode("utf-8", "replace")


def _by_escapes(body: bytes, content_type: str | None) -> tuple[str, bytes]:
    """An encoding of seven bits, which changes its meaning by escapes and looks like ASCII."""
    # One letter is sought thirty times faster than two.
    likely = "iso-2022-jp" if b"\x1b" in body and b"\x1b$B" in body else None
    for charset in (*_claimed(body, content_type), likely):
        if charset and charset.startswith(_SEVEN_BITS):
            return charset, body.decode(charset, "replace").encode("utf-8", "replace")
    return "utf-8", body


def _mostly_utf8(body: bytes) -> tuple[str, bytes] | None:
    """UTF-8 into which a few bytes of something else strayed; other encodings hardly ever look like that."""
    high = len(body) - len(body.translate(None, _HIGH))
    read = len(body.decode("utf-8", "ignore").encode("utf-8")) - (len(body) - high)
    if read <= 2 * (high - read):  # letters of other encodings look like UTF-8 once in a while, most of them never
        return None
    return "utf-8", body.decode("utf-8", _STRAY).encode("utf-8")


def _stray(error: UnicodeError) -> tuple[str, int]:
    """A lone byte among ASCII was Windows-1252; anything else is lost."""
    assert isinstance(error, UnicodeDecodeError)
    around = error.object[max(0, error.start - 1) : error.end + 1]
    lone = error.end - error.start == 1 and sum(byte >= 0x80 for byte in around) == 1
    lost = error.object[error.start : error.end].decode("windows-1252", "replace") if lone else "\ufffd"
    return lost, error.end


_STRAY = "newsroad-stray"
codecs.register_error(_STRAY, _stray)


def _by_label(body: bytes, content_type: str | None) -> tuple[str, bytes]:
    """Not valid UTF-8: the first label that fits, else the least bad one."""
    labels = _labels(body, content_type) or ["gb18030", "windows-1252"]
    for label in labels:
        for charset in (label, _SECOND_TRY.get(label)):
            if charset and (text := _strict(body, charset)) is not None:
                return charset, text
    high = len(body) - len(body.translate(None, _HIGH))
    best: tuple[int, str, str] | None = None
    for label in dict.fromkeys((*labels, "utf-8")):
        text_with_holes = body.decode(label, "replace")
        holes = text_with_holes.count("\ufffd")
        if holes <= high * _TOLERATED:
            return label, text_with_holes.encode("utf-8", "replace")
        if best is None or holes < best[0]:
            best = holes, label, text_with_holes
    assert best is not None
    return best[1], best[2].encode("utf-8", "replace")


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """Candidate encodings in order of trust, as Python codec names, none of them UTF-8."""
    declared, labelled = _claimed(body, content_type)
    meta = _meta(body)
    detected = _codec(cchardet.detect(body).get("encoding") or "")
    if detected in _CHINESE and _is_korean(body):
        detected = "cp949"
    order = [declared, labelled, meta, detected]
    if declared is None and labelled in _SERVER_DEFAULT and detected and _multibyte(detected):
        order = [meta if meta and _multibyte(meta) else None, detected, labelled]
    if _is_html(body):
        order = _chinese_first(body, order)
    # A label that says UTF-8 is already known to be wrong; a few bad bytes are dealt with by the caller.
    return [label for label in dict.fromkeys(order) if label and not label.startswith(("utf-8", "utf-16", "utf-32"))]


def _claimed(body: bytes, content_type: str | None) -> tuple[str | None, str | None]:
    """The encodings that the XML prolog and the HTTP label name."""
    prolog = _PROLOG.match(body[:400])
    http = _HTTP_LABEL.search(content_type or "")
    return _codec(prolog[1].decode("ascii")) if prolog else None, _codec(http[1]) if http else None


def _is_html(body: bytes) -> bool:
    return _HTML.search(body[:2_048]) is not None and not _NOT_HTML.search(body[:1_024])


def _meta(body: bytes) -> str | None:
    """What ``<meta charset>`` or ``http-equiv`` of an HTML document says; feeds have no such thing."""
    found = _META.search(body[:_META_WITHIN]) if _is_html(body) else None
    return _codec(found[1].decode("ascii")) if found else None


def _chinese_first(body: bytes, order: list[str | None]) -> list[str | None]:
    """Where the first label is a Chinese one or says nothing, the one under which more characters are common ones."""
    named = [label for label in order if label and not label.startswith("utf-")]
    if named and named[0] not in _CHINESE and named[0] not in _SERVER_DEFAULT:
        return order
    scores = {label: _common(body, label) for label in _CHINESE}
    best = max(_CHINESE, key=lambda label: (scores[label], label in named[:1]))
    return [best, *order] if scores[best] > _CERTAIN else order


def _common(body: bytes, charset: str) -> float:
    """The share of the commonest characters among those that are not ASCII; holes count against it."""
    text = body[:_SAMPLE].decode(charset, "replace")
    strange = [each for each in text if each > "\x7f"]
    return sum(each in _COMMONEST for each in strange) / len(strange) - strange.count("\ufffd") / len(strange)


def _is_korean(body: bytes) -> bool:
    """Would the bytes be nothing but Hangul? Chinese ones read that way are a mixture."""
    letters = [each for each in body[:_SAMPLE].decode("cp949", "replace") if each > "\x7f" and each.isalpha()]
    return sum("\uac00" <= each <= "\ud7a3" for each in letters) > 0.9 * len(letters)


_CHINESE = ("gb18030", "big5hkscs")
_SAMPLE = 200_000
_CERTAIN = 0.1  # the share of common characters in running Chinese is 0.2 to 0.4
_COMMONEST = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "這為個國時來們於對會發動過說產種後學，。、：；！？“”（）《》「」"
)


def _codec(label: str) -> str | None:
    name = label.strip().lower()
    bare = _WINDOWS.sub(r"cp\1", name.removeprefix("x-"))
    for each in (_ALIASES.get(name, name), _ALIASES.get(bare, bare)):
        try:
            found = codecs.lookup(each)
        except (LookupError, ValueError):
            continue
        # Python also knows transforms such as "rot13" or "hex"; those are no charsets.
        if getattr(found, "_is_text_encoding", True) and found.name not in _NOT_CHARSETS:
            return _WIDER.get(found.name, each)
    return None


_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
)


def _multibyte(charset: str) -> bool:
    return charset in {"gb18030", "big5hkscs", "cp932", "cp949", "euc-jp", "euc-tw", "hz"} or charset.startswith(
        "iso-2022"
    )


def _strict(body: bytes, charset: str) -> bytes | None:
    try:
        return body.decode(charset).encode("utf-8")
    except (UnicodeError, ValueError):
        return None


def _recode(body: bytes, charset: str) -> bytes:
    if charset == "utf-8":
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return body.decode("utf-8", _STRAY).encode("utf-8")
        return body
    return body.decode(charset, "replace").encode("utf-8", "replace")
