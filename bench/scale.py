"""Many sources, and hosts that hang: ``python -m bench.scale``.

What one unchanged poll (304) costs at 20,000 sources against 200, each on a host of its own; and what one host in a
hundred that takes the request and does not answer costs the others, in CPU and in the time until all of them are asked.

Two passes over the same sources differ by a tenth and more when others use the machine. So each round has three, in an
order that changes: two without hosts that hang, and one with. Told are the median of the rounds, the bounds within
which it lies 95 times of 100, and the same for the two passes that should not differ at all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import comb
from statistics import median

import sqlalchemy as sa

from bench.installation import Installation, source
from bench.publisher import Elsewhere, hangs, publishers
from bench.report import Line, close, parser, say
from worker.store.schema import resource

SMALL = 200
KEPT = 5.0  # seconds; by then no connection is left that the first pass could use again and another could not
PATIENCE = 1800.0
SURE = 0.95
PASSES = ("quiet", "again", "hanging")


@dataclass(frozen=True, slots=True)
class Pass:
    """CPU milliseconds per poll, polls a second from the first to the last answer."""

    cpu_ms: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Ratios:
    """What passes cost against others of the same rounds: the median, and where that of ever more rounds would lie."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, each: Sequence[float]) -> Ratios:
        """The bounds are two of the ratios themselves: it takes six for them to be sure."""
        rising, left_out = sorted(each), 0
        # As many at either end as have the middle beyond them in fewer than 5 of 100 samples, both ends together.
        while 2 * sum(comb(len(rising), k) for k in range(left_out + 2)) / 2 ** len(rising) <= 1 - SURE:
            left_out += 1
        return cls(*(round(one, 3) for one in (median(rising), rising[left_out], rising[-1 - left_out])))


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


def beside_hanging(upstream: Elsewhere, sources: int, rounds: int) -> list[dict[str, Pass]]:
    """Rounds of three unchanged passes over ``sources``; in one of them one in a hundred does not answer."""
    number = sa.cast(sa.func.substr(resource.c.url, -2), sa.String)
    others = ~number.in_(["07", "/7"])
    count = sum(not hangs(one) for one in range(sources))
    found = []
    with known(upstream, sources) as installed:
        for turn in range(rounds):
            passes: dict[str, Pass] = {}
            for name in (*PASSES[turn % 3 :], *PASSES[: turn % 3]):
                upstream.phase("hanging" if name == "hanging" else "validators")
                passes[name] = unchanged(installed, count, others)
                upstream.phase("validators")  # those that hang answer now
                _rest(installed)
            say(f"  round {turn + 1}: { {name: (one.cpu_ms, one.per_second) for name, one in passes.items()} }")
            found.append(passes)
    return found


def against(rounds: Sequence[dict[str, Pass]], name: str) -> tuple[Ratios, Ratios]:
    """CPU and time of the passes called ``name`` against the quiet ones of their rounds."""
    pairs = [(one["quiet"], one[name]) for one in rounds]
    cpu = Ratios.of([other.cpu_ms / quiet.cpu_ms for quiet, other in pairs])
    return cpu, Ratios.of([quiet.per_second / other.per_second for quiet, other in pairs])


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
    """Until nothing is asked any more, and each pass begins without a connection of the one before."""
    installed.wait_for(installed.at_rest, 60, "rest")
    time.sleep(KEPT)
    installed.wait_for(installed.calm, 60, "rest")


def told(rounds: Sequence[dict[str, Pass]]) -> list[Line]:
    """What hosts that hang cost the others."""
    lines = []
    for what, hanging, noise in zip(("CPU", "time"), against(rounds, "hanging"), against(rounds, "again"), strict=True):
        cost = f"what hosts that hang cost the others, {what}"
        lines += [
            Line(f"{cost}, median of {len(rounds)} rounds", hanging.median, "×", 1.05, beside=noise.median),
            Line(f"{cost}, at least", hanging.low, "×", beside=noise.low),
            Line(f"{cost}, at most", hanging.high, "×", beside=noise.high),
        ]
    return lines


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--sources", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=9, help="of three passes, one of them with hosts that hang")
    arguments.add_argument("--beside", type=int, default=2_000, help="sources of the passes with hosts that hang")
    chosen = arguments.parse_args()
    with publishers(0) as upstream:
        say(f"{SMALL} sources")
        small = measure(upstream, SMALL)
        say(f"{chosen.beside} sources, one host in a hundred hangs every third time")
        rounds = beside_hanging(upstream, chosen.beside, chosen.rounds)
        say(f"{chosen.sources} sources")
        large = measure(upstream, chosen.sources)
    growth = round(large.cpu_ms / small.cpu_ms, 3)
    lines = [
        Line(f"unchanged, {chosen.sources} sources", large.cpu_ms, "ms", beside=small.cpu_ms),
        Line(f"growth over {SMALL} sources", growth, "×", 1.3),
        *told(rounds),
    ]
    (cpu, slower), (cpu_noise, time_noise) = against(rounds, "hanging"), against(rounds, "again")
    found = {
        "small": {"sources": SMALL, "cpu_ms": small.cpu_ms},
        "large": {"sources": chosen.sources, "cpu_ms": large.cpu_ms, "growth": growth},
        "hanging": {"sources": chosen.beside, "cpu": asdict(cpu), "time": asdict(slower)},
        "noise": {"cpu": asdict(cpu_noise), "time": asdict(time_noise)},
    }
    return close("Unchanged polls", lines, "baseline", found, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
