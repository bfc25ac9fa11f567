"""JSON Feed 1.1. It has no slot for source, rights or withdrawal: those are in our extension ``_newsroad``."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

from worker.identity.direction import direction_of
from worker.model.delivery import FeedHead, Release, Rendition, Withdrawal
from worker.ports import ShelfRow
from worker.renderers import terms
from worker.renderers.words import words
from worker.rights.credit import dress

CONTENT_TYPE = "application/feed+json; charset=utf-8"


def render(head: FeedHead, rows: Sequence[ShelfRow]) -> Rendition:
    """JSON Feed of ``rows`` in their order, UTF-8. The same input gives the same bytes."""
    gone = [row.withdrawal for row in rows if row.withdrawal is not None]
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.home,
        "feed_url": head.self_url,
        "description": terms.description(head),
        "language": head.language,
    }
    if head.hubs:
        feed["hubs"] = [{"type": "WebSub", "url": hub} for hub in head.hubs]
    # No "authors" here: an item without its own would inherit ours.
    feed["_newsroad"] = {
        "about": terms.NAMESPACE,
        "id": head.feed_id,
        "updated": terms.rfc3339(terms.updated(head, rows)),
        "rights": words(head.language)["feed_rights"],
        "operator": _operator(head),
        "withdrawn": [{"id": terms.guid(one.article), **_trace(one)} for one in gone],
    }
    feed["items"] = [entry for row in rows if (entry := _entry(row)) is not None]
    text = json.dumps(feed, ensure_ascii=False, indent=1)
    return Rendition(CONTENT_TYPE, text.encode("utf-8", "replace"))


def _operator(head: FeedHead) -> dict[str, object]:
    imprint = head.imprint
    return {
        "name": imprint.name,
        "contact": imprint.contact,
        "address": imprint.address,
        "site": imprint.site or None,
        "licence_numbers": list(imprint.licence_numbers),
    }


def _entry(row: ShelfRow) -> dict[str, object] | None:
    if row.withdrawal is not None:
        return _stub(row.withdrawal)
    return _shown(row.release) if row.release is not None else None


def _shown(release: Release) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": terms.guid(release.article),
        "url": terms.link(release),
        "external_url": release.credit.original_link,
        "title": release.title,
        "content_html": dress(release),
        "date_published": terms.rfc3339(release.published or release.first_released),
        "date_modified": terms.rfc3339(release.released),
        "authors": [_person(author.name or "", author.uri) for author in release.credit.persons],
        "tags": list(release.categories),
        "language": release.language,
        "attachments": [
            {"url": one.url, "mime_type": one.type or "application/octet-stream"}
            | ({"size_in_bytes": one.length} if one.length else {})
            for one in release.enclosures
        ],
    }
    shown = {key: value for key, value in entry.items() if value not in (None, [])}
    return {**shown, "_newsroad": _rights(release)}


def _person(name: str, uri: str | None) -> dict[str, str]:
    return {"name": name} | ({"url": uri} if uri else {})


def _rights(release: Release) -> dict[str, object]:
    credit = release.credit
    return {
        "about": terms.NAMESPACE,
        "direction": direction_of(release),
        "source": {"name": credit.origin, "url": credit.original_link, "site": credit.site},
        "original_title": credit.original_title,
        "chain": list(terms.chain(release)),
        "hops": [
            {"role": hop.role.value, "basis": hop.basis.value, "name": hop.name, "link": hop.link, "site": hop.site}
            for hop in credit.hops
        ],
        "author_state": credit.author_state.value,
        "editor": credit.editor,
        "credit": release.attribution.line_text,
        "notice": release.attribution.notice_text,
        "copyright_notice": terms.copyright_notice(release),
        "license": terms.licence(release),
        "use": release.use.value,
        "reasons": [reason.value for reason in release.reasons],
        "obligations": list(release.obligations),
        "grant": release.grant,
        "expires": terms.rfc3339(release.valid_until) if release.valid_until else None,
        "withdrawn": None,
    }


def _trace(withdrawal: Withdrawal) -> dict[str, object]:
    trace = {"when": terms.rfc3339(withdrawal.when), "by": withdrawal.by, "reason": withdrawal.reason}
    other = withdrawal.merged_into
    if other is None:
        return {**trace}
    return {**trace, "merged_into": {"id": terms.guid(other.article), "url": other.address}}


def _stub(withdrawal: Withdrawal) -> dict[str, object]:
    other = withdrawal.merged_into
    return {
        "id": terms.guid(withdrawal.article),
        **({"url": other.address} if other is not None and other.address else {}),
        "title": terms.stub_title(withdrawal),
        "content_html": f"<p>{html.escape(terms.stub_line(withdrawal))}</p>",
        "date_published": terms.rfc3339(withdrawal.first_released),
        "date_modified": terms.rfc3339(withdrawal.when),
        "language": withdrawal.language,
        "_newsroad": {"about": terms.NAMESPACE, "withdrawn": _trace(withdrawal)},
    }
