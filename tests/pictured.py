"""Stages whose articles have pictures: what is published, what destinations want of it, what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.pictures import png
from tests.stages import Stages, item, rss
from worker.demo.site import Document
from worker.model.catalog import Grant
from worker.pipeline.review import approval, review
from worker.pipeline.withdraw import take_down as withdraw
from worker.store.schema import media

SITE = "https://portal.example"


def picture(stages: Stages, path: str = "/p/1.png", body: bytes | None = None, **changes: Any) -> str:
    """A picture on ``alpha``'s site; returns its address."""
    plain = Document(png(mark=path) if body is None else body, "image/png")
    return stages.sites["alpha"].put(path, replace(plain, **changes))


def figure(url: str, caption: str = "图为书车。李明 摄") -> str:
    return f'</p><figure><img src="{url}"><figcaption>{caption}</figcaption></figure><p>'


def declare(stages: Stages, images: str = "host", *, covers: bool = True, **changes: Any) -> None:
    """Every destination wants ``images`` that way; ``covers``: alpha's grant is good for media."""
    wanted = [
        replace(one, options={**one.options, "images": images, **({"access": "public"} if one.kind == "feed" else {})})
        for one in stages.catalogue.destinations
    ]
    stages.declare(destinations=tuple(wanted), grants=(Grant("contract", "alpha", media=covers, **changes),))


def tell(stages: Stages, text: str, *, guid: str = "a1", title: str = "书车开进村小", extra: str = "") -> None:
    """``alpha`` publishes one item with this text, and everything that follows at once happens."""
    stages.publish("alpha", rss(item(guid, title, text, extra=extra)))
    settle_down(stages)


def settle_down(stages: Stages, rounds: int = 4) -> None:
    for _ in range(rounds):
        stages.run(minutes=0.1)
        stages.recheck()


def body(stages: Stages) -> str:
    """What the partner took last."""
    return str(stages.partner.accepted()[-1].payload["data"]["body_html"])


def held(stages: Stages) -> list[str]:
    return [row.decision.reasons[0] for row in stages.services.people.held(50)]


def kept(stages: Stages) -> list[tuple[str, str | None]]:
    return [(row.state, row.content_type) for row in stages.rows(media)]


def ours(stages: Stages, position: int = 0) -> str:
    """The address we serve the article's first picture under."""
    row = stages.rows(media)[position]
    return f"{SITE}/media/{stages.articles()[0].uuid}/{row.key.hex()}.png"


def approve(stages: Stages) -> None:
    services = stages.services
    word = approval(by="周岚", note="可以", until=stages.now + timedelta(days=9), now=stages.now)
    story = services.people.stories([stages.articles()[0].id])[0]
    review(services.desk(), story.uuid, word, None)
    stages.deliver()


def take_down(stages: Stages, uuid: str) -> None:
    services = stages.services
    withdraw(services.desk(), [UUID(uuid)], reason="NOTICE", by="编辑")
    stages.deliver()
