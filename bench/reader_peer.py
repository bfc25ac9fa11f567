"""lemon24/reader over the same feeds, run by its own interpreter: ``python reader_peer.py PORT FEEDS``.

Imports nothing of ours. Every line on standard input is answered with a number: ``pass`` with the CPU milliseconds per
feed of one more pass, ``entries`` with how many it has stored, ``peak`` with its peak memory in MB.
"""

import logging
import resource
import sys
import tempfile
from pathlib import Path

from reader import make_reader


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def address(number: int) -> str:
    return f"127.{10 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"


def main() -> None:
    port, feeds = int(sys.argv[1]), int(sys.argv[2])
    logging.disable(logging.CRITICAL)

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder) / "reader.db"))
        for number in range(feeds):
            reader.add_feed(f"http://{address(number)}:{port}/feed/{number}")

        def once() -> float:
            before = cpu()
            reader.update_feeds(workers=1, scheduled=False)
            return round((cpu() - before) / feeds * 1000, 2)

        answers = {
            "pass": once,
            "entries": lambda: reader.get_entry_counts().total,
            "peak": lambda: round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }
        for line in sys.stdin:
            print(answers[line.strip()](), flush=True)
        reader.close()


if __name__ == "__main__":
    main()
