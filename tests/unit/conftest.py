"""Fixtures of the unit tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser import Get, a_full_shelf, browser
from tests.fakes import NOON, FakeHeartbeats, FakeShelf
from tests.http_server import LOOPBACK, Peer
from tests.road import Road
from worker.bootstrap import utc_now
from worker.demo.partner import Partner
from worker.demo.site import Site
from worker.http.client import Http
from worker.http.guard import Guard


@pytest.fixture
def road(
    tmp_path: Path, database_url: str, publisher: Site, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Road]:
    """A small newsroom in one process, on each store: see ``tests.road``."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("PARTNER_SECRET", partner.secrets[0])
    road = Road(home, database_url, publisher, partner)
    yield road
    road.close()


@pytest.fixture
def shelf() -> FakeShelf:
    return a_full_shelf()


@pytest.fixture
def beats() -> FakeHeartbeats:
    return FakeHeartbeats({"tick": NOON - timedelta(seconds=2)})


@pytest.fixture
def get(shelf: FakeShelf, beats: FakeHeartbeats) -> Get:
    return browser(shelf, beats)


@pytest.fixture
def peer() -> Iterator[Peer]:
    """It has nothing yet: 404 to everything."""
    with Peer() as running:
        yield running


@pytest.fixture
def http() -> Iterator[Http]:
    """A client that may go to loopback, and nowhere else that is not public."""
    client = Http(user_agent="Newsroad/test (+desk@news.example)", guard=Guard(LOOPBACK), clock=utc_now)
    yield client
    client.close()
