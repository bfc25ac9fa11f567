"""Ask Newsroad for what changed, for Python 3.9 or later, without any package. Call it every minute (cron).

    python3 client.py

The address is read from settings.json beside this file or from PULL_URL, the token from PULL_TOKEN or the file
token.txt. Articles are kept as files in the folder "received": replace `keep` by what your system does with an article.
Where it left off is kept in since.txt, written only once everything before it is stored.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
STORE = Path(os.environ.get("PULL_STORE", "received"))
SINCE = STORE / "since.txt"
ARTICLE = re.compile(r"urn:uuid:([0-9a-f-]{36})")


class Stay(urllib.request.HTTPRedirectHandler):
    """The token is for the address in settings.json, and for no other."""

    def redirect_request(self, *_):
        return None


def ask(url, token, since):
    """One page of changes after `since`."""
    request = urllib.request.Request(f"{url}?since={since}&limit=100", headers={"authorization": f"Bearer {token}"})
    with urllib.request.build_opener(Stay).open(request, timeout=60) as answer:
        return json.load(answer)


def write(place, text):
    """All of it or nothing."""
    new = place.with_name(place.name + ".new")
    new.write_text(text, "utf-8")
    os.replace(new, place)


def keep(change):
    """Store an article, or its withdrawal. An update of one that is not there is taken like a publication."""
    data = change["data"]
    known = ARTICLE.fullmatch(data["id"])
    if known is None:
        raise ValueError("data.id is no urn:uuid:")
    place = STORE / f"{known[1]}.json"
    last = json.loads(place.read_text("utf-8"))["sequence"] if place.exists() else 0
    if data["sequence"] <= last:
        return  # a repeat, after a crash
    # A withdrawal has no text: what was stored of the article is gone with this.
    write(place, json.dumps({"type": change["type"], **data}, ensure_ascii=False))
    print(change["type"], data["id"], data.get("title", data.get("line", "")), flush=True)


def main():
    beside, written = HERE / "settings.json", HERE / "token.txt"
    url = os.environ.get("PULL_URL") or json.loads(beside.read_text("utf-8"))["url"]
    token = os.environ.get("PULL_TOKEN") or (written.read_text("utf-8").strip() if written.exists() else "")
    STORE.mkdir(exist_ok=True)
    since = SINCE.read_text("utf-8").strip() if SINCE.exists() else "0"
    more = True
    while more:
        try:
            page = ask(url, token, since)
        except urllib.error.HTTPError as refused:
            sys.exit(f"{refused.code}: {refused.read(2000).decode('utf-8', 'replace')}")
        for change in page["changes"]:
            keep(change)
        since, more = page["next"], page["more"]
        write(SINCE, str(since))


if __name__ == "__main__":
    main()
