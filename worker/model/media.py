"""Copies of pictures and files: what a fetched one turned out to be, how each stands, what an article wants of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PICTURES: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
FILES: Mapping[str, str] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
}
ENDINGS: Mapping[str, str] = {**PICTURES, **FILES}
"""The types that are copied, each with the ending it is served under: nothing that a browser would run."""


class MediaState(StrEnum):
    PENDING = "pending"  # wanted, not fetched yet
    STORED = "stored"
    REFUSED = "refused"  # not to be had, or nothing that we pass on


@dataclass(frozen=True, slots=True)
class CheckedMedia:
    """What the bytes of an answer turned out to be: one of ``ENDINGS``, or the ``reason`` why they are not kept."""

    content_type: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MediaCopy:
    """How the copy of one address stands. ``wanted_at`` (aware UTC) is since when it is waited for. ``content_type``
    is known once it is stored."""

    state: MediaState
    wanted_at: datetime
    content_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class MediaChange:
    """What an article wants copied from now on: address by key (16 bytes), asked for in the name of ``source``.
    ``pace`` in seconds is that source's. ``forget``: nobody may have its copies any more."""

    article: int
    source: str
    pace: float
    wanted: Mapping[bytes, str]
    forget: bool = False


@dataclass(frozen=True, slots=True)
class HostedMedia:
    """A copy as it is served. ``etag`` names the bytes. ``withdrawn``: its article was taken down, whatever it was."""

    content_type: str
    etag: str
    length: int
    withdrawn: bool = False
