"""A rendition as an HTTP answer: validators, 304 before rendering, gzip where asked for (RFC 9110 §8.8, §13)."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response

from worker.model.delivery import Rendition

_WORTH_PACKING = 1024


def matches(request: Request, etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag`` (opaque text without quotes), packed or not, strong or weak."""
    asked = request.headers.get("if-none-match", "")
    names = {one.strip().removeprefix("W/").strip('"').removesuffix("-gz") for one in asked.split(",")}
    return etag in names or asked.strip() == "*"


def unchanged_since(request: Request, modified: datetime) -> bool:
    """``If-Modified-Since``, which counts only where there is no ``If-None-Match`` (RFC 9110 §13.1.3)."""
    if "if-none-match" in request.headers:
        return False
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, OverflowError):
        return False
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return modified.replace(microsecond=0) <= since


def not_modified(etag: str, caching: str, *, weak: bool = False) -> Response:
    return Response(status_code=304, headers={"etag": _tag(etag, weak), "cache-control": caching, **_VARY})


def answer(
    request: Request,
    rendition: Rendition,
    *,
    status: int = 200,
    etag: str | None = None,
    weak: bool = False,
    modified: datetime | None = None,
    caching: str = "no-store",
) -> Response:
    """The rendition, packed if the client takes gzip. A strong ETag names the bytes, so the packed form has its own."""
    body = rendition.body
    headers = {"content-type": rendition.content_type, "cache-control": caching, **_VARY, **rendition.headers}
    packed = len(body) >= _WORTH_PACKING and _takes_gzip(request)
    if packed:
        body = gzip.compress(body, 6, mtime=0)
        headers["content-encoding"] = "gzip"
    if etag is not None:
        headers["etag"] = _tag(f"{etag}-gz" if packed and not weak else etag, weak)
    if modified is not None:
        headers["last-modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if request.method == "HEAD":
        headers["content-length"] = str(len(body))
        body = b""
    return Response(body, status, headers)


_VARY = {"vary": "Accept-Encoding"}


def _tag(etag: str, weak: bool) -> str:
    return f'W/"{etag}"' if weak else f'"{etag}"'


def _takes_gzip(request: Request) -> bool:
    """Whether gzip is named and not refused with ``q=0`` (RFC 9110 §12.5.3)."""
    for one in request.headers.get("accept-encoding", "").split(","):
        coding, _, weight = one.partition(";")
        if coding.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
