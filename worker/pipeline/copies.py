"""Which copies of pictures and files an article needs, as its destinations and grants stand. Pure.

Copies follow from what was decided, not from what came in: a grant that comes to cover pictures has them fetched with
the next version, one that ends takes them from our address at once, and an archive that is never sent costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from worker.model.article import Version
from worker.model.catalog import Use
from worker.model.delivery import Action, Decision, Reason
from worker.model.ingest import Pair, Story
from worker.model.media import MediaChange
from worker.pipeline.view import View
from worker.rights.media import EXCLUDED, choice, wanted


def media_change(story: Story, version: Version, decisions: Mapping[str, Decision], view: View) -> MediaChange | None:
    """What to have copied for ``version``, or that its copies must go; None when nothing changes. ``decisions`` are
    the newest, by destination."""
    source = view.sources[version.source]
    if any(_hosts(story.pair(key), version, decisions[key], view) for key in decisions):
        new = {key: url for key, url in wanted(version).items() if key not in story.media}
        return MediaChange(story.article, source.key, source.pace, new) if new else None
    if story.media and decisions and not _may_be_out(story, decisions, view):
        return MediaChange(story.article, source.key, source.pace, {}, forget=True)
    return None


def _hosts(pair: Pair, version: Version, decision: Decision, view: View) -> bool:
    """Whether this destination is yet to be given ``version``, with copies of ours."""
    given = pair.out is Use.FULL_TEXT and pair.out_version == version.number
    wished = choice(view.destinations[pair.destination]) == "host" and decision.reasons[0] is not Reason.GRANT_ENDED
    return not given and wished and _is_covered(decision, view)


def _is_covered(decision: Decision, view: View) -> bool:
    """Whether the grant that ``decision`` rests on covers pictures, be it that a person must still say yes, or that it
    has ended and what is out under it stays."""
    granted = not {Reason.GRANT_ACTIVE, Reason.GRANT_ENDED}.isdisjoint(decision.reasons)
    if not granted or decision.use not in (Use.FULL_TEXT, Use.HOLD):
        return False
    known = (*view.catalogue.grants, *(one for gone in view.gone_of.values() for one in gone))
    return any(grant.key == decision.grant and grant.media for grant in known)


def _may_be_out(story: Story, decisions: Mapping[str, Decision], view: View) -> bool:
    """Whether anybody may still show what we host: what is held stays out as it is, and so does what is at a
    destination that has left the file."""
    if any(decision.use is Use.HOLD or _is_covered(decision, view) for decision in decisions.values()):
        return True
    return any(pair.out is not None for key, pair in story.pairs.items() if key not in view.destinations)


def lost_media(pair: Pair, decision: Decision, version: Version, now: datetime) -> bool:
    """Whether a destination has pictures under a grant that covered them and does not any more: they are taken back
    with an update, which does not wait for its turn either."""
    if not takes_media_back(pair, decision) or not (version.images or version.attachments or version.enclosures):
        return False
    if pair.pending:
        waits = pair.pending_action is Action.UPDATE and pair.pending_due is not None and pair.pending_due > now
        return waits and pair.pending_version == version.number
    return (pair.out_version, pair.decision_version) == (version.number, version.number)


def takes_media_back(pair: Pair, decision: Decision) -> bool:
    """Whether ``decision`` leaves out the pictures that went with the whole text before."""
    before = pair.decision
    if before is None or before.use is not Use.FULL_TEXT or pair.out is not Use.FULL_TEXT:
        return False
    return decision.use is Use.FULL_TEXT and EXCLUDED not in before.obligations and EXCLUDED in decision.obligations
