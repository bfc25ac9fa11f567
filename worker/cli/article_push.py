"""``newsroad article push``: let what waits of one article go now, past its schedule."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.bootstrap import open_services
from worker.cli.article_fix import app
from worker.cli.output import (
    ArticleArgument,
    ByOption,
    JsonOption,
    NoteOption,
    Times,
    person,
    plain,
    print_json,
    ready,
    say,
    the_article,
)
from worker.cli.status import stop_words
from worker.cli.stops import banner
from worker.errors import Refused
from worker.pipeline.stopping import concerning

__all__ = ["app"]


@app.command("push")
def push_command(
    text: ArticleArgument,
    destination: Annotated[list[str] | None, typer.Option("--destination", help="Where to; may be repeated.")] = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="Wherever it waits.")] = False,
    now: Annotated[
        bool, typer.Option("--now", help="At once: windows, fixed times, delay, rate and cap wait not.")
    ] = False,
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send what waits of an article now, whatever the schedule says. Stops and rights still hold."""
    if not now:
        raise Refused("say --now: it goes at once, past windows, fixed times, delay, rate and cap")
    if bool(destination) == everywhere:
        raise Refused("say where: --destination KEY, or --everywhere that it waits")
    with open_services() as services:
        times = Times(ready(services))
        row = the_article(services, text)
        places = {key: services.people.destination(key, times.now) for key in destination or ()}
        story = services.people.article(row.uuid).story
        keys = tuple(places) or None
        pushed = services.deliveries.push(story.article, keys, times.now, by=person(by), note=note)
        if not pushed:
            where = " or ".join(places) if places else "any destination"
            raise Refused(f"nothing of it waits for {where}; see: newsroad article explain {str(row.uuid)[:8]}")
        view, standing = services.view(), services.stops.in_force(times.now)
        lines = []
        for one in pushed:
            services.hints.deliver(one.destination)
            state = services.people.destination(one.destination, times.now)
            kept = concerning(standing, view.destinations[one.destination], view)
            was = "dropped" if one.dropped else f"due {times.ago(one.was_due)}"
            lines.append(f"{one.destination}: goes now (was {was})")
            lines += [f"  not before it is lifted: {line}" for line in banner(kept, times)]
            lines += [f"  {stop_words(state, times)}"] if state.state != "active" else []
    if as_json:
        print_json({"article": row.uuid, "pushed": plain(pushed)})
        return
    say(row.title)
    for line in lines:
        say(f"  {line}")
    for key in places.keys() - {one.destination for one in pushed}:
        say(f"  {key}: nothing of it waits there")
