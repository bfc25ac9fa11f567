"""Polling, ms of CPU per feed: ``python -m bench.poll``, beside lemon24/reader over the same feeds in the same run,
pass by pass.

200 local feeds of 50 items (102 KB, half of them Chinese), each on a host of its own, fetched over HTTP and stored.
Newsroad records all 50 entries with credit, evidence and keys, and routes the 20 that a first contact lets out; as the
peer delivers nothing, no destination is declared (``--shelf`` declares one). Passes: cold; unchanged with validators
(304); unchanged without validators (the same bytes once more); one new item in each. The peer runs in a virtual
environment of its own, made for the run.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa

from bench.installation import Installation, source
from bench.processes import HERE, interpreter
from bench.publisher import Elsewhere, publishers
from bench.report import Line, close, parser, say
from worker.store.schema import entry, resource

GOALS = {"cold": 24.0, "unchanged": 1.0, "same_body": 1.5, "one_new": 5.0, "peak_mb": 120.0}
WORDS = {
    "cold": "cold",
    "unchanged": "unchanged, with validators",
    "same_body": "unchanged, without",
    "one_new": "one new item",
    "peak_mb": "peak of one process",
}
PASSES = (  # name of the figure (None: not measured), what the publishers do meanwhile
    ("cold", "validators"),
    ("unchanged", "validators"),
    (None, "plain"),  # a client learns here that there are no validators any more
    ("same_body", "plain"),
    ("one_new", "new"),
)
SHELF = '[destinations.shelf]\nsubscriber = "reader"\nkind = "feed"\naccess = "public"\nchannels = ["all"]\n\n'


class Newsroad:
    """The product, installed and warm."""

    def __init__(self, installed: Installation, feeds: int) -> None:
        self.installed, self.feeds = installed, feeds
        self._measured = resource.c.url.like("%/feed/%")
        self._done = 0
        # Start-up is no part of the measure: one feed is polled first, so that the children have opened what they need.
        installed.make_due(~self._measured)
        installed.wait_for(lambda: installed.polls() == 1 and installed.at_rest(), 60, "the warm-up is polled")
        installed.wait_for(installed.calm, 60, "rest")

    def once(self) -> float:
        """CPU milliseconds per feed of one more pass."""
        installed = self.installed
        self._done += self.feeds
        before = installed.cpu()
        installed.make_due(self._measured)
        installed.wait_for(lambda: installed.polls(self._measured) >= self._done and installed.at_rest(), 300, "a pass")
        installed.wait_for(installed.calm, 60, "rest")
        after = installed.cpu()
        parts = {name: round((after[name] - before[name]) * 1000 / self.feeds, 2) for name in after}
        say(f"  {parts}")
        return round(sum(parts.values()), 2)

    def entries(self) -> int:
        """How many are stored, the warm-up's left out."""
        return self.installed.count(sa.select(sa.func.count()).select_from(entry)) - 1

    def peak(self) -> float:
        """The peak PSS of a worker child in MB."""
        say(f"  peaks: { {name: round(peak) for name, peak in self.installed.peaks.items()} }")
        return round(max(self.installed.peaks.values()), 1)


class Reader:
    """The peer, a process in an environment of its own."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        assert running.stdin is not None
        assert running.stdout is not None
        self._ask, self._answers = running.stdin, running.stdout

    def once(self) -> float:
        return self._told("pass")

    def entries(self) -> int:
        return int(self._told("entries"))

    def peak(self) -> float:
        return self._told("peak")

    def _told(self, what: str) -> float:
        self._ask.write(f"{what}\n")
        self._ask.flush()
        return float(self._answers.readline())


@contextmanager
def newsroad(upstream: Elsewhere, feeds: int, *, children: int, shelf: bool) -> Iterator[Newsroad]:
    """Install and start it with one source a feed."""
    lines = [source(f"s{number}", upstream.address("feed", number)) for number in range(feeds)]
    lines += [source("warm-up", upstream.address("small", feeds))]
    with Installation((SHELF if shelf else "") + "".join(lines), children=children) as installed:
        yield Newsroad(installed, feeds)


@contextmanager
def reader(upstream: Elsewhere, feeds: int) -> Iterator[Reader]:
    """Install and start it with the same feeds."""
    with interpreter("reader", "constraints.txt") as python:
        command = (python, str(HERE / "reader_peer.py"), str(upstream.port), str(feeds))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
            yield Reader(running)


def measure(upstream: Elsewhere, feeds: int, sides: Sequence[Newsroad | Reader]) -> list[dict[str, float]]:
    """What every pass costs each of ``sides``, one after the other in each pass: the rows' ratios are then of the same
    minute, whoever else was using the machine."""
    found: list[dict[str, float]] = [{} for _ in sides]
    for name, phase in PASSES:
        upstream.phase(phase)
        say(name or "learning that there are no validators any more")
        for side, figures in zip(sides, found, strict=True):
            spent = side.once()
            if name is not None:
                figures[name] = spent
    for side, figures in zip(sides, found, strict=True):
        stored = side.entries()
        assert stored == feeds * 51, f"{stored} entries stored of {feeds * 51}"
        figures["peak_mb"] = side.peak()
    return found


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--feeds", type=int, default=200)
    arguments.add_argument("--children", type=int, default=2, help="prefork children of each worker")
    arguments.add_argument("--shelf", action="store_true", help="also decide for a channel's feed and write its shelf")
    arguments.add_argument("--no-reader", action="store_true", help="leave the peer out")
    chosen = arguments.parse_args()
    with ExitStack() as stack:
        upstream = stack.enter_context(publishers(chosen.feeds))
        peers = [] if chosen.no_reader else [stack.enter_context(reader(upstream, chosen.feeds))]
        installed = newsroad(upstream, chosen.feeds, children=chosen.children, shelf=chosen.shelf)
        ours, *others = measure(upstream, chosen.feeds, [stack.enter_context(installed), *peers])
    peer = others[0] if others else {}
    units = {name: "MB" if name == "peak_mb" else "ms" for name in GOALS}
    lines = [Line(WORDS[name], ours[name], units[name], GOALS[name], beside=peer.get(name)) for name in GOALS]
    title = f"{chosen.feeds} feeds of 50 items, CPU per feed"
    return close(title, lines, "reader", {"newsroad": ours, "reader": peer}, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
