"""``newsroad takedown``: take articles back from everywhere, for good, with a name and a reason."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from worker.bootstrap import Services, open_services
from worker.cli.output import JsonOption, Times, ask, plain, print_json, print_table, ready, say, the_article
from worker.cli.takedown_find import MOST, UNASKED, Matched, Sought, find, sought
from worker.cli.unconfirmed import among, unconfirmed_lines
from worker.errors import Refused
from worker.model.alerts import Unconfirmed
from worker.model.delivery import Action, DeliveryState
from worker.model.overview import ArticleRow, DeliveryRow
from worker.model.words import counted
from worker.pipeline.withdraw import take_down, withdrawal

LOOK_EVERY = 0.2
CHUNK = 50
UNDER_WAY = (DeliveryState.DUE, DeliveryState.SENDING)


class Cause(StrEnum):
    """Why an article is taken down. Partners are told the word."""

    OPERATOR = "operator"  # our own decision
    RIGHTS = "rights"  # a claim of the one whose work it is
    PUBLISHER = "publisher"  # the publisher asked for it
    AUTHORITY = "authority"  # an order of a court or an authority
    PRIVACY = "privacy"  # it concerns a person who may object
    ERROR = "error"  # it should never have gone out


def takedown(
    articles: Annotated[
        list[str] | None, typer.Argument(metavar="[ARTICLE…]", help="Ids, beginnings of them, any addresses.")
    ] = None,
    match: Annotated[
        str | None, typer.Option("--match", metavar="WORDS", help="Those with all these words in title or text.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Those whose text is this source's.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Those that came since: 3d, 2026-11-24.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Those that came before; now if absent.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who does it. Needed.")] = "",
    reason: Annotated[Cause | None, typer.Option("--reason", help="Why, in one word. Needed.")] = None,
    note: Annotated[str, typer.Option("--note", help="Why, in a sentence. Needed.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=f"Do not ask; of articles found by words, up to {UNASKED}.")
    ] = False,
    allow_retract: Annotated[
        int | None, typer.Option("--allow-retract", min=0, help="Agree to so many articles found by words.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be taken back.")] = False,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for partners to confirm.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Take articles back from every place they reached, and keep them from coming back."""
    with open_services() as services:
        times = Times(ready(services))
        chosen = _chosen(services, times, articles or [], (match, source, since, until))
        rows = list(chosen.rows)
        reach = _reach(services, chosen)
        if dry_run:
            _tell_reach(rows, reach, chosen.again(times), as_json=as_json)
            return
        if not by.strip() or not note.strip() or reason is None:
            raise Refused("a takedown needs a name, a reason and a note: --by NAME --reason CODE --note TEXT")
        _check_live(rows)
        if not as_json:
            _tell_reach(rows, reach, None, as_json=False)
        if chosen.wanted is None:
            _agree(rows, yes=yes)
        else:
            _agree_found(chosen, times, yes=yes, allowed=allow_retract)
        _take_down(services, rows, by=by.strip()[:200], reason=reason, note=note.strip()[:1000])
        retracts = _await_retractions(services, rows, wait)
        unconfirmed = among(services, retracts)
    _tell_done(rows, retracts, unconfirmed, times, as_json=as_json)


def _take_down(services: Services, rows: list[ArticleRow], *, by: str, reason: Cause, note: str) -> None:
    for at in range(0, len(rows), CHUNK):  # each in one go: what follows waits for its turn at the articles
        take_down(
            services.desk(),
            [row.uuid for row in rows[at : at + CHUNK]],
            reason=reason.value.upper(),
            by=by,
            note=note,
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The articles that are meant: by name, or those found by ``wanted``."""

    found: Matched
    wanted: Sought | None = None

    @property
    def rows(self) -> tuple[ArticleRow, ...]:
        return self.found.rows

    def again(self, times: Times) -> str | None:
        """The command that takes exactly these down; None for those by name."""
        if self.wanted is None or not self.rows:
            return None
        return self.wanted.command(times, f"--allow-retract {len(self.rows)}", "--by … --reason … --note …")


def _chosen(
    services: Services,
    times: Times,
    articles: list[str],
    options: tuple[str | None, str | None, str | None, str | None],
) -> _Chosen:
    if articles and any(options):
        raise Refused("either articles by name, or those found by --match, --source, --since and --until")
    if not articles:
        wanted = sought(services, times, *options)
        return _Chosen(find(services, wanted), wanted)
    rows = tuple({row.uuid: row for row in (the_article(services, text) for text in articles)}.values())
    return _Chosen(Matched(rows, tuple(services.people.article(row.uuid).story.article for row in rows)))


def _check_live(rows: list[ArticleRow]) -> None:
    for row in rows:
        if row.state != "live":
            raise Refused(f"{row.uuid} was withdrawn already; see: newsroad article show {row.uuid}")


def _reach(services: Services, chosen: _Chosen) -> dict[UUID, list[str]]:
    """The destinations that have, or may have, each article."""
    view, now, ids = services.view(), services.clock(), chosen.found.ids
    found: dict[UUID, list[str]] = {row.uuid: [] for row in chosen.rows}
    for at in range(0, len(ids), CHUNK):
        for story in services.people.stories(ids[at : at + CHUNK]):
            orders = withdrawal(story, view, now, reason="").orders
            found[story.uuid] = sorted(order.destination for order in orders)
    return found


def _tell_reach(rows: list[ArticleRow], reach: dict[UUID, list[str]], again: str | None, *, as_json: bool) -> None:
    if as_json:
        listed = [
            {"article": row.uuid, "title": row.title, "source": row.source, "destinations": reach[row.uuid]}
            for row in rows
        ]
        print_json({"would_retract": listed, "command": again})
        return
    print_table(
        ("article", "title", "source", "to take back from"),
        [(row.uuid, row.title, row.source, ", ".join(reach[row.uuid]) or "nowhere: it is not out") for row in rows],
        empty="No live article is meant.",
    )
    if again:
        say(f"To take exactly {_counted(rows)} down: {again}")


def _agree_found(chosen: _Chosen, times: Times, *, yes: bool, allowed: int | None) -> None:
    """Articles found by words are more than was meant sooner than articles by name."""
    rows = list(chosen.rows)
    if not rows:
        raise Refused("no live article is meant; nothing was done")
    if not chosen.found.complete:
        raise Refused(f"only the newest {MOST} articles were looked through; name a time: --since, --until")
    if allowed is None and len(rows) <= UNASKED:
        _agree(rows, yes=yes)
    elif len(rows) > (allowed or 0):
        again = chosen.again(times)
        raise Refused(f"This means {_counted(rows)}. Nothing was done; to look: --dry-run; if that is wanted: {again}")


def _counted(rows: list[ArticleRow]) -> str:
    return "1 article" if len(rows) == 1 else f"these {len(rows)} articles"


def _agree(rows: list[ArticleRow], *, yes: bool) -> None:
    if yes:
        return
    count = "this article" if len(rows) == 1 else f"these {len(rows)} articles"
    unasked = f"Nothing was done. To take {count} down for good, say --yes; to look only, --dry-run"
    ask(f"Take {count} down for good?", unasked=unasked, no="Nothing was done.")


def _await_retractions(services: Services, rows: list[ArticleRow], wait: int) -> list[DeliveryRow]:
    """The retractions, once all of them ended or ``wait`` seconds are over."""
    end = time.monotonic() + wait
    while True:
        every = [one for row in rows for one in services.people.article_deliveries(row.uuid)]
        retracts = [one for one in every if one.action is Action.RETRACT]
        if time.monotonic() >= end or not any(one.state in UNDER_WAY for one in retracts):
            return retracts
        time.sleep(LOOK_EVERY)


def _tell_done(
    rows: list[ArticleRow], retracts: list[DeliveryRow], unconfirmed: list[Unconfirmed], times: Times, *, as_json: bool
) -> None:
    open_ones = [one for one in retracts if one.state is not DeliveryState.ACCEPTED]
    if as_json:
        done = {"withdrawn": [row.uuid for row in rows], "retractions": plain(retracts)}
        print_json({**done, "unconfirmed": plain(unconfirmed)})
        return
    print_table(
        ("destination", "article", "confirmed", "detail"),
        [
            (
                *(one.destination, one.title),
                times.at(one.finished_at) if one.state is DeliveryState.ACCEPTED else f"not yet ({one.state.value})",
                one.detail,
            )
            for one in retracts
        ],
    )
    count = counted(len(rows), "article")
    say(f"{count} withdrawn; {len(retracts) - len(open_ones)} of {len(retracts)} retractions confirmed.")
    for line in unconfirmed_lines(unconfirmed, times):
        say(line)
    if open_ones:
        say(f"The others go on being tried, pauses and holds notwithstanding: newsroad article explain {rows[0].uuid}")
