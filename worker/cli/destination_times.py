"""``newsroad destination calendar``: when a destination takes articles next, and what waits for each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from worker.bootstrap import open_services
from worker.cli.destination import DestinationArgument
from worker.cli.destination_partner import app
from worker.cli.output import JsonOption, Times, plain, print_json, print_table, ready, say
from worker.cli.status import stop_words
from worker.cli.stops import banner
from worker.errors import Refused
from worker.model.catalog import Destination, Schedule
from worker.model.overview import WaitingRow
from worker.openings import Opening, Timetable
from worker.pipeline.stopping import concerning
from worker.pipeline.view import View

__all__ = ["app"]

TITLES = 3
MOST = 20_000  # waiting deliveries that are looked at


@dataclass(frozen=True, slots=True)
class Turn:
    """One time at which articles go, with what waits for it: how many deliveries and the first titles. ``begins`` is
    None for what is due already."""

    begins: datetime | None
    ends: datetime | None
    waiting: int
    titles: tuple[str, ...]


@app.command("calendar")
def calendar_command(
    key: DestinationArgument,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="How many openings to show.")] = 7,
    as_json: JsonOption = False,
) -> None:
    """Show the next openings of a destination's schedule and what waits for each."""
    with open_services() as services:
        times = Times(ready(services))
        row = services.people.destination(key, times.now)
        view = services.view()
        destination = view.destinations.get(key)
        if destination is None:
            raise Refused(f"{key} has left the catalogue; only retractions still go there")
        table = view.timetables.get(key)
        openings = table.openings(times.now, count) if table is not None else []
        waiting = services.people.waiting(key, MOST)
        stops = concerning(services.stops.in_force(times.now), destination, view)
    turns = turns_of(openings, waiting, times.now)
    if as_json:
        rules = {"destination": key, "state": row.state, "schedule": plain(destination.schedule)}
        print_json({**rules, "stops": plain(stops), "waiting": len(waiting), "openings": plain(turns)})
        return
    say(f"{key}: {stop_words(row, times)}" + (", rehearsing" if destination.mode == "rehearse" else ""))
    for line in banner(stops, times):
        say(f"  {line}")
    for line in in_words(destination, view, table):
        say(f"  {line}")
    _show(turns, table.zone if table is not None else times.zone, times)


def turns_of(openings: Sequence[Opening], waiting: Sequence[WaitingRow], now: datetime) -> list[Turn]:
    """What is due already, then the openings to come with what waits for each; ``waiting`` in the order it goes."""
    starts: list[tuple[datetime | None, datetime | None]] = [(None, None)]
    starts += [(one.begins, one.ends) for one in openings if one.begins > now]
    found: list[list[WaitingRow]] = [[] for _ in starts]
    for row in waiting:
        place = max(at for at, (begins, _) in enumerate(starts) if begins is None or begins <= row.due_at)
        found[place].append(row)
    open_now = next((one.ends for one in openings if one.begins <= now), None)
    starts[0] = (None, open_now)
    return [
        Turn(begins, ends, len(rows), tuple(row.title for row in rows[:TITLES]))
        for (begins, ends), rows in zip(starts, found, strict=True)
    ]


def in_words(destination: Destination, view: View, table: Timetable | None) -> list[str]:
    """The schedule, one line a rule."""
    rules = destination.schedule
    if rules == Schedule():
        return ["at any time, as soon as it is decided"]
    zone = str(table.zone) if table is not None else view.catalogue.operator.zone
    days = f", workdays by the calendar {rules.calendar}" if rules.calendar else ""
    lines = [f"windows: {', '.join(rules.windows)} ({zone}{days})"] if rules.windows else []
    lines += [f"at: {', '.join(rules.at)} ({zone}{days})"] if rules.at else []
    lines += [f"not before {rules.delay // 60} min after the origin published"] if rules.delay else []
    lines += [f"at most {rules.rate} a minute"] if rules.rate else []
    lines += [f"at most {rules.daily_cap} new articles a day ({zone})"] if rules.daily_cap else []
    return lines + ([f"first: {', '.join(rules.first)}"] if rules.first else [])


def _show(turns: Sequence[Turn], zone: ZoneInfo, times: Times) -> None:
    def clock(moment: datetime | None) -> str | None:
        return None if moment is None else f"{moment.astimezone(zone):%a %m-%d %H:%M}"

    print_table(
        ("opens", "closes", "waiting", "first"),
        [
            (clock(turn.begins) or "now", clock(turn.ends), turn.waiting, " · ".join(turn.titles) or None)
            for turn in turns
            if turn.begins is not None or turn.waiting or turn.ends is not None
        ],
        empty="Nothing waits.",
    )
    if zone.key != times.zone.key and turns:
        say(f"Times are those of {zone.key}.")
