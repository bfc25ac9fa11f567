"""``newsroad source backfill``: let go what was held back when much of a source was new at once, counted first."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from worker.bootstrap import Services, open_services
from worker.cli.catalogue import AllowPublishOption, progress, show_counts, told
from worker.cli.output import ByOption, JsonOption, NoteOption, Times, person, print_json, print_table, ready, say
from worker.cli.source_pages import app
from worker.cli.sources import SourceArgument
from worker.errors import Refused
from worker.model.flood import HeldBack
from worker.model.words import counted
from worker.pipeline.foresee import Foreseen, unagreed
from worker.pipeline.letgo import let_go

__all__ = ["app"]

_SHOWN = 10


@app.command("backfill")
def backfill_command(
    key: SourceArgument,
    since: Annotated[
        str | None, typer.Option("--since", help="Only what is dated since then: 7d, 2026-11-24, 2026-11-24T08:00.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list and count.")] = False,
    allow_publish: AllowPublishOption = None,
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish what was held back when much of a source was new at once: it moved, or served its archive."""
    with open_services() as services:
        times = Times(ready(services))
        begins = times.since(since) if since else None
        held = services.people.held_back(key)
        wanted = [one for one in held if begins is None or (one.date or one.held_at) >= begins]
        foreseen = services.foresee_let_go([one.article for one in wanted], progress())
        if not as_json:
            _show(key, held, wanted, foreseen, times)
        if not dry_run and wanted:
            _agree(key, since, foreseen, allow_publish)
            done = _let_go(services, key, wanted, by=person(by), note=note)
        else:
            done = 0
    if as_json:
        print_json(
            {
                "source": key,
                "held_back": len(held),
                "articles": [{"title": one.title, "date": one.date, "held_at": one.held_at} for one in wanted],
                "destinations": {place: asdict(counts) for place, counts in foreseen.touched().items()},
                "let_go": done,
            }
        )
    elif dry_run:
        say(f"{told(foreseen)} Nothing was changed.")
    elif not wanted:
        say("Nothing was changed.")
    else:
        say(f"{counted(done, 'article')} let go. What asked for attention is cleared by: newsroad source resume {key}")


def _agree(key: str, since: str | None, foreseen: Foreseen, allow_publish: int | None) -> None:
    """Raises Refused when more would go out than somebody agreed to."""
    if unagreed(foreseen, allow_publish, foreseen.total().taken):
        only = f" --since {since}" if since else ""
        again = f"newsroad source backfill {key}{only} --allow-publish {foreseen.total().sent}"
        raise Refused(f"{told(foreseen)} Nothing was changed; if that is wanted: {again}")


def _let_go(services: Services, key: str, wanted: list[HeldBack], *, by: str, note: str | None) -> int:
    articles = [one.article for one in wanted]
    return let_go(services.desk(), articles, source=key, by=by, note=note)


def _show(key: str, held: list[HeldBack], wanted: list[HeldBack], foreseen: Foreseen, times: Times) -> None:
    if not held:
        say(f"Nothing of {key} is held back.")
        return
    only = f", {len(wanted)} of them dated since then" if len(wanted) < len(held) else ""
    say(f"{key}: {counted(len(held), 'article')} held back{only}")
    rows = [(times.at(one.date), one.title, times.at(one.held_at)) for one in wanted[:_SHOWN]]
    print_table(("dated", "title", "held back"), rows)
    if len(wanted) > _SHOWN:
        say(f"… and {len(wanted) - _SHOWN} more")
    show_counts(foreseen)
