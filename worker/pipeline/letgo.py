"""Let go: articles that came with a flood and were held back go on the road, because a person says so."""

from __future__ import annotations

from collections.abc import Sequence

from worker.pipeline.desk import Desk
from worker.pipeline.rings import Rings
from worker.pipeline.settle import settle, write

CHUNK = 50


def let_go(
    desk: Desk,
    articles: Sequence[int],
    *,
    source: str,
    by: str,
    note: str | None = None,
) -> int:
    """Decide about ``articles`` (ids) of ``source`` as if they had just come, the oldest first; returns how many were
    still held back. One audited row; what others have let go meanwhile is left alone."""
    done = 0
    rings = Rings()
    waiting = sorted(articles)
    for at in range(0, len(waiting), CHUNK):
        now = desk.clock()
        with desk.works.open() as work:
            if at == 0:
                after = {"articles": len(waiting)}
                detail = {"before": {"held_back": len(waiting)}, "after": after}
                work.note(by=by, verb="backfill", target=f"source {source}", note=note, now=now, detail=detail)
            mine = work.moves().let_go(waiting[at : at + CHUNK])
            settlements = [settle(story, desk.view, now) for story in work.stories(mine)]
            write(work, settlements, now)
        done += len(mine)
        rings.hear(settlements, desk.view)
    rings.ring(desk.hints)
    return done
