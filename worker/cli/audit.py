"""``newsroad audit``: the record of what people did."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from worker.bootstrap import open_services
from worker.cli.output import JsonOption, LimitOption, Times, plain, print_json, print_table, ready, the_article
from worker.model.review import ActFilter, ActRow


def audit(
    since: Annotated[str | None, typer.Option("--since", help="Only since then: 2h, 3d, 2026-11-24.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Only what this person did.")] = None,
    article: Annotated[
        str | None, typer.Option("--article", help="Only about this article: its id or any address of it.")
    ] = None,
    verb: Annotated[str | None, typer.Option("--verb", help="Only these acts: approve, fix, takedown, pause …")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List what people did, newest first: who, what, why, before, after."""
    with open_services() as services:
        times = Times(ready(services))
        wanted = ActFilter(
            since=times.since(since) if since else None,
            by=by.strip() if by else None,
            verb=verb,
            article=the_article(services, article, follow=False).uuid if article else None,
        )
        rows = services.people.acts(limit, wanted=wanted)
    if as_json:
        print_json({"acts": plain(rows)})
        return
    print_table(
        ("at", "who", "act", "of", "why", "before", "after"),
        [
            (
                *(times.at(row.at), row.by, row.verb, _target(row), row.note),
                *(_words(_part(row, "before"), times), _words(_part(row, "after"), times)),
            )
            for row in rows
        ],
        empty="Nobody did anything of this kind.",
    )


def _target(row: ActRow) -> str:
    place = _part(row, "destination")
    return f"{row.target} at {place}" if place else row.target


def _part(row: ActRow, name: str) -> Any:
    return row.detail.get(name) if isinstance(row.detail, dict) else None


def _words(value: Any, times: Times) -> str | None:
    """What stood there, on one line."""
    if value is None:
        return None
    if isinstance(value, str):
        return times.text(value)
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    parts = ((name, _words(part, times)) for name, part in value.items() if part not in (None, [], {}))
    return ", ".join(f"{name} {part}" for name, part in parts)
