"""Which new entries carry a text that is known already, though not letter by letter. Pure but for what it is given to
look texts up in.

Only an entry that is new in every other way is recognised, once, on first sight: later edits of it, or of the article,
never move it. A copy that was edited is compared with the text its article shows, and with no copy of it, so that many
small edits lead no further away than one. Entries of one chunk are recognised in order, each against those before it as
well; such a one goes by its place in the chunk (``+3``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from worker.identity.near.engine import NEAR_CONTAINMENT, NEAR_JACCARD, Ready, Recogniser
from worker.identity.near.index import Layered, MemoryIndex
from worker.identity.near.reading import read
from worker.identity.urls import host_of, link_key, registrable_domain
from worker.model.feed import ParsedEntry
from worker.model.ingest import Fate, Identified
from worker.model.nearness import Nearness, Reading, Verdict
from worker.ports import Nearby

_OWN = "+"
_LONGEST_HOST = 255  # characters; names end at 253


def text_of(entry: ParsedEntry) -> str:
    """What of an entry is compared: its body, of one without any its summary."""
    return entry.content or entry.summary or ""


def reading_of(entry: ParsedEntry) -> Reading:
    """An entry as it is compared."""
    return read(entry.title or "", text_of(entry))


def site_of(entry: ParsedEntry, source_url: str) -> str:
    """The site whose furniture an entry may have around it: the host of its link if that is its source's own, by the
    registrable domain; else the address of the source without scheme and query, since a link is whatever a feed says
    and nobody may teach what belongs to another's site. Empty where it would be no host's name."""
    home, host = _name_of(source_url), _name_of(entry.link)
    if not host or registrable_domain(host) != registrable_domain(home):
        host = source_url.partition("://")[2].partition("?")[0].removeprefix("www.") if home else ""
    return host if len(host) <= _LONGEST_HOST and host.isascii() and host.isprintable() else home


def address_of(entry: ParsedEntry, site: str, *, own: bool = False) -> str | None:
    """The key of an entry's address, if that is its publisher's (``own``) or on the site of its source: another's is a
    claim, and the text that comes to stand there would be taken for an update of what claimed it."""
    host = _name_of(entry.link)
    return link_key(entry.link) if entry.link and (own or (host and host == site)) else None


def _name_of(url: str | None) -> str:
    return (host_of(url or "") or "").removeprefix("www.")


def ready_of(
    recogniser: Recogniser,
    id_: str,
    document: ParsedEntry,
    host: str,
    language: str | None = None,
    *,
    own: bool = False,
) -> Ready:
    """An entry as its source had it, ready to be compared or filed; ``host`` is the site it stands on, ``language`` its
    text's, ``own`` as in ``address_of``."""
    address = address_of(document, host, own=own)
    return recogniser.ready(id_, reading_of(document), host, address, document.published, language)


def recognise(identified: Sequence[Identified], nearby: Nearby) -> list[Identified]:
    """The same verdicts in order, with those on new entries as they are after a look at texts nearly the same, and what
    is to be kept of each text to recognise later ones by."""
    asked = [position for position, item in enumerate(identified) if _is_asked(item)]
    if not asked:
        return list(identified)
    hosts = {identified[position].prepared.host for position in asked}
    recogniser = Recogniser(MemoryIndex(), nearby.furniture(hosts))
    readies = {position: _ready(recogniser, position, identified[position]) for position in asked}
    recogniser.index = Layered(nearby.index([ready.question for ready in readies.values()]))
    made = list(identified)
    for position, ready in readies.items():
        item = made[position]
        if item.fate is not Fate.REVISED and item.doubted:
            if not _is_far(item, ready, recogniser, nearby):
                continue
            item = replace(item, fate=Fate.NEW, article=None, by=None, doubted=False, reclaims=True)
        if item.fate is Fate.NEW:
            item = _judged(item, recogniser.judge(ready))
        elif item.doubted:
            item = replace(item, estranged=not _is_still_copy(item, ready, recogniser, nearby))
        if not item.estranged:
            item = replace(item, filed=recogniser.file(ready, _article(position, item, made)))
        made[position] = item
    return made


def _is_asked(item: Identified) -> bool:
    """New ones are recognised; of those that joined by their link and of revised ones the text is kept."""
    if item.prepared.reading is None or (item.estranged and not item.doubted):
        return False
    return item.doubted or item.fate in (Fate.NEW, Fate.REVISED) or (item.fate is Fate.JOINED and item.by == "link")


def _ready(recogniser: Recogniser, position: int, item: Identified) -> Ready:
    prepared = item.prepared
    assert prepared.reading is not None
    where = (prepared.host, prepared.address, prepared.entry.published, prepared.language)
    return recogniser.ready(f"{_OWN}{position}", prepared.reading, *where)


def _judged(item: Identified, verdict: Verdict) -> Identified:
    """A new entry by the verdict on its text."""
    if not verdict.nearness.joins:
        return item if verdict.nearness is Nearness.NEW else replace(item, verdict=verdict)
    joined = replace(item, fate=Fate.JOINED, by=verdict.nearness.value, verdict=verdict)
    if verdict.article.startswith(_OWN):
        return replace(joined, joins=int(verdict.article.removeprefix(_OWN)))
    return replace(joined, article=int(verdict.article))


def _is_still_copy(item: Identified, ready: Ready, recogniser: Recogniser, nearby: Nearby) -> bool:
    """Whether an edited copy still carries what its article shows, or is the very page of that."""
    shown = nearby.shown(item.article) if item.article is not None else None
    if shown is None:
        return not item.estranged
    prepared = item.prepared
    if prepared.link is not None and prepared.address is not None and prepared.address == shown.address:
        return True
    return recogniser.joins(ready, shown)


def _is_far(item: Identified, ready: Ready, recogniser: Recogniser, nearby: Nearby) -> bool:
    """Whether an article has so little left of a text it once showed that it has no claim to it: else whoever publishes
    one text after the other under one address would have whatever others write later."""
    shown = nearby.shown(item.article) if item.article is not None else None
    if shown is None:
        return False
    verdict = recogniser.compare(shown, ready)
    alike = verdict.jaccard >= NEAR_JACCARD or verdict.containment >= NEAR_CONTAINMENT
    return not (verdict.nearness.joins or alike)


def _article(position: int, item: Identified, made: Sequence[Identified]) -> str:
    """The id of an entry's article, or the place of the entry that begins it."""
    if item.article is not None:
        return str(item.article)
    if item.joins is not None:
        return _article(item.joins, made[item.joins], made)
    return f"{_OWN}{position}"
