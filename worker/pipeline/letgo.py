"""Let go: articles that came with a flood and were held back go on the road, because a person says so."""

from __future__ import annotations

from collections.abc import Sequence

from worker.pipeline.rings import Rings
from worker.pipeline.settle import settle, write
from worker.pipeline.view import View
from worker.ports import Clock, Hints, Works

CHUNK = 50


def let_go(
    works: Works,
    view: View,
    hints: Hints,
    clock: Clock,
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
        now = clock()
        with works.open() as work:
            if at == 0:
                after = {"articles": len(waiting)}
                detail = {"before": {"held_back": len(waiting)}, "after": after}
                work.note(by=by, verb="backfill", target=f"source {source}", note=note, now=now, detail=detail)
            mine = work.moves().let_go(waiting[at : at + CHUNK])
            settlements = [settle(story, view, now) for story in work.stories(mine)]
            write(work, settlements, now)
        done += len(mine)
        rings.hear(settlements, view)
    rings.ring(hints)
    return done
