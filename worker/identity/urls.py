"""Two forms of an address: the one to fetch, never touched, and the key by which two spellings of it are one.

Folding is cautious: a parameter goes only if it is known to follow readers around (campaigns, clicks), since dropping
one that selects the article makes two articles one.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import SplitResult, urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from worker.identity.tracking import (
    ALIASES,
    KEPT,
    SESSIONS,
    TRACKING,
    TRACKING_AT,
    TRACKING_PREFIXES,
    TRACKING_VALUES,
)

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRIMMED = "".join(map(chr, range(0x21))) + "\x7f\xa0\u3000\ufeff"
_INNER_BREAKS = re.compile("[\t\r\n]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid|cfid|cftoken)=[^/;?]*", re.IGNORECASE)
_COOKIELESS = re.compile(r"/\((?:[A-Z]\([^()/]*\))+\)(?=/)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml?|xhtml|php\d?|aspx?|jspx?|cgi|cfm)$", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})|[^\x21-\x7e]|[\"<>\\^`{|}]")
_SESSION_VALUE = re.compile(r"[0-9a-f]{20,}|[0-9a-z]{26,}", re.IGNORECASE)
_ESCAPED_AMPERSAND = re.compile(r"(?:amp;)+", re.IGNORECASE)
_NUMBERED_AMPERSAND = re.compile(r"&(?:amp;)*#(?:0*38|x0*26);", re.IGNORECASE)
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Besides, in a query: whatever parts it into names and values (& = # +) is told from its code, the rest is not.
_PLAIN_IN_QUERY = _UNRESERVED | frozenset(b"!$'()*,/:?@")
_PLAIN_IN_VALUE = _PLAIN_IN_QUERY | frozenset(b"=")
_PLAIN_ORIGIN = r"(https?)://([a-z0-9.-]+)(?::([1-5]\d{4}|[1-9]\d{0,3}))?"
# Most addresses: nothing to decode, no user, fragment, session. They cost a fifth of the others.
_SIMPLE = re.compile(_PLAIN_ORIGIN + r"(/[A-Za-z0-9._~/-]*)?(?:\?([!\"$-~]*))?")
_SIMPLE_ORIGIN = re.compile(_PLAIN_ORIGIN + r"(?=[/?#]|\Z)")
_LONGEST_KEPT = 2_000
_FOLDED_LABELS = ("www.", "m.", "amp.")  # not mobile.: at Chinese portals that is the desk for telephones


def link_key(url: str, *, keep_fragment: bool = False) -> str | None:
    """The canonical identity form of an http(s) address, None for anything else; applying it twice changes nothing.

    Folded: scheme, ``www.``, ``m.`` and ``amp.``, letter case and IDN of the host, default port, user info, dot
    segments, percent-encoding, ``&amp;``, session ids, index pages, tracking parameters, parameter order, fragment.
    Routes (``#!…``, ``#/…``) are kept; other fragments only if told.
    """
    if len(url) > _LONGEST_KEPT:
        return _link_key(url, keep_fragment)
    return _kept_link_key(url, keep_fragment)


def _link_key(url: str, keep_fragment: bool) -> str | None:
    simple = _SIMPLE.fullmatch(url)
    if simple and "/." not in (simple[4] or ""):
        host = _folded_host(_ascii_host(simple[2]))
        path = _INDEX.sub("/", simple[4] or "/")
        query = _query(simple[5], host, path) if simple[5] else ""
        key = f"https://{host}{_port(int(simple[3] or 0))}{path}"
        return f"{key}?{query}" if query else key
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    host = _folded_host(_ascii_host(parts.hostname))
    path = _path(parts.path)
    query = _query(parts.query, host, path)
    key = f"https://{host}{_port(parts.port or 0)}{path}"
    if query:
        key += "?" + query
    fragment = _encoded(parts.fragment)
    if fragment and (keep_fragment or fragment.startswith(("!", "/"))):
        key += "#" + fragment
    return key


_kept_link_key = lru_cache(maxsize=4096)(_link_key)


def link_digest(url: str) -> bytes:
    """16 bytes by which an address is known on a listing: two spellings of one address have the same."""
    return blake2b((link_key(url) or url).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def host_of(url: str) -> str | None:
    """``name:port`` of an http(s) address, lower case, the port always written: the unit of politeness."""
    return _host_of(url) if len(url) > _LONGEST_KEPT else _kept_host_of(url)


def _host_of(url: str) -> str | None:
    if simple := _SIMPLE_ORIGIN.match(url):
        return f"{_ascii_host(simple[2])}:{simple[3] or _DEFAULT_PORTS[simple[1]]}"
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    return f"{_ascii_host(parts.hostname)}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


_kept_host_of = lru_cache(maxsize=4096)(_host_of)  # an entry's link is asked for by everything that looks at it


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The part of a host name its owner registered: ``www.neac.gov.cn`` → ``neac.gov.cn``. A port is ignored.

    Addresses and names outside the public suffix list (``localhost``) come back as they are.
    """
    name = re.sub(r"(?<=[^:]):\d+$", "", host) if host.count(":") < 2 or host.startswith("[") else host
    name = name.strip("[]").rstrip(".").lower()
    if _is_address(name):
        return name
    return _suffixes().privatesuffix(_ascii_host(name)) or name


def same_site(url: str, other: str) -> bool:
    """Whether two http(s) addresses are of one registrable domain."""
    one, two = host_of(url), host_of(other)
    return one is not None and two is not None and registrable_domain(one) == registrable_domain(two)


def own_canonical(declared: str | None, address: str) -> str | None:
    """What a page at ``address`` declares as its canonical link, if it may be believed: of the same registrable domain,
    and not the front page, which careless templates declare on every page. Else None."""
    key = link_key(declared or "")
    if declared is None or key is None or urlsplit(key).path == "/":
        return None
    return declared if same_site(declared, address) else None


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _split(url: str) -> SplitResult | None:
    try:
        # WordPress writes & as &#038;, which would begin a fragment and lose what selects the article.
        parts = urlsplit(_NUMBERED_AMPERSAND.sub("&", _INNER_BREAKS.sub("", url.strip(_TRIMMED))))
        if parts.scheme not in _DEFAULT_PORTS or (parts.port or 0) < 0:
            return None
        if "\\" in parts.netloc:
            return None  # readers disagree about which host such an address names
    except ValueError:
        return None
    return parts


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _ascii_host(name: str) -> str:
    name = name.lower().rstrip(".")
    if name.isascii():
        return f"[{name}]" if ":" in name else name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name


@lru_cache(maxsize=4096)
def _folded_host(host: str) -> str:
    """The host without ``www.``, ``m.`` or ``amp.``, unless that would leave less than a registered name."""
    owned = registrable_domain(host)
    while host != owned and host.startswith(_FOLDED_LABELS):
        host = host.partition(".")[2]
    return ALIASES.get(host, host)


def _port(port: int) -> str:
    """Both schemes are one, and so are their ports."""
    return f":{port}" if port and port not in _DEFAULT_PORTS.values() else ""


def _path(path: str) -> str:
    if ";" in path:
        path = _SESSION.sub("", path)
    if "(" in path:
        path = _COOKIELESS.sub("", path)
    path = _without_dots(_encoded(path)) or "/"
    return _INDEX.sub("/", path)


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept) or "/"


def _encoded(text: str, plain: frozenset[int] = _UNRESERVED) -> str:
    """Percent-encoding in one spelling: characters of ``plain`` bare, the rest upper case, what is not ASCII as
    UTF-8."""

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
        byte = int(match[1], 16)
        return chr(byte) if byte in plain else f"%{byte:02X}"

    return _PERCENT.sub(one, text)


def _query(query: str, host: str, path: str) -> str:
    """The parameters that select something, in alphabetical order."""
    pairs = []
    for part in query.split("&"):
        # Links are copied out of HTML with their ampersands still escaped.
        escaped = _ESCAPED_AMPERSAND.match(part)
        name, _, value = part[escaped.end() if escaped else 0 :].partition("=")
        if name or value:
            pairs.append((name, value))
    kept = _kept(pairs, host, path)
    if kept is None:
        kept = [(name, value) for name, value in pairs if not _tracks(name.lower(), value, host)]
    spelt = [(_parameter(name, _PLAIN_IN_QUERY), _parameter(value, _PLAIN_IN_VALUE)) for name, value in kept]
    return "&".join(f"{name}={value}" if value else name for name, value in sorted(spelt))


def _kept(pairs: list[tuple[str, str]], host: str, path: str) -> list[tuple[str, str]] | None:
    """What remains where it is known which parameters select; None where it is not. A query without any of them is
    of a kind we do not know, and is not thrown away whole."""
    for start, names in KEPT.get(host, ()):
        if path.startswith(start):
            kept = [(name, value) for name, value in pairs if name.lower() in names]
            return kept if kept or not names else None
    return None


def _parameter(text: str, plain: frozenset[int]) -> str:
    return _encoded(text.replace("+", "%20"), plain)


def _tracks(name: str, value: str, host: str) -> bool:
    if name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    if value.lower() in TRACKING_VALUES.get(name, ()) or (name in SESSIONS and _SESSION_VALUE.fullmatch(value)):
        return True
    return any(name in names for domain, names in TRACKING_AT.items() if host == domain or host.endswith("." + domain))
