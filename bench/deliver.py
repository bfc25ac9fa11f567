"""Signed webhook deliveries to a local sink, the ledger written: ``python -m bench.deliver``.

Articles are brought in first while the destinations are held; then the hold is lifted and the pass is measured: from
claiming over deciding again, rendering, signing and sending to the receipt. Passes: one partner who answers at once
and one worker child (``one core``); 50 partners who answer after 100 ms; nine of those alone, then beside a tenth that
takes everything and never answers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bench.feeds import ITEMS
from bench.installation import Installation, source, webhook
from bench.publisher import Elsewhere, publishers
from bench.report import Line, close, parser, say
from bench.sink import Sink, sink
from worker.store.declared import destination
from worker.store.deliveries import Deliveries
from worker.store.schema import delivery, receipt

EVERYTHING = 'first_contact = { entries = 1000, max_age = "30d" }\n\n'


@dataclass(frozen=True, slots=True)
class Pass:
    """CPU milliseconds per delivery, deliveries a second between the first and the last receipt."""

    cpu_ms: float
    per_second: float


def deliver(
    upstream: Elsewhere, partners: Sink, names: dict[str, str], *, feeds: int, children: int, dead: str | None = None
) -> Pass:
    """One pass over ``feeds`` × 50 articles to each destination of ``names`` (key → path at the sink).

    What goes to ``dead`` is not waited for and not counted.
    """
    lines = [source(f"s{one}", upstream.address("feed", one)).rstrip() + "\n" + EVERYTHING for one in range(feeds)]
    lines += [webhook(key, f"{partners.address}/{path}/{key}") for key, path in names.items()]
    mine = destination.c.key != (dead or "")
    counted = sa.select(sa.func.count()).select_from(
        delivery.join(destination, destination.c.id == delivery.c.destination_id)
    )
    expected = feeds * ITEMS * (len(names) - (dead in names))
    with Installation("".join(lines), children=children, secrets=partners.secrets) as installed:
        with installed.database.write() as connection:
            connection.execute(sa.update(destination).values(state="held"))
        installed.make_due()
        installed.wait_for(lambda: installed.count(counted.where(mine)) == expected, 300, "every article is decided")
        installed.wait_for(installed.ingested, 60, "every snapshot is done")
        before = installed.cpu()
        store = Deliveries(installed.database)
        for key in names:
            store.resume(key, datetime.now(UTC), by="bench")
        accepted = counted.where(mine, delivery.c.state == "accepted")
        installed.wait_for(lambda: installed.count(accepted) == expected, 300, "every delivery is accepted")
        after = installed.cpu()
        times = (
            sa.select(sa.func.min(receipt.c.at).label("first"), sa.func.max(receipt.c.at).label("last"))
            .join(delivery, delivery.c.id == receipt.c.delivery_id)
            .join(destination, destination.c.id == delivery.c.destination_id)
            .where(mine)
        )
        with installed.database.read() as connection:
            row = connection.execute(times).one()
        parts = {name: round((after[name] - before[name]) * 1000 / expected, 3) for name in after}
        say(f"  {expected} deliveries: {parts}")
        return Pass(round(sum(parts.values()), 3), round(expected / (row.last - row.first).total_seconds(), 1))


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--feeds", type=int, default=40, help="of 50 articles each, for the first pass")
    chosen = arguments.parse_args()
    few = max(1, chosen.feeds // 10)
    nine = {f"d{number}": "slow" for number in range(9)}
    with publishers(chosen.feeds) as upstream, sink() as partners:
        say("one partner, one core")
        one = deliver(upstream, partners, {"d0": "fast"}, feeds=chosen.feeds, children=1)
        say("50 partners at 100 ms")
        fifty = deliver(upstream, partners, {f"d{one}": "slow" for one in range(50)}, feeds=few, children=2)
        say("nine partners at 100 ms")
        alone = deliver(upstream, partners, nine, feeds=few, children=2)
        say("nine partners at 100 ms, and a dead one")
        beside = deliver(upstream, partners, {"dead": "dead", **nine}, feeds=few, children=2, dead="dead")
        assert not partners.tally()["unsigned"], "a signature did not hold"
    cost = round(alone.per_second / beside.per_second, 3)
    lines = [
        Line("one partner, CPU each", one.cpu_ms, "ms", 1.0),
        Line("one partner, one core", one.per_second, "/s", 800, more=True),
        Line("50 partners at 100 ms, CPU each", fifty.cpu_ms, "ms", beside=one.cpu_ms),
        Line("50 partners at 100 ms", fifty.per_second, "/s", 400, more=True, beside=one.per_second),
        Line("nine at 100 ms beside a dead one", beside.per_second, "/s", beside=alone.per_second),
        Line("what the dead one costs them", cost, "×", 1.05),
    ]
    found = {
        "one": {"cpu_ms": one.cpu_ms, "per_second": one.per_second},
        "fifty": {"cpu_ms": fifty.cpu_ms, "per_second": fifty.per_second},
        "nine": {"per_second": alone.per_second, "beside_a_dead_one": beside.per_second, "cost": cost},
    }
    return close("Webhook deliveries", lines, "baseline", found, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
