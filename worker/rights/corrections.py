"""A credit as people corrected it. Whom a text is credited to is what is shown; what may be done with it is decided on
the narrower of the corrected and the stated credit (``worker.rights.decide``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from worker.identity.names import fold_name
from worker.model.article import AuthorState, Credit, Hop, HopBasis, HopRole
from worker.model.correction import Fixes
from worker.model.feed import Person
from worker.rights.publishers import Publishers, host_of

_BETWEEN = re.compile(r"[、;；]")


def correct(credit: Credit, fixes: Fixes, publishers: Publishers, operator: str) -> Credit:
    """``credit`` with what ``fixes`` say of source, author, title and original link. ``operator`` is our own name: we
    are nobody's republisher."""
    if fixes.source is not None:
        credit = _sourced(credit, fixes.source, publishers, operator)
    if fixes.author is not None:
        authors = authors_of(fixes.author)
        state = AuthorState.NAMED if authors else AuthorState.UNSIGNED
        credit = replace(credit, authors=authors, author_state=state)
    if fixes.title is not None:
        credit = replace(credit, original_title=fixes.title)
    if fixes.original_link is not None:
        credit = replace(credit, original_link=fixes.original_link, hops=_linked(credit.hops, fixes.original_link))
    return credit


def authors_of(text: str) -> tuple[Person, ...]:
    """The persons that a corrected author names, each once."""
    names = (" ".join(part.split()) for part in _BETWEEN.split(text))
    return tuple(Person(name) for name in dict.fromkeys(names) if name)


def _sourced(credit: Credit, name: str, publishers: Publishers, operator: str) -> Credit:
    """``name`` as the first publisher. Who was taken for it and did bring us the text stays as a republisher; one that
    was only named goes."""
    publisher = publishers.by_name(name)
    origin = publisher.name if publisher else name
    first = _first(credit.hops)
    if first is not None and _same(first, origin, publisher.key if publisher else None):
        return replace(credit, origin=origin, publisher=first.publisher)
    key = publisher.key if publisher else None
    others = [hop for hop in credit.hops if not _same(hop, origin, key) and (hop is not first or hop.source)]
    others = [hop for hop in others if fold_name(hop.name) != fold_name(operator)]
    site = publisher.url if publisher else None
    link = _link(credit, key, others, publishers)
    # Nobody but a person says so: the hop has no source of ours, and thus no licence that the origin gave us.
    named = Hop(HopRole.ORIGINATOR, origin, HopBasis.CORRECTED, key, link, site)
    return replace(
        credit,
        origin=origin,
        publisher=key,
        site=site,
        original_link=link,
        via=_via(credit, others),
        hops=(named, *(replace(hop, role=HopRole.REPUBLISHER) for hop in others)),
    )


def _first(hops: Iterable[Hop]) -> Hop | None:
    return next((hop for hop in hops if hop.role is HopRole.ORIGINATOR), None)


def _same(hop: Hop, name: str, key: str | None) -> bool:
    return (key is not None and hop.publisher == key) or fold_name(hop.name) == fold_name(name)


def _link(credit: Credit, key: str | None, others: Iterable[Hop], publishers: Publishers) -> str | None:
    """The address to call the original's: the one known if it may be, else where we read the text."""
    known = credit.original_link
    owner = publishers.by_host(host_of(known))
    if owner is None or owner.key == key:
        return known
    return next((hop.link for hop in others if hop.source and hop.link), known)


def _via(credit: Credit, others: Iterable[Hop]) -> tuple[str, ...]:
    """The lead's own way: whom its credit named in between, else the publisher we polled it of, which comes first of
    those."""
    left = {hop.name for hop in others}
    polled = next((hop.name for hop in credit.hops if hop.source), None)
    names = credit.via or ((polled,) if polled else ())
    return tuple(name for name in names if name in left)


def _linked(hops: tuple[Hop, ...], link: str) -> tuple[Hop, ...]:
    first = _first(hops)
    return tuple(replace(hop, link=link) if hop is first else hop for hop in hops)
