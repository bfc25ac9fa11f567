"""Redirects and refusals: where a request never goes, tried through real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest

from tests.http_server import Peer, answer
from worker.bootstrap import utc_now
from worker.http.client import Http
from worker.http.guard import Guard
from worker.model.fetch import FetchError, Phase, Request


@pytest.fixture
def peer(peer: Peer) -> Peer:
    peer.scripts["/"] = answer(200, b"home")
    return peer


@pytest.fixture
def public_only() -> Iterator[Http]:
    client = Http(user_agent="t", guard=Guard(ports=None), clock=utc_now)
    yield client
    client.close()


# Redirects.


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status, b"elsewhere", headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_host_is_followed(http: Http, peer: Peer, status: int) -> None:
    peer.scripts["/old"] = redirect("/new%2Cplace?a=+#top", status)
    peer.scripts["/new%2Cplace"] = answer(200, b"here")
    outcome = http.fetch(Request(1, peer.url("/old"), headers={"If-None-Match": '"1"'}, follow=5))
    target = peer.url("/new%2Cplace?a=+")
    assert (outcome.status, outcome.body, outcome.url) == (200, b"here", target)
    assert outcome.hops == ((status, target),)
    assert peer.targets() == ["/old", "/new%2Cplace?a=+"]


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("next", "/a/next"),
        ("../b", "/b"),
        ("?page=2", "/a/old?page=2"),
        ("日报", "/a/%E6%97%A5%E6%8A%A5"),
        ("x y", "/a/x%20y"),
    ],
)
def test_relative_locations_are_resolved(http: Http, peer: Peer, location: str, asked: str) -> None:
    peer.scripts["/a/old"] = redirect(location)
    http.fetch(Request(1, peer.url("/a/old"), follow=1))
    assert peer.targets()[1] == asked


def test_redirects_are_handed_back_when_none_may_be_followed(http: Http, peer: Peer) -> None:
    peer.scripts["/old"] = redirect("/new")
    outcome = http.fetch(Request(1, peer.url("/old")))
    assert (outcome.phase, outcome.status, outcome.headers["location"]) == (Phase.ANSWERED, 302, "/new")
    assert outcome.body == b"elsewhere"


def test_a_write_follows_nothing(http: Http, peer: Peer) -> None:
    peer.scripts["/old"] = redirect("/", 307)
    outcome = http.fetch(Request(1, peer.url("/old"), method="POST", body=b"{}", follow=5))
    assert (outcome.phase, outcome.status, peer.targets()) == (Phase.ANSWERED, 307, ["/old"])


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda peer: f"http://localhost:{peer.port}/",
        lambda peer: f"https://127.0.0.1:{peer.port}/",
        lambda peer: "http://127.0.0.1/",
        lambda peer: f"//127.0.0.2:{peer.port}/",
        lambda peer: "http://169.254.169.254/latest/meta-data/",
        lambda peer: "file:///etc/passwd",
        lambda peer: "gopher://127.0.0.1:6379/_INFO",
        lambda peer: f"http://127.0.0.1:{peer.port}@other.example/",
        lambda peer: f"http://other.example\\@127.0.0.1:{peer.port}/",
        lambda peer: f"http://0x7f.1:{peer.port}/",
        lambda peer: "http://",
    ],
)
def test_a_redirect_to_anywhere_else_ends_the_exchange(
    http: Http, peer: Peer, elsewhere: Callable[[Peer], str]
) -> None:
    peer.scripts["/old"] = redirect(elsewhere(peer))
    outcome = http.fetch(Request(1, peer.url("/old"), follow=5))
    assert (outcome.phase, outcome.status, outcome.hops) == (Phase.ANSWERED, 302, ())
    assert (peer.targets(), peer.connections) == (["/old"], 1)


def test_a_loop_ends_after_the_redirects_allowed(http: Http, peer: Peer) -> None:
    peer.scripts["/loop"] = redirect("/loop")
    outcome = http.fetch(Request(1, peer.url("/loop"), follow=5))
    assert (outcome.phase, outcome.error, len(outcome.hops)) == (Phase.UNKNOWN, FetchError.REDIRECTS, 5)
    assert len(peer.arrivals) == 6


def test_the_deadline_covers_all_hops(http: Http, peer: Peer) -> None:
    peer.scripts["/loop"] = redirect("/loop")
    outcome = http.fetch(Request(1, peer.url("/loop"), follow=1_000_000, deadline=0.2))
    assert (outcome.phase, outcome.error) == (Phase.UNKNOWN, FetchError.TIMEOUT)


# The guard, on the way to a real socket.

HOSTS = [
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "localhost",
    "LOCALHOST",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[ff02::1]",
    "[100::1]",
    "[3fff::1]",
    "[5f00::1]",
    "0.0.0.0",
    "0",
    "0x0",
    "00",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7F.0x0.0x0.0x1",
    "0x7f.1",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0.0.1.",
    "127.0.0.00001",
    "①②⑦.0.0.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "ｌｏｃａｌｈｏｓｔ",
    "%31%32%37.0.0.1",
    "local%68ost",
    "[::1%25lo]",
    "user@127.0.0.1",
    "good.example@127.0.0.1",
    "good.example\\@127.0.0.1",
    "127.0.0.1\\@good.example",
    "127.0.0.1#@good.example",
    "127.0.0.1?@good.example",
    "127.0.0.1\t",
    " 127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "2852039166",
    "0xa9fea9fe",
    "[::ffff:169.254.169.254]",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_an_inner_address_is_ever_dialled(public_only: Http, peer: Peer, host: str) -> None:
    url = f"http://{host}:{peer.port}/" if not host.endswith("@good.example") else f"http://{host}/"
    for method in ("GET", "POST"):
        outcome = public_only.fetch(Request(1, url, method=method, deadline=5))
        assert outcome.phase is Phase.NOT_SENT
        assert outcome.error in {FetchError.GUARD, FetchError.BAD_URL}
        assert outcome.detail
    assert peer.connections == 0


def test_the_refusal_names_address_rule_and_cure(public_only: Http, peer: Peer) -> None:
    outcome = public_only.fetch(Request(1, peer.url()))
    words = "127.0.0.1 is loopback (127.0.0.0/8); if this network is yours, add it to NEWSROAD_ALLOW_NETWORKS"
    assert (outcome.error, outcome.detail) == (FetchError.GUARD, words)


def test_a_port_that_is_not_the_web_s(peer: Peer) -> None:
    http = Http(user_agent="t", guard=Guard(), clock=utc_now)
    outcome = http.fetch(Request(1, "http://1.1.1.1:6379/", deadline=2))
    http.close()
    assert (outcome.phase, outcome.error) == (Phase.NOT_SENT, FetchError.GUARD)
    assert outcome.detail.startswith("port 6379 is not a web port; ")


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Have every name resolve to ``addresses``, as a hostile or careless name server would."""
    genuine = socket.getaddrinfo

    def lookup(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [found for address in addresses for found in genuine(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_a_public_name_for_inner_addresses_is_refused(
    public_only: Http, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves_to(monkeypatch, "127.0.0.1", "10.0.0.1", "fd00::1")
    outcome = public_only.fetch(Request(1, peer.url(host="news.example")))
    assert (outcome.phase, outcome.error) == (Phase.NOT_SENT, FetchError.GUARD)
    assert "127.0.0.1 is loopback" in outcome.detail
    assert peer.connections == 0


def test_every_candidate_address_is_judged_for_itself(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "10.0.0.1", "127.0.0.1")
    http = Http(user_agent="t", guard=Guard((ip_network("127.0.0.1/32"),)), clock=utc_now)
    outcome = http.fetch(Request(1, peer.url(host="news.example")))
    http.close()
    assert (outcome.body, outcome.remote_address) == (b"home", "127.0.0.1")
    assert peer.arrivals[0].headers["host"] == f"news.example:{peer.port}"
