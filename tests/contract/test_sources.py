"""What every kind of source owes the road: it reads any bytes without raising, and drops what was seen before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.portal import article, listing
from tests.stages import item, rss
from worker.model.catalog import Source, SourceKind
from worker.model.feed import ParsedEntry, ParsedFeed, Role
from worker.model.polling import SnapshotClaim
from worker.sources import KINDS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = rss(item("a1", "第一篇"), item("a2", "第二篇")).body
HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 64,
    "html": b"<html><body>502</body></html>",
    "cut short": GOOD[: len(GOOD) // 2],
    "entities": b'<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><item><title>&c;</title></item>',
    "deep": b"<rss>" + b"<a>" * 5000,
    "bad json": b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": {"x": [null]}}, 7, null]}',
    "nul": GOOD.replace("第一篇".encode(), b"\x00\x0b\xef\xbf\xbe"),
}


# By kind: what its polled address may answer, and a document that makes an entry.
POLLED = {
    "feed": (Role.FEED, GOOD),
    "site": (
        Role.LISTING,
        listing(("/n/1001.html", "第一篇消息写的是书车", ""), ("/n/1002.html", "第二篇消息写的是大雪", "")).body,
    ),
}
ENTRY = {"feed": (Role.FEED, GOOD), "site": (Role.ARTICLE, article().body)}


def claim(body: bytes, kind: str, role: Role | None = None) -> SnapshotClaim:
    return SnapshotClaim(
        id=1,
        resource=1,
        source=kind,
        source_id=1,
        url="https://www.example.org/feed.xml",
        content_type=None,
        fetched_at=NOW,
        body=body,
        deaths=0,
        guid_mode="guid",
        first_contact=False,
        role=role or POLLED[kind][0],
        own_url="https://www.example.org/n/1.html",
    )


def brought(read: ParsedFeed) -> list[ParsedEntry]:
    """The entries of a document, or what it says of those it leads to."""
    return [*read.entries, *(found.entry for found in read.found if found.entry is not None)]


def source(kind: str) -> Source:
    return Source(kind, "publisher", SourceKind(kind), "https://www.example.org/feed.xml", zone="Asia/Shanghai")


def test_every_kind_the_catalogue_knows_can_be_read() -> None:
    assert set(KINDS) == {kind.value for kind in SourceKind}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("role", [None, Role.ARTICLE, Role.PART])
def test_nothing_in_a_document_raises(kind: str, name: str, role: Role | None) -> None:
    found = KINDS[kind](claim(HOSTILE[name], kind, role), source(kind))
    assert found.format or found.warnings, "what cannot be read says why"


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_seen_is_not_read_again_but_still_counted(kind: str) -> None:
    body = POLLED[kind][1]
    first = KINDS[kind](claim(body, kind), source(kind))
    again = KINDS[kind](replace(claim(body, kind), seen=dict.fromkeys(first.digests[:1])), source(kind))
    assert [(entry.title or "")[:3] for entry in brought(first)] == ["第一篇", "第二篇"]
    assert [(entry.title or "")[:3] for entry in brought(again)] == ["第二篇"]
    assert again.digests == first.digests


@pytest.mark.parametrize("kind", KINDS)
def test_entries_carry_their_evidence_and_only_web_addresses(kind: str) -> None:
    role, body = ENTRY[kind]
    entries = KINDS[kind](claim(body, kind, role), source(kind)).entries
    assert entries
    for entry in entries:
        assert len(entry.digest) == 16
        assert entry.title is not None
        assert entry.raw
        assert entry.raw in body
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
