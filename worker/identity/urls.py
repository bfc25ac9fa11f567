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

from worker.identity.tracking import KEPT, TRACKING, TRACKING_AT, TRACKING_PREFIXES, TRACKING_VALUES

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRIMMED = "".join(map(chr, range(0x21))) + "\x7f\xa0\u3000\ufeff"
_INNER_BREAKS = re.compile("[\t\r\n]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid|cfid|cftoken)=[^/;?]*", re.IGNORECASE)
_COOKIELESS = re.compile(r"/\((?:[A-Z]\([^()/]*\))+\)(?=/)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml?|xhtml|php\d?|aspx?|jspx?|cgi|cfm)$", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})|[^\x21-\x7e]|[\"<>\\^`{|}]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLAIN_ORIGIN = r"(https?)://([a-z0-9.-]+)(?::([1-5]\d{4}|[1-9]\d{0,3}))?"
# Most addresses: nothing to decode, no user, fragment, session. They cost a fifth of the others.
_SIMPLE = re.compile(_PLAIN_ORIGIN + r"(/[A-Za-z0-9._~/-]*)?(?:\?([!\"$-~]*))?")
_SIMPLE_ORIGIN = re.compile(_PLAIN_ORIGIN + r"(?=[/?#]|\Z)")
_LONGEST_KEPT = 2_000
_FOLDED_LABELS = ("www.", "m.")


def link_key(url: str, *, keep_fragment: bool = False) -> str | None:
    """The canonical identity form of an http(s) address, None for anything else; applying it twice changes nothing.

    Folded: scheme, ``www.`` and ``m.``, letter case and IDN of the host, default port, user info, dot segments,
    percent-encoding, session ids, index pages, tracking parameters, parameter order, fragment. Routes (``#!…``,
    ``#/…``) are kept; other fragments only if told.
    """
    if len(url) > _LONGEST_KEPT:
        return _link_key(url, keep_fragment)
    return _kept_link_key(url, keep_fragment)


def _link_key(url: str, keep_fragment: bool) -> str | None:
    simple = _SIMPLE.fullmatch(url)
    if simple and "/." not in (simple[4] or ""):
        host = _folded_host(_ascii_host(simple[2]))
        query = _query(simple[5], host) if simple[5] else ""
        beside = "" if simple[3] is None or int(simple[3]) == _DEFAULT_PORTS[simple[1]] else f":{simple[3]}"
        key = f"https://{host}{beside}{_INDEX.sub('/', simple[4] or '/')}"
        return f"{key}?{query}" if query else key
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    host = _folded_host(_ascii_host(parts.hostname))
    port = parts.port
    netloc = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    path = _path(parts.path)
    query = _query(parts.query, host)
    key = f"https://{netloc}{path}"
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
    if simple := _SIMPLE_ORIGIN.match(url):
        return f"{_ascii_host(simple[2])}:{simple[3] or _DEFAULT_PORTS[simple[1]]}"
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    return f"{_ascii_host(parts.hostname)}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


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


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(_INNER_BREAKS.sub("", url.strip(_TRIMMED)))
        if parts.scheme not in _DEFAULT_PORTS or (parts.port or 0) < 0:
            return None
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
    """The host without ``www.`` or ``m.``, unless that would leave less than a registered name."""
    for label in _FOLDED_LABELS:
        rest = host.removeprefix(label)
        if rest != host and "." in rest and host != registrable_domain(host):
            return rest
    return host


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


def _encoded(text: str) -> str:
    """Percent-encoding in one spelling: unreserved characters bare, the rest upper case, what is not ASCII as UTF-8."""

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
        byte = int(match[1], 16)
        return chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"

    return _PERCENT.sub(one, text)


def _query(query: str, host: str) -> str:
    """The parameters that select something, in alphabetical order."""
    if not query:
        return ""
    kept_only = KEPT.get(host)
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if not name or (name.lower() not in kept_only if kept_only is not None else _tracks(name.lower(), value, host)):
            continue
        pairs.append((_parameter(name), _parameter(value)))
    return "&".join(f"{name}={value}" if value else name for name, value in sorted(pairs))


def _parameter(text: str) -> str:
    return _encoded(text.replace("+", "%20"))


def _tracks(name: str, value: str, host: str) -> bool:
    if name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    if value.lower() in TRACKING_VALUES.get(name, ()):
        return True
    return any(name in names for domain, names in TRACKING_AT.items() if host == domain or host.endswith("." + domain))
