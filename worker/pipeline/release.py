"""From a version and its decision to what one destination gets. Pure glue between the view and the rights rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from worker.model.article import Version
from worker.model.catalog import Destination
from worker.model.delivery import Action, ChannelPath, Decision, MergedInto, Release, Withdrawal
from worker.model.ingest import Pair, Story
from worker.model.media import MediaCopy
from worker.pipeline.view import View
from worker.rights.credit import make_release, make_withdrawal
from worker.rights.decide import Case
from worker.rights.endings import Given
from worker.rights.guards import period_at
from worker.rights.holds import NO_RULES, PEOPLE, Rules
from worker.rights.media import choice


def build_case(
    version: Version,
    destination: Destination,
    channels: Sequence[str],
    view: View,
    *,
    approval: Decision | None,
    now: datetime,
    media: Mapping[bytes, MediaCopy],
    waits: bool = True,
    there: bool = False,
    given: Given | None = None,
) -> Case:
    """The case of ``version`` before ``destination``; ``channels`` are all of the version's, ``media`` the article's
    copies."""
    through = tuple(dict.fromkeys(key for path in carried(channels, destination, view) for key, _ in path.steps))
    return Case(
        version=version,
        source=view.sources[version.source],
        destination=destination,
        subscriber=view.subscribers[destination.subscriber],
        publishers=view.publishers,
        grants=view.grants_of.get(view.sources[version.source].publisher, ()),
        gone=view.gone_of.get(view.sources[version.source].publisher, ()),
        given=given or Given(),
        channels=through,
        now=now,
        approval=approval,
        media=media,
        waits=waits,
        there=there,
        rules=rules_at(version, destination, through, view, now),
    )


def rules_at(version: Version, destination: Destination, through: Sequence[str], view: View, now: datetime) -> Rules:
    """What holds by rule see in ``version`` before ``destination``; ``through`` are the channels by which it goes,
    with their ancestors."""
    source, catalogue = view.sources[version.source], view.catalogue
    people = max((PEOPLE[source.approval], *(view.approvals.get(key, 0) for key in through)))
    if not (people or view.guards or catalogue.periods or destination.columns):
        return NO_RULES
    return Rules(
        hits=view.guards.at(version, through) if view.guards else (),
        period=period_at(catalogue.periods, through, source.publisher, now),
        people=people,
        unmapped=bool(destination.columns) and destination.columns.keys().isdisjoint(through),
    )


def build_release(
    version: Version,
    decision: Decision,
    destination: Destination,
    channels: Sequence[str],
    view: View,
    *,
    sequence: int,
    action: Action,
    first_released: datetime,
    released: datetime,
    media: Mapping[bytes, MediaCopy],
) -> Release:
    """``version`` as ``decision`` lets ``destination`` have it. ``channels`` are all of the version's, ``media`` the
    article's copies."""
    release = make_release(
        version,
        decision,
        sequence=sequence,
        action=action,
        channels=carried(channels, destination, view),
        operator=view.catalogue.operator,
        grants=view.catalogue.grants,
        first_released=first_released,
        released=released,
        address=address_of(version.article, channels, view),
        images=choice(destination),
        media=media,
    )
    if not destination.columns:
        return release
    columns = columns_at(release.channels, destination, view) or columns_at(
        carried(channels, destination, view), destination, view
    )
    return replace(release, columns=columns)


def columns_at(through: Iterable[ChannelPath], destination: Destination, view: View) -> tuple[str, ...]:
    """The partner's own columns for what comes ``through`` these, each once, in the order of our channels."""
    keys = {key for path in through for key, _ in path.steps}
    return tuple(dict.fromkeys(name for key in view.paths if key in keys and (name := destination.columns.get(key))))


def build_withdrawal(
    article: UUID,
    view: View,
    *,
    sequence: int,
    version: int,
    language: str | None,
    when: datetime,
    reason: str,
    first_released: datetime,
    channels: Sequence[str],
    merged_into: MergedInto | None = None,
) -> Withdrawal:
    """The trace that a retract leaves."""
    return make_withdrawal(
        article,
        sequence=sequence,
        version=version,
        when=when,
        reason=reason,
        language=language,
        operator=view.catalogue.operator,
        first_released=first_released,
        channels=[view.paths[key] for key in channels if key in view.paths],
        merged_into=merged_into,
    )


def story_withdrawal(
    story: Story, pair: Pair, view: View, now: datetime, *, reason: str, merged_into: MergedInto | None = None
) -> Withdrawal:
    """The trace that taking ``story`` back leaves at one destination."""
    return build_withdrawal(
        story.uuid,
        view,
        sequence=pair.sequence + 1,
        version=story.current.number if story.current else 0,
        language=story.current.document.language if story.current else None,
        when=now,
        reason=reason,
        first_released=pair.first_released or now,
        channels=story.channels,
        merged_into=merged_into,
    )


def carried(channels: Sequence[str], destination: Destination, view: View) -> list[ChannelPath]:
    """Those of ``channels`` that go to this destination; a parent that goes there takes its children's articles along,
    whose path then says more than the parent's own."""
    found = [view.paths[key] for key in channels if key in view.paths]
    going = set(destination.channels)
    return [path for path in found if going.intersection(key for key, _ in path.steps)]


def address_of(article: UUID, channels: Sequence[str], view: View) -> str | None:
    """The article's page on our own portal, when the portal carries any of its channels."""
    portal = view.destinations.get(view.portal or "")
    if portal is None or not set(channels).intersection(portal.channels):
        return None
    return f"{view.imprint.site.rstrip('/')}/portal/{portal.key}/article/{article}"
