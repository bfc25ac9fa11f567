"""Our copies of pictures and files. They came from outside, so a browser is told to run nothing, whatever they hold."""

from __future__ import annotations

import re
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response

from worker.model.delivery import Rendition
from worker.model.media import ENDINGS, PICTURES
from worker.ports import Copies
from worker.web.answer import answer, matches

# What a copy's address stands for never changes, but a takedown must reach every cache soon.
CACHING = "public, max-age=300, immutable"
_NAME = re.compile(r"([0-9a-f]{32})\.([a-z]{3,4})")
_SAFE = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",  # partners show them in their own pages
}


def router(copies: Copies) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/media/{article}/{name}", methods=["GET", "HEAD"])
    def media(request: Request, article: str, name: str) -> Response:
        uuid, key, ending = _asked(article, name)
        found = copies.find(uuid, key)
        if found is not None and found.withdrawn:
            return _gone(request)
        if found is None or ENDINGS.get(found.content_type) != ending:
            raise HTTPException(404)
        headers = {**_SAFE, "cache-control": CACHING, "etag": f'"{found.etag}"'}
        if matches(request, found.etag):
            return Response(status_code=304, headers=headers)
        headers |= {"content-type": found.content_type, "content-length": str(found.length)}
        if found.content_type not in PICTURES:
            headers["content-disposition"] = f'attachment; filename="{name}"'
        if request.method == "HEAD":
            return Response(headers=headers)
        body = copies.read(key)
        if body is None or len(body) != found.length:  # it went, or changed, between the two looks
            raise HTTPException(404)
        return Response(body, headers=headers)

    return routes


def _asked(article: str, name: str) -> tuple[UUID, bytes, str]:
    """The address's parts; 404 for any other spelling than ours."""
    named = _NAME.fullmatch(name)
    try:
        uuid = UUID(article)
    except ValueError:
        raise HTTPException(404) from None
    if named is None or str(uuid) != article:
        raise HTTPException(404)
    return uuid, bytes.fromhex(named[1]), named[2]


def _gone(request: Request) -> Response:
    text = "This was taken down.\n此内容已撤下。\n"
    return answer(request, Rendition("text/plain; charset=utf-8", text.encode()), status=410, caching="no-store")
