"""From a lead entry to the version that destinations see. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from worker.model.article import Credit, Version
from worker.model.correction import NONE, Fixes
from worker.model.feed import ParsedEntry
from worker.model.ingest import Copy, Current
from worker.parsers.clean import plain_text
from worker.pipeline.view import View
from worker.rights.corrections import correct
from worker.rights.media import images_in

SUMMARY_MAX = 400  # characters; a longer description in a feed without bodies is the text itself
_ENOUGH = 1_000  # characters of markup that mostly tell a long text from a short one


def make_version(
    uuid: UUID,
    number: int,
    *,
    source: str,
    first_seen: datetime,
    credit: Credit,
    document: ParsedEntry,
    view: View,
    fixes: Fixes = NONE,
) -> Version:
    """The version that ``document`` makes under ``credit``, with what people corrected. A source that sends no body
    sends its summary as one."""
    version = _stated(uuid, number, source, first_seen, credit, document, view)
    return _corrected(version, fixes, view) if fixes else version


def _stated(
    uuid: UUID, number: int, source: str, first_seen: datetime, credit: Credit, document: ParsedEntry, view: View
) -> Version:
    declared = view.sources.get(source)
    body = document.content or document.summary
    categories = document.categories
    if declared is not None and declared.category and declared.category not in categories:
        categories = (*categories, declared.category)
    return Version(
        article=uuid,
        number=number,
        title=document.title or "",
        body=body,
        summary=document.summary,
        language=document.language or (declared.language if declared else None),
        published=document.published,
        updated=document.updated,
        categories=categories,
        enclosures=document.enclosures,
        link=document.link,
        source=source,
        first_seen=first_seen,
        credit=credit,
        summary_only=document.content is None and _is_short(document.summary or ""),
        lacks=document.lacks,
        images=images_in(body, document.images),
        attachments=document.attachments,
    )


def _corrected(version: Version, fixes: Fixes, view: View) -> Version:
    """``version`` as people corrected it; what it lacked and they supplied it lacks no more."""
    supplied = [name for name in version.lacks if getattr(fixes, name, None) is not None]
    return replace(
        version,
        title=version.title if fixes.title is None else fixes.title,
        published=version.published if fixes.published is None else fixes.published,
        categories=version.categories if fixes.category is None else (fixes.category,),
        credit=correct(version.credit, fixes, view.publishers, view.catalogue.operator.name),
        lacks=tuple(name for name in version.lacks if name not in supplied),
        stated=version.credit,
    )


def _is_short(summary: str) -> bool:
    """Whether clean HTML holds at most ``SUMMARY_MAX`` characters of text. Most descriptions that are the text itself
    show it by their beginning: reading them to the end took a quarter of settling."""
    # Up to a tag: half a one would count as text.
    beginning = summary[:_ENOUGH].rpartition("<")[0]
    if len(summary) > _ENOUGH and len(plain_text(beginning)) > SUMMARY_MAX:
        return False
    return len(plain_text(summary)) <= SUMMARY_MAX


def version_of(uuid: UUID, current: Current, view: View) -> Version:
    """A stored version as destinations see it."""
    return make_version(
        uuid,
        current.number,
        source=current.source,
        first_seen=current.first_seen,
        credit=current.credit,
        document=current.document,
        view=view,
        fixes=current.fixes,
    )


def reads_alike(uuid: UUID, current: Current, fixes: Fixes, view: View) -> bool:
    """Whether ``current`` under the corrections ``fixes`` would be what it is."""
    before, after = (version_of(uuid, one, view) for one in (current, replace(current, fixes=fixes)))
    return replace(before, stated=None) == replace(after, stated=None)


def as_routed(copy: Copy, version: Version, fixes: Fixes) -> Version:
    """``version`` as channels see it in ``copy``: with its source, category, language and words. What people corrected
    and the article's time stay the version's."""
    document = copy.document
    return replace(
        version,
        title=version.title if fixes.title is not None else document.title or "",
        body=document.content or document.summary,
        summary=document.summary,
        language=document.language,
        categories=version.categories if fixes.category is not None else document.categories,
        source=copy.source,
    )


def read_the_same(one: Version, other: Version) -> bool:
    """Whether a reader sees the same text, title and credit in both."""
    return _seen(one) == _seen(other)


def _seen(version: Version) -> tuple[object, ...]:
    credit = replace(version.credit, hops=(), claimed=())
    return version.title, version.body, version.summary, credit
