"""From entries to what destinations see: provenance, credit, version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from worker.model.feed import Enclosure, Person
from worker.model.page import Attachment, PageImage


class AuthorState(StrEnum):
    """``UNSIGNED``: the text names nobody. ``PLACEHOLDER``: it names a stand-in (佚名, admin, 本站), not a person."""

    NAMED = "named"
    UNSIGNED = "unsigned"
    PLACEHOLDER = "placeholder"


class HopRole(StrEnum):
    ORIGINATOR = "originator"
    REPUBLISHER = "republisher"
    CLAIMED = "claimed"  # said by a stranger, believed by nobody: recorded, joins nothing, never credited


class HopBasis(StrEnum):
    SOURCE = "source"  # we polled it there ourselves
    DECLARED = "declared"  # the text says so
    LINK = "link"  # its canonical link says so
    CORRECTED = "corrected"  # a person of ours says so


@dataclass(frozen=True, slots=True)
class Hop:
    """One station on the way of a text, nearest the origin first. ``publisher`` is a catalogue key when the name or
    domain resolves to one; ``link`` the text's address there; ``site`` the address of the publication."""

    role: HopRole
    name: str
    basis: HopBasis
    publisher: str | None = None
    link: str | None = None
    site: str | None = None
    source: str | None = None  # key of our source, when we polled it


@dataclass(frozen=True, slots=True)
class Credit:
    """Publisher, author or its absence, original title and link, copyright notice, licence and provenance.

    Every output carries all of it. ``hops`` excludes claimed ones (those are in ``claimed``) and never names us.
    ``editor`` is ours (责任编辑), ``copyright_notice`` the origin's own words or None.
    ``license`` is a URI, ``license_scope`` where it was declared ("entry", "source", "feed").
    """

    origin: str
    original_title: str
    original_link: str | None
    publisher: str | None = None
    site: str | None = None
    authors: tuple[Person, ...] = ()
    author_state: AuthorState = AuthorState.UNSIGNED
    via: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    claimed: tuple[Hop, ...] = ()
    copyright_notice: str | None = None
    license: str | None = None
    license_scope: str | None = None
    editor: str | None = None

    @property
    def persons(self) -> tuple[Person, ...]:
        """The authors the text itself names; stand-ins (佚名, admin) and the unsigned give none."""
        if self.author_state is not AuthorState.NAMED:
            return ()
        return tuple(author for author in self.authors if author.name and author.name.strip())

    @property
    def own_license(self) -> str | None:
        """The licence if the origin itself declared it to us: nobody downstream can license what it did not write."""
        first = next((hop for hop in self.hops if hop.role is HopRole.ORIGINATOR), None)
        return self.license if first is not None and first.source is not None else None


@dataclass(frozen=True, slots=True)
class Version:
    """What destinations see of an article. ``body`` and ``summary`` are clean HTML; ``language`` a BCP 47 tag or None.

    ``summary_only`` is true when the source carries no body beyond its summary; ``lacks`` names required fields that
    were not found.
    ``source`` and ``categories`` are what channels select by. ``images`` are those of the body, in its order.
    ``stated`` is the credit before people corrected it, None when nobody did: a correction never widens what may be
    done, so rights look at both.
    """

    article: UUID
    number: int
    title: str
    body: str | None
    summary: str | None
    language: str | None
    published: datetime | None
    updated: datetime | None
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    link: str | None
    source: str
    first_seen: datetime
    credit: Credit
    summary_only: bool = False
    lacks: tuple[str, ...] = ()
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    stated: Credit | None = None
