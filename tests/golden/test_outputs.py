"""Each output compared whole with the document in ``outputs/``. ``UPDATE_GOLDEN=1`` writes them anew: read the
difference, and raise ``worker.renderers.VERSION`` so that readers who hold the old bytes fetch the new ones."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tests.fakes import (
    a_head,
    a_merged_withdrawal,
    a_mongolian_release,
    a_release,
    a_uyghur_release,
    a_withdrawal,
    an_english_release,
    an_excerpt,
    every_row,
    row_of,
)
from worker.destinations.payload import payload
from worker.model.delivery import Action
from worker.renderers import RENDERERS, VERSION

FOLDER = Path(__file__).parent / "outputs"

FEEDS = {"rss": "feed.rss", "atom": "feed.atom", "json": "feed.json"}
PAYLOADS = {
    "published.json": a_release(),
    "updated.json": an_english_release(sequence=2, version=2, action=Action.UPDATE),
    "excerpt.json": an_excerpt(),
    "withdrawn.json": a_withdrawal(),
    "withdrawn-merged.json": a_merged_withdrawal(),
    "right-to-left.json": a_uyghur_release(),
}
MERGED = (row_of(a_merged_withdrawal()), row_of(a_merged_withdrawal(8, address=None, language="en")))
OTHER_WAYS = (row_of(a_uyghur_release()), row_of(a_mongolian_release()))


def check(name: str, body: bytes) -> None:
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
    assert body.decode() == path.read_text(encoding="utf-8")


def test_every_renderer_has_its_document() -> None:
    assert set(FEEDS) == set(RENDERERS)


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_feeds(name: str) -> None:
    check(FEEDS[name], RENDERERS[name](a_head(), every_row()).body)


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_feeds_with_what_a_person_merged(name: str) -> None:
    check(f"merged.{name}", RENDERERS[name](a_head(), MERGED).body)


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_feeds_of_texts_that_run_another_way(name: str) -> None:
    check(f"other-ways.{name}", RENDERERS[name](a_head(), OTHER_WAYS).body)


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_webhook_payloads(name: str) -> None:
    check(name, payload(PAYLOADS[name], "partner-a") + b"\n")


def test_changed_bytes_come_with_a_new_version() -> None:
    """Behind the same version, a reader's ETag would still match and it would never see the change."""
    rows = (*every_row(), *OTHER_WAYS)
    digest = hashlib.sha256(b"".join(RENDERERS[name](a_head(), rows).body for name in sorted(FEEDS)))
    check("VERSION", f"{VERSION} {digest.hexdigest()}\n".encode())
