"""Which newcomers of a source are entries it had before, under other names: a site moved, a feed has new ids. Pure.

One is taken for another by its link, by the path of its link where the host moved, by its title or by its text, and
only where that points from one newcomer to one entry. Whatever repeats among either says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time, timedelta
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from worker.identity.digest import normal_form
from worker.identity.language import language_of, other_language
from worker.identity.recognise import text_of
from worker.identity.urls import link_key
from worker.model.feed import ParsedEntry
from worker.model.flood import Seen, Standing

SAME_DATE: Final = timedelta(days=1)  # a move shifts dates by a zone, or leaves only the day
LEAST_RESET: Final = 5

_Key = TypeVar("_Key")
_Pairs = dict[int, int]


def seen_of(entry: ParsedEntry, article: int | None = None, zone: str = "UTC") -> Seen:
    """An entry as a move is recognised by. ``zone`` is the IANA name for its source's days."""
    date = entry.published or entry.updated
    return Seen(
        title=entry.title,
        link=entry.link,
        date=date,
        by_day=date is not None and time() in (date.time(), date.astimezone(ZoneInfo(zone)).time()),
        language=entry.language,
        text=text_of(entry) or entry.title or "",
        article=article,
    )


def recognise_moved(
    newcomers: Sequence[Seen], standing: Sequence[Standing], *, fragments: bool = False
) -> tuple[dict[int, int], bool]:
    """(positions in ``standing`` by position in ``newcomers``, whether dates were reset). ``fragments``: links differ
    by what follows their ``#``.

    Dates count as reset where most newcomers whose title is an entry's have quite another date: they say nothing then.
    """
    old = [one.seen for one in standing]
    titles = _one_to_one(newcomers, old, _title)
    reset = _is_reset(titles, newcomers, old)

    def by_path(new: Seen, known: Seen) -> bool:
        there = _host(new.link) != _host(known.link)
        return there and (_title(new) == _title(known) or (not reset and _dates(new, known) is True))

    def by_title(new: Seen, known: Seen) -> bool:
        return reset or _dates(new, known) is not False

    links = _one_to_one(newcomers, old, lambda one: _link(one, fragments=fragments))
    ways = (
        (links, lambda _new, _known: True),
        (_one_to_one(newcomers, old, _path), by_path),
        (titles, by_title),
        (_one_to_one(newcomers, old, lambda one: one.article), lambda _new, _known: True),
    )
    found: _Pairs = {}
    for pairs, holds in ways:
        taken = set(found.values())
        for place, at in pairs.items():
            one, other = newcomers[place], old[at]
            free = place not in found and at not in taken
            if free and holds(one, other) and not _translates(one, other):
                found[place] = at
    return found, reset


def _one_to_one(new: Iterable[Seen], old: Iterable[Seen], key: Callable[[Seen], _Key | None]) -> _Pairs:
    """Positions of what has a key that nothing else has on either side."""
    here, there = _single(new, key), _single(old, key)
    return {place: there[name] for name, place in here.items() if name in there}


def _single(seen: Iterable[Seen], key: Callable[[Seen], _Key | None]) -> Mapping[_Key, int]:
    places: dict[_Key, list[int]] = defaultdict(list)
    for place, one in enumerate(seen):
        name = key(one)
        if name is not None:
            places[name].append(place)
    return {name: found[0] for name, found in places.items() if len(found) == 1}


def _is_reset(pairs: _Pairs, new: Sequence[Seen], old: Sequence[Seen]) -> bool:
    agree = [_dates(new[place], old[at]) for place, at in pairs.items()]
    against = agree.count(False)
    return against >= LEAST_RESET and against > agree.count(True)


def _dates(one: Seen, other: Seen) -> bool | None:
    """Whether both were published at one time; None where one does not say."""
    if one.date is None or other.date is None:
        return None
    return abs(one.date - other.date) <= SAME_DATE


def _translates(one: Seen, other: Seen) -> bool:
    """Whether the two are surely in two languages."""
    return other_language(language_of(one.language, one.text), language_of(other.language, other.text))


def _title(one: Seen) -> str | None:
    return normal_form(one.title or "") or None


def _link(one: Seen, *, fragments: bool) -> str | None:
    return link_key(one.link, keep_fragment=fragments) if one.link else None


def _path(one: Seen) -> str | None:
    """What of a link does not change with its host."""
    key = link_key(one.link) if one.link else None
    path = key.partition("://")[2].partition("/")[2] if key else ""
    return path or None


def _host(link: str | None) -> str | None:
    return urlsplit(link).netloc if link else None
