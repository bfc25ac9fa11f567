"""What an operator should mend after a test delivery, in words. Pure."""

from __future__ import annotations

import json

from worker.destinations.signs import AnswerOptions
from worker.model.delivery import Result, Verdict
from worker.model.fetch import FetchError, Outcome, Phase
from worker.partners.trial import Tried

_UNSENT = {
    FetchError.DNS: "the name in url is not known here: compare it with what the partner gave you",
    FetchError.CONNECT: "nobody answers at that port, or a firewall drops us: ask the partner to let our addresses in",
    FetchError.TLS: "the partner's certificate does not hold: they must renew it, or serve its whole chain",
    FetchError.GUARD: "the address is not a public one. If the partner is inside your own network, name that network "
    "in NEWSROAD_ALLOW_NETWORKS for every process that delivers",
    FetchError.BAD_URL: "url is no address: correct it, then newsroad apply",
}
_UNKNOWN = {
    FetchError.TIMEOUT: "it took too long to answer: a receiver should store the article, answer, and do the rest "
    "later; timeout can be raised to 30 s",
    FetchError.RESET: "the connection broke before the answer was whole: ask the partner what their server logged",
    FetchError.TOO_LARGE: "its answer is larger than we read: a few words of JSON are enough",
}
_SIGNS = ("code", "errcode", "errno", "success", "status", "result", "ret", "ok")
_UNSIGNED = "nothing was sent: set the secret for this process and for every one that delivers"
_NO_BELIEF = (
    "the partner does not believe our signature: both sides need the same key (whsec_…), it signs the bytes as they "
    "are sent, and their clock must be right within five minutes"
)
_OWN_SIGN = "if the partner did take it, its ok names the wrong member or value: compare it with the answer"
_NO_RECEIVER = "is url the address that takes POST requests? Compare it with what the partner gave you"
_A_PAGE = "it answered with a web page: is url the address of its receiver, and not that of a login page?"


def advice(tried: Tried, options: object) -> list[str]:
    """What to mend, or to think of; nothing when all is well. The answer's own detail is not repeated."""
    answer, outcome = tried.answer, tried.outcome
    if outcome is None:
        return [_UNSIGNED]
    if outcome.phase is not Phase.ANSWERED:
        return [_broken(outcome)]
    if answer.result is Result.ACCEPTED:
        return _remarks(outcome, options)
    if answer.verdict is Verdict.HOLD_DESTINATION:
        return [_NO_BELIEF]
    status = answer.status or 0
    return [_OWN_SIGN] if status < 300 else [_NO_RECEIVER] if status in (404, 405) else []


def _broken(outcome: Outcome) -> str:
    words = _UNSENT if outcome.phase is Phase.NOT_SENT else _UNKNOWN
    error = outcome.error or FetchError.RESET
    return words.get(error, "ask the partner what their server logged, and try again")


def _remarks(outcome: Outcome, options: object) -> list[str]:
    """What an accepted answer leaves to think of."""
    if not isinstance(options, AnswerOptions) or options.ok is not None:
        return []
    if outcome.body.lstrip()[:1] == b"<":
        return [_A_PAGE]
    try:
        said = json.loads(outcome.body or b"null")
    except (ValueError, RecursionError):
        return []
    member = next((name for name in _SIGNS if isinstance(said, dict) and name in said), None)
    if member is None or not isinstance(said[member], (str, int, float)):
        return []
    value = json.dumps(said[member], ensure_ascii=False)[:50]
    hint = f'ok = {{ json = "{member}", equals = {value} }}'
    return [f"its answer has {member} = {value}: if that is how it says whether it took the article, write {hint}"]
