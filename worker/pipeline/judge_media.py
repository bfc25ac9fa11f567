"""What one outcome changes in the row of a picture or file to be copied.

It is fetched once. An answer that will not get better refuses it at once, trouble that passes is tried again a few
times: texts wait for their pictures, and never for long. Pure but for ``rng``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random

from worker.identity.urls import host_of
from worker.model.fetch import FetchError, Outcome, Phase
from worker.model.polling import DueResource, Fetched, Polled, ResourceState
from worker.pipeline.judge import error_words, failed, is_challenge, refusal_words
from worker.pipeline.judge_page import forbidden, is_elsewhere, judge_page

GIVE_UP = 5  # failures in a row
PASSING = (408, 425, 429)
LASTING = (
    *(FetchError.GUARD, FetchError.BAD_URL, FetchError.TOO_LARGE, FetchError.RATIO),
    *(FetchError.ENCODING, FetchError.REDIRECTS),
)
NO_ANSWER = 0


def judge_media(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """What one outcome changes in the row of a picture or file."""
    if outcome.phase is not Phase.ANSWERED or outcome.status is None:
        result = failed(due, outcome, error_words(outcome), rng)
        return _ended(result, lasting=outcome.error in LASTING)
    if outcome.status >= 500 or outcome.status in PASSING:
        result = failed(due, outcome, refusal_words(outcome), rng)
        return _ended(result, lasting=is_challenge(outcome), status=outcome.status)
    result = judge_page(due, outcome, rng)
    if outcome.status in (200, 304) and not is_elsewhere(due.own_url, outcome.url) and result.failures == 0:
        return result
    if result.redirects > due.redirects:
        return result
    status = outcome.status if outcome.status not in (200, 304) else NO_ANSWER
    return replace(_refused(result, status), attention=None)


def _ended(result: Polled, *, lasting: bool, status: int = NO_ANSWER) -> Polled:
    return _refused(result, status) if lasting or result.failures >= GIVE_UP else result


def _refused(result: Polled, status: int) -> Polled:
    """Nothing more is asked; ingest is told, so that nobody waits."""
    told = Fetched(result.ask, None, {}, b"", result.at, status=status)
    ended = replace(result, due_at=None, state=ResourceState.GONE, fetched=told, redirects=0)
    return replace(ended, body_hash=None, etag=None, last_modified=None)


def forbidden_media(due: DueResource, now: datetime) -> Polled:
    """robots.txt keeps us from a picture, or cannot be read: the text goes without it, and a person is told."""
    words = f"pictures and files on {host_of(due.url)} are not copied: its robots.txt forbids it, or cannot be read"
    back = host_of(due.own_url) != host_of(due.url)
    result = replace(forbidden(due, now), ask=due.own_url, moved=back)
    return replace(_refused(result, 403), attention=words)
