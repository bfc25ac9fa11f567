"""Deletions by a source: its entry goes, the article lives while another permitted lead does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from worker.model.feed import Role
from worker.model.polling import SnapshotClaim
from worker.pipeline.settle import Settlement, settle_or_hold, write
from worker.pipeline.view import View
from worker.pipeline.withdraw import withdrawal
from worker.ports import Work

SURGE_SHARE = 0.2
SURGE_LEAST = 5
GONE_WITHIN = timedelta(days=1)  # pages that answer 410 are deletions one by one, and count together
LOST_WITHIN = timedelta(days=3)  # it takes so long until all pages of a site that moved were asked for in vain
REASON = "UPSTREAM_WITHDRAWN"


def apply_tombstones(
    work: Work, claim: SnapshotClaim, refs: Sequence[Sequence[bytes]], view: View, now: datetime
) -> tuple[int, list[Settlement]]:
    """Remove the claim's source's entries that its tombstones name; (articles withdrawn, what was settled).

    ``refs`` are the possible aliases of each tombstone. A source can only remove its own entries. More than a fifth
    of its live entries at once (and more than five) is a surge: nothing is removed, a person is asked to look.
    """
    known = work.entries_of(claim.source_id, [key for keys in refs for key in keys])
    found = {hit for keys in refs if (hit := next((known[key] for key in keys if key in known), None)) is not None}
    if not found:
        return 0, []
    gone = len(found)
    if claim.role is Role.ARTICLE:
        gone += work.moves().removed(claim.source_id, now - GONE_WITHIN)
    if gone > max(SURGE_LEAST, SURGE_SHARE * work.live_entries(claim.source_id)):
        words = f"{gone} deletions arrived at once and were not applied; take down what is really withdrawn"
        work.raise_attention(claim.source_id, words)
        return 0, []
    work.remove_entries([entry for entry, _ in found], now)
    settlements: list[Settlement] = []
    withdrawn = 0
    for story in work.stories({article for _, article in found}):
        if story.carried:
            settlements.append(settle_or_hold(story, view, now))
            continue
        settlements.append(withdrawal(story, view, now, reason=REASON))
        work.bury(story.article, reason=REASON, by=claim.source, note=None, now=now, scope=claim.source_id)
        withdrawn += 1
    write(work, settlements, now)
    return withdrawn, settlements


def is_loss(work: Work, claim: SnapshotClaim, now: datetime) -> bool:
    """Whether this page is one of so many that were not found of late that the site has moved rather than they have
    gone: then it is no reason to hold its article, and a person is asked to look."""
    lost, followed = work.moves().missing(claim.source_id, now - LOST_WITHIN)
    if lost + 1 <= max(SURGE_LEAST, SURGE_SHARE * followed):
        return False
    words = (
        f"more than {lost} pages were not found within {LOST_WITHIN.days} days: the site may have moved. No more are "
        f"held for that; to take down what is gone: newsroad takedown --source {claim.source} --match WORDS"
    )
    work.raise_attention(claim.source_id, words)
    return True
