"""``newsroad destination backfill``: send a destination what came before it began, counted first."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from worker.bootstrap import open_services
from worker.cli.catalogue import AllowPublishOption, progress, show_counts, told
from worker.cli.destination import DestinationArgument, app
from worker.cli.output import ByOption, JsonOption, NoteOption, Times, person, print_json, ready, say
from worker.errors import NotFound, Refused
from worker.pipeline.foresee import unagreed

__all__ = ["app"]


@app.command("backfill")
def backfill_command(
    key: DestinationArgument,
    since: Annotated[str, typer.Option("--since", help="From when: 7d, 2026-11-24, 2026-11-24T08:00.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    allow_publish: AllowPublishOption = None,
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a destination begin earlier: articles of its channels that came since then go there, too."""
    with open_services() as services:
        times = Times(ready(services))
        begins = times.since(since)
        if begins >= times.now:
            raise Refused(f"--since {since} is not in the past; name when the articles came, such as 7d")
        view = services.view()
        if key not in view.destinations:
            raise NotFound(f"no destination is called {key}, or it has left the file; see: newsroad destination list")
        foreseen = services.foresee_backfill(key, begins, progress())
        if not as_json:
            show_counts(foreseen)
            say(f"{key}, from {times.at(begins)}: {told(foreseen)}")
        options = unagreed(foreseen, allow_publish, foreseen.total().taken)
        if options and not dry_run:
            again = f"newsroad destination backfill {key} --since {since} --allow-publish {foreseen.total().sent}"
            raise Refused(f"{told(foreseen)} Nothing was changed; if that is wanted: {again}")
        if not dry_run:
            services.catalogue.begin(key, begins, foreseen.moved, times.now, by=person(by), note=note)
            services.hints.recheck()
    if as_json:
        print_json(
            {
                "destination": key,
                "since": begins,
                "articles": len(foreseen.moved),
                "destinations": {place: asdict(counts) for place, counts in foreseen.touched().items()},
                "done": not dry_run,
            }
        )
    elif dry_run:
        say("Nothing was changed.")
    else:
        say(f"{len(foreseen.moved)} articles are decided about again and go out in their turn.")
