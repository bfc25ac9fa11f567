"""What an HTTP outcome means for a delivery that was written to a partner."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from worker.model.delivery import Action, Answer, Result, Verdict
from worker.model.fetch import Outcome, Phase

_EXCERPT_BYTES = 2048
_PASSING = frozenset({408, 425, 429})
_LONGEST_WAIT = 24 * 3600.0


def judge(outcome: Outcome, action: Action, now: datetime) -> Answer:
    """Only 2xx is accepted; a redirect on a write is a failure; on a retract, gone (404, 410) is what was wanted."""
    elapsed = (outcome.finished - outcome.started).total_seconds()
    if outcome.phase is not Phase.ANSWERED or outcome.status is None:
        result = Result.NOT_SENT if outcome.phase is Phase.NOT_SENT else Result.UNKNOWN
        return Answer(result, Verdict.RETRY, detail=_why(outcome), elapsed=elapsed)
    result, verdict, detail = _read(outcome.status, action, outcome)
    return Answer(
        result,
        verdict,
        status=outcome.status,
        detail=detail,
        # NUL is no text: not every store can keep it, and no person can read it.
        excerpt=outcome.body[:_EXCERPT_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd"),
        retry_after=retry_after(outcome.headers.get("retry-after"), now) if verdict is Verdict.RETRY else None,
        elapsed=elapsed,
    )


def _read(status: int, action: Action, outcome: Outcome) -> tuple[Result, Verdict, str]:
    if 200 <= status < 300:
        return Result.ACCEPTED, Verdict.DONE, "accepted"
    if action is Action.RETRACT and status in {404, 410}:
        return Result.ACCEPTED, Verdict.DONE, "the partner no longer has it"
    if status < 200:
        return Result.UNKNOWN, Verdict.RETRY, f"{status} is no final answer"
    verdict, cure = _refusal(status, outcome.headers.get("location"))
    return Result.REFUSED, verdict, f"the partner answered {status}: {cure}"


def _refusal(status: int, location: str | None) -> tuple[Verdict, str]:
    if status < 400:
        target = (location or "an address it does not name")[:500]
        cure = f"a redirect to {target} is not followed when writing; if it is right, set it as url and replay"
        return Verdict.PARK, cure
    if status in _PASSING or status >= 500:
        return Verdict.RETRY, "it is tried again at the next time of the ladder"
    if status in {401, 403}:
        return Verdict.HOLD_DESTINATION, "compare the secret with theirs, then resume the destination"
    if status == 410:
        return Verdict.DISABLE_DESTINATION, "this endpoint is gone for good; ask the partner for the new one"
    return Verdict.PARK, "it will not take this delivery as it is; its answer says why"


def _why(outcome: Outcome) -> str:
    return f"{outcome.error.value if outcome.error else 'no answer'}: {outcome.detail}".rstrip(": ")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from delta-seconds or an HTTP date (RFC 9110 §10.2.3); None when absent or unreadable.

    Bounded to a day: a partner may ask for patience, not for oblivion.
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_WAIT)
