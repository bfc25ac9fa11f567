"""Correct: a person's corrections of one article. They make a version, which goes out like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from worker.errors import Refused
from worker.identity.names import fold_name, is_placeholder
from worker.identity.urls import registrable_domain
from worker.model.article import Version
from worker.model.correction import FIELDS, Fixes
from worker.model.delivery import Action, Decision
from worker.model.ingest import Story
from worker.pipeline.desk import Desk
from worker.pipeline.rings import ring
from worker.pipeline.settle import Settlement, settle, write
from worker.pipeline.versions import reads_alike, version_of
from worker.pipeline.view import View
from worker.rights.corrections import authors_of
from worker.rights.publishers import host_of

Value = str | datetime

_LONGEST = {"title": 1000, "original_link": 2000}
_LONG = 300


@dataclass(frozen=True, slots=True)
class Reached:
    """What a correction makes of its article at one destination. ``action`` is the delivery it writes, if any."""

    destination: str
    decision: Decision
    action: Action | None
    out: bool


@dataclass(frozen=True, slots=True)
class Corrected:
    """What changed, by field, and what that makes of the article everywhere. ``version`` is the new one's number."""

    article: UUID
    version: int
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    reached: tuple[Reached, ...]


def checked(values: Mapping[str, str], published: datetime | None, view: View) -> dict[str, Value]:
    """What was typed, as corrections; ``published`` is the moment that was read of its text.

    Raises Refused for an unknown field and for a value that cannot be one, saying what can.
    """
    unknown = [name for name in values if name not in FIELDS]
    if unknown:
        raise Refused(f"{', '.join(unknown)}: no field that can be corrected; these can: {', '.join(FIELDS)}")
    found: dict[str, Value] = {name: _plain(name, text) for name, text in values.items() if name != "published"}
    if "source" in found and fold_name(str(found["source"])) == fold_name(view.catalogue.operator.name):
        raise Refused("source: that is ourselves, and we are never the source of what others wrote")
    if "original_link" in found:
        _check_link(str(found["original_link"]), view)
    if published is not None:
        found["published"] = published
    return found


def _plain(name: str, text: str) -> str:
    value = " ".join(text.split())
    longest = _LONGEST.get(name, _LONG)
    if not value and name != "author":
        raise Refused(f"{name}: is empty; to have what its source says again: --undo {name}")
    if len(value) > longest:
        raise Refused(f"{name}: {len(value)} characters are too many, at most {longest}")
    if not value.isprintable():
        raise Refused(f"{name}: has characters that cannot be printed")
    nobody = [value] if name == "source" and is_placeholder(value) else []
    if name == "author":
        nobody = [str(one.name) for one in authors_of(value) if is_placeholder(one.name or "")]
    if nobody:
        rest = "; for a text that names nobody: author=" if name == "author" else ""
        raise Refused(f"{name}: {', '.join(nobody)} stands for nobody{rest}")
    return value


def _check_link(link: str, view: View) -> None:
    host = host_of(link)
    if host is None or " " in link or "@" in link.partition("://")[2].partition("/")[0]:
        raise Refused(f"original_link: {link} is no address; write the whole of it: https://…")
    if registrable_domain(host) in view.own_domains:
        raise Refused("original_link: that is our own site; the original is at its first publisher's")


def correction(
    story: Story, view: View, values: Mapping[str, Value], undo: Sequence[str], now: datetime
) -> tuple[Settlement, Corrected]:
    """What ``values`` and the lifting of ``undo`` write, and what to tell of it. Pure.

    Raises Refused where it would change nothing: the article is gone or was never sent on, its source has left, a
    field to undo is not corrected, or everything says so already.
    """
    fixes = _fixes(story, values, undo)
    if story.withdrawn or story.current is None or not story.carried:
        state = "was withdrawn" if story.withdrawn else "was never sent on"
        raise Refused(f"{story.uuid} {state}; there is nothing to correct")
    alike = reads_alike(story.uuid, story.current, fixes, view)
    if alike and values:
        raise Refused(f"{story.uuid} says so already; nothing was changed")
    settlement = settle(replace(story, fixes=fixes), view, now, spoken=True)
    if settlement.version is None and not alike:
        raise Refused(f"{story.uuid}: its source has left the catalogue; what is out stays as it is")
    before = version_of(story.uuid, story.current, view)
    after = version_of(story.uuid, replace(story.current, fixes=fixes), view)
    touched = [name for name in FIELDS if name in values or name in undo]
    told = Corrected(
        article=story.uuid,
        version=settlement.version.number if settlement.version else story.current.number,
        before={name: said(before, name) for name in touched},
        after={name: said(after, name) for name in touched},
        reached=tuple(_reached(story, settlement)),
    )
    return settlement, told


def _fixes(story: Story, values: Mapping[str, Value], undo: Sequence[str]) -> Fixes:
    unknown = [name for name in undo if name not in FIELDS]
    if unknown:
        raise Refused(f"--undo {unknown[0]}: no field that can be corrected; these can: {', '.join(FIELDS)}")
    both = [name for name in undo if name in values]
    if both:
        raise Refused(f"{both[0]} cannot be both corrected and undone")
    idle = [name for name in undo if getattr(story.fixes, name) is None]
    if idle:
        raise Refused(f"--undo {idle[0]}: it is not corrected; see: newsroad article show {story.uuid}")
    changed: dict[str, object] = {**values, **dict.fromkeys(undo)}
    return replace(story.fixes, **changed)  # type: ignore[arg-type]  # of the names just checked


def said(version: Version, name: str) -> str | None:
    """What ``version`` says in the field ``name``, as text; a time in RFC 3339."""
    credit = version.credit
    match name:
        case "source":
            return credit.origin
        case "author":
            return "、".join(str(person.name) for person in credit.authors) or None
        case "title":
            return version.title
        case "published":
            return version.published.isoformat() if version.published else None
        case "category":
            return "、".join(version.categories) or None
        case _:
            return credit.original_link


def _reached(story: Story, settlement: Settlement) -> list[Reached]:
    orders = {order.destination: order for order in settlement.orders}
    return [
        Reached(
            destination=ruling.destination,
            decision=ruling.decision,
            action=orders[ruling.destination].action if ruling.destination in orders else None,
            out=story.pair(ruling.destination).out is not None,
        )
        for ruling in settlement.rulings
    ]


def correct(
    desk: Desk,
    article: UUID,
    values: Mapping[str, Value],
    undo: Sequence[str],
    *,
    by: str,
    note: str,
) -> Corrected:
    """Write corrections down and settle their article anew, in one transaction with an audited row.

    Raises NotFound for an unknown article and Refused as ``correction`` does; nothing is written then.
    """
    if not by.strip() or not note.strip():
        raise Refused("a correction needs a name and a note: --by NAME --note TEXT")
    by, note, now = by.strip()[:200], note.strip()[:1000], desk.clock()
    with desk.works.open() as work:
        story = work.stories([work.article(article)])[0]
        settlement, told = correction(story, desk.view, values, undo, now)
        work.correct(story.article, dict(values), undo, by=by, note=note, now=now)
        write(work, [settlement], now)
        detail = {"before": dict(told.before), "after": dict(told.after), "undone": list(undo), "version": told.version}
        work.note(by=by, verb="fix", target=str(article), note=note, now=now, detail=detail)
    ring([settlement], desk.view, desk.hints)
    return told
