"""``newsroad takedown``: take articles back from everywhere, for good, with a name and a reason."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from worker.bootstrap import Services, open_services
from worker.cli.output import JsonOption, Times, plain, print_json, print_table, ready, say, the_article
from worker.errors import Refused
from worker.model.delivery import Action, DeliveryState
from worker.model.overview import ArticleRow, DeliveryRow
from worker.pipeline.withdraw import take_down, withdrawal

LOOK_EVERY = 0.2
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
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE…", help="Ids, beginnings of them, any addresses.")],
    by: Annotated[str, typer.Option("--by", help="Who does it. Needed.")] = "",
    reason: Annotated[Cause | None, typer.Option("--reason", help="Why, in one word. Needed.")] = None,
    note: Annotated[str, typer.Option("--note", help="Why, in a sentence. Needed.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be taken back.")] = False,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for partners to confirm.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Take articles back from every place they reached, and keep them from coming back."""
    with open_services() as services:
        times = Times(ready(services))
        rows = list({row.uuid: row for row in (the_article(services, text) for text in articles)}.values())
        reach = _reach(services, rows)
        if dry_run:
            _tell_reach(rows, reach, as_json=as_json)
            return
        if not by.strip() or not note.strip() or reason is None:
            raise Refused("a takedown needs a name, a reason and a note: --by NAME --reason CODE --note TEXT")
        for row in rows:
            if row.state != "live":
                raise Refused(f"{row.uuid} was withdrawn already; see: newsroad article show {row.uuid}")
        if not as_json:
            _tell_reach(rows, reach, as_json=False)
        _agree(rows, yes=yes)
        _take_down(services, rows, by=by.strip()[:200], reason=reason, note=note.strip()[:1000])
        retracts = _await_retractions(services, rows, wait)
    _tell_done(rows, retracts, times, as_json=as_json)


def _take_down(services: Services, rows: list[ArticleRow], *, by: str, reason: Cause, note: str) -> None:
    take_down(
        services.works,
        services.view(),
        services.hints,
        services.clock,
        [row.uuid for row in rows],
        reason=reason.value.upper(),
        by=by,
        note=note,
    )


def _reach(services: Services, rows: list[ArticleRow]) -> dict[UUID, list[str]]:
    """The destinations that have, or may have, each article."""
    found: dict[UUID, list[str]] = {}
    for row in rows:
        story = services.people.article(row.uuid).story
        orders = withdrawal(story, services.view(), services.clock(), reason="").orders
        found[row.uuid] = sorted(order.destination for order in orders)
    return found


def _tell_reach(rows: list[ArticleRow], reach: dict[UUID, list[str]], *, as_json: bool) -> None:
    if as_json:
        listed = [{"article": row.uuid, "title": row.title, "destinations": reach[row.uuid]} for row in rows]
        print_json({"would_retract": listed})
        return
    print_table(
        ("article", "title", "source", "to take back from"),
        [(row.uuid, row.title, row.source, ", ".join(reach[row.uuid]) or "nowhere: it is not out") for row in rows],
    )


def _agree(rows: list[ArticleRow], *, yes: bool) -> None:
    if yes:
        return
    count = "this article" if len(rows) == 1 else f"these {len(rows)} articles"
    if not sys.stdin.isatty():
        raise Refused(f"Nothing was done. To take {count} down for good, say --yes; to look only, --dry-run")
    if not typer.confirm(f"Take {count} down for good?", err=True):
        raise Refused("Nothing was done.")


def _await_retractions(services: Services, rows: list[ArticleRow], wait: int) -> list[DeliveryRow]:
    """The retractions, once all of them ended or ``wait`` seconds are over."""
    end = time.monotonic() + wait
    while True:
        every = [one for row in rows for one in services.people.article_deliveries(row.uuid)]
        retracts = [one for one in every if one.action is Action.RETRACT]
        if time.monotonic() >= end or not any(one.state in UNDER_WAY for one in retracts):
            return retracts
        time.sleep(LOOK_EVERY)


def _tell_done(rows: list[ArticleRow], retracts: list[DeliveryRow], times: Times, *, as_json: bool) -> None:
    open_ones = [one for one in retracts if one.state is not DeliveryState.ACCEPTED]
    if as_json:
        print_json({"withdrawn": [row.uuid for row in rows], "retractions": plain(retracts)})
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
    count = "1 article" if len(rows) == 1 else f"{len(rows)} articles"
    say(f"{count} withdrawn; {len(retracts) - len(open_ones)} of {len(retracts)} retractions confirmed.")
    if open_ones:
        say(f"The others go on being tried, pauses and holds notwithstanding: newsroad article explain {rows[0].uuid}")
