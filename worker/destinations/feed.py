"""Kind ``feed``: RSS, Atom and JSON Feed of each channel, served by our own web face from the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from worker.destinations.kind import OptionalSecret, Options


class FeedOptions(Options):
    """``access`` unset means ``token``: what the grants behind a channel license is often not for everybody."""

    formats: tuple[Literal["rss", "atom", "json"], ...] = Field(default=("rss", "atom", "json"), min_length=1)
    access: Literal["public", "token"] | None = None
    token: OptionalSecret = None
    title: str | None = Field(default=None, min_length=1, max_length=200)
    limit: int = Field(default=50, ge=1, le=500)

    @property
    def needs_token(self) -> bool:
        return self.access != "public"

    @model_validator(mode="after")
    def _token_where_needed(self) -> Self:
        if self.needs_token and self.token is None:
            raise ValueError('set token = "env:NAME", or access = "public" if everybody may read this feed in full')
        return self


@dataclass(frozen=True, slots=True)
class Feed:
    name: str = "feed"
    local: bool = True
    options: type[Options] = FeedOptions
