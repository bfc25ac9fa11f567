"""``newsroad channel list | show | preview``: the columns, what they select, what they would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from worker.bootstrap import LOCAL, Services, open_services
from worker.catalog import read_catalogue
from worker.catalog.values import meant, span_text
from worker.cli.output import DAY, JsonOption, LimitOption, Times, plain, print_json, print_table, ready, say
from worker.destinations import OPTIONS
from worker.errors import NotFound
from worker.model.catalog import Catalogue, Channel, Selection
from worker.model.text import TextFilter
from worker.model.words import counted
from worker.pipeline.preview import Missed, Preview
from worker.pipeline.view import View, make_view

CHUNK = 500
MOST = 20_000  # articles tried on a selection, the newest

app = typer.Typer(help="The columns: what they select and what they hold.", no_args_is_help=True)

ChannelArgument = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its key in the catalogue.")]


@app.command("list")
def list_command(as_json: JsonOption = False) -> None:
    """List channels, sub-channels under their parents, with the articles of the last 24 hours."""
    with open_services() as services:
        times = Times(ready(services))
        view = services.view()
        counts = services.people.channel_counts(times.now - DAY)
    rows = [_as_plain(one, view, counts.get(one.key, 0)) for one in _nested(view)]
    if as_json:
        print_json({"channels": rows})
        return
    print_table(
        ("channel", "title", "selects", "24 hours", "goes to"),
        [
            (
                "  " * (len(view.paths[row["key"]].steps) - 1) + row["key"],
                *(row["title"], row["selects"], row["articles"], ", ".join(row["destinations"]) or None),
            )
            for row in rows
        ],
        empty="The catalogue has no channels.",
    )


@app.command("show")
def show_command(key: ChannelArgument, limit: LimitOption = 10, as_json: JsonOption = False) -> None:
    """Show one channel: where it stands, what it selects, where it goes, its newest articles."""
    with open_services() as services:
        times = Times(ready(services))
        view = services.view()
        channel = _find(key, view.catalogue)
        found = _as_plain(channel, view, services.people.channel_counts(times.now - DAY).get(key, 0))
        newest = services.people.in_channel(key, limit)
    if as_json:
        print_json({**found, "newest": plain(newest)})
        return
    say(" > ".join(title for _, title in view.paths[key].steps) + f"  ({key})")
    say(f"  selects {found['selects']}")
    say(f"  goes to {', '.join(found['destinations']) or 'no destination'}; approval: {channel.approval}")
    say(f"  24 hours: {counted(found['articles'], 'article')}")
    print_table(
        ("article", "title", "source", "came"),
        [(row.uuid, row.title, row.source, times.at(row.created_at)) for row in newest],
    )


@app.command("preview")
def preview_command(
    key: ChannelArgument,
    days: Annotated[int, typer.Option("--days", min=1, max=90, help="Over how many days back.")] = 3,
    file: Annotated[Path | None, typer.Option("--file", help="The catalogue; the usual one if absent.")] = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Try a channel's selection, as the file has it now, on the articles of the last days. Changes nothing."""
    with open_services() as services:
        times = Times(ready(services))
        catalogue = read_catalogue(file or services.settings.catalogue, OPTIONS)
        channel = _find(key, catalogue)
        view = make_view(catalogue, LOCAL)
        found = _try(services, view, key, times.now - timedelta(days=days))
    whole = found.looked_at < MOST
    if as_json:
        print_json(_preview_json(found, channel, view, limit, whole=whole))
        return
    say(f"{key} selects {_selects(channel, view)}")
    looked = (
        f"{counted(found.looked_at, 'article')} of the last {counted(days, 'day')}"
        if whole
        else f"the newest {MOST} articles"
    )
    say(f"Of {looked} it takes {len(found.caught)}.")
    print_table(
        ("takes", "title", "source", "came"),
        [(str(row.uuid)[:8], row.title, row.source, times.at(row.created_at)) for row in found.caught[:limit]],
    )
    if found.missed:
        say(f"It misses {len(found.missed)} by one thing alone:")
    print_table(
        ("misses", "title", "source", "because"),
        [
            (str(one.row.uuid)[:8], one.row.title, one.row.source, _because(one, channel.select, view))
            for one in found.missed[:limit]
        ],
    )
    longest = max(len(found.caught), len(found.missed))
    if longest > limit:
        say(f"… and more: --limit {longest}")


def _try(services: Services, view: View, key: str, since: Any) -> Preview:
    found, below = Preview(key), None
    while found.looked_at < MOST:
        texts = services.people.texts(TextFilter(since), CHUNK, below=below)
        found.add(texts, view)
        if len(texts) < CHUNK:
            break
        below = texts[-1].id
    return found


def _preview_json(found: Preview, channel: Channel, view: View, limit: int, *, whole: bool) -> dict[str, Any]:
    return {
        "channel": found.key,
        "selects": plain(channel.select),
        "looked_at": found.looked_at,
        "complete": whole,
        "takes": len(found.caught),
        "articles": plain(found.caught[:limit]),
        "refused_by": dict(found.refused),
        "missed": [
            {**plain(one.row), "refused_by": one.part, "because": _because(one, channel.select, view)}
            for one in found.missed[:limit]
        ],
    }


def _find(key: str, catalogue: Catalogue) -> Channel:
    for channel in catalogue.channels:
        if channel.key == key:
            return channel
    hint = meant(key, [one.key for one in catalogue.channels])
    raise NotFound(f"no channel is called {key} ({hint}see: newsroad channel list)")


def _nested(view: View) -> Iterator[Channel]:
    """Every channel, in the order of the file, below its parent."""

    def below(parent: str | None) -> Iterator[Channel]:
        for channel in view.catalogue.channels:
            if channel.parent == parent:
                yield channel
                yield from below(channel.key)

    return below(None)


def _as_plain(channel: Channel, view: View, articles: int) -> dict[str, Any]:
    above = {key for key, _ in view.paths[channel.key].steps}
    return {
        "key": channel.key,
        "title": channel.title,
        "parent": channel.parent,
        "select": plain(channel.select),
        "selects": _selects(channel, view),
        "approval": channel.approval,
        "articles": articles,
        "destinations": [one.key for one in view.destinations.values() if above.intersection(one.channels)],
    }


def _selects(channel: Channel, view: View) -> str:
    """A selection in a line."""
    if channel.select == Selection():
        parent = any(one.parent == channel.key for one in view.catalogue.channels)
        return "what its sub-channels select" if parent else "everything"
    select = channel.select
    parts = [
        f"{name}: {', '.join(values)}"
        for name, values in (
            *(("sources", select.sources), ("categories", select.categories), ("languages", select.languages)),
            *(("with", select.include), ("without", select.exclude)),
        )
        if values
    ]
    if select.max_age is not None:
        parts.append(f"at most {span_text(select.max_age)} old")
    return "; ".join(parts)


def _because(missed: Missed, select: Selection, view: View) -> str:
    """Why one part of the selection does not take an article."""
    version = missed.version
    source = view.sources.get(version.source)
    words: dict[str, Callable[[], str]] = {
        "sources": lambda: f"{version.source} is none of its sources",
        "categories": lambda: f"categories {', '.join(version.categories) or '(none)'}",
        "languages": lambda: f"language {version.language or (source.language if source else None) or 'unknown'}",
        "max_age": lambda: f"older than {span_text(select.max_age or 0)} when it came",
        "include": lambda: f"has none of the words {', '.join(select.include)}",
        "exclude": lambda: f"has one of the words {', '.join(select.exclude)}",
        "children": lambda: "no sub-channel takes it",
    }
    return words[missed.part]()
