"""Copies over HTTP, as a browser, a cache and somebody with ill intent meet them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import pytest

from tests.fakes import NOON, FakeHeartbeats, FakeShelf
from tests.pictured import declare, figure, picture, tell
from tests.pictures import pdf, png
from tests.stages import STORY, Stages
from worker.model.media import HostedMedia
from worker.ports import Copies
from worker.web.app import create_app

ARTICLE, DOWN = UUID(int=1), UUID(int=2)
PICTURE, FILE = bytes(range(16)), bytes(range(16, 32))


@dataclass
class FakeCopies:
    """``worker.ports.Copies`` in memory. ``read_keys`` are those whose bytes were asked for."""

    bodies: dict[bytes, tuple[str, bytes]] = field(
        default_factory=lambda: {PICTURE: ("image/png", png()), FILE: ("application/pdf", pdf())}
    )
    read_keys: list[bytes] = field(default_factory=list)

    def find(self, article: UUID, key: bytes) -> HostedMedia | None:
        if article == DOWN:
            return HostedMedia("", "", 0, withdrawn=True)
        kind, body = self.bodies.get(key, ("", b""))
        return HostedMedia(kind, "abc123", len(body)) if article == ARTICLE and kind else None

    def read(self, key: bytes) -> bytes | None:
        self.read_keys.append(key)
        return self.bodies[key][1]


def ask(copies: Copies, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    app = create_app(FakeShelf(), heartbeats=FakeHeartbeats({}), clock=lambda: NOON, copies=copies)

    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
            return await client.request(
                method, path, headers={name.replace("_", "-"): headers[name] for name in headers}
            )

    return asyncio.run(exchange())


def path_of(key: bytes, ending: str, article: UUID = ARTICLE) -> str:
    return f"/media/{article}/{key.hex()}.{ending}"


def test_a_picture_is_served_as_what_it_is_and_can_run_nothing() -> None:
    answer = ask(FakeCopies(), path_of(PICTURE, "png"))
    assert (answer.status_code, answer.content) == (200, png())
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["etag"] == '"abc123"'
    assert answer.headers["cache-control"] == "public, max-age=300, immutable"
    assert "content-disposition" not in answer.headers


def test_a_file_is_for_keeping_not_for_opening_in_our_name() -> None:
    answer = ask(FakeCopies(), path_of(FILE, "pdf"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{FILE.hex()}.pdf"'


def test_a_repeat_costs_no_bytes() -> None:
    copies = FakeCopies()
    answer = ask(copies, path_of(PICTURE, "png"), if_none_match='"abc123"')
    assert (answer.status_code, answer.content) == (304, b"")
    head = ask(copies, path_of(PICTURE, "png"), "HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(png())))
    assert copies.read_keys == []


def test_what_was_taken_down_is_gone_and_kept_by_no_cache() -> None:
    answer = ask(FakeCopies(), path_of(PICTURE, "png", DOWN))
    assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        path_of(PICTURE, "jpg"),
        path_of(PICTURE, "svg"),
        path_of(PICTURE, "png", UUID(int=9)),
        path_of(bytes(16), "png"),
        f"/media/{ARTICLE}/{PICTURE.hex().upper()}.png",
        f"/media/{ARTICLE.hex}/{PICTURE.hex()}.png",
        f"/media/{ARTICLE}/{PICTURE.hex()}",
        f"/media/{ARTICLE}/..%2F..%2Fetc%2Fpasswd",
        f"/media/%00/{PICTURE.hex()}.png",
        f"/media/{ARTICLE}/{PICTURE.hex()}.png%0a",
        "/media/",
    ],
)
def test_anything_else_is_not_there(path: str) -> None:
    assert ask(FakeCopies(), path).status_code == 404


def test_from_the_store_until_the_takedown(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)))
    copies = stages.services.copies
    path = stages.partner.accepted()[-1].payload["data"]["images"][0]["url"].removeprefix("https://portal.example")
    answer = ask(copies, path)
    assert (answer.status_code, answer.content) == (200, png(mark="/p/1.png"))
    assert ask(copies, path, if_none_match=answer.headers["etag"]).status_code == 304
    key = path.rpartition("/")[2]
    assert ask(copies, f"/media/{UUID(int=3)}/{key}").status_code == 404, "only through an article that shows it"
    stages.take_down()
    assert ask(copies, path).status_code == 410
