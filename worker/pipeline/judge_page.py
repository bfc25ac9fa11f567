"""What one outcome changes in the row of a page: of an article, of a later part of it, of a picture.

A page is read when it is found, read again at set times, then left alone. Pure but for ``rng``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random
from typing import Any
from urllib.parse import urlsplit

from worker import schedule
from worker.identity.urls import host_of
from worker.model.feed import Role
from worker.model.fetch import Outcome, Phase
from worker.model.polling import PAGE_TRIES, DueResource, PageTimes, Polled, ResourceState
from worker.pipeline.judge import (
    LONGEST_URL,
    REDIRECTED,
    challenged,
    error_words,
    failed,
    fetched,
    is_challenge,
    kept,
    polled,
    redirect_target,
    redirected,
    refusal_words,
    validators,
)

MISSES = 3  # so often not found …
MISSING_FOR = timedelta(hours=24)  # … over at least so long: it is missing
MISS_WAIT = timedelta(hours=12)
SETTLE_GRACE = timedelta(minutes=10)  # a first reading goes out so long after its second should have come
ROBOTS_WAIT = timedelta(days=1)

_HOME = re.compile(r"/?(?:(?:index|default|main|home)\.\w{2,5})?", re.IGNORECASE)
_LOGIN = re.compile(r"(?:^|[/._-])(?:log-?in|sign-?in|sso|passport|oauth|auth|denglu)(?:$|[/._?-])", re.IGNORECASE)


def judge_page(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """What one outcome changes in the row of a page."""
    if outcome.phase is not Phase.ANSWERED or outcome.status is None:
        return _failed(due, outcome, error_words(outcome), rng)
    if outcome.status in REDIRECTED:
        return _redirected(due, outcome, rng)
    if outcome.status not in (200, 304) or len(outcome.url) > LONGEST_URL:
        return _refused(due, outcome, rng)
    if outcome.url != due.own_url and is_elsewhere(due.own_url, outcome.url):
        return _missed(due, outcome, f"missing: redirected to {outcome.url[:120]}", rng)
    return _read(due, outcome)


def _redirected(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    target = redirect_target(outcome)
    if target is not None and is_elsewhere(due.own_url, target):
        return _missed(due, outcome, f"missing: redirected to {target[:120]}", rng)
    return redirected(due, outcome, rng)


def _refused(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    if is_challenge(outcome):
        return challenged(due, outcome, rng)
    if outcome.status == 410:
        return _gone(due, outcome)
    if outcome.status == 404:
        return _missed(due, outcome, "missing: HTTP 404", rng)
    return _failed(due, outcome, refusal_words(outcome), rng)


def is_elsewhere(asked: str, answered: str) -> bool:
    """Whether an article's address led to a login or home page, which is no article."""
    there = urlsplit(answered)
    if _HOME.fullmatch(there.path) and not there.query and not _HOME.fullmatch(urlsplit(asked).path):
        return True
    return _LOGIN.search(f"{there.netloc}{there.path}") is not None and _LOGIN.search(asked) is None


def forbidden(due: DueResource, now: datetime) -> Polled:
    """robots.txt keeps us out: nothing is asked, and a person is told."""
    host = host_of(due.url)
    return polled(
        due,
        now,
        "forbidden: by robots.txt, not asked",
        due_at=now + ROBOTS_WAIT,
        ask=due.url,
        moved=False,
        redirects=due.redirects,
        state=ResourceState.FORBIDDEN,
        attention=f"robots.txt of {host} keeps Newsroad out, so nothing is fetched; ask the publisher to allow it",
    )


def _read(due: DueResource, outcome: Outcome) -> Polled:
    times = due.times
    back = due.state is ResourceState.MISSING
    body_hash = due.body_hash if outcome.status == 304 else blake2b(outcome.body, digest_size=16).digest()
    same = outcome.status == 304 or body_hash == due.body_hash
    new, words = None, "unchanged: 304" if outcome.status == 304 else "unchanged: same body"
    if not same or (back and outcome.status == 200):
        waits = times.settles and times.step == 0
        ready = outcome.finished + timedelta(seconds=times.steps[0]) + SETTLE_GRACE if waits else None
        new, words = fetched(outcome, ready_at=ready), f"new body: {len(outcome.body)} bytes"
    step, read_at, due_at = _next(times, outcome.finished)
    answered: dict[str, Any] = validators(due, outcome)
    # Pictures are large by nature, and only those of an agreement are fetched.
    rest = schedule.rest(kept(new), schedule.PAGE_BYTES) if due.role is not Role.MEDIA else timedelta()
    return polled(
        due,
        outcome.finished,
        words,
        due_at=due_at,
        body_hash=body_hash,
        failures=0,
        fetched=new,
        step=step,
        read_at=read_at,
        misses=0,
        missing_since=None,
        settled=times.settles and times.step == 1,
        pause=outcome.finished + rest if rest else None,
        **answered,
    )


def _next(times: PageTimes, now: datetime) -> tuple[int, datetime, datetime | None]:
    """(readings, first one, next one) after a good reading at ``now``; readings that were slept through are one."""
    read_at = times.read_at or now
    step = times.step + 1
    while step < len(times.steps) and read_at + timedelta(seconds=times.steps[step]) <= now:
        step += 1
    if step > len(times.steps):
        return step, read_at, None
    return step, read_at, max(read_at + timedelta(seconds=times.steps[step - 1]), now + timedelta(seconds=1))


def _missed(due: DueResource, outcome: Outcome, words: str, rng: Random) -> Polled:
    """Not found. Three times over a day, and what we have of it is held; it may still come back."""
    misses = due.times.misses + 1
    since = due.times.missing_since or outcome.finished
    lost = misses >= MISSES and outcome.finished - since >= MISSING_FOR
    wait = (ROBOTS_WAIT if lost else MISS_WAIT) * rng.uniform(1.0, 1.1)
    due_at: datetime | None = outcome.finished + wait
    if lost and (due.times.read_at is None or _over(due.times, outcome.finished)):
        due_at = None
    first = lost and due.state is not ResourceState.MISSING and due.times.read_at is not None
    return polled(
        due,
        outcome.finished,
        words,
        due_at=due_at,
        failures=due.failures + 1,
        misses=misses,
        missing_since=since,
        state=ResourceState.MISSING if lost else due.state,
        fetched=fetched(outcome, status=404) if first else None,
        body_hash=None if lost else due.body_hash,
        etag=None if lost else due.etag,
        last_modified=None if lost else due.last_modified,
        attention=f"{due.own_url} is not found any more; its article is held, see: newsroad review list"
        if first
        else None,
    )


def _gone(due: DueResource, outcome: Outcome) -> Polled:
    """410: its publisher took it away. It goes the road of a deletion."""
    return polled(
        due,
        outcome.finished,
        "gone: HTTP 410",
        due_at=None,
        state=ResourceState.GONE,
        fetched=fetched(outcome, status=410) if due.times.read_at is not None else None,
        body_hash=None,
        etag=None,
        last_modified=None,
    )


def _failed(due: DueResource, outcome: Outcome, words: str, rng: Random) -> Polled:
    """A page that was never read is tried for about a week; one that was, until its following is over."""
    result = failed(due, outcome, words, rng)
    unread = due.times.read_at is None
    if (unread and result.failures >= PAGE_TRIES) or (not unread and _over(due.times, outcome.finished)):
        attention = f"{due.own_url} could not be read: {words}"[:500] if unread else None
        return replace(result, due_at=None, attention=attention)
    return result


def _over(times: PageTimes, now: datetime) -> bool:
    last = max(times.steps, default=0)
    return times.read_at is not None and now >= times.read_at + timedelta(seconds=last) + MISSING_FOR * 2
