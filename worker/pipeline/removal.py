"""Deletions by a source: its entry goes, the article lives while another permitted lead does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from worker.model.polling import SnapshotClaim
from worker.pipeline.settle import Settlement, settle, write
from worker.pipeline.view import View
from worker.pipeline.withdraw import withdrawal
from worker.ports import Work

SURGE_SHARE = 0.2
SURGE_LEAST = 5
REASON = "UPSTREAM_WITHDRAWN"


def apply_tombstones(
    work: Work, claim: SnapshotClaim, refs: Sequence[Sequence[bytes]], view: View, now: datetime
) -> tuple[int, list[str]]:
    """Remove the claim's source's entries that its tombstones name; (articles withdrawn, remote destinations to ring).

    ``refs`` are the possible aliases of each tombstone. A source can only remove its own entries. More than a fifth
    of its live entries at once (and more than five) is a surge: nothing is removed, a person is asked to look.
    """
    known = work.entries_of(claim.source_id, [key for keys in refs for key in keys])
    found = {hit for keys in refs if (hit := next((known[key] for key in keys if key in known), None)) is not None}
    if not found:
        return 0, []
    if len(found) > max(SURGE_LEAST, SURGE_SHARE * work.live_entries(claim.source_id)):
        words = f"{len(found)} deletions arrived at once and were not applied; take down what is really withdrawn"
        work.raise_attention(claim.source_id, words)
        return 0, []
    work.remove_entries([entry for entry, _ in found], now)
    settlements: list[Settlement] = []
    withdrawn = 0
    for story in work.stories({article for _, article in found}):
        if story.carried:
            settlements.append(settle(story, view, now))
            continue
        settlements.append(withdrawal(story, view, now, reason=REASON))
        work.bury(story.article, reason=REASON, by=claim.source, note=None, now=now, scope=claim.source_id)
        withdrawn += 1
    write(work, settlements, now)
    orders = [order for settlement in settlements for order in settlement.orders]
    remote = [order.destination for order in orders if not view.is_local(order.destination)]
    return withdrawn, remote
