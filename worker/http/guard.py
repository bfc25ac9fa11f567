"""Which addresses we refuse to talk to.

A name is no evidence of where a connection goes: it may resolve to anything, differently each time. So the address
really dialled is judged, at connect time and for every candidate; the text of a URL is only checked for the tricks
that make two readers see two hosts. The deny table is our own, because ``ipaddress.is_global`` calls several
translating and retired ranges public. It unites the IANA special-purpose registries with the cloud metadata addresses
and every form in which IPv6 carries an IPv4 address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote

import idna

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

WEB_PORTS = frozenset({80, 443, 8080, 8443})

# The first match names the rule, so the narrow ranges stand before the wide ones that contain them.
_DENIED: tuple[tuple[str, str], ...] = (
    ("169.254.169.254/32", "cloud metadata"),
    ("168.63.129.16/32", "cloud metadata"),
    ("100.100.100.200/32", "cloud metadata"),
    ("192.0.0.192/32", "cloud metadata"),
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved"),
    ("fd00:ec2::/32", "cloud metadata"),
    ("fd20:ce::254/128", "cloud metadata"),
    ("::/128", "this network"),
    ("::1/128", "loopback"),
    ("::/96", "IPv4-compatible"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("100::/64", "discard-only"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHID"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One denied network as integers: an address lies inside when ``address & mask == network``."""

    network: int
    mask: int
    name: str


def _rules(version: int) -> tuple[_Rule, ...]:
    networks = ((ip_network(cidr), name) for cidr, name in _DENIED)
    return tuple(
        _Rule(int(network.network_address), int(network.netmask), f"{name} ({network})")
        for network, name in networks
        if network.version == version
    )


_RULES = {4: _rules(4), 6: _rules(6)}


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges socket addresses. ``allow`` wins over deny table and ``ports``; ``ports=None`` allows any port."""

    allow: tuple[Network, ...] = ()
    ports: frozenset[int] | None = WEB_PORTS

    def refusal(self, sockaddr: tuple[object, ...]) -> str | None:
        """Return None when ``sockaddr`` (``(host, port, …)`` as ``getaddrinfo`` gives it) may be dialled.

        Otherwise the name of the rule that refuses it, e.g. ``127.0.0.1 is loopback (127.0.0.0/8)``. An IPv4-mapped
        IPv6 address is judged as the IPv4 address it reaches.
        """
        host, port = str(sockaddr[0]), sockaddr[1]
        try:
            address = _embedded(ip_address(host))
        except ValueError:
            return f"{host!r} is not an IP address"
        if _listed(address, self.allow):
            return None
        value = int(address)
        for rule in _RULES[address.version]:
            if value & rule.mask == rule.network:
                return f"{host} is {rule.name}"
        if self.ports is not None and port not in self.ports:
            return f"port {port} is not a web port"
        return None


def _embedded(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _listed(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


_BAD_CHARACTER = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\ud800-\udfff]")
_PARTS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:%]+)(?::(?P<port>[0-9]{1,5}))?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def check_url(url: str) -> str | None:
    """Return None when ``url`` can be asked without doubt about which host it names, else why not.

    Only ``http`` and ``https``; no user information, backslash, control character or space; a host, and if that is an
    IPv4 address, then in its plain ``a.b.c.d`` form. Other spellings (``127.1``, ``0x7f000001``) are read differently
    by different software and never used in earnest.
    """
    if found := _BAD_CHARACTER.search(url):
        return f"the address contains {found.group()!r}"
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return "not an absolute address"
    if parts["scheme"].lower() not in {"http", "https"}:
        return f"scheme {parts['scheme']!r} is not http or https"
    if "@" in parts["authority"]:
        return "the address carries user information"
    authority = _AUTHORITY.fullmatch(parts["authority"])
    if authority is None or int(authority["port"] or 80) > 65535:
        return f"no valid host in {parts['authority']!r}"
    return _check_host(authority["host"])


@lru_cache(maxsize=4096)
def _check_host(host: str) -> str | None:
    try:
        if host.startswith("["):
            IPv6Address(host[1:-1])
            return None
        name = _ascii_host(host)
        if _NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]):
            IPv4Address(name)
    except ValueError as error:  # idna's and ipaddress's errors are both ValueErrors
        return f"no valid host in {host!r}: {error}"
    return None


def _ascii_host(host: str) -> str:
    return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")


def wire_url(url: str) -> str:
    """Return the form of a checked ``url`` that goes on the wire.

    An ASCII address is returned byte for byte. In others the host becomes its IDNA form and the rest is
    percent-encoded as UTF-8, leaving what was encoded already as it is.
    """
    if url.isascii():
        return url
    parts = _PARTS.fullmatch(url)
    assert parts is not None, "check_url comes first"
    authority = parts["authority"]
    if not authority.isascii():  # so it is no IPv6 literal, and the first colon ends the host
        host, colon, port = authority.partition(":")
        authority = _ascii_host(host) + colon + port
    return f"{parts['scheme']}://{authority}{quote(parts['rest'], safe=_PRINTABLE)}"


def origin(url: str) -> tuple[str, str, int]:
    """Return ``(scheme, host, port)`` of a checked ``url`` in wire form: lower case, the default port filled in."""
    parts = _PARTS.fullmatch(url)
    assert parts is not None, "check_url comes first"
    authority = _AUTHORITY.fullmatch(parts["authority"])
    assert authority is not None, "check_url comes first"
    scheme = parts["scheme"].lower()
    return scheme, authority["host"].lower(), int(authority["port"] or (443 if scheme == "https" else 80))
