"""``newsroad demo``: the whole road on local sample publishers, with real processes, drawn while it happens."""

from __future__ import annotations

import signal
import sysconfig
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from worker.demo.play import Act, Play
from worker.demo.results import DestinationRow, Ledger, SourceRow
from worker.demo.stage import DemoFailed, Stage

PLAIN_WIDTH = 110  # where the output goes to a file or a page


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C, and say where.")] = False,
) -> None:
    """Show the whole road: local sample publishers, a partner, every process; ends by itself."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    began = time.monotonic()
    with _interruptible(), Stage() as stage, closing(Ledger(stage.database_url)) as ledger:
        console.print(f"Sample publishers, a sample partner and a throw-away folder: {stage.home}")
        play = Play(stage, ledger)
        _Drawing(console).draw(play)
        _print_results(console, play)
        console.print(f"All of it held, in {time.monotonic() - began:.0f} s.")
        if keep:
            _stay(console, stage, play)
        console.print(f"Stopped {_processes(stage.close())}.")


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM leaves the way Ctrl-C does: what was started is stopped, the folder removed."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    finally:
        signal.signal(signal.SIGTERM, before)


class _Drawing:
    """Acts as lines: a spinner and what is seen so far while one plays, a mark and what came of it afterwards."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines: list[tuple[str, str, str]] = []
        self._act: Act | None = None
        self._spinner = Spinner("dots")
        self._began = 0.0

    def draw(self, play: Play) -> None:
        """Play every act. Raises DemoFailed from the one that failed, after marking it."""
        if not self._console.is_terminal:
            for act in play.acts():
                self._play(act)
                self._console.print(self._table())
                self._lines.clear()
            return
        with Live(get_renderable=self._table, console=self._console, refresh_per_second=10):
            for act in play.acts():
                self._play(act)

    def _play(self, act: Act) -> None:
        self._act, self._began = act, time.monotonic()
        try:
            outcome = act.perform()
        except DemoFailed:
            self._done("[red]✗[/]", act, act.look())
            raise
        self._done("[green]✓[/]", act, outcome)

    def _done(self, mark: str, act: Act, outcome: str) -> None:
        self._act = None
        self._lines.append((mark, f"{act.title}  [dim]{time.monotonic() - self._began:.1f} s[/]", outcome))

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        for mark, title, outcome in self._lines:
            table.add_row(mark, title)
            table.add_row("", Text(outcome, style="dim", overflow="fold"))
        if (act := self._act) is not None:
            table.add_row(self._spinner, act.title)
            table.add_row("", Text(act.look(), style="dim"))
        return table


def _print_results(console: Console, play: Play) -> None:
    console.print(_sources(play.ledger.sources()))
    console.print(_destinations(play.ledger.destinations()))
    credit = Table(title=f"The credit of “{play.credited_title()}”, as each output carries it", title_justify="left")
    credit.add_column("output", no_wrap=True)
    credit.add_column("credit line")
    for output, line in play.credits():
        credit.add_row(output, Text(line))
    console.print(credit)


def _sources(rows: list[SourceRow]) -> Table:
    table = Table(title="Sources", title_justify="left")
    for name in ("source", "polls", "new", "revised", "duplicate", "held"):
        table.add_column(name, justify="left" if name == "source" else "right")
    for row in rows:
        table.add_row(row.key, *(str(number) for number in (row.polls, row.new, row.revised, row.duplicate, row.held)))
    return table


def _destinations(rows: list[DestinationRow]) -> Table:
    table = Table(title="Destinations", title_justify="left")
    for name in ("destination", "kind", "published", "updated", "retracted", "latency (median · worst)"):
        table.add_column(name, justify="left" if name in ("destination", "kind") else "right")
    for row in rows:
        latency = f"{row.latency[0] * 1000:.0f} · {row.latency[1] * 1000:.0f} ms" if row.latency else "–"
        counts = (str(number) for number in (row.published, row.updated, row.retracted))
        table.add_row(row.key, row.kind, *counts, latency)
    return table


def _stay(console: Console, stage: Stage, play: Play) -> None:
    """Print where everything is, and wait for Ctrl-C (or for the processes to end)."""
    console.print("\nLeft running; Ctrl-C stops everything and removes the folder.")
    console.print(f"  portal    {stage.web}/")
    for kind, url in play.all_feeds():
        console.print(f"  feed      {url}  ({kind})", soft_wrap=True)
    console.print(f"  Flower    {stage.flower}/  (user newsroad, password {stage.flower_password})", soft_wrap=True)
    for publisher in play.publishers:
        console.print(f"  publisher {publisher.feed}", soft_wrap=True)
    console.print(f"  partner   {stage.partner.url('/newsroad')}")
    console.print("  commands  see it from inside, from another terminal:", soft_wrap=True)
    console.print(f"            cd {stage.home}", soft_wrap=True)
    console.print(f"            export NEWSROAD_HOME=. PATH={sysconfig.get_path('scripts')}:$PATH", soft_wrap=True)
    console.print("            newsroad status; newsroad article find 瑶绣; newsroad source list", soft_wrap=True)
    console.print(f"  log       {stage.log}", soft_wrap=True)
    try:
        while stage.running is not None and stage.running.poll() is None:
            time.sleep(0.2)
    except KeyboardInterrupt:
        console.print("")


def _processes(seconds: float) -> str:
    return f"every process in {seconds:.1f} s"
