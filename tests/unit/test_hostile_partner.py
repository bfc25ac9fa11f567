"""A partner that means harm: whatever it answers is recorded, and costs nobody but itself."""

from __future__ import annotations

import asyncio

import pytest

from tests.http_server import Exchange, Peer, Script, answer
from tests.stages import OTHER, STORY, Stages, item, rss
from worker.model.catalog import Destination
from worker.store.schema import receipt


async def _endless(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await exchange.send(b"x" * 65536)


async def _drip(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        await exchange.send(b"x")
        await asyncio.sleep(0.1)


async def _dropped(exchange: Exchange) -> None:
    exchange.reset()


def declare(stages: Stages, peer: Peer, **more: object) -> None:
    """Beside the honest partner, a destination ``evil`` at ``peer``."""
    options = {"url": peer.url("/hook"), "secret": "env:SECRET", "timeout": 1, **more}
    evil = Destination("evil", "partner", "webhook", ("news",), options)
    stages.declare(destinations=(evil, *stages.catalogue.destinations))


def raw(head: bytes, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 " + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


ANSWERS: dict[str, bytes | Script] = {
    "retry-after of a far year": answer(429, headers={"Retry-After": "Mon, 01 Jan 99999999999999 00:00:00 GMT"}),
    "retry-after of many digits": answer(503, headers={"Retry-After": "9" * 5_000}),
    "retry-after of no number": answer(503, headers={"Retry-After": "٣٣"}),
    "NUL in the body": answer(422, b"a\0b\x1b[2J"),
    "NUL in an accepted body": answer(200, b"\0" * 3_000),
    "no text at all": answer(422, bytes(range(256)) * 40),
    "scripts": answer(422, b"<script>alert(1)</script>"),
    "a redirect to ourselves": answer(302, headers={"Location": "http://127.0.0.1:8400/"}),
    "a redirect to metadata": answer(307, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
    "a redirect too long": answer(301, headers={"Location": "http://x.example/" + "y" * 8_000}),
    "a NUL in a header": raw(b"301 Moved\r\nLocation: http://x.example/\0/"),
    "escapes in a header": raw(b"301 Moved\r\nLocation: http://x.example/\x1b[31m/"),
    "escapes in the reason": raw(b"401 \x1b[2J\x9b31m"),
    "a huge header": raw(b"200 OK\r\nX: " + b"x" * 100_000),
    "many headers": raw(b"200 OK" + b"".join(b"\r\nX-%d: 1" % n for n in range(5_000))),
    "a status of no number": raw(b"2OO OK"),
    "a status out of range": raw(b"999 Whatever"),
    "informational without end": b"HTTP/1.1 103 Early\r\n\r\n" * 2_000,
    "a length that lies": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a gzip bomb": raw(b"200 OK\r\nContent-Encoding: gzip", b"\x1f\x8b\x08\0" + b"\0" * 100),
    "an endless body": _endless,
    "a header by drops": _drip,
    "dropped after reading": _dropped,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_keeps_other_partners_from_their_articles(stages: Stages, peer: Peer, name: str) -> None:
    peer.scripts["/hook"] = ANSWERS[name]
    declare(stages, peer)
    stages.publish("alpha", rss(item("a1", "走访", STORY)))
    stages.run()
    stages.publish("alpha", rss(item("a2", "大雪", OTHER)))
    stages.run()
    assert stages.sent == [("published", "走访"), ("published", "大雪")]
    rows = stages.deliveries("evil")
    assert len(stages.rows(receipt, receipt.c.delivery_id.in_([row.id for row in rows]))) >= 1, "it is written down"
    assert {row.state for row in rows} <= {"due", "parked", "accepted"}
    if stages.destination("evil").state == "active":
        assert all(row.due_at > stages.now for row in rows if row.state == "due"), "never at once again"
    assert len(peer.arrivals) <= 4


def test_dropped_after_accepting_is_unknown_and_comes_again_under_the_same_id(stages: Stages, peer: Peer) -> None:
    peer.scripts["/hook"] = _dropped
    declare(stages, peer)
    stages.publish("alpha", rss(item("a1", "走访", STORY)))
    stages.run()
    assert [row.result for row in stages.deliveries("evil")] == ["unknown"]
    peer.scripts["/hook"] = answer(200)
    stages.run()
    stages.deliver()
    assert [row.state for row in stages.deliveries("evil")] == ["accepted"]
    assert len({one.headers["webhook-id"] for one in peer.arrivals}) == 1
    assert len({one.body for one in peer.arrivals}) == 1


def test_unauthorised_once_then_well_goes_on_when_resumed(stages: Stages, peer: Peer) -> None:
    peer.scripts["/hook"] = answer(401, b"\x1b]0;owned\x07")
    declare(stages, peer)
    stages.publish("alpha", rss(item("a1", "走访", STORY)))
    stages.run()
    assert stages.destination("evil").state == "held"
    peer.scripts["/hook"] = answer(200)
    stages.services.deliveries.resume("evil", stages.now, by="值班")
    stages.run()
    assert [row.state for row in stages.deliveries("evil")] == ["accepted"]


def test_a_sign_of_half_a_character_is_written_down_like_any_other(stages: Stages, peer: Peer) -> None:
    peer.scripts["/hook"] = answer(200, b'{"code": "\\ud800"}')
    declare(stages, peer, ok={"json": "code", "equals": 0})
    stages.publish("alpha", rss(item("a1", "走访", STORY)))
    stages.run()
    assert stages.sent == [("published", "走访")]
    (row,) = stages.deliveries("evil")
    assert (row.state, row.result) == ("due", "refused")
    assert row.due_at > stages.now, "never at once again"
    assert [one.state for one in stages.deliveries("hook")] == ["accepted"]
