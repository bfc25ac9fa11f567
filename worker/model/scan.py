"""What is out, for whoever looks through it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Out:
    """One version that is out, and the destinations that have it. ``article`` is the id, ``channels`` are its own."""

    article: int
    uuid: UUID
    version: int
    channels: tuple[str, ...]
    destinations: tuple[str, ...]
