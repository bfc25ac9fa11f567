"""The few files we serve as they are: stylesheet, icon, the JSON Schemas of what partners get, the API's OpenAPI."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from worker.model.delivery import Rendition
from worker.web.answer import answer, matches, not_modified

_STATIC = Path(__file__).parents[1] / "static"
_TYPES = {"portal.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
_SCHEMAS = {
    "webhook-payload.json": ("webhook-payload.schema.json", "application/schema+json"),
    "changes.json": ("changes.schema.json", "application/schema+json"),
    "openapi.json": ("openapi.json", "application/vnd.oai.openapi+json;version=3.1"),
}


def router() -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/static/{name}", methods=["GET", "HEAD"])
    def static(request: Request, name: str) -> Response:
        if name not in _TYPES:
            raise HTTPException(404)
        # Pages name these with a digest of the content, so that a copy may be kept for good.
        return _file(request, name, _TYPES[name], "public, max-age=31536000, immutable")

    @routes.api_route("/schemas/{name}", methods=["GET", "HEAD"])
    def schema(request: Request, name: str) -> Response:
        if name not in _SCHEMAS:
            raise HTTPException(404)
        return _file(request, *_SCHEMAS[name], "public, max-age=3600")

    return routes


def _file(request: Request, name: str, content_type: str, caching: str) -> Response:
    body, etag = _read(name)
    if matches(request, etag):
        return not_modified(etag, caching)
    return answer(request, Rendition(content_type, body), etag=etag, caching=caching)


@cache
def _read(name: str) -> tuple[bytes, str]:
    body = (_STATIC / name).read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:16]
