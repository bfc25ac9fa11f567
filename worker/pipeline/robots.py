"""robots.txt on the road: read once a day by whoever holds the host's lease, before the first page is asked for.

RFC 9309: what is not there allows everything (§2.3.1.3), what cannot be reached forbids everything until it can
(§2.3.1.4), and a copy is good for a day (§2.4). A redirect to another host counts as not there: the pages that matter
are then on that host, and its own robots.txt is asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from worker.model.fetch import Outcome, Phase, Request
from worker.model.polling import HostClaim, RobotsRead
from worker.parsers.robots import Robots, read_robots, robots_body

AGENT = "newsroad"
GOOD_FOR = timedelta(days=1)
RETRY = timedelta(hours=1)
NOTHING_ALLOWED = "User-agent: *\nDisallow: /\n"
SLOWEST = 60.0  # seconds; a crawl-delay beyond it would never let a day's articles through
LARGEST = 2 * 1024 * 1024


@lru_cache(maxsize=512)
def rules_of(text: str) -> Robots:
    """What a robots.txt says to us."""
    return read_robots(text, AGENT)


def pace_of(claim: HostClaim) -> float:
    """Seconds between requests: the source's wish, and no less than the publisher's crawl-delay."""
    delay = rules_of(claim.robots).crawl_delay if claim.robots else None
    return max(claim.pace, min(delay or 0.0, SLOWEST))


def robots_request(claim: HostClaim) -> Request:
    """The request for a host's robots.txt; its tag is the host's id, negative."""
    url = f"{claim.scheme}://{claim.name}/robots.txt"
    return Request(tag=-claim.id, url=url, headers={"Accept": "text/plain, */*;q=0.5"}, max_bytes=LARGEST, follow=5)


def judge_robots(claim: HostClaim, outcome: Outcome) -> RobotsRead:
    """What holds for the host from now on. Pure."""
    now: datetime = outcome.finished
    status = outcome.status if outcome.phase is Phase.ANSWERED else None
    if status is not None and status < 500 and status != 429:
        return RobotsRead(robots_body(status, outcome.body), now + GOOD_FOR)
    return RobotsRead(NOTHING_ALLOWED if claim.robots is None else claim.robots, now + RETRY)
