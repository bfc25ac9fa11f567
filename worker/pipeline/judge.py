"""What one outcome changes in its resource's row. Pure but for ``rng``, which spreads the next due time.

Feeds and listings here; pages, which are followed for a while and then left alone, in ``judge_page``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random
from typing import Any
from urllib.parse import urlencode, urljoin

from worker import schedule
from worker.http.guard import check_url
from worker.identity.urls import host_of
from worker.model.feed import Role
from worker.model.fetch import Outcome, Phase, Request
from worker.model.polling import DueResource, Fetched, Polled, ResourceState

DEADLINE = 30.0
REDIRECTED = (301, 302, 303, 307, 308)
REDIRECTS_MAX = 5
LONGEST_URL = 2000
LONGEST_ETAG = 1000  # a longer one is not kept: cut, it would be another
LONGEST_DATE = 200
LONGEST_HOST = 253
ACCEPT = {
    Role.FEED: "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    Role.MEDIA: "image/*, application/pdf, */*;q=0.5",
}
ACCEPT_PAGE = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"

CHALLENGES = (412, 512, 521)  # what the usual shields answer with, a script in the body
_SCRIPT = re.compile(rb"<script|\b(?:eval|document\.cookie)\b|__jsl_clearance|\$_ts", re.IGNORECASE)
CHALLENGE_WAIT = timedelta(days=1)
CHALLENGE_PAUSE = timedelta(hours=1)
CHALLENGE_HELP = (
    "answers with a challenge for browsers (HTTP {status} and a script); "
    "ask the publisher to put our address or User-Agent on its allow-list"
)


def make_request(due: DueResource) -> Request:
    """The conditional request for a resource: validators byte for byte as they came, a data call's form as declared."""
    headers = {"Accept": ACCEPT.get(due.role, ACCEPT_PAGE)}
    if due.etag is not None:
        headers["If-None-Match"] = due.etag
    if due.last_modified is not None:
        headers["If-Modified-Since"] = due.last_modified
    request = Request(tag=due.id, url=due.url, headers=headers, deadline=DEADLINE, follow=REDIRECTS_MAX)
    if due.call is None:
        return request
    form = urlencode(dict(due.call.form))
    if due.call.method != "POST":
        joint = "&" if "?" in due.url else "?"
        return replace(request, url=f"{due.url}{joint}{form}" if form else due.url)
    typed = {**headers, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return replace(request, method="POST", headers=typed, body=form.encode(), follow=0)


def judge(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """What one outcome changes in the row of a feed or listing."""
    if outcome.phase is not Phase.ANSWERED or outcome.status is None:
        return failed(due, outcome, error_words(outcome), rng)
    if outcome.status == 304:
        return _settled(due, outcome, "unchanged: 304", None, due.body_hash, rng)
    if outcome.status != 200 or len(outcome.url) > LONGEST_URL:
        return _refused(due, outcome, rng)
    body_hash = blake2b(outcome.body, digest_size=16).digest()
    if body_hash == due.body_hash:
        return _settled(due, outcome, "unchanged: same body", None, body_hash, rng)
    return _settled(due, outcome, f"new body: {len(outcome.body)} bytes", fetched(outcome), body_hash, rng)


def _refused(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    if outcome.status in REDIRECTED:
        return redirected(due, outcome, rng)
    if is_challenge(outcome):
        return challenged(due, outcome, rng)
    return failed(due, outcome, refusal_words(outcome), rng)


def error_words(outcome: Outcome) -> str:
    return f"{outcome.error}: {outcome.detail}" if outcome.detail else f"{outcome.error}"


def refusal_words(outcome: Outcome) -> str:
    why = f"HTTP {outcome.status}" if outcome.status != 200 else "redirected to an address too long to keep"
    return f"refused: {why}"


def fetched(outcome: Outcome, *, status: int = 200, ready_at: datetime | None = None) -> Fetched:
    """The outcome as a snapshot to come."""
    return Fetched(
        url=outcome.url[:LONGEST_URL],
        content_type=outcome.headers.get("content-type", "")[:200] or None,
        headers=_evidence(outcome.headers),
        body=outcome.body if status == 200 else b"",
        at=outcome.finished,
        status=status,
        ready_at=ready_at,
        packed=_packed(outcome) if status == 200 else None,
    )


def _packed(outcome: Outcome) -> bytes | None:
    """The body as its publisher packed it; a large one that did not is packed here, since its size matters."""
    if outcome.packed is not None or len(outcome.body) <= schedule.FREE_BYTES:
        return outcome.packed
    return zlib.compress(outcome.body, 1)


def kept(new: Fetched | None) -> int:
    """How many bytes are kept of an answer."""
    return len(new.packed or new.body) if new is not None else 0


def _evidence(headers: Mapping[str, str]) -> dict[str, str]:
    """The answer's headers as evidence, bounded, without what could be a session of ours."""
    kept = [(name, value[:500]) for name, value in headers.items() if name != "set-cookie"]
    return dict(kept[:40])


def polled(due: DueResource, at: datetime, words: str, **changes: Any) -> Polled:
    """A poll that leaves everything as it was but for ``changes``; it asks the resource's own address next."""
    base = Polled(
        resource=due.id,
        at=at,
        due_at=at,
        ask=due.own_url,
        etag=due.etag,
        last_modified=due.last_modified,
        body_hash=due.body_hash,
        floor=due.floor,
        failures=due.failures,
        redirects=0,
        outcome=words,
        moved=host_of(due.own_url) != host_of(due.url),
        step=due.times.step,
        read_at=due.times.read_at,
        misses=due.times.misses,
        missing_since=due.times.missing_since,
    )
    return replace(base, **changes)


def validators(due: DueResource, outcome: Outcome) -> dict[str, str | None]:
    """A good answer replaces both: by what a 200 sent or did not send, by what a 304 sent if it did."""
    unchanged = outcome.status == 304
    etag = outcome.headers.get("etag", due.etag if unchanged else None)
    modified = outcome.headers.get("last-modified", due.last_modified if unchanged else None)
    return {"etag": _kept(etag, LONGEST_ETAG), "last_modified": _kept(modified, LONGEST_DATE)}


def _kept(validator: str | None, longest: int) -> str | None:
    return validator if validator is None or len(validator) <= longest else None


def _settled(
    due: DueResource, outcome: Outcome, words: str, new: Fetched | None, body_hash: bytes | None, rng: Random
) -> Polled:
    hints = schedule.hints(outcome.headers, outcome.finished)
    floor = schedule.floor(hints, kept=due.floor if outcome.status == 304 else 0, hint_cap=due.hint_cap)
    due_at = schedule.next_poll(outcome.finished, every=due.every, floor=floor, rng=rng)
    rested = outcome.finished + schedule.rest(kept(new))
    if rested > due_at:
        words += f"; so much that it is let be for {(rested - outcome.finished).total_seconds() / 60:.0f} min"
    return polled(
        due,
        outcome.finished,
        words,
        due_at=max(due_at, rested),
        body_hash=body_hash,
        floor=floor,
        failures=0,
        fetched=new,
        **validators(due, outcome),
    )


def redirect_target(outcome: Outcome) -> str | None:
    """Where a redirect leads, None when that is no address to ask."""
    try:
        target = urljoin(outcome.url, outcome.headers.get("location", "").strip())
    except ValueError:
        return None
    if check_url(target) is not None or len(target) > LONGEST_URL or target == outcome.url:
        return None
    host = host_of(target)
    return target if host is not None and len(host) <= LONGEST_HOST else None


def redirected(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """To another host: it is asked when its own lease is held. Within the host redirects were followed already."""
    target = redirect_target(outcome)
    if target is None or due.redirects >= REDIRECTS_MAX or due.call is not None:
        named = outcome.headers.get("location", "")[:120] or "nowhere"
        return failed(due, outcome, f"refused: redirect to {named} not followed", rng)
    words = f"redirected: to {host_of(target)}"
    return polled(due, outcome.finished, words, ask=target, redirects=due.redirects + 1, moved=True)


def is_challenge(outcome: Outcome) -> bool:
    """Whether a script for browsers came where a document was asked for."""
    return outcome.status in CHALLENGES and _SCRIPT.search(outcome.body[:50_000]) is not None


def ends_lane(outcome: Outcome) -> bool:
    """Whether an answer speaks for its whole host: what else was to be asked of it now is left for later."""
    return outcome.phase is Phase.NOT_SENT or outcome.status == 429 or is_challenge(outcome)


def challenged(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """No program gets past it, and asking again makes it worse: once a day, and a person is told what to do."""
    return polled(
        due,
        outcome.finished,
        f"challenged: HTTP {outcome.status} with a script",
        due_at=outcome.finished + CHALLENGE_WAIT * rng.uniform(0.9, 1.1),
        failures=due.failures + 1,
        pause=outcome.finished + CHALLENGE_PAUSE,
        state=ResourceState.CHALLENGED,
        attention=f"{host_of(outcome.url)} " + CHALLENGE_HELP.format(status=outcome.status),
    )


def failed(due: DueResource, outcome: Outcome, words: str, rng: Random, **changes: Any) -> Polled:
    """Nothing usable came: back off, keep everything else, go back to the source's own address."""
    failures = due.failures + 1
    hints = schedule.hints(outcome.headers, outcome.finished) if outcome.status in (429, 503) else None
    wait = hints.retry_after if hints is not None else None
    due_at = schedule.after_failure(
        outcome.finished, every=due.every, failures=failures, status=outcome.status, retry_after=wait, rng=rng
    )
    pause = schedule.pause_until(outcome.finished, wait) if outcome.status == 429 else None
    return replace(polled(due, outcome.finished, words, due_at=due_at, failures=failures, pause=pause), **changes)
