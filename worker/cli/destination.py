"""``newsroad destination list | show | resume``: where articles go, and whether they can."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.bootstrap import open_services
from worker.cli.output import (
    DAY,
    ByOption,
    JsonOption,
    LimitOption,
    NoteOption,
    Times,
    ask,
    person,
    plain,
    print_json,
    print_table,
    ready,
    say,
)
from worker.cli.status import stop_words
from worker.errors import Refused
from worker.model.words import counted

UNASKED = 20
"""So many waiting deliveries are let go by a resume without a question."""

app = typer.Typer(help="Where articles go.", no_args_is_help=True)

DestinationArgument = Annotated[str, typer.Argument(metavar="DESTINATION", help="Its key in the catalogue.")]


@app.command("list")
def list_command(limit: LimitOption = 100, as_json: JsonOption = False) -> None:
    """List destinations with their state, in catalogue order. Counts are of the last 24 hours."""
    with open_services() as services:
        times = Times(ready(services))
        rows = services.people.destinations(times.now - DAY)
    if as_json:
        print_json({"destinations": plain(rows[:limit]), "total": len(rows)})
        return
    print_table(
        ("destination", "kind", "subscriber", "state", "accepted", "waiting", "parked", "held", "p95 ms", "why"),
        [
            (
                *(row.key, row.kind, row.subscriber, row.state, row.accepted, row.waiting, row.parked, row.held),
                *(row.latency_p95_ms, None if row.state == "active" else stop_words(row, times)),
            )
            for row in rows[:limit]
        ],
    )
    if len(rows) > limit:
        say(f"… and {len(rows) - limit} more: --limit {len(rows)}")


@app.command("show")
def show_command(key: DestinationArgument, limit: LimitOption = 10, as_json: JsonOption = False) -> None:
    """Show one destination: its state in words, what goes there, its last deliveries."""
    with open_services() as services:
        times = Times(ready(services))
        row = services.people.destination(key, times.now - DAY)
        last = services.people.deliveries(limit, destination=key)
    if as_json:
        print_json({**plain(row), "deliveries": plain(last)})
        return
    say(f"{row.key} ({row.kind}, {row.subscriber}): {stop_words(row, times)}")
    say(f"  channels: {', '.join(row.channels)}")
    say(f"  24 hours: {row.published} published, {row.updated} updated, {row.retracted} retracted")
    say(f"  now: {row.waiting} waiting, {row.parked} parked, {row.held} articles held for a person")
    if row.latency_p50_ms is not None:
        say(f"  fetch to acceptance: {row.latency_p50_ms} ms (median), {row.latency_p95_ms} ms (95 of 100)")
    print_table(
        ("delivery", "action", "article", "state", "written", "detail"),
        [
            (str(one.uuid)[:8], one.action.value, one.title, one.state.value, times.at(one.created_at), one.detail)
            for one in last
        ],
    )


@app.command("resume")
def resume_command(
    key: DestinationArgument,
    by: ByOption = None,
    note: NoteOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, however many deliveries wait.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Lift a hold, a disablement or an open breaker: what waits for the destination goes out."""
    with open_services() as services:
        times = Times(ready(services))
        row = services.people.destination(key, times.now)
        if row.state == "retired":
            raise Refused(f"{key} has left the catalogue; write it into the file again, then: newsroad apply")
        _agree(key, row.waiting, yes=yes)
        services.deliveries.resume(key, times.now, by=person(by), note=note)
        services.hints.deliver(key)
    if as_json:
        print_json({"destination": key, "was": row.state, "resumed": True, "waiting": row.waiting})
    else:
        goes = counted(row.waiting, "delivery goes", "deliveries go")
        say(f"{key}: active (was {row.state}); {goes} out now")


def _agree(key: str, waiting: int, *, yes: bool) -> None:
    if yes or waiting <= UNASKED:
        return
    words = f"{waiting} deliveries wait for {key} and would go out."
    again = f"newsroad destination resume {key} --yes"
    ask(f"{words} Go on?", unasked=f"{words} Nothing was changed; if that is wanted: {again}")
