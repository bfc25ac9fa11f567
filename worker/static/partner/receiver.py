"""A receiver of Newsroad's webhooks, for Python 3.9 or later, without any package.

    python3 receiver.py            listens on 127.0.0.1:9000

The key is read from WEBHOOK_SECRET (several while keys change, with spaces between) or from the file secret.txt beside
this one. Articles are kept as files in the folder "received": replace `keep` by what your system does with an article.
Answer 2xx only once it is stored: whatever else you answer is sent again.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

TOLERANCE = int(os.environ.get("WEBHOOK_TOLERANCE", "300"))  # seconds that a timestamp may be off
PORT = int(os.environ.get("WEBHOOK_PORT", "9000"))
STORE = Path(os.environ.get("WEBHOOK_STORE", "received"))
LARGEST = 20 * 1024 * 1024
ARTICLE = re.compile(r"urn:uuid:([0-9a-f-]{36})")
NUMBER = re.compile("[0-9]{1,12}")
ONE_AT_A_TIME = Lock()


def keys():
    """The keys in force, as bytes."""
    beside = Path(__file__).with_name("secret.txt")
    written = os.environ.get("WEBHOOK_SECRET") or (beside.read_text("utf-8") if beside.exists() else "")
    found = [base64.b64decode(one[len("whsec_") :]) for one in written.split() if one.startswith("whsec_")]
    return [key for key in found if len(key) >= 24]  # with an empty one anybody could sign


def genuine(headers, body, now):
    """Whether the signature holds: HMAC-SHA256 over id.timestamp.body, and the timestamp is of these minutes."""
    message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not NUMBER.fullmatch(stamp) or abs(now - int(stamp)) > TOLERANCE:
        return False
    signed = f"{message}.{stamp}.".encode() + body
    given = [
        one[len("v1,") :].encode() for one in headers.get("webhook-signature", "").split() if one.startswith("v1,")
    ]
    ours = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys()]
    return any([hmac.compare_digest(mine, theirs) for mine in ours for theirs in given])


def keep(kind, data):
    """Store an article, or its withdrawal. A number not above the last one of the same article is a repeat or late."""
    known = ARTICLE.fullmatch(data["id"])
    if known is None:
        raise ValueError("data.id is no urn:uuid:")
    STORE.mkdir(exist_ok=True)
    place = STORE / f"{known[1]}.json"
    last = json.loads(place.read_text("utf-8"))["sequence"] if place.exists() else 0
    if data["sequence"] <= last:
        return False
    # A withdrawal has no text: what was stored of the article is gone with this.
    new = place.with_suffix(".new")
    new.write_text(json.dumps({"type": kind, **data}, ensure_ascii=False), "utf-8")
    os.replace(new, place)
    return True


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not NUMBER.fullmatch(length) or int(length) > LARGEST:
            return self.answer(413)
        body = self.rfile.read(int(length))
        if not genuine(self.headers, body, time.time()):
            return self.answer(401)
        try:
            event = json.loads(body)
            kind, data = event["type"], event["data"]
            with ONE_AT_A_TIME:
                new = keep(kind, data)
        except (KeyError, TypeError, ValueError) as error:
            print(f"not understood: {error}", file=sys.stderr)
            return self.answer(400)
        print(kind if new else "repeat", data["id"], data.get("title", data.get("line", "")), flush=True)
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *words):
        """Quiet: what was taken is printed above."""


if __name__ == "__main__":
    try:
        if not keys():
            sys.exit("set WEBHOOK_SECRET to the whole key (whsec_…), or put it into secret.txt beside this file")
    except binascii.Error:
        sys.exit("the key must be whsec_ and base64")
    print(f"listening on http://127.0.0.1:{PORT}/", flush=True)
    ThreadingHTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
