"""The keys by which an entry of one source is recognised when it comes again.

An entry answers to several names; a hit on any of them within the same source is the same entry, and all of them are
written down, so that a guid that changes its scheme or a link that loses its tracking still hits. A date is never
part of a key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from worker.identity.digest import content_digest
from worker.identity.urls import link_key
from worker.model.feed import ParsedEntry

_ORIGIN = re.compile(r"https?://[^/?#]+", re.IGNORECASE)


class KeyMode(StrEnum):
    """What identifies entries of one source. A source moves down this list when its feed shows it must, never up."""

    GUID = "guid"  # guid, and link as an alias
    ANCHOR = "anchor"  # several entries on one page, told apart by the fragment of the link
    GUID_ONLY = "guid_only"  # entries with ids of their own share one link, which therefore says nothing
    GUID_LINK = "guid_link"  # one guid for different entries: only guid and link together identify


_ORDER = tuple(KeyMode)


@dataclass(frozen=True, slots=True)
class AliasKey:
    """One name an entry answers to. ``digest`` (16 bytes) covers ``kind``: equal digests are equal keys."""

    kind: str  # "guid", "path" (guid without scheme and host), "link", "pair" (guid and link), "text"
    digest: bytes


def alias_keys(entry: ParsedEntry, *, mode: KeyMode | str = KeyMode.GUID) -> tuple[AliasKey, ...]:
    """Every key of an entry, the strongest first; at least one, unless the entry is quite empty."""
    mode = KeyMode(mode)
    link = link_key(entry.link, keep_fragment=mode is not KeyMode.GUID) if entry.link else None
    if mode is KeyMode.GUID_LINK and entry.guid and link:
        return (_key("pair", entry.guid, link),)
    keys = list(guid_keys(entry.guid)) if entry.guid else []
    if link and (mode in {KeyMode.GUID, KeyMode.ANCHOR} or (mode is KeyMode.GUID_LINK and not keys)):
        keys.append(_key("link", link))
    if not keys and (entry.title or entry.content or entry.summary):
        keys.append(_key("text", entry.title or "", content_digest(entry).hex()))
    return tuple(keys)


def guid_keys(guid: str) -> tuple[AliasKey, ...]:
    """The keys of an id alone: itself and, where it is an address, what follows its host."""
    rest = _ORIGIN.sub("", guid, count=1) if _ORIGIN.match(guid) else ""
    keys = (_key("guid", guid),)
    return (*keys, _key("path", rest)) if rest.strip("/") else keys


def tombstone_keys(ref: str) -> tuple[AliasKey, ...]:
    """The keys under which an entry named by a tombstone may be known."""
    link = link_key(ref)
    return (*guid_keys(ref), _key("link", link)) if link else guid_keys(ref)


def detect_mode(entries: Iterable[ParsedEntry], current_mode: KeyMode | str = KeyMode.GUID) -> KeyMode:
    """The mode for a source after seeing one of its documents; never weaker than ``current_mode``."""
    links_of: dict[str, set[str]] = defaultdict(set)
    sharing: dict[str, list[tuple[str, ParsedEntry]]] = defaultdict(list)
    for entry in entries:
        exact = link_key(entry.link, keep_fragment=True) if entry.link else None
        if exact is None or entry.link is None:
            continue
        if entry.guid:
            links_of[entry.guid].add(exact)
        sharing[link_key(entry.link) or exact].append((exact, entry))
    shown = max((_shown(group) for group in sharing.values()), key=_ORDER.index, default=KeyMode.GUID)
    if any(len(links) > 1 for links in links_of.values()):
        shown = KeyMode.GUID_LINK
    return max(KeyMode(current_mode), shown, key=_ORDER.index)


def _shown(group: list[tuple[str, ParsedEntry]]) -> KeyMode:
    """What entries that share one link, fragments aside, tell about their feed."""
    if len(group) < 2 or len({entry.title for _, entry in group}) < 2:
        return KeyMode.GUID
    by_exact: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    for exact, entry in group:
        by_exact[exact].add((entry.guid, entry.title))
    if all(len(told) == 1 for told in by_exact.values()):
        return KeyMode.ANCHOR
    return KeyMode.GUID_ONLY


def _key(kind: str, *parts: str) -> AliasKey:
    text = "\0".join((kind, *parts)).encode("utf-8", "replace")
    return AliasKey(kind, blake2b(text, digest_size=16).digest())


def link_digests(entry: ParsedEntry) -> set[bytes]:
    """What an entry's link is known by, with and without the fragment."""
    modes = (KeyMode.GUID, KeyMode.ANCHOR)
    return {key.digest for mode in modes for key in alias_keys(entry, mode=mode) if key.kind == "link"}
