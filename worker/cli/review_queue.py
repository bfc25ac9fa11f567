"""The queue of what waits for a person: which of it is meant, how it is listed, and one word on many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from worker.bootstrap import Services
from worker.catalog.values import meant
from worker.cli.output import Times, ask, plain, print_json, print_table, say
from worker.errors import NewsroadError, NotFound, Refused
from worker.model.catalog import Use
from worker.model.delivery import Decision, Reason
from worker.model.review import HeldFilter, HeldRow
from worker.model.words import counted
from worker.pipeline.review import Reviewed, review_seen
from worker.rights.notices import reason_text
from worker.store.people_reviews import BOUND

SourceFilter = Annotated[str | None, typer.Option("--source", help="Only led by this source.")]
ChannelFilter = Annotated[str | None, typer.Option("--channel", help="Only in this channel.")]
PlacesFilter = Annotated[list[str] | None, typer.Option("--destination", help="Only at this one; may be repeated.")]
ReasonFilter = Annotated[str | None, typer.Option("--reason", help="Only for this reason, by its code.")]
AgeFilter = Annotated[str | None, typer.Option("--older-than", help="Only waiting for longer: 2h, 3d.")]
WordsFilter = Annotated[str | None, typer.Option("--match", help="Only with all these words in the title.")]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One article with the destinations at which it waits for the same reasons."""

    rows: tuple[HeldRow, ...]

    @property
    def first(self) -> HeldRow:
        return self.rows[0]

    @property
    def destinations(self) -> list[str]:
        return [row.destination for row in self.rows]


@dataclass(frozen=True, slots=True)
class Filters:
    """What was typed to choose among what waits; nothing typed chooses everything."""

    source: str | None
    channel: str | None
    destinations: Sequence[str]
    reason: str | None
    older: str | None
    words: str | None

    @property
    def beside_places(self) -> bool:
        """Whether anything but destinations was typed."""
        return any((self.source, self.channel, self.reason, self.older, self.words))


def wanted(services: Services, times: Times, typed: Filters, *, dropped: bool = False) -> HeldFilter:
    """The filter that was typed. Raises NotFound for what the catalogue does not know, Refused for no such reason."""
    if typed.source is not None:
        services.people.source(typed.source, times.now, times.now)
    if typed.channel is not None and typed.channel not in services.view().paths:
        raise NotFound(f"no channel is called {typed.channel}; known: {', '.join(services.view().paths)}")
    for key in typed.destinations:
        services.people.destination(key, times.now)
    codes = [code.value for code in Reason]
    if typed.reason is not None and typed.reason not in codes:
        raise Refused(f"--reason {typed.reason}: no such code ({meant(typed.reason, codes)}codes: {', '.join(codes)})")
    before = times.since(typed.older) if typed.older is not None else None
    places, words = tuple(typed.destinations), tuple((typed.words or "").split())
    return HeldFilter(typed.source, typed.channel, places, typed.reason, before, words, dropped)


def grouped(rows: Sequence[HeldRow]) -> list[Waiting]:
    """Rows in their order, those of an article that wait for the same together."""
    found: dict[tuple[object, ...], list[HeldRow]] = {}
    for row in rows:
        found.setdefault((row.article, row.version, row.decision.reasons, row.decision.note), []).append(row)
    return [Waiting(tuple(some)) for some in found.values()]


def drops_at(row: HeldRow, deadline: int | None) -> datetime | None:
    """When the row is dropped if nobody decides."""
    if deadline is None or row.decision.valid_until is None:
        return None
    return row.since + timedelta(seconds=deadline)


def held_json(row: HeldRow, deadline: int | None, tongue: str) -> dict[str, Any]:
    words = [reason_text(reason, tongue) for reason in row.decision.reasons]
    return {**plain(row), "drops_at": plain(drops_at(row, deadline)), "words": words}


def print_waiting(groups: Sequence[Waiting], times: Times, tongue: str, deadline: int | None, empty: str) -> None:
    """The queue for people."""
    drops = ("dropped",) if deadline is not None else ()
    print_table(
        ("article", "title", "source", "channels", "destinations", "waits", *drops, "why"),
        [
            (
                *(str(one.first.article)[:8], one.first.title, one.first.source, ", ".join(one.first.channels)),
                *(", ".join(one.destinations), times.ago(one.first.since)),
                *((times.ago(drops_at(one.first, deadline)),) if drops else ()),
                _why(one.first.decision, tongue),
            )
            for one in groups
        ],
        empty=empty,
    )


def _why(decision: Decision, tongue: str) -> str:
    why = "; ".join(reason_text(reason, tongue) for reason in decision.reasons)
    return f"{why} ({decision.note})" if decision.note else why


@dataclass(frozen=True, slots=True)
class Failed:
    """An article that a word did not reach, and why."""

    article: UUID
    title: str
    why: str


def speak(
    services: Services,
    times: Times,
    word: Decision,
    only: HeldFilter,
    tongue: str,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Say ``word`` on all that the filter names: list it, ask, then act on one article after another, each by itself.

    Raises Refused when nobody agrees, and at the end when some of it was refused.
    """
    groups = grouped(services.people.held(BOUND, only))
    deadline = services.view().catalogue.review.deadline
    if as_json and dry_run:
        print_json({"would_review": [held_json(row, deadline, tongue) for one in groups for row in one.rows]})
        return
    if not as_json:
        print_waiting(groups, times, tongue, deadline, "Nothing that waits is meant by this.")
    verb = "Reject" if word.use is Use.REJECT else "Approve"
    count = _count(groups)
    if not groups or dry_run:
        if groups:
            say(f"{verb} would mean {count}. Nothing was done.")
        return
    _agree(verb, count, yes=yes)
    done, failed = _speak_each(services, word, groups)
    if as_json:
        print_json({"reviewed": plain(done), "failed": plain(failed)})
    else:
        _tell(done, failed)
    if failed:
        raise Refused(f"{len(failed)} of {len({row.first.article for row in groups})} articles were left as they are")


def _count(groups: Sequence[Waiting]) -> str:
    articles = len({one.first.article for one in groups})
    places = len({key for one in groups for key in one.destinations})
    return f"{counted(articles, 'article')} at {counted(places, 'destination')}"


def _agree(verb: str, count: str, *, yes: bool) -> None:
    if yes:
        return
    unasked = f"Nothing was done. To {verb.lower()} {count}, say --yes; to look only, --dry-run"
    ask(f"{verb} {count}?", unasked=unasked, no="Nothing was done.")


def _speak_each(services: Services, word: Decision, groups: Sequence[Waiting]) -> tuple[list[Reviewed], list[Failed]]:
    """Every article in a transaction of its own: what one is refused for is no other's."""
    places: dict[tuple[UUID, int], list[HeldRow]] = {}
    for row in (row for one in groups for row in one.rows):
        places.setdefault((row.article, row.version), []).append(row)
    done: list[Reviewed] = []
    failed: list[Failed] = []
    for (article, version), rows in places.items():
        keys = [row.destination for row in rows]
        try:
            done += review_seen(services.desk(), article, word, keys, version)
        except NewsroadError as error:
            failed.append(Failed(article, rows[0].title, str(error)))
    return done, failed


def _tell(done: Sequence[Reviewed], failed: Sequence[Failed]) -> None:
    actions = [one.action.value for one in done if one.action is not None]
    told = ", ".join(f"{actions.count(name)} to {name}" for name in dict.fromkeys(actions)) or "nothing to send"
    say(f"{counted(len({one.article for one in done}), 'article')} decided: {told}.")
    for one in failed:
        say(f"  {one.title} ({str(one.article)[:8]}): {one.why}")
