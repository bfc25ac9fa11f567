"""A fault of our own that shows at one article: what is decided then, so that nothing else has to wait. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from traceback import extract_tb

from worker.model.catalog import Use
from worker.model.delivery import Decision, Reason
from worker.model.ingest import Pair

AGAIN = timedelta(minutes=10)
LATEST = timedelta(days=1)


def in_words(error: Exception) -> str:
    """What was raised and where, on one line, for people who report it."""
    frames = extract_tb(error.__traceback__)
    place = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}"[:300] + place


def undecided(error: Exception, pair: Pair, version: int, now: datetime) -> Decision:
    """The decision about ``version`` where deciding raised ``error``: a hold, which leaves what is out as it is and is
    told to people. It is tried again by itself, each time after as long as it has lasted, within ten minutes and a
    day; before that nothing new is said."""
    before = pair.decision if pair.decision_version == version else None
    if before is None or before.reasons[:1] != (Reason.FAULT,):
        lasted = AGAIN
    elif before.valid_until is not None and before.valid_until > now:
        return before
    else:
        lasted = now - pair.held_since if pair.held_since is not None else AGAIN
    again = now + min(max(lasted, AGAIN), LATEST)
    return Decision(Use.HOLD, (Reason.FAULT,), valid_until=again, note=in_words(error))
