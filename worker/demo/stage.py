"""Where the demonstration plays: a throw-away folder, sample publishers and partner, a catalogue, and ``newsroad run``
with every process that runs in production."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from types import TracebackType
from typing import Self

from worker.demo import portal_pages
from worker.demo.partner import Partner
from worker.demo.portal_pages import Portal
from worker.demo.publishers import COMMITTEE_DOMAIN, HARBOUR_DOMAIN, ZHUWAN_DOMAIN, Committee, Harbour, Zhuwan
from worker.demo.site import Site
from worker.errors import NewsroadError
from worker.programs import newsroad_command

STOP_SECONDS = 25.0
PORTS = (15_000, 32_000)

CATALOGUE = """\
# Written by newsroad demo. Your own begins with: newsroad init
[operator]
name = "南窗资讯（演示）"
contact = "desk@nanchuang.example"
address = "演示路 1 号"
site = "http://127.0.0.1:{web_port}"
editor = "周敏"

[publishers.lnmw]
name = "岭南民族事务委员会"
domains = ["{committee_domain}"]

[publishers.harbour]
name = "Harbour Courier"
domains = ["{harbour_domain}"]

[publishers.zhuwan]
name = "珠湾日报"
domains = ["{zhuwan_domain}"]

[publishers.shanchuan]
name = "{portal_name}"
domains = ["{portal_domain}"]

[publishers.neac]
name = "{origin_name}"
domains = ["{origin_domain}"]

[sources.lnmw]
publisher = "lnmw"
kind = "feed"
url = "{committee}"
every = "{every}s"
pace = 0
zone = "Asia/Shanghai"
language = "zh-CN"

[sources.harbour]
publisher = "harbour"
kind = "feed"
url = "{harbour}"
every = "{every}s"
pace = 0
language = "en"

[sources.zhuwan]
publisher = "zhuwan"
kind = "feed"
url = "{zhuwan}"
every = "{every}s"
pace = 0
zone = "Asia/Shanghai"
language = "zh-CN"

# A portal without a feed: its listing leads to its articles' pages. It needs no rules of its own.
[sources.shanchuan]
publisher = "shanchuan"
kind = "site"
url = "{portal}"
every = "{every}s"
pace = 0
zone = "Asia/Shanghai"
language = "zh-CN"

# Each publisher lets us carry its own work. What it reprints of others is another matter.
[grants.lnmw]
publisher = "lnmw"
basis = "letter"
use = "full_text"

[grants.harbour]
publisher = "harbour"
basis = "contract"
use = "full_text"

[grants.zhuwan]
publisher = "zhuwan"
basis = "contract"
use = "full_text"

# This one may also pass on what it carries of others, and lets us do the same.
[grants.shanchuan]
publisher = "shanchuan"
scope = "carried"
basis = "contract"
use = "full_text"

[channels.lingnan]
title = "岭南"
language = "zh-CN"
select = {{ languages = ["zh"] }}

[channels.wenhua]
title = "文化"
parent = "lingnan"
language = "zh-CN"
select = {{ categories = ["文化"] }}

[channels.river]
title = "Life on the river"
language = "en"
select = {{ sources = ["harbour"] }}

[subscribers.readers]
name = "南窗资讯读者"

[subscribers.gateway]
name = "江门户（样本伙伴）"
domains = ["gateway.example"]

[destinations.portal]
subscriber = "readers"
kind = "portal"
channels = ["lingnan", "wenhua", "river"]

[destinations.feeds]
subscriber = "readers"
kind = "feed"
access = "public"
channels = ["lingnan", "wenhua", "river"]

[destinations.gateway]
subscriber = "gateway"
kind = "webhook"
url = "{partner}"
secret = "env:DEMO_PARTNER_SECRET"
channels = ["lingnan", "wenhua", "river"]
"""


class DemoFailed(NewsroadError):
    """Something the demonstration promises did not come true."""


def free_port() -> int:
    """A port on loopback that nobody has at this moment. It is below those that systems give to whoever asks for any:
    one of these may be another's by the time a process listens on it. Raises DemoFailed when there is none."""
    for port in SystemRandom().sample(range(*PORTS), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise DemoFailed(f"no free port from {PORTS[0]} to {PORTS[1]} on 127.0.0.1; stop what holds them")


class Stage:
    """A context manager: on entering the sites answer and the catalogue is written; ``open`` starts the processes.

    ``every`` is the polling interval in seconds. ``keep`` leaves the folder on leaving.
    """

    def __init__(self, *, every: int = 2, keep: bool = False) -> None:
        self.keep = keep
        self.every = every
        self.began = datetime.now(UTC)
        self.web_port, self.flower_port = free_port(), free_port()
        self.flower_password = secrets.token_urlsafe(9)
        self.running: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.home = Path(tempfile.mkdtemp(prefix="newsroad-demo-"))
        self._stack.callback(self._remove)
        sites = [self._stack.enter_context(Site()) for _ in range(4)]
        self.committee = Committee(sites[0], self.began)
        self.harbour = Harbour(sites[1], self.began)
        self.zhuwan = Zhuwan(sites[2], self.began)
        self.portal = Portal(sites[3], self.began)
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.partner = self._stack.enter_context(Partner([secret]))
        self._stack.callback(self.close)
        self.catalogue = self.home / "newsroad.toml"
        self.catalogue.write_text(self._catalogue(), encoding="utf-8")
        self.environment = self._environment(secret)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def flower(self) -> str:
        return f"http://127.0.0.1:{self.flower_port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.home / 'newsroad.db'}"

    @property
    def log(self) -> Path:
        return self.home / "run.log"

    def open(self) -> None:
        """Start ``newsroad run``; its words go to ``run.log``."""
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(
                newsroad_command("run"),
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, condition: Callable[[], bool], seconds: float, promise: str) -> None:
        """Wait until ``condition`` holds. Raises DemoFailed naming the broken ``promise``, with the log's end."""
        end = time.monotonic() + seconds
        while not condition():
            if self.running is not None and self.running.poll() is not None:
                raise DemoFailed(f"newsroad run ended with exit code {self.running.returncode}:\n{self._last_words()}")
            if time.monotonic() > end:
                raise DemoFailed(f"not within {seconds:.0f} s: {promise}\n{self._last_words()}")
            time.sleep(0.05)

    def command(self, *arguments: str) -> str:
        """Run one ``newsroad`` command on this stage; returns what it printed. Raises DemoFailed with its words."""
        done = subprocess.run(
            newsroad_command(*arguments),
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed(f"newsroad {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def close(self) -> float:
        """Stop every process the way Ctrl-C does; returns the seconds it took."""
        running, self.running = self.running, None
        if running is None:
            return 0.0
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        return time.monotonic() - began

    def _remove(self) -> None:
        if not self.keep:
            shutil.rmtree(self.home, ignore_errors=True)

    def _catalogue(self) -> str:
        return CATALOGUE.format(
            web_port=self.web_port,
            committee_domain=COMMITTEE_DOMAIN,
            harbour_domain=HARBOUR_DOMAIN,
            zhuwan_domain=ZHUWAN_DOMAIN,
            committee=self.committee.feed,
            harbour=self.harbour.feed,
            zhuwan=self.zhuwan.feed,
            portal=self.portal.feed,
            portal_name=portal_pages.NAME,
            portal_domain=portal_pages.DOMAIN,
            origin_name=portal_pages.ORIGIN,
            origin_domain=portal_pages.ORIGIN_DOMAIN,
            partner=self.partner.url("/newsroad"),
            every=self.every,
        )

    def _environment(self, secret: str) -> dict[str, str]:
        """Ours, with nothing of an installation that the user may have set."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSROAD_", "FLOWER_"))}
        return {
            **clean,
            "NEWSROAD_HOME": str(self.home),
            "NEWSROAD_CATALOGUE": str(self.catalogue),
            "NEWSROAD_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSROAD_WEB_PORT": str(self.web_port),
            "NEWSROAD_FLOWER_PORT": str(self.flower_port),
            "NEWSROAD_FLOWER_PASSWORD": self.flower_password,
            "NEWSROAD_WORKERS": "1",
            "DEMO_PARTNER_SECRET": secret,
        }

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(["The last lines of newsroad run:", *lines[-15:]])
