"""What leaves: a version dressed in its credit, as far as its decision allows; or the trace of a withdrawn one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from markupsafe import escape

from worker.identity.direction import direction_of, is_set_vertically
from worker.identity.language import language_by_letters, primary
from worker.model.article import Version
from worker.model.catalog import Grant, Operator, Use
from worker.model.delivery import (
    Action,
    Attribution,
    ChannelPath,
    Decision,
    Imprint,
    MergedInto,
    Reason,
    Release,
    Withdrawal,
)
from worker.model.media import MediaCopy
from worker.rights.excerpts import excerpt_of, own_summary
from worker.rights.lines import attribute, language_of, withdrawal_line
from worker.rights.media import Carried, carry, covers

__all__ = [
    "attribute",
    "dress",
    "imprint_of",
    "language_of",
    "language_shown",
    "make_release",
    "make_withdrawal",
    "tongue_of",
    "withdrawal_line",
]


def imprint_of(operator: Operator) -> Imprint:
    return Imprint(operator.name, operator.contact, operator.address, operator.site, operator.licence_numbers)


def make_release(
    version: Version,
    decision: Decision,
    *,
    sequence: int,
    action: Action,
    channels: Sequence[ChannelPath],
    operator: Operator,
    grants: Iterable[Grant],
    first_released: datetime,
    released: datetime,
    address: str | None = None,
    images: str = "link",
    media: Mapping[bytes, MediaCopy] | None = None,
) -> Release:
    """``version`` as ``decision`` allows it. Raises ValueError under HOLD or REJECT: nothing may be released then.
    Images, files and enclosures go only under a grant that covers them, and then as the destination wants them
    (``images``: drop, link, host), from the copies in ``media``. ``channels`` outside the grant's are left out (all
    stay if none is inside); the deepest path comes first, as the breadcrumb."""
    grant = next((grant for grant in grants if grant.key == decision.grant), None)
    carried, excerpt = _allowed(version, decision, grant, images=images, media=media or {}, site=operator.site)
    tag = language_shown(version, operator)
    return Release(
        article=version.article,
        sequence=sequence,
        version=version.number,
        action=action,
        use=decision.use,
        title=version.title,
        language=tag,
        body=carried.body,
        excerpt=excerpt,
        published=version.published,
        updated=version.updated,
        first_released=first_released,
        released=released,
        categories=version.categories,
        enclosures=carried.enclosures,
        channels=_within(channels, grant),
        credit=version.credit,
        attribution=_words(version, tag, decision, operator, grant, carried.lost),
        imprint=imprint_of(operator),
        reasons=decision.reasons,
        obligations=decision.obligations,
        grant=decision.grant,
        valid_until=decision.valid_until,
        address=address,
        images=carried.images,
        attachments=carried.attachments,
    )


def language_shown(version: Version, operator: Operator) -> str:
    """What the text is in: what its source says, else what its letters show, else what the operator speaks."""
    if version.language:
        return version.language
    return language_by_letters("\n".join((version.title, version.body or ""))) or operator.language


def _words(
    version: Version, tag: str, decision: Decision, operator: Operator, grant: Grant | None, changed: bool
) -> Attribution:
    return attribute(
        version.credit,
        use=decision.use,
        language=language_of(tag, operator.language),
        title=version.title,
        published=version.published,
        zone=operator.zone,
        imprint=imprint_of(operator),
        grant_notice=grant.notice if grant is not None else None,
        changed=changed,
    )


def _allowed(
    version: Version,
    decision: Decision,
    grant: Grant | None,
    *,
    images: str,
    media: Mapping[bytes, MediaCopy],
    site: str,
) -> tuple[Carried, str | None]:
    """The text with what goes along, and the excerpt. Without a grant that covers them ``images`` are dropped."""
    if decision.use is Use.EXCERPT:
        return Carried(None), excerpt_of(version, exact=Reason.FEED_SUMMARY in decision.reasons)
    if decision.use is not Use.FULL_TEXT:
        return Carried(None), None
    carried = carry(version, media, images if covers(decision, grant) else "drop", site)
    return carried, own_summary(version) if carried.body is not None else None


def _within(channels: Sequence[ChannelPath], grant: Grant | None) -> tuple[ChannelPath, ...]:
    deepest_first = sorted(channels, key=lambda path: -len(path.steps))
    if grant is None or not grant.channels:
        return tuple(deepest_first)
    allowed = frozenset(grant.channels)
    inside = [path for path in deepest_first if any(key in allowed for key, _ in path.steps)]
    return tuple(inside or deepest_first)


def make_withdrawal(
    article: UUID,
    *,
    sequence: int,
    version: int,
    when: datetime,
    reason: str,
    language: str | None,
    operator: Operator,
    first_released: datetime,
    channels: Sequence[ChannelPath] = (),
    merged_into: MergedInto | None = None,
) -> Withdrawal:
    """The trace of a withdrawn article. ``language`` is the article's tag; ``by`` names us as the one withdrawing."""
    spoken = language_of(language, operator.language)
    tag = next((each for each in (language, operator.language) if primary(each) == spoken), spoken) or spoken
    return Withdrawal(
        article=article,
        sequence=sequence,
        version=version,
        when=when,
        reason=reason,
        language=tag,
        by=operator.name,
        first_released=first_released,
        channels=tuple(channels),
        line_text=withdrawal_line(when, spoken, operator.zone, merged=merged_into is not None),
        merged_into=merged_into,
    )


def tongue_of(release: Release) -> str:
    """The language of our own words around a text: ``zh`` or ``en``."""
    return release.attribution.language or language_of(release.language, "en")


def dress(release: Release) -> str:
    """The HTML body of every output: credit line first, the body or excerpt if there is one, the notice last.

    A text that does not run as our words do stands in a ``div`` that says so, and they say how they run."""
    attribution = release.attribution
    text = release.body
    if text is None and release.excerpt is not None:
        text = f"<p>{escape(release.excerpt)}</p>"
    runs = direction_of(release)
    ours = ""
    if runs == "rtl" or is_set_vertically(release):
        ours = f' lang="{tongue_of(release)}" dir="ltr"'
        text = text and f'<div lang="{escape(release.language)}" dir="{runs}">\n{text}\n</div>'
    parts = [
        f'<p class="newsroad-credit"{ours}>{attribution.line_html}</p>',
        text,
        f'<p class="newsroad-notice"{ours}>{attribution.notice_html}</p>',
    ]
    return "\n".join(part for part in parts if part is not None)
