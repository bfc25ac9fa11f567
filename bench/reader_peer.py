"""lemon24/reader over the same feeds, run by its own interpreter: ``python reader_peer.py PORT FEEDS``.

Imports nothing of ours. One JSON object on standard output: CPU milliseconds per feed of each pass, peak memory in MB.
"""

import json
import logging
import resource
import sys
import tempfile
import urllib.request
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

    def phase(name: str) -> None:
        urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/phase/{name}", method="POST")).close()

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder) / "reader.db"))
        for number in range(feeds):
            reader.add_feed(f"http://{address(number)}:{port}/feed/{number}")

        def once() -> float:
            before = cpu()
            reader.update_feeds(workers=1, scheduled=False)
            return round((cpu() - before) / feeds * 1000, 2)

        result = {}
        phase("validators")
        result["cold"] = once()
        result["unchanged"] = once()
        phase("plain")
        once()  # it learns that there are no validators any more
        result["same_body"] = once()
        phase("new")
        result["one_new"] = once()
        entries = reader.get_entry_counts().total
        assert entries == feeds * 51, f"{entries} entries stored of {feeds * 51}"
        reader.close()
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
