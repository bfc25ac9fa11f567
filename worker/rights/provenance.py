"""How a text reached us: who wrote it first, who carried it, from what the document itself says.

What an intermediary says may move the credit away from it and narrow what we may do; it never earns a permission,
since grants are looked up by the publisher we polled (``worker.rights.decide``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from worker.identity.names import clean_author, clean_name, fold_name, is_department, is_placeholder, means_elsewhere
from worker.identity.urls import registrable_domain
from worker.model.article import AuthorState, Credit, Hop, HopBasis, HopRole
from worker.model.catalog import Grant, Operator, Publisher, Scope, Source
from worker.model.feed import ParsedEntry, ParsedFeed, Person, SourceRef
from worker.rights.publishers import Publishers, bare_host, host_of, on_domain

__all__ = ["Publishers", "Scene", "clean_name", "is_placeholder", "merge", "speaks_for", "trace"]

# RFC 4946: "no licence stated"; it stops inheritance.
UNSPECIFIED_LICENCE = "http://purl.org/atompub/license#unspecified"

_SECTION = re.compile(r"(?<!\s)(?:\s+[-–—]\s+|\s*[|｜·：:]\s*)")


@dataclass(frozen=True, slots=True)
class _Named:
    """Whom a document names as the text's first publisher."""

    name: str
    publisher: Publisher | None = None
    site: str | None = None


class Scene:
    """One document of a source with all that its entries are read against. ``home`` is the polled publisher.

    ``own_domains`` are the domains of our own portal. What is the same for every entry is worked out here, once.
    """

    __slots__ = (
        *("feed", "home", "home_names", "is_our_own", "operator", "organisations", "own_domains"),
        *("publishers", "source", "_at_home"),
    )

    def __init__(
        self,
        feed: ParsedFeed,
        source: Source,
        publishers: Publishers,
        operator: Operator,
        own_domains: frozenset[str],
    ) -> None:
        self.feed, self.source, self.publishers = feed, source, publishers
        self.operator, self.own_domains = operator, own_domains
        title = feed.title or ""
        self.home = home = publishers.get(source.publisher) or Publisher(source.publisher, title or source.publisher)
        self.home_names = frozenset(map(fold_name, (home.name, *home.aliases)))
        self.organisations = frozenset(map(fold_name, (home.name, operator.name, title)))
        self.is_our_own = fold_name(home.name) == fold_name(operator.name)
        self._at_home: dict[str, bool] = {}

    def is_home(self, host: str | None) -> bool:
        """Whether ``host`` belongs to the polled publisher: a declared domain, the source's own, and, for a publisher
        that declares none, the site that the feed names as its own unless that is known to be another's."""
        if host is None:
            return False
        known = self._at_home.get(host)
        if known is None:
            known = self._at_home[host] = self._lies_at_home(host)
        return known

    def _lies_at_home(self, host: str) -> bool:
        if self.publishers.owns(self.home.key, host):
            return True
        domain = registrable_domain(bare_host(host))
        owner = self.publishers.by_host(host)
        if owner is not None:
            return False
        if domain == _domain(self.source.url):
            return True
        return not self.home.domains and domain == _domain(self.feed.link)

    def is_ours(self, host: str | None) -> bool:
        return on_domain(host, self.own_domains) and not self.is_home(host)


def trace(entry: ParsedEntry, scene: Scene) -> Credit:
    """The credit of ``entry``, one of the document that ``scene`` is about.

    A text that names us as its source, or links to us, is our own article coming back: it yields a credit without
    hops. ``claimed`` holds links to strangers that no declared source bears out. ``publisher`` is None when the first
    publisher is unknown to the catalogue or not named at all.
    """
    home = scene.home
    foreign = [url for url in _links(entry) if not scene.is_home(host_of(url))]
    names_us = _names_us(entry, scene)
    ours = names_us or any(scene.is_ours(host_of(url)) for url in foreign)
    named = None if names_us else _named(entry, scene)
    believed = next((url for url in foreign if named is not None and _bears_out(scene, named, url)), None)
    claims = [url for url in foreign if url != believed and not scene.is_ours(host_of(url))]
    homely = _home_link(entry, scene)
    own = named is None and not ours and not _from_elsewhere(entry)
    authors, state = _authors(entry, scene, own, named)
    link, scope = _license(entry, scene, own)
    hops = tuple(hop for hop in _hops(scene, named, own, believed, homely) if not ours or hop.source is None)
    return Credit(
        origin=named.name if named else home.name,
        original_title=entry.title or "",
        original_link=believed or homely,
        publisher=(named.publisher.key if named.publisher else None) if named else home.key if own else None,
        site=_site(scene, named),
        authors=authors,
        author_state=state,
        via=tuple(hop.name for hop in hops if hop.role is HopRole.REPUBLISHER and named is not None),
        hops=hops,
        claimed=tuple(_claim(scene, url) for url in dict.fromkeys(claims)),
        copyright_notice=_rights(entry, scene, own),
        license=link,
        license_scope=scope,
        editor=scene.operator.editor,
    )


def _links(entry: ParsedEntry) -> list[str]:
    return [url for url in (entry.via, entry.link) if url and host_of(url)]


def _domain(url: str | None) -> str | None:
    host = host_of(url)
    return registrable_domain(bare_host(host)) if host else None


def _home_link(entry: ParsedEntry, scene: Scene) -> str | None:
    """The entry's address at the polled publisher: its link, else a guid that is one."""
    candidates = (entry.link, entry.guid if entry.guid_is_permalink else None, entry.via)
    return next((url for url in candidates if scene.is_home(host_of(url))), None)


def _source_name(ref: SourceRef | None) -> str | None:
    return clean_name(ref.title) if ref is not None else None


def _names_us(entry: ParsedEntry, scene: Scene) -> bool:
    ref = entry.source
    if ref is None or scene.home.name == scene.operator.name:
        return False
    name = _source_name(ref)
    return (name is not None and fold_name(name) == fold_name(scene.operator.name)) or scene.is_ours(host_of(ref.url))


def _from_elsewhere(entry: ParsedEntry) -> bool:
    """来源：网络 and its like: the text admits it is not the publisher's own and names nobody."""
    name = _source_name(entry.source)
    return name is not None and means_elsewhere(name)


def _named(entry: ParsedEntry, scene: Scene) -> _Named | None:
    """The first publisher the document names, when that is not the publisher we polled."""
    ref = entry.source
    if ref is None:
        return _named_as_author(entry, scene)
    name, host = _source_name(ref), host_of(ref.url)
    if name is not None and is_placeholder(name):
        name = None
    listed = scene.publishers.by_name(name)
    if listed is not None:
        agrees = scene.publishers.owns(listed.key, host)
        return None if listed == scene.home else _Named(listed.name, listed, ref.url if agrees else listed.url)
    if name is not None and is_department(name):
        # Whose department it is, the original's address tells; without one it is the polled publisher's.
        owner = scene.publishers.by_host(host_of(entry.via))
        if owner is not None and owner != scene.home:
            return _Named(owner.name, owner, owner.url)
    if name is None or _same_house(scene, name, host):
        return _named_by_address(entry, scene, ref, name)
    if scene.is_home(host):
        return _Named(name)
    # A section's or paper's own name on the domain of a publisher we know, or a publisher we do not know.
    return _Named(name, scene.publishers.by_host(host), ref.url)


def _named_by_address(entry: ParsedEntry, scene: Scene, ref: SourceRef, name: str | None) -> _Named | None:
    host = host_of(ref.url)
    if host is None or scene.is_home(host):
        return None if name is not None or host is not None else _named_as_author(entry, scene)
    owner = scene.publishers.by_host(host)
    return _Named(owner.name if owner else name or bare_host(host), owner, ref.url)


def section_of(name: str) -> str:
    """What stands before the first dash or bar: ``Example Daily`` of ``Example Daily - Sport``."""
    return _SECTION.split(name, maxsplit=1)[0]


def _same_house(scene: Scene, name: str, host: str | None) -> bool:
    """Whether an unlisted name is a section or department of the polled publisher ("Example Daily - Sport", 办公厅).
    A name that merely begins alike (中国网, 中国网络电视台) is one only when its address is on its publisher's domain.
    """
    if fold_name(section_of(name)) in scene.home_names:
        return True
    if is_department(name) and (host is None or scene.is_home(host)):
        return True
    if not scene.is_home(host):
        return False
    folded = fold_name(name)
    return folded == fold_name(scene.feed.title or "") or any(
        own and folded.startswith(own) for own in scene.home_names
    )


def _named_as_author(entry: ParsedEntry, scene: Scene) -> _Named | None:
    """An agency put where the author belongs is an agency copy all the same."""
    for person in entry.authors:
        publisher = scene.publishers.by_name(clean_author(person.name))
        if publisher is not None and publisher != scene.home:
            return _Named(publisher.name, publisher, publisher.url)
    return None


def _bears_out(scene: Scene, named: _Named, url: str) -> bool:
    """Whether a foreign link lies with the publisher the document names. For one the catalogue does not know, the
    address the document gives of it must lie on the same domain, and that domain must be nobody else's."""
    host = host_of(url)
    if named.publisher is not None:
        return scene.publishers.owns(named.publisher.key, host)
    return scene.publishers.by_host(host) is None and named.site is not None and _domain(url) == _domain(named.site)


def _hops(scene: Scene, named: _Named | None, own: bool, believed: str | None, homely: str | None) -> tuple[Hop, ...]:
    role = HopRole.ORIGINATOR if own else HopRole.REPUBLISHER
    home = scene.home
    polled = Hop(role, home.name, HopBasis.SOURCE, home.key, homely, home.url, scene.source.key)
    if named is None:
        return (polled,)
    key = named.publisher.key if named.publisher else None
    basis = HopBasis.LINK if believed else HopBasis.DECLARED
    first = Hop(HopRole.ORIGINATOR, named.name, basis, key, believed, named.site)
    if scene.is_our_own:
        return (first,)
    return (first, polled)


def _claim(scene: Scene, url: str) -> Hop:
    owner = scene.publishers.by_url(url)
    name = owner.name if owner else bare_host(host_of(url) or url)
    key = owner.key if owner else None
    return Hop(HopRole.CLAIMED, name, HopBasis.LINK, key, url, None, scene.source.key)


def _site(scene: Scene, named: _Named | None) -> str | None:
    if named is not None:
        return (named.publisher.url if named.publisher else None) or named.site
    if scene.home.url:
        return scene.home.url
    return scene.feed.link if scene.is_home(host_of(scene.feed.link)) else None


def _authors(
    entry: ParsedEntry, scene: Scene, own: bool, named: _Named | None
) -> tuple[tuple[Person, ...], AuthorState]:
    """RFC 4287 §4.2.1: the entry's, else its source's, else the feed's; the last only for the feed's own work."""
    people: Iterable[Person] = entry.authors
    if not people and entry.source is not None:
        people = entry.source.authors
    if not people and own:
        people = scene.feed.authors
    persons: dict[str, Person] = {}
    state = AuthorState.UNSIGNED
    for person in people:
        name = clean_author(person.name)
        if name is None:
            continue
        if is_placeholder(name):
            state = AuthorState.PLACEHOLDER
        elif not _is_organisation(scene, named, name):
            persons.setdefault(fold_name(name), person if person.name == name else replace(person, name=name))
    return (tuple(persons.values()), AuthorState.NAMED) if persons else ((), state)


def _is_organisation(scene: Scene, named: _Named | None, name: str) -> bool:
    """A publisher's or our own name where a person's belongs."""
    if scene.publishers.by_name(name) is not None:
        return True
    folded = fold_name(name)
    return folded in scene.organisations or (named is not None and folded == fold_name(named.name))


def _rights(entry: ParsedEntry, scene: Scene, own: bool) -> str | None:
    ref = entry.source
    notice = entry.rights or (ref.rights if ref else None) or (scene.feed.rights if own else None)
    return notice.strip() or None if notice else None


def _license(entry: ParsedEntry, scene: Scene, own: bool) -> tuple[str | None, str | None]:
    """Licence and where it was declared, item before feed (RFC 4946 §2.2); the feed's only for its own work."""
    ref = entry.source
    declared = (
        (entry.license, "entry"),
        (ref.license if ref else None, "source"),
        (scene.feed.license if own else None, "feed"),
    )
    for uri, scope in declared:
        if uri:
            return (None, None) if uri == UNSPECIFIED_LICENCE else (uri, scope)
    return None, None


def merge(lead: Credit, others: Sequence[Credit]) -> Credit:
    """``lead`` with the provenance of the same article's other copies.

    The lead's origin and ``via`` stay: the credit tells the way the text that is sent came to us, and other copies
    came other ways. Where another copy was polled joins the hops as a republisher; whom that copy names as origin,
    when it is not the lead's, is only its claim. Credits without hops (our own articles coming back) add nothing.
    """
    if not others:
        return lead
    hops = list(lead.hops)
    claimed = list(lead.claimed)
    known = {_identity(hop) for hop in hops} | {lead.publisher or fold_name(lead.origin)}
    for other in others:
        for hop in other.hops:
            if _identity(hop) in known:
                continue
            if hop.basis is HopBasis.SOURCE or hop.role is HopRole.REPUBLISHER:
                known.add(_identity(hop))
                hops.append(replace(hop, role=HopRole.REPUBLISHER))
            else:
                claimed.append(replace(hop, role=HopRole.CLAIMED))
        claimed.extend(other.claimed if other.hops else ())
    return replace(lead, hops=tuple(hops), claimed=tuple(dict.fromkeys(claimed)))


def _identity(hop: Hop) -> str:
    return hop.publisher or fold_name(hop.name)


def speaks_for(source: Source, credit: Credit, grants: Iterable[Grant]) -> bool:
    """Whether an entry of ``source`` may lead: its publisher is the one credited, or carries others by grant."""
    if credit.publisher is not None and credit.publisher == source.publisher:
        return True
    return any(
        grant.publisher == source.publisher
        and grant.scope is Scope.CARRIED
        and (not grant.sources or source.key in grant.sources)
        for grant in grants
    )
