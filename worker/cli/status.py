"""``newsroad status``: the whole installation on one screen."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from worker.bootstrap import open_services
from worker.cli.alerts import waiting_words
from worker.cli.endings import ending_rows, ending_words
from worker.cli.output import DAY, JsonOption, LimitOption, Times, plain, print_json, print_table, ready, say, span
from worker.cli.stops import banner
from worker.cli.unconfirmed import unconfirmed_lines
from worker.cli.withheld import to_tell, withheld_lines
from worker.model.alerts import Episode, WaitingTelling
from worker.model.filing import IndexState
from worker.model.overview import DestinationRow, Overview, SourceRow, SourceState
from worker.model.words import counted

MOST_ALERTS = 100
TROUBLED = (
    *(SourceState.CHALLENGED, SourceState.FORBIDDEN),
    *(SourceState.FAILING, SourceState.ATTENTION, SourceState.SILENT),
)


def status(
    today: Annotated[bool, typer.Option("--today", help="Count since midnight, not over the last 24 hours.")] = False,
    limit: LimitOption = 40,
    as_json: JsonOption = False,
) -> None:
    """Show how sources, deliveries and destinations stand, and what came and went in the last 24 hours."""
    with open_services() as services:
        times = Times(ready(services))
        overview = services.people.overview(times.now, times.midnight() if today else times.now - DAY)
        endings = ending_rows(services, times.now)
        stops = services.stops.in_force(times.now)
        unconfirmed = services.figures.unconfirmed()
        withheld = to_tell(services, overview.since)
        index = services.filing.state()
        alerts, untold = services.alerts.episodes(MOST_ALERTS, over=False), services.alerts.waiting()
    if as_json:
        more = {"stops": plain(stops), "alerts": plain(alerts), "unconfirmed": plain(unconfirmed)}
        more |= {"withheld": plain(withheld), "index": plain(index)}
        print_json({**as_plain(overview, limit), **more, "endings": plain(endings)})
    else:
        for line in banner(stops, times):
            say(line)
        for line in (*alert_lines(alerts, untold, times), *unconfirmed_lines(unconfirmed, times)):
            say(line)
        for line in withheld_lines(withheld, times):
            say(line)
        for ending in endings:
            say(f"Grant       {ending_words(ending, times)}")
        for line in index_lines(index, times):
            say(line)
        _show(overview, times, limit)


def index_lines(index: IndexState, times: Times) -> list[str]:
    """What of the index by which texts are recognised is not as it will be."""
    lines = []
    if index.waiting:
        since = times.at(index.oldest)
        words = f"{counted(index.waiting, 'text')} waiting to be filed when nothing else waits, the first since {since}"
        lines.append(f"Index       {words}")
    return [*lines, "Index       a part is of another version: newsroad reindex"] if index.outdated else lines


def alert_lines(alerts: list[Episode], untold: list[WaitingTelling], times: Times) -> list[str]:
    """How many alerts are open, and whom nobody could reach."""
    lines = []
    if alerts:
        kinds = Counter(one.kind.value for one in alerts)
        lines.append(f"Alerts      {', '.join(f'{number} {kind}' for kind, number in kinds.items())}: newsroad alerts")
    return [*lines, *(waiting_words(one, times) for one in untold[:3])]


def as_plain(overview: Overview, limit: int) -> dict[str, Any]:
    """The JSON of ``status``: totals, then at most ``limit`` sources, those with trouble first, and destinations."""
    oldest = min((row.oldest_due_at for row in overview.destinations if row.oldest_due_at), default=None)
    tick = None if overview.tick_at is None else round((overview.at - overview.tick_at).total_seconds(), 1)
    states = {state.value: overview.in_state(state) for state in SourceState}
    found: dict[str, Any] = plain(
        {
            "at": overview.at,
            "since": overview.since,
            "tick_age_s": tick,
            "quarantined": overview.quarantined,
            "source_states": states,
            "entries": {
                "new": sum(row.new for row in overview.sources),
                "revised": sum(row.revised for row in overview.sources),
                "duplicate": sum(row.duplicate for row in overview.sources),
                "held": overview.held,
                "dropped": overview.dropped,
            },
            "deliveries": {
                "due": sum(row.waiting for row in overview.destinations),
                "parked": sum(row.parked for row in overview.destinations),
                "accepted": sum(row.accepted for row in overview.destinations),
                "oldest_due_age_s": None if oldest is None else round((overview.at - oldest).total_seconds(), 1),
            },
            "sources": worst_first(overview)[:limit],
            "destinations": overview.destinations[:limit],
        }
    )
    return found


def worst_first(overview: Overview) -> list[SourceRow]:
    """Sources with trouble first, then those that brought something, else in catalogue order."""
    return sorted(overview.sources, key=lambda row: (row.state not in TROUBLED, not (row.new or row.revised)))


def _show(overview: Overview, times: Times, limit: int) -> None:
    for line in summary(overview, times):
        say(line)
    print_table(
        ("source", "state", "new", "revised", "duplicate", "held", "last asked", "it said"),
        [
            (
                row.key,
                row.state.value,
                row.new,
                row.revised,
                row.duplicate,
                row.held,
                times.ago(row.polled_at),
                remark(row),
            )
            for row in worst_first(overview)[:limit]
        ],
    )
    if len(overview.sources) > limit:
        say(f"… and {len(overview.sources) - limit} more sources: newsroad source list --limit {len(overview.sources)}")
    print_table(
        ("destination", "state", "published", "updated", "retracted", "waiting", "parked", "held", "p50 ms", "p95 ms"),
        [
            (
                *(row.key, row.state, row.published, row.updated, row.retracted, row.waiting, row.parked, row.held),
                *(row.latency_p50_ms, row.latency_p95_ms),
            )
            for row in overview.destinations[:limit]
        ],
    )
    for row in overview.destinations:
        if row.state != "active":
            say(f"{row.key}: {stop_words(row, times)}")


def summary(overview: Overview, times: Times) -> list[str]:
    """The totals, one line a part of the road."""
    rows, places = overview.sources, overview.destinations
    counts = [(overview.in_state(state), state.value) for state in SourceState]
    oldest = min((row.oldest_due_at for row in places if row.oldest_due_at), default=None)
    late = (
        f", the oldest due for {span((overview.at - oldest).total_seconds())}"
        if oldest and oldest < overview.at
        else ""
    )
    new, revised, duplicate = (sum(getattr(row, name) for row in rows) for name in ("new", "revised", "duplicate"))
    waiting, parked, accepted = (
        sum(getattr(row, name) for row in places) for name in ("waiting", "parked", "accepted")
    )
    lines = [
        f"Since {times.at(overview.since)}",
        f"Sources     {len(rows)}: " + (", ".join(f"{number} {name}" for number, name in counts if number) or "none"),
        f"Entries     {new} new, {revised} revised, {duplicate} duplicate; held for a person: {overview.held}"
        + (f"; dropped undecided: {overview.dropped}" if overview.dropped else ""),
        f"Deliveries  {waiting} waiting{late}, {parked} parked, {accepted} accepted",
        f"Tick        {times.ago(overview.tick_at) or 'never: no worker has run yet (newsroad run)'}",
    ]
    if overview.quarantined:
        lines.append(f"Set aside   {overview.quarantined} snapshots; newsroad source show SOURCE tells why")
    return lines


def remark(row: SourceRow) -> str | None:
    """What a person should know of a source, in its own words."""
    if row.attention is not None:
        return row.attention
    return f"{row.outcome} ({row.failures} in a row)" if row.failures else row.outcome


def stop_words(row: DestinationRow, times: Times) -> str:
    """Why a destination is not plainly active, and what happens next."""
    if row.state == "open":
        again = f"{row.failures} in a row; tried again {times.ago(row.probe_at)}, the rest waits"
        return f"failing since {times.at(row.opened_at)}, {again}"
    if row.state in ("held", "disabled"):
        return f"{row.state}: {row.reason or 'no reason noted'}; lift it with: newsroad destination resume {row.key}"
    if row.state == "retired":
        return "has left the catalogue; only retractions still go there"
    return "active"
