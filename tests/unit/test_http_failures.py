"""What goes wrong with an exchange, and how far it had come when it did."""

from __future__ import annotations

import socket
import ssl
import time

import pytest
import trustme

from tests.http_server import Exchange, Peer, answer
from worker.http.client import Http
from worker.model.fetch import FetchError, Outcome, Phase, Request

MIB = 1024 * 1024


def failed(outcome: Outcome, phase: Phase, error: FetchError) -> bool:
    return (outcome.phase, outcome.error, outcome.body) == (phase, error, b"")


# Failures and how far things had come.


def test_a_refused_port_was_not_sent(http: Http) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = http.fetch(Request(1, f"http://127.0.0.1:{unused.getsockname()[1]}/"))
    assert failed(outcome, Phase.NOT_SENT, FetchError.CONNECT)


def test_a_name_that_does_not_resolve_was_not_sent(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    assert failed(http.fetch(Request(1, "http://gone.example/")), Phase.NOT_SENT, FetchError.DNS)


def test_a_name_no_resolver_takes_was_not_sent(http: Http) -> None:
    outcome = http.fetch(Request(1, f"http://{'a' * 70}.example/"))
    assert outcome.phase is Phase.NOT_SENT
    assert outcome.error in {FetchError.BAD_URL, FetchError.DNS}


def test_a_port_that_does_not_speak_tls_was_not_sent(http: Http) -> None:
    with Peer(greeting=b"220 mail.example ESMTP\r\n") as peer:
        outcome = http.fetch(Request(1, peer.url().replace("http:", "https:")))
    assert failed(outcome, Phase.NOT_SENT, FetchError.TLS)


@pytest.mark.parametrize("certified", ["127.0.0.1", "other.example"])
def test_a_certificate_nobody_vouches_for_was_not_sent(http: Http, certified: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(certified).configure_cert(context)
    with Peer(tls=context) as peer:
        outcome = http.fetch(Request(1, peer.url()))
        assert peer.arrivals == []
    assert failed(outcome, Phase.NOT_SENT, FetchError.TLS)


def test_a_connection_dropped_before_an_answer_is_unknown(http: Http, peer: Peer) -> None:
    async def drop(exchange: Exchange) -> None:
        exchange.reset()

    peer.scripts["/"] = drop
    for method in ("GET", "POST", "DELETE"):
        outcome = http.fetch(Request(1, peer.url(), method=method))
        assert failed(outcome, Phase.UNKNOWN, FetchError.RESET)
        assert outcome.status is None
    assert len(peer.arrivals) == 3


def test_a_connection_dropped_mid_body_is_unknown(http: Http, peer: Peer) -> None:
    async def drop(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
        exchange.reset()

    peer.scripts["/"] = drop
    assert failed(http.fetch(Request(1, peer.url())), Phase.UNKNOWN, FetchError.RESET)


@pytest.mark.parametrize(
    "noise",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        bytes(400) + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n",
    ],
)
def test_what_is_no_http_is_unknown(http: Http, peer: Peer, noise: bytes) -> None:
    peer.scripts["/"] = noise
    assert failed(http.fetch(Request(1, peer.url(), deadline=2)), Phase.UNKNOWN, FetchError.RESET)


def test_a_request_arrives_once_though_the_kept_connection_dies_under_it(http: Http, peer: Peer) -> None:
    async def answer_once(exchange: Exchange) -> None:
        if len(peer.arrivals) == 1:
            await exchange.send(answer(200, b"first"))
        else:
            exchange.reset()

    peer.scripts["/"] = answer_once
    assert http.fetch(Request(1, peer.url())).body == b"first"
    assert failed(http.fetch(Request(2, peer.url())), Phase.UNKNOWN, FetchError.RESET)
    assert [arrival.connection for arrival in peer.arrivals] == [1, 1]


def test_a_connection_closed_between_requests_is_simply_replaced(http: Http, peer: Peer) -> None:
    async def close_after(exchange: Exchange) -> None:
        await exchange.send(answer(200, b"bye"))
        exchange.writer.close()

    peer.scripts["/"] = close_after
    for number in (1, 2):
        assert http.fetch(Request(number, peer.url())).body == b"bye"
        while peer.open_connections:  # so that the end of the connection has been sent
            time.sleep(0.01)
    assert len(peer.arrivals) == 2


def test_header_values_cannot_smuggle_lines(http: Http, peer: Peer) -> None:
    outcome = http.fetch(Request(1, peer.url(), headers={"If-None-Match": "a\r\nX-Evil: 1"}))
    assert outcome.phase is Phase.NOT_SENT
    assert peer.arrivals == []


def test_a_body_cut_short_does_not_disturb_the_next_answer(http: Http, peer: Peer) -> None:
    peer.scripts["/large"] = answer(404, b"x" * MIB)
    peer.scripts["/"] = answer(200, b"clean")
    for _ in range(3):
        assert http.fetch(Request(1, peer.url("/large"))).status == 404
        assert http.fetch(Request(2, peer.url())).body == b"clean"
