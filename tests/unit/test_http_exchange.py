"""One exchange over real sockets with a peer that answers well, badly or not at all."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.http_server import LOOPBACK, Exchange, Peer, answer
from worker.http.client import Http
from worker.http.guard import Guard
from worker.model.fetch import FetchError, Outcome, Phase, Request

MIB = 1024 * 1024


def failed(outcome: Outcome, phase: Phase, error: FetchError) -> bool:
    return (outcome.phase, outcome.error, outcome.body) == (phase, error, b"")


# Plain answers.


def test_a_page_comes_back_whole_with_its_headers(http: Http, peer: Peer) -> None:
    headers = {"ETag": '"a-1"', "Link": "<x>; rel=hub", "link": "<y>; rel=self", "X-Name": "日报"}
    peer.scripts["/feed"] = answer(200, b"<rss/>", headers=headers)
    outcome = http.fetch(Request(7, peer.url("/feed"), headers={"If-None-Match": '"a-0"'}))
    assert (outcome.tag, outcome.phase, outcome.status, outcome.body) == (7, Phase.ANSWERED, 200, b"<rss/>")
    assert (outcome.error, outcome.detail, outcome.hops) == (None, "", ())
    assert outcome.headers["etag"] == '"a-1"'
    assert outcome.headers["link"] == "<x>; rel=hub, <y>; rel=self"
    assert outcome.headers["x-name"] == "日报"
    assert outcome.remote_address == "127.0.0.1"
    asked = peer.arrivals[0].headers
    assert asked["if-none-match"] == '"a-0"'
    assert asked["user-agent"] == "Newsroad/test (+desk@news.example)"
    assert asked["accept-encoding"] == "gzip"


def test_header_bytes_that_are_no_text_do_no_harm(http: Http, peer: Peer) -> None:
    peer.scripts["/"] = b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 0\r\n\r\n"
    assert http.fetch(Request(1, peer.url())).headers["x-name"] == "caf\ufffd"


def test_not_modified_has_no_body_and_keeps_the_connection(http: Http, peer: Peer) -> None:
    peer.scripts["/feed"] = answer(304, headers={"ETag": '"a"', "Content-Encoding": "gzip"})
    outcomes = [http.fetch(Request(1, peer.url("/feed"))) for _ in range(3)]
    assert [(outcome.status, outcome.body, outcome.error) for outcome in outcomes] == [(304, b"", None)] * 3
    assert peer.connections == 1


def test_a_head_has_headers_only(http: Http, peer: Peer) -> None:
    peer.scripts["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
    outcome = http.fetch(Request(1, peer.url(), method="HEAD"))
    assert (outcome.status, outcome.headers["content-length"], outcome.body) == (200, "99", b"")


def test_a_chunked_body_and_one_that_ends_with_the_connection(http: Http, peer: Peer) -> None:
    async def until_close(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        exchange.writer.close()

    peer.scripts["/chunked"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    peer.scripts["/close"] = until_close
    assert http.fetch(Request(1, peer.url("/chunked"))).body == b"abcde"
    assert http.fetch(Request(1, peer.url("/close"))).body == b"all of it"


def test_times_come_from_the_clock_given(peer: Peer) -> None:
    ticks = itertools.count()
    start = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    http = Http(user_agent="t", guard=Guard(LOOPBACK), clock=lambda: start + timedelta(seconds=next(ticks)))
    outcome = http.fetch(Request(1, peer.url()))
    http.close()
    assert (outcome.started, outcome.finished) == (start, start + timedelta(seconds=1))


def test_ipv6(http: Http) -> None:
    with Peer(host="::1") as peer:
        peer.scripts["/"] = answer(200, b"six")
        outcome = http.fetch(Request(1, peer.url()))
    assert (outcome.body, outcome.remote_address) == (b"six", "::1")


def test_cookies_are_neither_kept_nor_sent(http: Http, peer: Peer) -> None:
    peer.scripts["/"] = answer(200, b"", headers={"Set-Cookie": "id=1"})
    http.fetch(Request(1, peer.url()))
    http.fetch(Request(2, peer.url()))
    assert "cookie" not in peer.arrivals[1].headers


def test_the_environment_s_proxy_is_ignored(http: Http, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    peer.scripts["/"] = answer(200, b"direct")
    assert http.fetch(Request(1, peer.url())).body == b"direct"


# What goes on the wire.


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/a%2Cb%2fc+d?x=%2C&y=+&z=%20", "/a%2Cb%2fc+d?x=%2C&y=+&z=%20"),
        ("/%E4%BD%A0/%e4%bd%a0", "/%E4%BD%A0/%e4%bd%a0"),
        ("/a/../b/./c//d", "/a/../b/./c//d"),
        ("/a;p=1?b&&c=%zz", "/a;p=1?b&&c=%zz"),
        ("?q=1", "/?q=1"),
        ("", "/"),
        ("/a#fragment", "/a"),
        ("/日报?页=新%2C", "/%E6%97%A5%E6%8A%A5?%E9%A1%B5=%E6%96%B0%2C"),
        ("/a'(b)!*[c]", "/a'(b)!*[c]"),
    ],
)
def test_the_address_arrives_as_it_was_written(http: Http, peer: Peer, asked: str, sent: str) -> None:
    assert http.fetch(Request(1, peer.url(asked))).status == 404
    assert peer.targets() == [sent]


def test_scheme_and_host_may_be_in_capitals(http: Http, peer: Peer) -> None:
    assert http.fetch(Request(1, f"HTTP://LOCALHOST:{peer.port}/")).status == 404


@pytest.mark.parametrize("size", [0, 8_000, 3 * MIB])
def test_a_write_arrives_with_its_body(http: Http, peer: Peer, size: int) -> None:
    peer.scripts["/hook"] = answer(202, b"taken")
    body = bytes(range(256)) * (size // 256)
    headers = {"Content-Type": "application/json", "webhook-id": "msg_1"}
    outcome = http.fetch(Request(1, peer.url("/hook"), method="POST", headers=headers, body=body))
    assert (outcome.status, outcome.body, outcome.error) == (202, b"taken", None)
    arrival = peer.arrivals[0]
    assert (arrival.method, arrival.body, arrival.headers["content-type"]) == ("POST", body, "application/json")
    assert arrival.headers["content-length"] == str(len(body))


# Compressed bodies.


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_unfolded(http: Http, peer: Peer, name: str) -> None:
    text = "日报 ".encode() * 10_000
    peer.scripts["/"] = answer(200, gzip.compress(text), headers={"Content-Encoding": name})
    assert http.fetch(Request(1, peer.url())).body == text


@pytest.mark.parametrize(
    ("coding", "body", "error"),
    [
        ("gzip", gzip.compress(bytes(50 * MIB), mtime=0), FetchError.RATIO),
        ("gzip", gzip.compress(b"text" * 99, mtime=0)[:-6], FetchError.ENCODING),
        ("gzip", b"<rss/>", FetchError.ENCODING),
        ("deflate", b"x", FetchError.ENCODING),
        ("br", b"x", FetchError.ENCODING),
        ("zstd", b"x", FetchError.ENCODING),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), FetchError.ENCODING),
        ("br, gzip", gzip.compress(b"x", mtime=0), FetchError.ENCODING),
    ],
)
def test_bombs_and_codings_not_asked_for(http: Http, peer: Peer, coding: str, body: bytes, error: FetchError) -> None:
    peer.scripts["/"] = answer(200, body, headers={"Content-Encoding": coding})
    outcome = http.fetch(Request(1, peer.url()))
    assert failed(outcome, Phase.UNKNOWN, error)
    assert outcome.status == 200


# Size and time.


def test_a_body_of_just_the_limit_passes_and_one_byte_more_does_not(http: Http, peer: Peer) -> None:
    peer.scripts["/"] = answer(200, b"x" * 5000)
    assert len(http.fetch(Request(1, peer.url(), max_bytes=5000)).body) == 5000
    assert failed(http.fetch(Request(2, peer.url(), max_bytes=4999)), Phase.UNKNOWN, FetchError.TOO_LARGE)


def test_an_endless_body_ends_at_the_limit(http: Http, peer: Peer) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.send(bytes(65536))

    peer.scripts["/"] = endless
    assert failed(http.fetch(Request(1, peer.url(), max_bytes=MIB)), Phase.UNKNOWN, FetchError.TOO_LARGE)


@pytest.mark.parametrize("lead", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_a_drip_of_bytes_does_not_outlast_the_deadline(http: Http, peer: Peer, lead: bytes) -> None:
    async def drip(exchange: Exchange) -> None:
        await exchange.send(lead)
        for byte in b"HTTP/1.1 200 OK\r\n" * 50:
            await exchange.send(bytes([byte]))
            await asyncio.sleep(0.03)

    peer.scripts["/"] = drip
    begun = time.monotonic()
    outcome = http.fetch(Request(1, peer.url(), deadline=0.3))
    assert failed(outcome, Phase.UNKNOWN, FetchError.TIMEOUT)
    assert outcome.detail == "no answer in 0.3 s"
    assert time.monotonic() - begun < 15, "the bytes would go on for 25 s"


def test_no_connection_within_the_deadline_was_not_sent(http: Http) -> None:
    with socket.socket() as silent:  # accepts on the kernel's side only, so the TLS greeting is never answered
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        outcome = http.fetch(Request(1, f"https://127.0.0.1:{silent.getsockname()[1]}/", deadline=0.2))
    assert failed(outcome, Phase.NOT_SENT, FetchError.TIMEOUT)
    assert outcome.detail == "no connection in 0.2 s"


@pytest.mark.parametrize("field", ["X: " + "x" * 40_000, "\r\n".join(f"X-{n}: x" for n in range(500))])
def test_headers_are_bounded(http: Http, peer: Peer, field: str) -> None:
    peer.scripts["/"] = f"HTTP/1.1 200 OK\r\n{field}\r\nContent-Length: 0\r\n\r\n".encode()
    outcome = http.fetch(Request(1, peer.url()))
    assert outcome.phase is Phase.UNKNOWN
    assert outcome.error in {FetchError.TOO_LARGE, FetchError.RESET}


# Bodies nobody depends on.


def test_an_error_page_is_cut_and_never_an_error(http: Http, peer: Peer) -> None:
    peer.scripts["/"] = answer(500, b"x" * MIB)
    outcome = http.fetch(Request(1, peer.url()))
    assert (outcome.phase, outcome.status, outcome.body) == (Phase.ANSWERED, 500, b"x" * 65536)


def test_an_error_page_that_never_ends_still_tells_its_status(http: Http, peer: Peer) -> None:
    async def stall(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 429 Slow\r\nRetry-After: 60\r\nContent-Length: 9\r\n\r\nwait")
        await asyncio.sleep(30)

    peer.scripts["/"] = stall
    outcome = http.fetch(Request(1, peer.url(), deadline=0.2))
    assert (outcome.phase, outcome.status, outcome.headers["retry-after"]) == (Phase.ANSWERED, 429, "60")
    assert outcome.body == b"wait"


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_an_accepted_write_is_accepted_even_if_its_answer_cannot_be_read(http: Http, peer: Peer, coding: str) -> None:
    peer.scripts["/hook"] = answer(200, b"not really", headers={"Content-Encoding": coding})
    outcome = http.fetch(Request(1, peer.url("/hook"), method="POST", body=b"{}"))
    assert (outcome.phase, outcome.status, outcome.body, outcome.error) == (Phase.ANSWERED, 200, b"", None)
    assert outcome.detail


def test_the_answer_to_a_write_is_cut_at_64_kib(http: Http, peer: Peer) -> None:
    peer.scripts["/hook"] = answer(200, b"y" * MIB)
    outcome = http.fetch(Request(1, peer.url("/hook"), method="POST", body=b"{}"))
    assert (outcome.phase, outcome.body) == (Phase.ANSWERED, b"y" * 65536)


def test_a_write_whose_answer_breaks_off_is_unknown_but_shows_the_status(http: Http, peer: Peer) -> None:
    async def break_off(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{")
        exchange.writer.close()

    peer.scripts["/hook"] = break_off
    outcome = http.fetch(Request(1, peer.url("/hook"), method="POST", body=b"{}"))
    assert failed(outcome, Phase.UNKNOWN, FetchError.RESET)
    assert outcome.status == 201
