"""``/api/v1/changes``: what a partner without a door of its own asks for, in order, as a webhook would have said it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from hmac import compare_digest

import structlog
from fastapi import APIRouter, Request, Response

from worker.destinations import PullOptions
from worker.destinations.payload import payload
from worker.destinations.pull import CHANGES
from worker.errors import NewsroadError, SecretError
from worker.model.delivery import Rendition
from worker.ports import Change, ChangePage, Changes, Puller
from worker.web.answer import answer

LIMIT = 100
MOST = 500
MOST_BYTES = 8 * 1024 * 1024
_HIGHEST = 2**63 - 1

_log = structlog.get_logger(__name__)


class _Wrong(Exception):
    """A question that cannot be answered: status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def router(changes: Changes, resolve: Callable[[str], str]) -> APIRouter:
    """``resolve`` gives the value behind ``env:NAME`` or ``file:PATH`` and raises SecretError."""
    routes = APIRouter()

    @routes.get(CHANGES)
    def since(request: Request) -> Response:
        try:
            keys = _allowed(request, changes.pullers(), resolve)
            after = _number(request, "since", 0, least=0)
            limit = min(_number(request, "limit", LIMIT, least=1), MOST)
            page = changes.page(keys, after, limit)
            if after > page.newest:
                raise _Wrong(400, _BEYOND.format(newest=page.newest))
        except _Wrong as wrong:
            return _refused(request, wrong)
        except NewsroadError as error:
            _log.error("web.failed", path=request.url.path, error=str(error))
            return _refused(request, _Wrong(503, _AWAY))
        return answer(request, Rendition("application/json", _body(page, after)))

    return routes


_UNKNOWN = (
    "This needs your token: send the header Authorization: Bearer TOKEN. "
    "需要令牌：请发送请求头 Authorization: Bearer 令牌。"
)
_AWAY = "Not just now; please ask again in a minute. 暂时不可用，请一分钟后再试。"
_BEYOND = (
    "since is beyond the newest change, {newest}: our database was restored. Ask again from {newest}, or from 0 to get "
    "everything. since 大于最新的变更号 {newest}（数据库已恢复），请从 {newest} 或从 0 重新开始。"
)


def _allowed(request: Request, pullers: Sequence[Puller], resolve: Callable[[str], str]) -> list[str]:
    """The destinations that the token shown opens: of one subscriber. Every token is compared, so that time tells
    nothing. Raises _Wrong."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    given = (bearer.strip() if scheme.lower() == "bearer" else "").encode("utf-8", "replace")
    found, unreadable = [], False
    for one in pullers:
        options = PullOptions.model_validate(dict(one.destination.options))
        try:
            expected = resolve(options.token).encode()
        except SecretError as error:
            _log.error("web.token_unreadable", destination=one.destination.key, error=str(error))
            unreadable = unreadable or not one.retired
            continue
        if compare_digest(given, expected):
            found.append(one.destination)
    if found:
        return [one.key for one in found if one.subscriber == found[0].subscriber]
    if unreadable and given:
        raise _Wrong(503, "A token cannot be read here; the operator has to set it. 令牌暂不可读，请联系运营方。")
    raise _Wrong(401, _UNKNOWN)


def _number(request: Request, name: str, default: int, *, least: int) -> int:
    """A parameter that is a whole number. Raises _Wrong."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= _HIGHEST:
        return int(text)
    words = f"{name} must be a whole number from {least}"
    cure = "the next of the last answer, or 0" if name == "since" else f"at most {MOST} are given at once"
    raise _Wrong(400, f"{words} ({cure}). 参数 {name} 应为不小于 {least} 的整数。")


def _refused(request: Request, wrong: _Wrong) -> Response:
    body = json.dumps({"error": wrong.words}, ensure_ascii=False).encode()
    refused = answer(request, Rendition("application/json", body), status=wrong.status)
    if wrong.status == 401:
        refused.headers["www-authenticate"] = 'Bearer realm="changes"'
    return refused


def _body(page: ChangePage, since: int) -> bytes:
    parts: list[bytes] = []
    size, last = 0, since
    for one in page.changes:
        part = said(one)
        size += len(part)
        if parts and size > MOST_BYTES:
            break
        parts.append(part)
        last = one.seq
    more = b"true" if page.more or len(parts) < len(page.changes) else b"false"
    return b'{"changes":[%b],"next":%d,"more":%b}' % (b",".join(parts), last, more)


def said(change: Change) -> bytes:
    """A change as JSON: its number, and all that a webhook would have said."""
    return b'{"seq":%d,%b' % (change.seq, payload(change.subject, change.destination)[1:])
