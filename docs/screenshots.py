"""The pictures of README.md, taken from a demonstration that is left running: ``python docs/screenshots.py``.

Needs what ``python3 dev.py setup`` installs, and Chromium with a font for Chinese
(Debian: ``apt-get install chromium fonts-noto-cjk``). Writes ``docs/images/``. Nothing leaves the machine.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urljoin
from urllib.request import urlopen

IMAGES = Path(__file__).resolve().parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
)
DEMO = (sys.executable, "-c", "from tasks.entry import main; main()", "demo", "--keep")
CREDITED = "数字馆"  # in the title of the article that two publishers carry
# Flower searches by these words; the tick, every two seconds, would fill the page with itself.
WORK = "ingest OR name:deliver OR name:poll OR name:recheck"


@contextmanager
def demonstration() -> Iterator[dict[str, str]]:
    """Where the demonstration runs: ``portal`` and ``flower``, the latter with name and password in it."""
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        try:
            yield _places(demo)
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.communicate()


def _places(demo: subprocess.Popen[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in demo.stdout or ():
        print(line, end="", flush=True)
        if portal := re.match(r"\s+portal\s+(http\S+)$", line.rstrip()):
            found["portal"] = portal[1]
        if flower := re.match(r"\s+Flower\s+http://(\S+?)/\s+\(user (\S+), password (\S+)\)", line):
            found["flower"] = f"http://{flower[2]}:{quote(flower[3], safe='')}@{flower[1]}"
        if re.match(r"\s+log\s", line):
            return found
    sys.exit("the demonstration ended before it said where it is")


def take(browser: str, url: str, name: str, *, width: int, height: int) -> None:
    """One picture of ``url`` as ``docs/images/NAME.png``, with an empty profile."""
    with tempfile.TemporaryDirectory(prefix="newsroad-shot-", ignore_cleanup_errors=True) as profile:
        size = (f"--window-size={width},{height}", f"--screenshot={IMAGES / name}.png")
        command = (browser, *FLAGS, f"--user-data-dir={profile}", *size, url)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    print(f"docs/images/{name}.png")


def link_to(page: str, words: str) -> str:
    """The address of the first link of ``page`` whose text has ``words``."""
    html = urlopen(page, timeout=10).read().decode()
    for href, text in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', html, flags=re.DOTALL):
        if words in text:
            return urljoin(page, href)
    sys.exit(f"{page} has no link with {words} in it")


def main() -> None:
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit("no Chromium on PATH; on Debian: apt-get install chromium fonts-noto-cjk")
    IMAGES.mkdir(exist_ok=True)
    with demonstration() as places:
        channel = link_to(places["portal"], "岭南")
        take(browser, channel, "channel", width=1200, height=760)
        take(browser, link_to(channel, CREDITED), "portal", width=1200, height=1000)
        take(browser, f"{places['flower']}/tasks?name={quote(WORK)}", "flower", width=1500, height=860)


if __name__ == "__main__":
    main()
