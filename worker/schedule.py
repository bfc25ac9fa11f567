"""When to ask a publisher again, when to try a partner again. Pure: the clock and the randomness come in.

Polling: the source's own interval, never sooner than the publisher's hints allow,
spread by ±10 %; after errors an exponential wait with full jitter that never gives up.
Delivering follows the ladder of Standard Webhooks, spread by ±20 %.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

DAY = 24 * 3600
RETRY_AFTER_POLL_CAP = 7 * DAY
RETRY_AFTER_SEND_CAP = DAY
ERROR_CAP = DAY
FREE_BYTES = 256 * 1024  # of one document: a score of new articles
DOCUMENT_BYTES = 200_000_000 / DAY  # a second, of a feed or listing beyond them: 15,000 articles a day
PAGE_BYTES = 20_000  # a second, of a site's pages
PAUSE_DEFAULT = 900.0  # for a 429 that does not say how long

LADDER = (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
BREAKER_AFTER = 5

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b(?!\s*=)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PollHints:
    """What an answer's headers wish for, in seconds from now: ``fresh`` how long the copy stays fresh (None: not said),
    ``retry_after`` how long to stay away."""

    fresh: int | None = None
    retry_after: float | None = None


def hints(headers: Mapping[str, str], now: datetime) -> PollHints:
    """Read max-age less Age, else Expires less Date (RFC 9111 §4.2), and Retry-After. Header names in lower case.

    ``no-cache`` means "ask conditionally", not "ask at once": it wishes for no wait of its own.
    """
    return PollHints(_freshness(headers, now), retry_after_seconds(headers.get("retry-after"), now))


def _freshness(headers: Mapping[str, str], now: datetime) -> int | None:
    control = headers.get("cache-control", "")
    if _NO_CACHE.search(control):
        return None
    if match := _MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        return max(0, int(match[1]) - (int(age) if age.isdecimal() and len(age) < 11 else 0))
    if "expires" not in headers:
        return None
    expires = _http_date(headers["expires"])
    if expires is None:
        return 0  # RFC 9111 §5.3: an invalid date, "0" above all, is a date in the past
    return max(0, int((expires - (_http_date(headers.get("date")) or now)).total_seconds()))


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime((text or "").strip())
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Retry-After in seconds from ``now``, whether it came as seconds or as an HTTP date; None when unreadable."""
    text = (value or "").strip()
    if re.fullmatch(r"\d{1,10}(?:\.\d+)?", text):
        return float(text)
    moment = _http_date(text) if text else None
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def floor(hints: PollHints, *, kept: int = 0, hint_cap: int, ttl_minutes: int | None = None) -> int:
    """The publisher's own least interval, in seconds, to be stored with the resource.

    ``kept`` is the stored floor after an answer that brought nothing new (a 304 repeats few of the headers of its 200
    and never the feed's ttl), 0 after a new body. ``hint_cap`` bounds what a publisher may ask.
    """
    return min(hint_cap, max(hints.fresh or 0, kept, (ttl_minutes or 0) * 60))


def next_poll(now: datetime, *, every: int, floor: int, rng: Random) -> datetime:
    """When to ask again after a good answer: ``every`` ±10 %, never before ``floor``. Both in seconds."""
    base = max(every, floor)
    return now + timedelta(seconds=max(float(floor), base * rng.uniform(0.9, 1.1)))


def rest(kept: int, bytes_a_second: float = DOCUMENT_BYTES) -> timedelta:
    """How long an address is let be after an answer of which ``kept`` bytes are kept, at most a day: who serves other
    texts every time has us write no more than so many bytes a second. What is common costs nothing."""
    return timedelta(seconds=min(DAY, max(0, kept - FREE_BYTES) / bytes_a_second))


def after_failure(
    now: datetime, *, every: int, failures: int, status: int | None, retry_after: float | None, rng: Random
) -> datetime:
    """When to ask again after the ``failures``-th bad answer in a row; there is always a next time.

    The wait lies between half the interval and ``every`` × 2^n, at most a day (or ``every``, if longer). 404 and 410
    are asked daily. ``retry_after`` (of a 429 or 503) is a floor, up to seven days.
    """
    if status in (404, 410):
        wait = max(DAY, every) * rng.uniform(0.9, 1.1)
    else:
        ceiling = min(max(ERROR_CAP, every), every * 2 ** min(failures, 20))
        wait = rng.uniform(every / 2, ceiling)
    if retry_after is not None:
        stay_away = min(retry_after, RETRY_AFTER_POLL_CAP)
        wait = max(wait, stay_away + rng.uniform(0, min(60.0, stay_away / 10)))
    return now + timedelta(seconds=wait)


def pause_until(now: datetime, retry_after: float | None) -> datetime:
    """Until when a 429 stops the whole registrable domain; a quarter of an hour if it does not say."""
    wait = PAUSE_DEFAULT if retry_after is None else min(retry_after, RETRY_AFTER_POLL_CAP)
    return now + timedelta(seconds=wait)


def next_attempt(
    attempts: int, now: datetime, rng: Random, retry_after: float | None = None, *, retraction: bool = False
) -> datetime | None:
    """When to send again after ``attempts`` failed ones; None after the last rung: the delivery is parked.

    A retraction is never given up: past the ladder it goes on once a day. ``retry_after`` in seconds is a floor, up
    to a day.
    """
    if attempts >= len(LADDER) and not retraction:
        return None
    wait = _rung(attempts) * rng.uniform(0.8, 1.2)
    if retry_after is not None:
        wait = max(wait, min(retry_after, float(RETRY_AFTER_SEND_CAP)))
    return now + timedelta(seconds=wait)


def opens(failures: int) -> bool:
    """Whether so many failed attempts in a row open a destination's breaker."""
    return failures >= BREAKER_AFTER


def probe_at(step: int, now: datetime, rng: Random, retry_after: float | None = None) -> datetime:
    """When an open destination is probed next: ``step`` 0 when it opens, one more after each failed probe."""
    wait = _rung(step + 1) * rng.uniform(0.8, 1.2)
    if retry_after is not None:
        wait = max(wait, min(retry_after, float(RETRY_AFTER_SEND_CAP)))
    return now + timedelta(seconds=wait)


def _rung(step: int) -> int:
    return LADDER[min(step, len(LADDER) - 1)]
