"""What a bench found out: a table for people, one JSON object for programs, and whether the numbers were reached."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One measured figure. ``goal`` is a ceiling, or a floor where ``more`` is better; None where nothing was promised.
    ``beside`` is what the same run measured for the peer or the baseline."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    more: bool = False
    beside: float | None = None

    @property
    def reached(self) -> bool:
        return self.goal is None or (self.value >= self.goal if self.more else self.value <= self.goal)


def parser(description: str | None) -> argparse.ArgumentParser:
    """A command line with what all benches have in common: ``--json``."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="one JSON object on standard output, the table beside it")
    return made


def say(words: str) -> None:
    """Progress, on standard error."""
    print(words, file=sys.stderr, flush=True)


def close(title: str, lines: Sequence[Line], beside: str, found: object, *, as_json: bool) -> int:
    """Show the table and, with ``as_json``, the object ``found``; the exit code: 1 when a goal was missed.

    ``beside`` heads the column of peer or baseline.
    """
    table = Table(title=title)
    for heading in ("", "Newsroad", "goal", beside, "ratio"):
        table.add_column(heading, justify="left" if not heading else "right")
    for line in lines:
        goal = "" if line.goal is None else f"{'≥' if line.more else '≤'} {line.goal:g}"
        colour = "" if line.goal is None else "[green]" if line.reached else "[red]"
        other = "" if line.beside is None else f"{line.beside:.2f}"
        ratio = "" if not line.beside else f"{line.value / line.beside:.2f} ×"
        table.add_row(line.name, f"{colour}{line.value:.2f} {line.unit}", goal, other, ratio)
    Console(stderr=as_json).print(table)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    return 0 if all(line.reached for line in lines) else 1
