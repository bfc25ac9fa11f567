"""A small newsroom in one process: a publisher's feed, a wire that reprints, a partner; stages run when asked to.

Commands are run as typed, through typer's runner, on the same database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

from typer.testing import CliRunner

from tests.stages import telling
from worker.bootstrap import Services, build_services
from worker.catalog import read_catalogue
from worker.cli.main import app
from worker.demo.partner import Partner
from worker.demo.site import Document, Site
from worker.destinations import OPTIONS
from worker.errors import NewsroadError
from worker.settings import Settings

CATALOGUE = """
[operator]
name = "北辰转载平台"
contact = "rights@beichen.example"
site = "https://news.beichen.example"

[publishers.jiang]
name = "江城民族事务局"
domains = ["jiang.example"]

[publishers.tongxin]
name = "同心在线"
domains = ["tongxin.example"]

[sources.jiang]
publisher = "jiang"
kind = "feed"
url = "<jiang>"
pace = 0
language = "zh"

[sources.tongxin]
publisher = "tongxin"
kind = "feed"
url = "<tongxin>"
pace = 0
language = "zh"

[grants.jiang]
publisher = "jiang"

[grants.tongxin]
publisher = "tongxin"

[channels.news]
title = "新闻"

[channels.culture]
title = "文化"
select = { categories = ["文化"], include = ["展览"] }

[subscribers.partner]
name = "江门户"

[destinations.feeds]
subscriber = "partner"
kind = "feed"
access = "public"
channels = ["news"]

[destinations.hook]
subscriber = "partner"
kind = "webhook"
channels = ["news"]
url = "<hook>"
secret = "env:PARTNER_SECRET"

[destinations.exhibitions]
subscriber = "partner"
kind = "webhook"
channels = ["culture"]
url = "<hook>"
secret = "env:PARTNER_SECRET"
"""

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{title}</title><link>https://{host}/</link><description>-</description>
{items}</channel></rss>"""


@dataclass(frozen=True)
class Item:
    """One item of a sample feed, with a text of its own; ``credits`` is whom it names as its source."""

    name: str
    title: str
    body: str = ""
    credits: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        if not self.body:
            words = "各位代表围绕教育协作、文化交流与青少年往来展开讨论，并就明年的安排交换意见。"
            object.__setattr__(self, "body", words + telling(crc32(self.title.encode())))

    def xml(self, host: str) -> str:
        credit = f'<source url="https://elsewhere.example/">{escape(self.credits)}</source>' if self.credits else ""
        category = f"<category>{escape(self.category)}</category>" if self.category else ""
        return (
            f"<item><guid>{self.name}</guid><title>{escape(self.title)}</title><link>https://{host}/a/{self.name}</link>"
            f"<description>&lt;p&gt;{escape(self.title)}。{escape(self.body)}&lt;/p&gt;</description>{credit}{category}</item>"
        )


@dataclass
class Shown:
    """What a command printed, and how it ended; ``code`` as the console script would exit."""

    text: str
    code: int


@dataclass
class Road:
    """One installation; ``jiang`` writes its own, ``tongxin`` may name others as its source."""

    home: Path
    url: str
    site: Site
    partner: Partner
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.services = build_services(
            Settings(
                home=self.home,
                catalogue=self.home / "newsroad.toml",
                database_url=self.url,
                allow_networks=("127.0.0.0/8",),
            )
        )
        self.publish("jiang")
        self.publish("tongxin")
        self.write(CATALOGUE)
        self.services.catalogue.apply(read_catalogue(self.home / "newsroad.toml", OPTIONS), self.services.clock())

    @property
    def environment(self) -> dict[str, str]:
        return {
            "NEWSROAD_HOME": str(self.home),
            "NEWSROAD_CATALOGUE": str(self.home / "newsroad.toml"),
            "NEWSROAD_DATABASE_URL": self.url,
            "NEWSROAD_ALLOW_NETWORKS": "127.0.0.0/8",
            "PARTNER_SECRET": self.partner.secrets[0],
        }

    def write(self, catalogue: str) -> None:
        """Write newsroad.toml, its ``<addresses>`` filled in."""
        places = {"jiang": self.site.url("/jiang"), "tongxin": self.site.url("/tongxin"), "hook": self.partner.url("/")}
        for name, address in places.items():
            catalogue = catalogue.replace(f"<{name}>", address)
        (self.home / "newsroad.toml").write_text(catalogue, encoding="utf-8")

    def change(self, before: str, after: str, code: int = 0) -> Shown:
        """Write newsroad.toml with ``before`` replaced by ``after`` and apply it."""
        assert before in CATALOGUE
        self.write(CATALOGUE.replace(before, after))
        applied = self.cli("apply", "--allow-publish", "1000", "--allow-retract", "1000")
        assert applied.code == code, applied.text
        return applied

    def publish(self, source: str, *items: Item) -> None:
        """Let ``source`` carry these items, newest first."""
        host = f"{source}.example"
        body = DOCUMENT.format(title=source, host=host, items="".join(item.xml(host) for item in items))
        self.site.put(f"/{source}", Document(body.encode(), "application/rss+xml"))

    def run(self) -> None:
        """Poll every source and do all that follows, until nothing is left to do."""
        now = self.services.clock()
        for source in ("jiang", "tongxin"):
            self.services.polling.poll_now(source, now)
        self.services.poller().run()
        while self.services.ingester().run() is not None:
            pass
        self.deliver()

    def deliver(self) -> None:
        self.services.deliverer().run()

    def cli(self, *arguments: str, text: str | None = None) -> Shown:
        """Run ``newsroad ARGUMENTS``."""
        done = CliRunner().invoke(app, list(arguments), env=self.environment, input=text)
        if isinstance(done.exception, NewsroadError):
            return Shown(done.output + str(done.exception), done.exception.exit_code)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Shown(done.output, done.exit_code)

    def json(self, *arguments: str) -> Any:
        """What ``newsroad ARGUMENTS --json`` printed; it must succeed."""
        shown = self.cli(*arguments, "--json")
        assert shown.code == 0, shown.text
        return json.loads(shown.text)

    def uuid(self, title: str) -> UUID:
        """The id of the article called ``title``."""
        found = self.json("article", "find", title)["articles"]
        assert len(found) == 1, found
        return UUID(found[0]["uuid"])

    def close(self) -> None:
        self.services.close()
