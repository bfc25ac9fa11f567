"""trafilatura over the same pages, run by its own interpreter: JSON Lines {html} in, {text, ms} out.

Imports nothing of ours. Pages come decoded: what it makes of bytes is not what is compared.
"""

import json
import sys
import time

import trafilatura


def main() -> None:
    for line in sys.stdin:
        html = json.loads(line)["html"]
        begun = time.process_time()
        text = trafilatura.extract(html, favor_precision=True, include_comments=False) or ""
        print(json.dumps({"text": text, "ms": (time.process_time() - begun) * 1000}))


if __name__ == "__main__":
    main()
