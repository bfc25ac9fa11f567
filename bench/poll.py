"""Polling, ms of CPU per feed: ``python -m bench.poll``, beside lemon24/reader over the same feeds in the same run.

200 local feeds of 50 items (102 KB, half of them Chinese), each on a host of its own, fetched over HTTP and stored.
Newsroad records all 50 entries with credit, evidence and keys, and routes the 20 that a first contact lets out; as the
peer delivers nothing, no destination is declared (``--shelf`` declares one). Passes: cold; unchanged with validators
(304); unchanged without validators (the same bytes once more); one new item in each. The peer runs in a virtual
environment of its own, made for the run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import sqlalchemy as sa

from bench.installation import Installation, source
from bench.publisher import Elsewhere, publishers
from bench.report import Line, close, parser, say
from worker.store.schema import entry, resource

HERE = Path(__file__).parent
GOALS = {"cold": 24.0, "unchanged": 1.0, "same_body": 1.5, "one_new": 5.0, "peak_mb": 120.0}
WORDS = {
    "cold": "cold",
    "unchanged": "unchanged, with validators",
    "same_body": "unchanged, without",
    "one_new": "one new item",
    "peak_mb": "peak of one process",
}
SHELF = '[destinations.shelf]\nsubscriber = "reader"\nkind = "feed"\naccess = "public"\nchannels = ["all"]\n\n'


def newsroad(upstream: Elsewhere, feeds: int, *, children: int, shelf: bool) -> dict[str, float]:
    """CPU milliseconds per feed of each pass, and the peak PSS of a worker child in MB."""
    lines = [source(f"s{number}", upstream.address("feed", number)) for number in range(feeds)]
    # Start-up is no part of the measure: this one is polled first, so that the children have opened what they need.
    lines += [source("warm-up", upstream.address("small", feeds))]
    measured = resource.c.url.like("%/feed/%")
    found: dict[str, float] = {}
    with Installation((SHELF if shelf else "") + "".join(lines), children=children) as installed:
        installed.make_due(~measured)
        installed.wait_for(lambda: installed.polls() == 1 and installed.at_rest(), 60, "the warm-up is polled")
        installed.wait_for(installed.calm, 60, "rest")
        done = 0

        def once() -> float:
            nonlocal done
            done += feeds
            before = installed.cpu()
            installed.make_due(measured)
            installed.wait_for(lambda: installed.polls(measured) >= done and installed.at_rest(), 300, "a pass")
            installed.wait_for(installed.calm, 60, "rest")
            after = installed.cpu()
            parts = {name: round((after[name] - before[name]) * 1000 / feeds, 2) for name in after}
            say(f"  {parts}")
            return round(sum(parts.values()), 2)

        upstream.phase("validators")
        found["cold"] = once()
        found["unchanged"] = once()
        upstream.phase("plain")
        once()  # it learns that there are no validators any more
        found["same_body"] = once()
        upstream.phase("new")
        found["one_new"] = once()
        stored = installed.count(sa.select(sa.func.count()).select_from(entry)) - 1
        assert stored == feeds * 51, f"{stored} entries stored of {feeds * 51}"
        say(f"  peaks: { {name: round(peak) for name, peak in installed.peaks.items()} }")
        found["peak_mb"] = round(max(installed.peaks.values()), 1)
    return found


def reader(upstream: Elsewhere, feeds: int) -> dict[str, float]:
    """The same of the peer, in an environment of its own."""
    with tempfile.TemporaryDirectory(prefix="newsroad-peer-") as folder:
        say("installing reader in an environment of its own")
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        wanted = ("-r", str(HERE / "constraints.txt"))
        subprocess.run((python, "-m", "pip", "install", "--quiet", *wanted), check=True, stdout=sys.stderr)
        say("measuring reader")
        command = (python, str(HERE / "reader_peer.py"), str(upstream.port), str(feeds))
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--feeds", type=int, default=200)
    arguments.add_argument("--children", type=int, default=2, help="prefork children of each worker")
    arguments.add_argument("--shelf", action="store_true", help="also decide for a channel's feed and write its shelf")
    arguments.add_argument("--no-reader", action="store_true", help="leave the peer out")
    chosen = arguments.parse_args()
    with publishers(chosen.feeds) as upstream:
        say("measuring newsroad")
        ours = newsroad(upstream, chosen.feeds, children=chosen.children, shelf=chosen.shelf)
        upstream.phase("validators")
        peer = {} if chosen.no_reader else reader(upstream, chosen.feeds)
    units = {name: "MB" if name == "peak_mb" else "ms" for name in GOALS}
    lines = [Line(WORDS[name], ours[name], units[name], GOALS[name], beside=peer.get(name)) for name in GOALS]
    title = f"{chosen.feeds} feeds of 50 items, CPU per feed"
    return close(title, lines, "reader", {"newsroad": ours, "reader": peer}, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
