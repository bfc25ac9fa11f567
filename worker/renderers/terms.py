"""What every feed says of an entry's rights, in the values each format then writes in its own slots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from worker.model.article import HopRole
from worker.model.catalog import Use
from worker.model.delivery import FeedHead, Imprint, Release, Withdrawal
from worker.ports import ShelfRow
from worker.renderers.words import words
from worker.rights.credit import tongue_of

NAMESPACE = "urn:newsroad:rights:1"
"""Of our elements in RSS and Atom, and ``about`` of ``_newsroad`` in JSON Feed. Described in docs/outputs.md."""

UNSPECIFIED = "http://purl.org/atompub/license#unspecified"
"""RFC 4946 §2: no licence is stated, and none is inherited from source or feed."""


def guid(article: UUID) -> str:
    return f"urn:uuid:{article}"


def licence(release: Release) -> str:
    return release.credit.own_license or UNSPECIFIED


def chain(release: Release) -> tuple[str, ...]:
    """The way this text came: names from the origin to the last republisher before us. Never ours: passing on is not
    publishing first."""
    return tuple(dict.fromkeys((release.credit.origin, *release.credit.via)))


def elsewhere(release: Release) -> tuple[str, ...]:
    """Who else carried the article: other copies came by ways of their own, and are no part of this one's."""
    names = dict.fromkeys(hop.name for hop in release.credit.hops if hop.role is HopRole.REPUBLISHER)
    return tuple(name for name in names if name not in chain(release))


def copyright_notice(release: Release) -> str:
    """The origin's own words, else the sentence that leaves the rights where they are."""
    return release.credit.copyright_notice or words(tongue_of(release))["rights_default"]


def link(release: Release) -> str | None:
    """Where a reader goes: our page for what we may show, the original for what we may only point at."""
    if release.use is Use.LINK_ONLY:
        return release.credit.original_link or release.address
    return release.address or release.credit.original_link


def updated(head: FeedHead, rows: Iterable[ShelfRow]) -> datetime:
    """When the feed last changed: the newest of its rows, never the clock; an empty feed keeps its head's time."""
    return max((row.changed for row in rows), default=head.updated)


def stub_title(withdrawal: Withdrawal) -> str:
    return words(withdrawal.language)["withdrawn" if withdrawal.merged_into is None else "merged"]


def stub_line(withdrawal: Withdrawal) -> str:
    return withdrawal.line_text or words(withdrawal.language)["withdrawn_line"]


def merged_link(withdrawal: Withdrawal) -> str | None:
    """Where a reader finds the article that a merged one has become part of: its page, else its id."""
    other = withdrawal.merged_into
    return None if other is None else other.address or guid(other.article)


def description(head: FeedHead) -> str:
    return words(head.language)["feed_description"].format(
        title=head.title, name=head.imprint.name, contact=head.imprint.contact
    )


def mailbox(imprint: Imprint) -> str | None:
    """The contact if it is an e-mail address, else None."""
    contact = imprint.contact.removeprefix("mailto:")
    local, at, domain = contact.partition("@")
    return contact if local and at and "." in domain and " " not in contact else None


def rfc3339(moment: datetime) -> str:
    """``2026-11-24T03:00:00Z``; fractions are dropped, as no reader needs them."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
