"""Channel feeds: RSS, Atom, JSON Feed from the shelf."""

from __future__ import annotations

from datetime import UTC, datetime
from hmac import compare_digest

from fastapi import APIRouter, HTTPException, Request, Response

from worker.destinations import FeedOptions
from worker.errors import SecretError
from worker.model.catalog import Channel, Destination
from worker.model.delivery import FeedHead, Rendition
from worker.renderers import RENDERERS, VERSION, terms
from worker.rights.credit import imprint_of
from worker.web.answer import answer, matches, not_modified, unchanged_since
from worker.web.site import Site, columns_of, feed_options, feed_path, fingerprint, portal_path

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_PATH = "/feeds/{destination}/{channel}.{ending}"


def router(site: Site) -> APIRouter:
    routes = APIRouter()

    @routes.api_route(_PATH, methods=["GET", "HEAD"])
    def feed(request: Request, destination: str, channel: str, ending: str) -> Response:
        found, column, options = _find(site, destination, channel, ending)
        if options.needs_token and (refused := _refusal(site, request, options)) is not None:
            return refused
        head = _head(site, found, column, options, ending)
        caching = "private, max-age=60" if options.needs_token else "public, max-age=60"
        facts = f"{VERSION}-{fingerprint(head, options.limit)}"
        if matches(request, etag := f"{site.shelf.generation(found.key)}-{facts}"):
            return not_modified(etag, caching)
        page = site.shelf.page(found.key, column.key, limit=options.limit, withdrawn=True)
        etag, modified = f"{page.generation}-{facts}", terms.updated(head, page.rows)
        if unchanged_since(request, modified):
            return not_modified(etag, caching)
        rendition = RENDERERS[ending](head, page.rows)
        return answer(request, rendition, etag=etag, modified=modified, caching=caching)

    return routes


def _find(site: Site, destination: str, channel: str, ending: str) -> tuple[Destination, Channel, FeedOptions]:
    found = site.find(destination, "feed")
    column = next((one for one in site.shelf.channels() if one.key == channel), None)
    if found is None or column is None or channel not in found.channels:
        raise HTTPException(404)
    options = feed_options(found)
    if ending not in options.formats:
        raise HTTPException(404)
    return found, column, options


def _refusal(site: Site, request: Request, options: FeedOptions) -> Response | None:
    """401 or 503 in words, or None when the token fits."""
    try:
        expected = site.resolve(options.token or "")
    except SecretError:
        # Which variable is missing is for the operator's log and doctor, not for the public.
        return _words(request, 503, "This feed's token cannot be read here; its operator has to set it.")
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.query_params.get("token", "")
    if compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return None
    text = (
        "This feed needs its token: add ?token=… to the address, or send the header Authorization: Bearer …\n"
        "本订阅源需要令牌：请在地址后加 ?token=…，或发送请求头 Authorization: Bearer …\n"
    )
    refused = _words(request, 401, text)
    refused.headers["www-authenticate"] = 'Bearer realm="feed"'
    return refused


def _words(request: Request, status: int, text: str) -> Response:
    return answer(request, Rendition("text/plain; charset=utf-8", text.encode()), status=status)


def _head(site: Site, found: Destination, column: Channel, options: FeedOptions, ending: str) -> FeedHead:
    operator = site.shelf.operator()
    return FeedHead(
        title=f"{options.title} · {column.title}" if options.title else column.title,
        self_url=operator.site + feed_path(found.key, column.key, ending),
        home=operator.site + _home(site, column.key),
        feed_id=f"urn:newsroad:feed:{found.key}:{column.key}",
        language=column.language or operator.language,
        updated=_NEVER,
        imprint=imprint_of(operator),
        channel=column.key,
    )


def _home(site: Site, channel: str) -> str:
    """The channel's page on the first portal that shows it, else the site's first page."""
    channels = site.shelf.channels()
    for portal in site.all("portal"):
        if channel in columns_of(portal, channels).shown:
            return portal_path(portal.key, channel)
    return "/"
