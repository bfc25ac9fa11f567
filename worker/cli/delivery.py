"""``newsroad delivery list | show | replay``: what was, is and will be sent."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.bootstrap import REMOTE, Services, open_services, read_options
from worker.cli.output import (
    ByOption,
    JsonOption,
    LimitOption,
    NoteOption,
    Times,
    person,
    plain,
    print_json,
    print_table,
    ready,
    say,
    the_article,
)
from worker.cli.status import stop_words
from worker.cli.unconfirmed import among, unconfirmed_lines
from worker.cli.withheld import among as withheld_among
from worker.cli.withheld import withheld_lines
from worker.errors import NotFound, Refused
from worker.model.delivery import Action, DeliveryState
from worker.model.overview import DeliveryRow, ReceiptRow
from worker.partners.trial import Asked, Secrets, asked
from worker.pipeline.dispatch import Dispatcher
from worker.settings import resolve_secret

app = typer.Typer(help="What was, is and will be sent.", no_args_is_help=True)

DestinationOption = Annotated[str | None, typer.Option("--destination", help="Only to this destination.")]
DeliveryArgument = Annotated[
    str, typer.Argument(metavar="DELIVERY", help="Its id or the beginning of it; or an article, for its newest one.")
]


@app.command("list")
def list_command(
    destination: DestinationOption = None,
    state: Annotated[list[DeliveryState] | None, typer.Option(help="Only in this state; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option(help="Only written since: 2h, 3d, 2026-11-24.")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, newest first."""
    with open_services() as services:
        times = Times(ready(services))
        if destination is not None:
            services.people.destination(destination, times.now)
        begin = times.since(since) if since else None
        rows = services.people.deliveries(limit, destination=destination, states=state or (), since=begin)
        unconfirmed, withheld = among(services, rows), withheld_among(services, rows)
    if as_json:
        print_json({"deliveries": plain(rows), "unconfirmed": plain(unconfirmed), "withheld": plain(withheld)})
        return
    print_table(
        ("delivery", "destination", "seq", "action", "state", "tries", "written", "due", "article", "detail"),
        [_line(row, times) for row in rows],
        empty="No such deliveries.",
    )
    for line in (*unconfirmed_lines(unconfirmed, times), *withheld_lines(withheld, times)):
        say(line)


def _line(row: DeliveryRow, times: Times) -> tuple[object, ...]:
    due = times.ago(row.due_at) if row.state is DeliveryState.DUE else None
    return (
        *(str(row.uuid)[:8], row.destination, row.sequence, row.action.value, row.state.value, row.attempts),
        *(times.at(row.created_at), due, row.title, row.detail),
    )


@app.command("show")
def show_command(
    delivery: DeliveryArgument, destination: DestinationOption = None, as_json: JsonOption = False
) -> None:
    """Show one delivery with every attempt and what came back."""
    with open_services() as services:
        times = Times(ready(services))
        row = the_delivery(services, delivery, destination)
        receipts = services.people.receipts(row.uuid)
        place = services.people.destination(row.destination, times.now)
        request = _would_send(services, row)
    if as_json:
        told = {"request": plain(request)} if isinstance(request, Asked) else {}
        print_json({**plain(row), "receipts": plain(receipts), "destination_state": place.state, **told})
        return
    say(f"{row.uuid}  {row.action.value} to {row.destination}: {row.state.value}")
    say(f"  {row.title}  ({_which(row)})")
    say(f"  written {times.at(row.created_at)}, {_next(row, times)}")
    if place.state != "active" and row.state is DeliveryState.DUE:
        say(f"  {row.destination} is {stop_words(place, times)}")
    if row.detail:
        say(f"  {row.detail}")
    if row.state is DeliveryState.PARKED:
        say(f"  to try it again: newsroad delivery replay {str(row.uuid)[:8]}")
    _show_receipts(receipts, times)
    if isinstance(request, Asked):
        say("This would have gone out:")
        for line in request.lines():
            say(f"  > {line}")
    elif request is not None:
        say(f"  {request}")


def _would_send(services: Services, row: DeliveryRow) -> Asked | str | None:
    """The request that a rehearsed delivery stands for, or why there is none; None for one that was not rehearsed."""
    if row.state is not DeliveryState.REHEARSED or row.finished_at is None:
        return None
    view = services.view()
    key, due = services.deliveries.as_due(row.uuid)
    destination = view.destinations.get(key)
    if destination is None or destination.kind not in REMOTE:
        return "it would be shown on our own pages and feeds; no request is made"
    dispatcher = Dispatcher(services.deliveries, view, read_options, Secrets(resolve_secret), services.clock)
    parcel = dispatcher.rehearse(key, due, row.finished_at)
    if parcel is None:
        return "as things stand now it would not go as it is"
    request = asked(REMOTE[destination.kind], parcel)
    return request if isinstance(request, Asked) else request.detail


def _next(row: DeliveryRow, times: Times) -> str:
    if row.state is DeliveryState.DUE:
        return f"due {times.ago(row.due_at)}, {row.failures} failed attempts in a row"
    return f"ended {times.at(row.finished_at)}" if row.finished_at else "in flight"


def _show_receipts(receipts: list[ReceiptRow], times: Times) -> None:
    print_table(
        ("attempt", "at", "result", "status", "ms", "detail", "at the partner"),
        [
            (one.attempt, times.at(one.at), one.result, one.status, one.elapsed_ms, one.detail, one.remote_url)
            for one in receipts
        ],
    )
    for one in receipts[-1:]:
        if one.excerpt:
            say(f"The last answer began: {one.excerpt[:500]}")


@app.command("replay")
def replay_command(
    deliveries: Annotated[list[str], typer.Argument(metavar="DELIVERY…", help="Ids, or beginnings of them.")],
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try parked deliveries again, now."""
    with open_services() as services:
        times = Times(ready(services))
        rows = [the_delivery(services, text, None) for text in deliveries]
        for row in rows:
            if row.state is not DeliveryState.PARKED:
                raise Refused(f"{row.uuid} is {row.state.value}, not parked; there is nothing to replay")
        replay = services.deliveries.replay
        done = [row for row in rows if replay(row.uuid, times.now, by=person(by), note=note)]
        for key in dict.fromkeys(row.destination for row in done):
            services.hints.deliver(key)
    left = [row for row in rows if row not in done]
    if as_json:
        print_json({"replayed": [row.uuid for row in done], "superseded": [row.uuid for row in left]})
        return
    for row in rows:
        words = "due now" if row in done else "left alone: a later delivery of this article took its place"
        say(f"{row.uuid}: {words}")


def _which(row: DeliveryRow) -> str:
    """Article, version and sequence, and how much of it; a retraction sends none of it."""
    use = "" if row.action is Action.RETRACT else f", {row.use.value}"
    return f"{row.article}, version {row.version}, sequence {row.sequence}{use}"


def the_delivery(services: Services, text: str, destination: str | None) -> DeliveryRow:
    """The one delivery that ``text`` names; of an article, its newest (at ``destination``).

    Raises NotFound, or Refused with the candidates when there are several.
    """
    if len(text) >= 4:
        rows = services.people.delivery_named(text)
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise Refused(f"{text!r} begins {len(rows)} deliveries' ids; give more of it")
    try:
        article = the_article(services, text)
    except NotFound as error:
        raise NotFound(
            f"no delivery's id begins with {text!r}, and no article is known by it; see: newsroad delivery list"
        ) from error
    newest = {row.destination: row for row in services.people.article_deliveries(article.uuid)}
    if destination is not None:
        newest = {key: row for key, row in newest.items() if key == destination}
    if not newest:
        raise NotFound(
            f"nothing was ever to be delivered of {article.uuid}; see: newsroad article explain {article.uuid}"
        )
    if len(newest) > 1:
        listed = "\n".join(f"  {row.uuid}  {key}" for key, row in newest.items())
        raise Refused(
            f"{article.uuid} goes to {len(newest)} destinations; say which delivery, or --destination:\n{listed}"
        )
    return next(iter(newest.values()))
