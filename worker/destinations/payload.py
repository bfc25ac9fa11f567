"""The JSON a webhook carries. Its schema is ``worker/static/webhook-payload.schema.json``, also served by the web."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache

from pydantic_core import PydanticSerializationError, to_json

from worker.identity.direction import direction_of
from worker.model.article import Credit
from worker.model.delivery import Action, ChannelPath, Imprint, MergedInto, Release, Withdrawal
from worker.rights.credit import dress

TYPES = {
    Action.PUBLISH: "article.published",
    Action.UPDATE: "article.updated",
    Action.RETRACT: "article.withdrawn",
}


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KEPT = 64  # releases whose JSON is remembered for the destinations that get the same
_LONGEST_KEPT = 100_000  # characters of a body; a longer one is written anew for each


def payload(subject: Release | Withdrawal, destination: str) -> bytes:
    """UTF-8 JSON. Nothing in it depends on the attempt, so a retry carries the same bytes under the same id."""
    if isinstance(subject, Withdrawal):
        kind, moment, data = TYPES[Action.RETRACT], subject.when, _json(_withdrawn(subject))
    else:
        kind, moment = TYPES[subject.action], subject.released
        data = _kept_json(subject) if len(subject.body or "") <= _LONGEST_KEPT else _json(_released(subject))
    envelope = _json({"type": kind, "timestamp": _time(moment), "destination": destination})
    return b'%b,"data":%b}' % (envelope[:-1], data)


@lru_cache(maxsize=_KEPT)
def _kept_json(release: Release) -> bytes:
    return _json(_released(release))


def _json(facts: dict[str, object]) -> bytes:
    """The same bytes by either way; the first takes a third of the time."""
    try:
        return to_json(facts)
    except PydanticSerializationError:
        # A lone surrogate cannot be UTF-8; a question mark in its place is better than an article that never arrives.
        return _ENCODE(facts).encode("utf-8", "replace")


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _maybe(moment: datetime | None) -> str | None:
    return None if moment is None else _time(moment)


def _released(release: Release) -> dict[str, object]:
    return {
        "id": f"urn:uuid:{release.article}",
        "sequence": release.sequence,
        "version": release.version,
        "action": release.action.value,
        "use": release.use.value,
        "title": release.title,
        "language": release.language,
        "direction": direction_of(release),
        "address": release.address,
        "body_html": dress(release),
        "excerpt": release.excerpt,
        "published": _maybe(release.published),
        "updated": _maybe(release.updated),
        "first_released": _time(release.first_released),
        "released": _time(release.released),
        "original": _original(release.credit),
        "credit": _credit(release),
        "notice": {"text": release.attribution.notice_text, "html": release.attribution.notice_html},
        "reasons": [reason.value for reason in release.reasons],
        "obligations": list(release.obligations),
        "grant": release.grant,
        "valid_until": _maybe(release.valid_until),
        "channels": _channels(release.channels),
        "columns": list(release.columns),
        "categories": list(release.categories),
        "images": [{"url": one.url, "caption": one.caption, "credit": one.credit} for one in release.images],
        "attachments": [{"url": one.url, "title": one.title} for one in release.attachments],
        "enclosures": [{"url": one.url, "type": one.type, "length": one.length} for one in release.enclosures],
        "operator": _operator(release.imprint),
    }


def _withdrawn(withdrawal: Withdrawal) -> dict[str, object]:
    return {
        "id": f"urn:uuid:{withdrawal.article}",
        "sequence": withdrawal.sequence,
        "version": withdrawal.version,
        "action": Action.RETRACT.value,
        "language": withdrawal.language,
        "withdrawn": _time(withdrawal.when),
        "first_released": _time(withdrawal.first_released),
        "reason": withdrawal.reason,
        "by": withdrawal.by,
        "line": withdrawal.line_text,
        "channels": _channels(withdrawal.channels),
        "merged_into": _merged_into(withdrawal.merged_into),
    }


def _merged_into(other: MergedInto | None) -> dict[str, object] | None:
    return None if other is None else {"id": f"urn:uuid:{other.article}", "address": other.address}


def _original(credit: Credit) -> dict[str, object]:
    return {
        "title": credit.original_title,
        "link": credit.original_link,
        "publisher": credit.origin,
        "publisher_key": credit.publisher,
        "site": credit.site,
    }


def _credit(release: Release) -> dict[str, object]:
    credit = release.credit
    return {
        "line": release.attribution.line_text,
        "html": release.attribution.line_html,
        "author_state": credit.author_state.value,
        "authors": [{"name": one.name, "uri": one.uri} for one in credit.persons],
        "via": list(credit.via),
        "hops": [
            {"role": hop.role.value, "basis": hop.basis.value, "name": hop.name, "link": hop.link, "site": hop.site}
            for hop in credit.hops
        ],
        "copyright_notice": credit.copyright_notice,
        "license": credit.own_license,
        "license_scope": credit.license_scope if credit.own_license else None,
        "editor": credit.editor,
    }


def _channels(paths: tuple[ChannelPath, ...]) -> list[dict[str, object]]:
    return [
        {"key": path.key, "title": path.title, "path": [{"key": key, "title": title} for key, title in path.steps]}
        for path in paths
        if path.steps
    ]


def _operator(imprint: Imprint) -> dict[str, object]:
    return {
        "name": imprint.name,
        "contact": imprint.contact,
        "address": imprint.address,
        "site": imprint.site or None,
        "licence_numbers": list(imprint.licence_numbers),
    }
