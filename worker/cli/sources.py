"""``newsroad source list | show | poll | pause | resume``: what is polled and how it fares."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from worker.bootstrap import Services, open_services
from worker.catalog.values import span_text
from worker.cli.output import (
    DAY,
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
)
from worker.cli.source import app
from worker.cli.status import remark
from worker.errors import NotFound, Refused
from worker.model.overview import PollState, SourceState

__all__ = ["app"]

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="Its key in the catalogue.")]

LOOK_EVERY = 0.2


@app.command("list")
def list_command(
    state: Annotated[list[SourceState] | None, typer.Option(help="Only those in this state; may be repeated.")] = None,
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """List sources with their state, in catalogue order. Counts are of the last 24 hours."""
    with open_services() as services:
        times = Times(ready(services))
        every = services.people.overview(times.now, times.now - DAY).sources
    rows = [row for row in every if not state or row.state in state]
    if as_json:
        print_json({"sources": plain(rows[:limit]), "total": len(rows)})
        return
    print_table(
        ("source", "publisher", "state", "every", "new", "revised", "duplicate", "last asked", "next", "it said"),
        [
            (
                *(row.key, row.publisher, row.state.value, span_text(row.every), row.new, row.revised, row.duplicate),
                *(times.ago(row.polled_at), times.ago(row.due_at), remark(row)),
            )
            for row in rows[:limit]
        ],
        empty="No such sources.",
    )
    if len(rows) > limit:
        say(f"… and {len(rows) - limit} more: --limit {len(rows)}")


@app.command("show")
def show_command(key: SourceArgument, limit: LimitOption = 10, as_json: JsonOption = False) -> None:
    """Show one source: its address, how its polls went, the last bodies it sent."""
    with open_services() as services:
        times = Times(ready(services))
        row = services.people.source(key, times.now, times.now - DAY)
        snapshots = services.people.snapshots(key, limit)
        back = len(services.people.held_back(key))
    if as_json:
        print_json({**plain(row), "held_back": back, "snapshots": plain(snapshots)})
        return
    say(f"{row.key} ({row.publisher}): {row.state.value}")
    say(f"  {row.url}")
    say(
        f"  asked every {span_text(row.every)}, {row.polls} times so far; last {times.ago(row.polled_at) or 'never'}: "
        f"{row.outcome or 'not asked yet'}"
    )
    say(f"  next {times.ago(row.due_at) or 'not before it is resumed'}")
    say(f"  last new body {times.ago(row.changed_at) or 'none yet'}")
    if row.attention:
        say(f"  look at this: {row.attention}")
    say(f"  24 hours: {row.new} new, {row.revised} revised, {row.duplicate} duplicate; held now: {row.held}")
    if back:
        say(f"  {back} held back, which came with much else at once: newsroad source backfill {key} --dry-run")
    print_table(
        ("snapshot", "fetched", "state", "bytes packed", "reason"),
        [(one.id, times.at(one.fetched_at), one.state, one.bytes, one.reason) for one in snapshots],
    )


@app.command("poll")
def poll_command(
    key: SourceArgument,
    now: Annotated[bool, typer.Option("--now", help="Ask at once, whatever the timetable says.")] = False,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for what comes of it.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Say when a source is asked next; with --now make that at once, and say what came of it."""
    with open_services() as services:
        times = Times(ready(services))
        before = services.people.polled(key)
        if not now:
            _tell_next(key, before, times, as_json=as_json)
            return
        if before.paused_at is not None:
            raise Refused(f"{key} is paused since {times.at(before.paused_at)}; first: newsroad source resume {key}")
        services.polling.poll_now(key, times.now)
        services.hints.poll()
        after = _await_poll(services, key, before, wait)
        tick = services.pulse.last().get("tick")
        times = Times(services)  # as of now: there was a wait
    polled = after.polls > before.polls
    if as_json:
        print_json(
            {"source": key, "polled": polled, "outcome": after.outcome if polled else None, "due_at": after.due_at}
        )
    elif polled:
        say(f"{key}: {after.outcome}; next {times.ago(after.due_at)}")
    else:
        say(
            f"{key}: due, but not asked within {wait} s (last tick {times.ago(tick) or 'never'}). "
            "Its host may be busy, pausing or keeping its pace; or no worker runs: newsroad status"
        )


def _tell_next(key: str, found: PollState, times: Times, *, as_json: bool) -> None:
    if as_json:
        print_json({"source": key, "polled": False, "outcome": found.outcome, "due_at": found.due_at})
    else:
        say(f"{key}: next {times.ago(found.due_at) or 'not before it is resumed'}; to ask at once: --now")


def _await_poll(services: Services, key: str, before: PollState, wait: int) -> PollState:
    """The source's polls as soon as there is one more than ``before``, or after ``wait`` seconds."""
    end = time.monotonic() + wait
    while True:
        found = services.people.polled(key)
        if found.polls > before.polls or time.monotonic() >= end:
            return found
        time.sleep(LOOK_EVERY)


@app.command("pause")
def pause_command(
    key: SourceArgument, by: ByOption = None, note: NoteOption = None, as_json: JsonOption = False
) -> None:
    """Ask a source no more until it is resumed. What is out stays out."""
    with open_services() as services:
        done = ready(services).polling.pause(key, services.clock(), by=person(by), note=note)
    _told(key, done, "paused", as_json=as_json)


@app.command("resume")
def resume_command(
    key: SourceArgument, by: ByOption = None, note: NoteOption = None, as_json: JsonOption = False
) -> None:
    """Ask a paused source again, at once. Also clears what asked for attention."""
    with open_services() as services:
        done = ready(services).polling.resume(key, services.clock(), by=person(by), note=note)
        services.hints.poll()
    _told(key, done, "resumed", as_json=as_json)


def _told(key: str, done: bool, what: str, *, as_json: bool) -> None:
    if not done:
        raise NotFound(f"no source is called {key}; see: newsroad source list")
    if as_json:
        print_json({"source": key, what: True})
    else:
        say(f"{key}: {what}")
