"""Fixtures of the unit tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.road import Road
from worker.demo.partner import Partner
from worker.demo.site import Site


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
