"""Nine o'clock: what the night brought goes to forty partners at once: ``python -m bench.burst``.

200 articles wait for 40 destinations whose ``at`` is the same minute; the stack is the real one with two worker
children. Measured from that minute to the last receipt, and how long each destination waits for its share: were all
served alike, each would wait the mean of them all.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench.feeds import ITEMS
from bench.installation import Installation, source, webhook
from bench.publisher import Elsewhere, publishers
from bench.report import Line, close, parser, say
from bench.sink import Sink, sink
from worker.store.declared import destination
from worker.store.schema import delivery, receipt

EVERYTHING = 'first_contact = { entries = 1000, max_age = "30d" }\n\n'
ZONE = ZoneInfo("Asia/Shanghai")
DRAINED = 15.0
SHARE = 2.0
AHEAD = timedelta(minutes=4)  # to bring everything in


@dataclass(frozen=True, slots=True)
class Burst:
    """``drained`` seconds to the last receipt; ``waits`` the mean seconds that each destination waited."""

    sends: int
    drained: float
    waits: tuple[float, ...]

    @property
    def unfairness(self) -> float:
        """The longest of the waits in means of them all."""
        return max(self.waits) * len(self.waits) / sum(self.waits)


def burst(upstream: Elsewhere, partners: Sink, *, feeds: int, destinations: int, ahead: timedelta) -> Burst:
    opens = (datetime.now(UTC) + ahead).replace(second=0, microsecond=0) + timedelta(minutes=1)
    at = f'at = ["{opens.astimezone(ZONE):%H:%M}"]\n\n'
    lines = [source(f"s{one}", upstream.address("feed", one)).rstrip() + "\n" + EVERYTHING for one in range(feeds)]
    keys = [f"d{one:02d}" for one in range(destinations)]
    lines += [webhook(key, f"{partners.address}/fast/{key}").rstrip() + "\n" + at for key in keys]
    expected = feeds * ITEMS * destinations
    every = sa.select(sa.func.count()).select_from(delivery)
    with Installation("".join(lines), children=2, secrets=partners.secrets) as installed:
        installed.make_due()
        installed.wait_for(lambda: installed.count(every) == expected, 300, "every article is decided")
        installed.wait_for(installed.ingested, 60, "every snapshot is done")
        if datetime.now(UTC) > opens - timedelta(seconds=5):
            raise RuntimeError("bringing everything in took too long; give it more with --ahead")
        say(f"  {expected} deliveries wait for {opens.astimezone(ZONE):%H:%M}")
        left = (opens - datetime.now(UTC)).total_seconds() + 300
        accepted = every.where(delivery.c.state == "accepted")
        installed.wait_for(lambda: installed.count(accepted) == expected, left, "every delivery is accepted")
        early = every.where(delivery.c.finished_at < opens)
        assert not installed.count(early), "something went out before its time"
        query = (
            sa.select(destination.c.key, receipt.c.at)
            .join(delivery, delivery.c.destination_id == destination.c.id)
            .join(receipt, receipt.c.delivery_id == delivery.c.id)
        )
        waits: dict[str, list[float]] = {key: [] for key in keys}
        with installed.database.read() as connection:
            for row in connection.execute(query):
                waits[row.key].append((row.at - opens).total_seconds())
    drained = max(max(some) for some in waits.values())
    return Burst(expected, drained, tuple(sum(some) / len(some) for some in waits.values()))


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--feeds", type=int, default=4, help="of 50 articles each")
    arguments.add_argument("--destinations", type=int, default=40)
    arguments.add_argument("--ahead", type=int, default=AHEAD.seconds // 60, help="minutes to bring everything in")
    chosen = arguments.parse_args()
    say("bringing in what will wait")
    with publishers(chosen.feeds) as upstream, sink() as partners:
        ahead = timedelta(minutes=chosen.ahead)
        found = burst(upstream, partners, feeds=chosen.feeds, destinations=chosen.destinations, ahead=ahead)
        assert not partners.tally()["unsigned"], "a signature did not hold"
    lines = [
        Line(f"{found.sends} sends drained", found.drained, "s", DRAINED),
        Line("sends a second", found.sends / found.drained, "/s"),
        Line("longest wait of a destination, in mean waits", found.unfairness, "×", SHARE),
    ]
    told = {"sends": found.sends, "drained": found.drained, "unfairness": found.unfairness, "waits": found.waits}
    return close("Nine o'clock", lines, "baseline", told, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
