"""Which addresses are refused, and which spellings of a URL are not even tried."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from worker.http.guard import Guard, check_url, origin, wire_url

DENIED = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"],
    "private": ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1"],
    "cloud metadata": [
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
        "::ffff:169.254.169.254",
    ],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%lo", "febf::1"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "this network": ["0.0.0.0", "0.1.2.3", "::"],
    "IPv4-compatible": ["::127.0.0.1", "::10.0.0.1", "::8.8.8.8"],
    "IPv4-translated": ["::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "64:ff9b:1:ffff::10.0.0.1"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1"],
    "6to4 relay": ["192.88.99.1"],
    "Teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "documentation": ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "3fff::1", "3fff:fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "protocol assignments": ["192.0.0.1", "192.0.0.8", "192.0.0.170", "2001:1::1", "2001:100::1"],
    "ORCHID": ["2001:10::1", "2001:20::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "254.1.2.3"],
    "broadcast": ["255.255.255.255"],
    "site-local": ["fec0::1"],
    "discard-only": ["100::1"],
    "dummy prefix": ["100:0:0:1::1"],
    "segment routing": ["5f00::1"],
    "AS112": ["192.31.196.1", "192.175.48.1", "2620:4f:8000::1"],
    "AMT": ["192.52.193.1"],
}
PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "::ffff:1.1.1.1",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700::1111",
    "3ffe::1",
    "fbff::1",
]


@pytest.mark.parametrize(("rule", "address"), [(rule, address) for rule, all_ in DENIED.items() for address in all_])
def test_refuses_addresses_that_are_not_the_public_internet(rule: str, address: str) -> None:
    refusal = Guard().refusal((address, 443))
    assert refusal is not None
    assert refusal.startswith(f"{address} is {rule} (")


@pytest.mark.parametrize("address", PUBLIC)
def test_lets_public_addresses_through(address: str) -> None:
    assert Guard().refusal((address, 443)) is None


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f.1", "0177.1", "127.1", "0", "0x7f000001", "017700000001"])
def test_what_the_resolver_makes_of_odd_spellings_is_judged_by_its_address(spelling: str) -> None:
    for *_, sockaddr in socket.getaddrinfo(spelling, 80, type=socket.SOCK_STREAM):
        assert Guard().refusal(sockaddr) is not None


def test_only_web_ports_unless_told_otherwise() -> None:
    for port in (80, 443, 8080, 8443):
        assert Guard().refusal(("1.1.1.1", port)) is None
    for port in (0, 22, 25, 6379, 5432, 11211):
        assert Guard().refusal(("1.1.1.1", port)) == f"port {port} is not a web port"
        assert Guard(ports=None).refusal(("1.1.1.1", port)) is None


def test_the_allow_list_wins_over_table_and_ports() -> None:
    guard = Guard(allow=(ip_network("10.1.0.0/16"), ip_network("fd00::/64")))
    for host in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::7"):
        assert guard.refusal((host, 9000, 0, 0)) is None
    for host in ("10.2.0.1", "::10.1.2.3", "fd00:0:0:1::7", "127.0.0.1"):
        assert guard.refusal((host, 80)) is not None


def test_what_is_no_address_is_refused() -> None:
    assert Guard(ports=None).refusal(("/run/redis.sock", 0)) is not None


GOOD_URLS = [
    "http://example.com",
    "HTTPS://Example.COM:8443/a?b=c#d",
    "http://example.com?x=1",
    "http://[2606:4700::1111]:8080/",
    "http://93.184.216.34/",
    "http://example.com/a%2Cb%2f+c?u=http://x@y/",
    "http://example.com./",
    "http://新闻.example/日报?页=1",
    "http://a_b.example.com/",
    "http://1.example.com/",
]
BAD_URLS = [
    "",
    "example.com/feed",
    "//example.com/feed",
    "/feed",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "javascript:alert(1)",
    "http:example.com",
    "http:/example.com",
    "http://",
    "http:///path",
    "http://:80/",
    "http://user@example.com/",
    "http://user:pw@example.com/",
    "http://@example.com/",
    "http://good.example\\@127.0.0.1/",
    "http://127.0.0.1\\@good.example/",
    "http://good.example/\\..",
    "http://good.example /",
    " http://good.example/",
    "http://good.example/a b",
    "http://good.example/a\tb",
    "http://good.example/\r\nHost: evil",
    "http://good.example/\x00",
    "http://good.example/\x7f",
    "http://good.example:99999/",
    "http://good.example:80:80/",
    "http://good.example:http/",
    "http://good.example:-1/",
    "http://[::1",
    "http://::1/",
    "http://[::1%25lo]/",
    "http://[good.example]/",
    "http://%31%32%37.0.0.1/",
    "http://good%2eexample/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0177.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://127.0.0.1./",
    "http://127.0.0.256/",
    "http://1.2.3.4.5/",
    "http://good.example.0x7f/",
    "http://①②⑦.1/",
    "http://１２７.１/",
    "http://exa\u200bmple\u3002\u3002com/",
    "http://good.example/\ud800",
]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_plain_web_addresses_pass_the_check(url: str) -> None:
    assert check_url(url) is None


@pytest.mark.parametrize("url", BAD_URLS)
def test_addresses_that_two_readers_read_differently_do_not_pass(url: str) -> None:
    assert check_url(url)


@pytest.mark.parametrize("url", ["http://Example.com/%2C%2f+%7e?q=a%20b&&", "http://h.example/%E4%BD%A0?a=%zz"])
def test_an_ascii_address_goes_out_byte_for_byte(url: str) -> None:
    assert wire_url(url) == url


def test_a_raw_non_ascii_address_is_encoded_and_what_was_encoded_stays() -> None:
    assert (
        wire_url("http://新闻.example:8080/日%2C报?页=+")
        == "http://xn--efvy88h.example:8080/%E6%97%A5%2C%E6%8A%A5?%E9%A1%B5=+"
    )
    assert wire_url("http://①②⑦.0.0.1/") == "http://127.0.0.1/"
    assert wire_url("http://[::1]:80/日") == "http://[::1]:80/%E6%97%A5"


def test_the_origin_fills_in_the_port_and_ignores_case() -> None:
    assert origin("HTTP://Example.com/a") == ("http", "example.com", 80)
    assert origin("https://example.com?x") == ("https", "example.com", 443)
    assert origin("http://[::1]:8080/") == ("http", "[::1]", 8080)
