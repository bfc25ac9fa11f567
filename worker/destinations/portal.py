"""Kind ``portal``: pages for readers, served by our own web face from the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from worker.destinations.kind import Options


class PortalOptions(Options):
    """``indexing`` says what search engines are told: a partner's copy is best not indexed (``noindex``); with
    ``canonical`` they are pointed at the original instead; never both."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    access: Literal["public"] = "public"
    per_page: int = Field(default=20, ge=1, le=100)
    indexing: Literal["noindex", "noindex_news", "canonical", "index"] = "noindex"


@dataclass(frozen=True, slots=True)
class Portal:
    name: str = "portal"
    local: bool = True
    options: type[Options] = PortalOptions
