"""From an item at the publisher to a partner's 2xx: ``python -m bench.latency``, on the real stack, idle otherwise.

One source polled every two seconds, one webhook. An item is put in the feed, and the next one when it has arrived.
The figure is the time after the fetch that brought it; the wait for that fetch is the polling interval's.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from bench.feeds import item
from bench.installation import Installation, source, webhook
from bench.publisher import publishers
from bench.report import Line, close, parser, say
from bench.sink import sink
from worker.store.schema import delivery, resource


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share * len(ranked) + 0.5) - 1))]


def arrived(installed: Installation, many: int) -> bool:
    """So many deliveries were accepted."""
    accepted = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.state == "accepted")
    return installed.count(accepted) == many


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--items", type=int, default=40)
    chosen = arguments.parse_args()
    waited: list[float] = []
    with publishers(0) as upstream, sink() as partners:
        catalogue = source("shown", f"http://127.0.0.1:{upstream.port}/shown", every="2s")
        catalogue += webhook("partner", f"{partners.address}/fast/partner")
        with Installation(catalogue, secrets=partners.secrets) as installed:
            installed.make_due()
            installed.wait_for(lambda: installed.polls() > 0, 30, "the first poll")
            for number in range(chosen.items + 4):  # the first ones open connections and are not counted
                upstream.post("/show", item(0, number, "bench.example", datetime.now(UTC), chinese=number % 2 == 1))
                shown = time.time()
                installed.wait_for(partial(arrived, installed, number + 1), 30, "the item arrives")
                waited.append(time.time() - shown)
                time.sleep(0.5)
            query = sa.select(delivery.c.visible_at, delivery.c.finished_at).order_by(delivery.c.id)
            with installed.database.read() as connection:
                rows = connection.execute(query).all()[4:]
            say(f"  {installed.polls(resource.c.id > 0)} polls")
    after = [(row.finished_at - row.visible_at).total_seconds() * 1000 for row in rows]
    found = {
        "p50_ms": round(statistics.median(after), 1),
        "p95_ms": round(percentile(after, 0.95), 1),
        "max_ms": round(max(after), 1),
        "with_the_wait_p50_ms": round(statistics.median(waited[4:]) * 1000, 1),
    }
    lines = [
        Line("after the fetch, median", found["p50_ms"], "ms"),
        Line("after the fetch, 95 %", found["p95_ms"], "ms", 250),
        Line("after the fetch, longest", found["max_ms"], "ms"),
        Line("with the wait for the poll, median", found["with_the_wait_p50_ms"], "ms"),
    ]
    return close(f"{chosen.items} items, one after the other", lines, "baseline", found, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
