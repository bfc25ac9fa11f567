"""Stages whose articles people put together or take apart: what is published, what they say, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.stages import OTHER, STORY, Stages, item, rss
from worker.model.catalog import Grant
from worker.model.repair import Merging, Splitting
from worker.pipeline.repair import merge, split
from worker.pipeline.withdraw import take_down

SIGNED: dict[str, Any] = {"by": "周岚", "note": "同一篇通稿"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BOTH_GRANTED = (Grant("contract", "alpha"), Grant("letter", "beta"))


def arrive(stages: Stages, source: str, *items: str) -> None:
    stages.publish(source, rss(*items))
    stages.run()


def one(stages: Stages, source: str, guid: str, title: str, text: str) -> None:
    arrive(stages, source, item(guid, title, text, link=f"https://www.{source}.example/{guid}.html"))


def uuids(stages: Stages) -> list[UUID]:
    return [UUID(row.uuid) for row in stages.articles()]


def join(stages: Stages, kept: int = 0, gone: int = 1) -> Merging:
    """Merge the articles at these places, the oldest being 0."""
    services, ids = stages.services, uuids(stages)
    return merge(services.desk(), ids[kept], ids[gone], **SIGNED)


def part(stages: Stages, entry_id: int) -> Splitting:
    services = stages.services
    return split(services.desk(), entry_id, **SIGNED)


def take_away(stages: Stages, number: int) -> None:
    services = stages.services
    take_down(services.desk(), [uuids(stages)[number]], reason="NOTICE", by="编辑")


def homes(stages: Stages) -> list[int]:
    """The articles of the entries, in the order in which they came."""
    return [row.article_id for row in stages.entries()]


def told(stages: Stages, since: int = 0) -> list[tuple[str, str, str]]:
    """(destination, type without its prefix, article's id) of what partners took from the ``since``-th on."""
    found = [request.payload for request in stages.partner.accepted()[since:]]
    return [
        (one["destination"], one["type"].removeprefix("article."), one["data"]["id"].removeprefix("urn:uuid:"))
        for one in found
    ]


def two_articles(stages: Stages) -> Stages:
    """甲报's and 乙网's accounts of one visit, so different that they stay two; both out at ``hook`` and ``feeds``."""
    stages.declare(grants=BOTH_GRANTED)
    one(stages, "alpha", "a1", "代表团走访学校", STORY)
    one(stages, "beta", "b1", "教师迎来慰问", OTHER)
    assert homes(stages) == [1, 2]
    return stages
