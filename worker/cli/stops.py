"""``newsroad pause``, ``newsroad resume``: stop what goes out, and say what becomes of what waited meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from worker.bootstrap import Services, open_services
from worker.catalog.values import Seconds
from worker.cli.output import ByOption, JsonOption, NoteOption, Times, ask, person, plain, print_json, ready, say
from worker.errors import NotFound, Refused
from worker.model.stops import Behind, Letting, Scope, Stop, Stopped
from worker.model.words import counted
from worker.pipeline.stopping import stopped
from worker.store.stops import named

UNASKED = 20
"""So many waiting deliveries are let go or dropped by a resume without a question."""

AllOption = Annotated[bool, typer.Option("--all", help="Everything that goes out.")]
SourceOption = Annotated[str | None, typer.Option("--source", help="What comes of this source.")]
ChannelOption = Annotated[str | None, typer.Option("--channel", help="What goes out by this channel only.")]
DestinationOption = Annotated[str | None, typer.Option("--destination", help="What goes to this destination.")]


class As(StrEnum):
    """What becomes of what waited."""

    NEWEST = "newest"
    ALL = "all"
    DROP = "drop"


def pause(
    reason: Annotated[str, typer.Option("--reason", help="Why, for everybody who sees that nothing goes out.")],
    everything: AllOption = False,
    source: SourceOption = None,
    channel: ChannelOption = None,
    destination: DestinationOption = None,
    until: Annotated[str | None, typer.Option("--until", help="When it ends by itself: 2h, 2026-11-24T18:00.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop what goes out, within seconds. Polling goes on, retractions still go, nothing is lost."""
    scope, key = _what(everything, source, channel, destination)
    if not reason.strip():
        raise Refused("say why, for everybody who will wonder: --reason TEXT")
    with open_services() as services:
        times = Times(ready(services))
        services.stops.pause(
            scope, key, by=person(by), reason=reason.strip()[:1000], until=_until(until, times), now=times.now
        )
        standing = services.stops.in_force(times.now)
        lines = banner(standing, times)
    if as_json:
        print_json({"stopped": plain(standing[-1]), "in_force": plain(standing)})
        return
    for line in lines:
        say(line)
    say(f"Retractions still go. To lift it: newsroad resume {selector(scope, key)} --as newest (or all, or drop)")


def resume(
    everything: AllOption = False,
    source: SourceOption = None,
    channel: ChannelOption = None,
    destination: DestinationOption = None,
    how: Annotated[
        As | None, typer.Option("--as", help="newest: each article as it is now; all; drop: nothing that waited.")
    ] = None,
    max_age: Annotated[
        str | None, typer.Option("--max-age", help="With newest: drop new articles that came longer ago: 24h.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, however many deliveries wait.")] = False,
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lift a stop, having said how much of what waited goes out and how much is dropped."""
    scope, key = _what(everything, source, channel, destination)
    with open_services() as services:
        times = Times(ready(services))
        stops, left = _of(services.stops.in_force(times.now), scope, key, times)
        keeps, still = _stopped(services, stops), _stopped(services, left)
        letting = _letting(how, max_age, times)
        behind = services.stops.behind(keeps, still, letting or Letting(), times.now)
        named_so = selector(scope, key)
        if letting is None:
            raise Refused(
                f"{_waiting(behind)}. Say what becomes of them: newsroad resume {named_so} --as newest, all or drop"
            )
        _agree(behind, named_so, f"--as {how}", yes=yes)
        done = services.stops.resume(stops, keeps, still, letting, by=person(by), note=note, now=times.now)
        for place in done.going:
            services.hints.deliver(place)
        lines = banner(left, times)
    if as_json:
        print_json({"resumed": plain(stops), "going": done.going, "dropped": done.dropped, "staying": done.staying})
        return
    say(f"Lifted: {named(scope, key)}. {_said(done)}.")
    for line in lines:
        say(line)


def banner(stops: Sequence[Stop], times: Times) -> list[str]:
    """One line for every stop in force: what, since when, by whom, why, until when."""
    return [
        f"STOPPED {named(one.scope, one.key)} since {times.at(one.at)} by {one.by}: {one.reason}"
        + (f" (until {times.at(one.until)})" if one.until else "")
        for one in stops
    ]


def _what(everything: bool, source: str | None, channel: str | None, destination: str | None) -> tuple[Scope, str]:
    given = [
        (scope, key)
        for scope, key in (
            (Scope.ALL, "" if everything else None),
            (Scope.SOURCE, source),
            (Scope.CHANNEL, channel),
            (Scope.DESTINATION, destination),
        )
        if key is not None
    ]
    if len(given) != 1:
        raise Refused("say what, one thing at a time: --all, --source KEY, --channel KEY or --destination KEY")
    return given[0]


def selector(scope: Scope, key: str) -> str:
    """How a stop is named on the command line."""
    return "--all" if scope is Scope.ALL else f"--{scope.value} {key}"


def _until(text: str | None, times: Times) -> datetime | None:
    if text is None:
        return None
    try:
        moment = times.now + timedelta(seconds=TypeAdapter(Seconds).validate_python(text))
    except ValidationError:
        moment = times.read(text, end_of_day=True)
    if moment <= times.now:
        raise Refused(f"--until {text} is over already; give a time to come: 2h, 2026-11-24T18:00")
    return moment


def _of(standing: Sequence[Stop], scope: Scope, key: str, times: Times) -> tuple[list[Stop], list[Stop]]:
    """The stop that is meant, and the others in force. Raises NotFound, naming what is stopped."""
    mine = [one for one in standing if (one.scope, one.key) == (scope, key)]
    if not mine:
        listed = "\n".join(banner(standing, times)) or "nothing is"
        raise NotFound(f"{named(scope, key)} is not stopped; what is: {listed}")
    return mine, [one for one in standing if one not in mine]


def _stopped(services: Services, stops: Sequence[Stop]) -> Stopped:
    return stopped(stops, services.view())


def _letting(how: As | None, max_age: str | None, times: Times) -> Letting | None:
    if max_age is not None and how is not As.NEWEST:
        raise Refused("--max-age goes with --as newest")
    if how is None:
        return None
    return Letting(how is As.DROP, times.since(max_age) if max_age is not None else None)


def _waiting(behind: Behind) -> str:
    others = f"; {behind.staying} more stay, another stop keeps them too" if behind.staying else ""
    number = behind.go + behind.dropped
    return f"{counted(number, 'delivery', 'deliveries')} {'waits' if number == 1 else 'wait'} behind this stop{others}"


def _said(behind: Behind) -> str:
    places = f" to {counted(len(behind.going), 'destination')}" if behind.going else ""
    others = f", {behind.staying} still wait behind another stop" if behind.staying else ""
    gone = counted(behind.go, "delivery goes out", "deliveries go out")
    return f"{gone}{places}, {behind.dropped} dropped{others}"


def _agree(behind: Behind, named_so: str, how: str, *, yes: bool) -> None:
    if yes or behind.go + behind.dropped <= UNASKED:
        return
    said, again = _said(behind), f"newsroad resume {named_so} {how} --yes"
    ask(f"{said}. Go on?", unasked=f"{said}. Nothing was changed; if that is wanted: {again}")
