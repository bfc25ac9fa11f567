"""Many sources, and hosts that hang: ``python -m bench.scale``.

What one unchanged poll (304) costs at 20,000 sources against 200, each on a host of its own; and what one host in a
hundred that takes the request and never answers costs the others, in CPU and in the time until all of them are asked.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa

from bench.installation import Installation, source
from bench.publisher import Elsewhere, hangs, publishers
from bench.report import Line, close, parser, say
from worker.store.schema import resource

SMALL = 200
KEPT = 5.0  # seconds; by then no connection is left that the first pass could use again and another could not
PATIENCE = 1800.0


@dataclass(frozen=True, slots=True)
class Pass:
    """CPU milliseconds per poll, polls a second from the first to the last answer."""

    cpu_ms: float
    per_second: float


def unchanged(installed: Installation, sources: int, where: sa.ColumnElement[bool] | None = None) -> Pass:
    """Everything is due; the pass is over when the resources of ``where`` (all ``sources`` of them) are asked."""
    began = installed.polls(where)
    before, started = installed.cpu(), time.time()
    installed.make_due()
    installed.wait_for(lambda: installed.polls(where) >= began + sources, PATIENCE, "every source is asked")
    after = installed.cpu()
    asked = sa.select(sa.func.min(resource.c.polled_at).label("first"), sa.func.max(resource.c.polled_at).label("last"))
    with installed.database.read() as connection:
        row = connection.execute(asked if where is None else asked.where(where)).one()
    parts = {name: round((after[name] - before[name]) * 1000 / sources, 3) for name in after}
    say(f"  {sources} polls in {time.time() - started:.1f} s: {parts}")
    seconds = max(0.001, (row.last - row.first).total_seconds())
    return Pass(round(sum(parts.values()), 3), round(sources / seconds, 1))


def acquaint(installed: Installation) -> None:
    """Give every source the validators of a first contact: to ingest 20,000 documents takes longer than all passes.
    Then the first ones are asked, so that no pass pays for what a process does once."""
    with installed.database.write() as connection:
        rows = connection.execute(sa.select(resource.c.id, resource.c.url)).all()
        connection.execute(
            sa.update(resource).where(resource.c.id == sa.bindparam("b_id")).values(etag=sa.bindparam("b_etag")),
            [{"b_id": row.id, "b_etag": f'"small-{row.url.rpartition("/")[2]}"'} for row in rows],
        )
    installed.make_due(resource.c.id <= SMALL)
    installed.wait_for(lambda: installed.polls() >= SMALL and installed.at_rest(), 60, "the first are asked")
    time.sleep(KEPT)
    installed.wait_for(installed.calm, 60, "rest")


def measure(upstream: Elsewhere, sources: int) -> Pass:
    """An unchanged pass over ``sources``."""
    with known(upstream, sources) as installed:
        return unchanged(installed, sources)


def beside_hanging(upstream: Elsewhere, sources: int, rounds: int) -> list[tuple[Pass, Pass]]:
    """Pairs of an unchanged pass over ``sources`` and one in which one in a hundred never answers, in turns: what else
    the machine does changes from one minute to the next."""
    number = sa.cast(sa.func.substr(resource.c.url, -2), sa.String)
    others = ~number.in_(["07", "/7"])
    count = sum(not hangs(one) for one in range(sources))
    pairs = []
    with known(upstream, sources) as installed:
        for _ in range(rounds):
            upstream.phase("validators")
            quiet = unchanged(installed, sources)
            _rest(installed)
            upstream.phase("hanging")
            pairs.append((quiet, unchanged(installed, count, others)))
            _rest(installed)
    return pairs


@contextmanager
def known(upstream: Elsewhere, sources: int) -> Iterator[Installation]:
    """An installation that has asked ``sources`` before."""
    upstream.phase("validators")
    lines = [source(f"s{number}", upstream.address("small", number)) for number in range(sources)]
    with Installation("".join(lines)) as installed:
        acquaint(installed)
        say(f"  {sources} sources are known")
        yield installed


def _rest(installed: Installation) -> None:
    installed.wait_for(lambda: installed.at_rest() and installed.calm(), 60, "rest")


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--sources", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=5, help="pairs of passes with and without hosts that hang")
    arguments.add_argument("--beside", type=int, default=2_000, help="sources of the passes with hosts that hang")
    chosen = arguments.parse_args()
    with publishers(0) as upstream:
        say(f"{SMALL} sources")
        small = measure(upstream, SMALL)
        say(f"{chosen.beside} sources, one host in a hundred hangs every other time")
        pairs = beside_hanging(upstream, chosen.beside, chosen.rounds)
        say(f"{chosen.sources} sources")
        large = measure(upstream, chosen.sources)
    growth = round(large.cpu_ms / small.cpu_ms, 3)
    quiet, beside = pairs[0]
    cpu = round(median(beside.cpu_ms / quiet.cpu_ms for quiet, beside in pairs), 3)
    slower = round(median(quiet.per_second / beside.per_second for quiet, beside in pairs), 3)
    lines = [
        Line(f"unchanged, {chosen.sources} sources", large.cpu_ms, "ms", beside=small.cpu_ms),
        Line(f"growth over {SMALL} sources", growth, "×", 1.3),
        Line("beside hosts that hang, CPU, the first time", beside.cpu_ms, "ms", beside=quiet.cpu_ms),
        Line("beside hosts that hang, pace, the first time", beside.per_second, "/s", beside=quiet.per_second),
        Line("what they cost the others, CPU, median", cpu, "×", 1.05),
        Line("what they cost the others, time, median", slower, "×", 1.05),
    ]
    found = {
        "small": {"sources": SMALL, "cpu_ms": small.cpu_ms},
        "large": {"sources": chosen.sources, "cpu_ms": large.cpu_ms, "growth": growth},
        "hanging": {"sources": chosen.beside, "cpu": cpu, "time": slower},
    }
    return close("Unchanged polls", lines, "baseline", found, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
