"""``newsroad reindex``: what texts are recognised by when they come again, made anew from the stored texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from worker.bootstrap import open_services
from worker.cli.output import JsonOption, print_json, ready
from worker.identity.near import NEAR_VERSION
from worker.model.words import counted

Told = Callable[[int], None]


def reindex(
    every: Annotated[bool, typer.Option("--all", help="Everything, not only what waits or is out of date.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make anew what texts are recognised by when they come again.

    Filed are the texts that wait and those of another version of the algorithm, while everything runs. Broken off, it
    goes on where it was."""
    with open_services() as services:
        ready(services)
        with _progress("looking for what is out of date: {} so far") as told:
            outdated = services.filing.mark(every=every, told=told)
        waiting = services.filing.state().waiting
        with _progress(f"filing texts: {{}} of {waiting}") as told:
            filed = services.reindex(told)
        left = services.filing.state().waiting
    if as_json:
        print_json({"version": NEAR_VERSION, "outdated": outdated, "filed": filed, "waiting": left})
        return
    before = f", {outdated} of them of another version before" if outdated and not every else ""
    typer.echo(f"{counted(filed, 'text')} filed{before}; the index is of version {NEAR_VERSION}")


@contextmanager
def _progress(words: str) -> Iterator[Told]:
    """A line that tells how far it is, for people; nothing on a pipe."""
    with Console(stderr=True).status(words.format(0)) as line:
        yield lambda count: line.update(words.format(count))
