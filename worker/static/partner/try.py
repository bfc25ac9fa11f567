"""Send the example requests to a receiver, signed now: python3 try.py http://127.0.0.1:9000/

The key is the sample one of these examples (sample-secret.txt), or what WEBHOOK_SECRET says. The signatures that stand
in the examples are of the day they were written, and a receiver rightly refuses them after five minutes.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent


def send(url, example, key):
    """The status of the answer."""
    body = example["body"].encode()
    message, stamp = example["headers"]["webhook-id"], str(int(time.time()))
    digest = hmac.new(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signed = {"webhook-timestamp": stamp, "webhook-signature": "v1," + base64.b64encode(digest).decode()}
    request = urllib.request.Request(url, body, {**example["headers"], **signed}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    secret = os.environ.get("WEBHOOK_SECRET") or (HERE / "sample-secret.txt").read_text("utf-8").strip()
    key = base64.b64decode(secret.split()[0][len("whsec_") :])
    statuses = []
    for name in ("1-publish", "2-update", "3-retract"):
        example = json.loads((HERE / "examples" / f"{name}.json").read_text("utf-8"))
        statuses.append(send(sys.argv[1], example, key))
        print(f"{name}: {statuses[-1]}")
    sys.exit(0 if all(200 <= status < 300 for status in statuses) else 1)
