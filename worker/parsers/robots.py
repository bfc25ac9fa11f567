"""robots.txt → what a host asks of us (RFC 9309), by protego, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from protego import Protego

from worker.parsers.clean import safe_url

AGENT = "newsroad"
LARGEST = 500 * 1024  # bytes that RFC 9309 §2.5 obliges a crawler to read, and all that we do
ALLOW_ALL = ""
REFUSE_ALL = "User-agent: *\nDisallow: /"

_GROUP = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*([^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z_-]+")  # RFC 9309 §2.2.1
_MOST_SITEMAPS = 50
_WITH_STAR = re.compile(r"\s*(allow|disallow)\s*:\s*([^*#]*)\*", re.IGNORECASE)
_LONGEST = 4_000  # characters of a rule; no address that is asked for has as many
_MOST_STARS = 5_000  # in all rules: an address is held against every one of them, before anything else is asked


@dataclass(frozen=True)
class Robots:
    """What one host's robots.txt says to ``agent``. ``crawl_delay`` is seconds, as written; ``sitemaps`` are absolute
    http(s) addresses, at most 50."""

    text: str
    agent: str = AGENT

    def allows(self, url: str) -> bool:
        """May ``url`` be fetched? An address that cannot be taken apart may not."""
        try:
            return self._rules.can_fetch(url, self.agent)
        except ValueError:
            return False

    @cached_property
    def crawl_delay(self) -> float | None:
        return self._rules.crawl_delay(self.agent)

    @cached_property
    def sitemaps(self) -> tuple[str, ...]:
        named = (safe_url(address[:2_000], None) for address in self._rules.sitemaps)
        return tuple(dict.fromkeys(address for address in named if address))[:_MOST_SITEMAPS]

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(_ours(self.text, self.agent))


def read_robots(text: str, agent: str = AGENT) -> Robots:
    """``text`` as ``robots_body`` gives it. ``agent`` is a product token, without version."""
    return Robots(text.encode("utf-8", "replace").decode("utf-8")[:LARGEST], agent.lower())


def robots_body(status: int, body: bytes) -> str:
    """What counts as robots.txt after this answer (RFC 9309 §2.3.1): the text of a success, nothing where there is no
    file or a redirect was not followed, a refusal of everything while the server fails. A web page in its place is no
    robots.txt."""
    if status >= 500:
        return REFUSE_ALL
    if not 200 <= status < 300:
        return ALLOW_ALL
    text = body[:LARGEST].decode("utf-8-sig", "replace")
    return ALLOW_ALL if text.lstrip()[:1] == "<" else text


def _ours(text: str, agent: str) -> str:
    """The text with groups for us under our own token, whatever version they name, and all groups for other agents
    under one name: rules times agents would not be bounded. Nor would wildcards be: of those that are too many, one
    that refuses does so for all that begins alike, and one that allows allows nothing."""
    lines: list[str] = []
    named: set[str] = set()
    concerns, stars = False, 0
    for line in text.splitlines():
        group = _GROUP.match(line)
        if group is None:
            if line.strip() and not line.lstrip().startswith("#"):
                named = set()
            if len(line) > _LONGEST:
                continue
            stars += line.count("*") if concerns else 0
            lines += [line] if stars <= _MOST_STARS else _without_stars(line)
            continue
        name = group[1].strip().lower()
        token = _TOKEN.match(name)
        kept = "*" if name == "*" else (agent if token and token[0] == agent else "-other-")
        concerns = (concerns and bool(named)) or kept != "-other-"
        if kept not in named:
            named.add(kept)
            lines.append(f"User-agent: {kept}")
    return "\n".join(lines)


def _without_stars(line: str) -> list[str]:
    rule = _WITH_STAR.match(line)
    if rule is None:
        return [line]
    return [f"Disallow: {rule[2] or '/'}"] if rule[1].lower() == "disallow" else []
