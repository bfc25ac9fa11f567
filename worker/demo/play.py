"""The acts of the demonstration. Each does something upstream and waits until it shows downstream; nothing is taken
for granted, and the first promise that does not come true ends the play with DemoFailed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from worker.demo import portal_pages, stories
from worker.demo.outputs import (
    credit_in_atom,
    credit_in_json,
    credit_in_rss,
    feeds_of,
    first_line,
    get,
    text_of,
    tombstone_in_atom,
)
from worker.demo.partner import Received
from worker.demo.publishers import SamplePublisher
from worker.demo.results import Ledger
from worker.demo.stage import DemoFailed, Stage
from worker.model.delivery import Action

READERS = {
    "application/rss+xml": ("RSS", credit_in_rss),
    "application/atom+xml": ("Atom", credit_in_atom),
    "application/feed+json": ("JSON Feed", credit_in_json),
}
CREDITED = stories.EMBROIDERY  # the text that arrives twice
WITHDRAWN = stories.EVENING_SCHOOL
TAKEDOWN = ("--by", "周敏", "--reason", "publisher", "--note", "newsroad demo", "--yes")


@dataclass(frozen=True, slots=True)
class Act:
    """``perform`` returns what came of it, in one line; ``look`` tells the line so far while it goes on."""

    title: str
    perform: Callable[[], str]
    look: Callable[[], str]


class Play:
    """The acts on one stage, in order."""

    def __init__(self, stage: Stage, ledger: Ledger) -> None:
        self.stage = stage
        self.ledger = ledger
        self.publishers: tuple[SamplePublisher, ...] = (stage.committee, stage.harbour, stage.zhuwan, stage.portal)

    def acts(self) -> Iterator[Act]:
        yield Act("Broker, database, workers, beat, web and Flower start", self._start, lambda: "")
        yield Act("First poll: every source is new", self._first_poll, self._arrivals)
        yield Act("A portal without a feed, read from its pages", self._portal_page, lambda: "")
        yield Act("Second poll: nothing changed", self._second_poll, self._unchanged)
        yield Act("A correction and a new text upstream", self._changes, self._arrivals)
        yield Act("Reprints: one more copy, edited, and a look-alike", self._reprints, self._arrivals)
        yield Act("A takedown", self._takedown, self._retractions)

    def close(self) -> None:
        self.ledger.close()

    # Start

    def _start(self) -> str:
        self.stage.open()
        self._wait(lambda: get(f"{self.stage.web}/livez").status == 200, 90, "the web face answers")
        self._wait(lambda: get(f"{self.stage.flower}/healthcheck").status == 200, 60, "Flower answers")
        if get(f"{self.stage.flower}/api/workers").status != 401:
            raise DemoFailed("Flower showed its workers without asking for a password")
        return f"Flower at {self.stage.flower} asks for a password"

    # First poll

    def _first_poll(self) -> str:
        entries = sum(len(publisher.pieces) for publisher in self.publishers)
        ours, foreign = self._expected()
        self._wait(lambda: all(one.site.count(one.path, 200) for one in self.publishers), 45, "every feed is fetched")
        self._wait(lambda: self.ledger.entries() == entries, 45, f"{entries} entries are read")
        self._wait(lambda: len(self._shown()) == len(ours), 45, f"{len(ours)} articles reach the partner")
        self._check(self._shown() == ours, "the partner shows exactly what the publishers' own grants cover")
        self._check(self.ledger.articles() == entries - 1, "the text that came twice is one article")
        self._check(self.ledger.held() == foreign, "what nobody gave us is held")
        self._check(not self._refused(), "every signature holds")
        return f"{entries} entries, {self.ledger.articles()} articles; {len(ours)} at the partner, {len(foreign)} held"

    def _expected(self) -> tuple[set[str], set[str]]:
        """Titles that may go out (somebody's own, or carried by grant), and titles that may not (credited to somebody
        we do not know)."""
        pieces = [piece for publisher in self.publishers for piece in publisher.pieces]
        ours = {piece.text.title for piece in pieces if piece.of is None}
        carried = {piece.text.title for one in self.publishers if one.carries for piece in one.pieces}
        return ours | carried, {piece.text.title for piece in pieces} - ours - carried

    # The portal's page

    def _portal_page(self) -> str:
        title = self.stage.portal.pieces[0].text.title
        data = self._published(self._uuid(title)).payload["data"]
        self._check(data["original"]["publisher"] == portal_pages.ORIGIN, "the source is who the page names")
        self._check(data["original"]["link"] == portal_pages.ORIGINAL, "the original link is the page's")
        self._check(data["credit"]["author_state"] == "placeholder", f"{portal_pages.PLACEHOLDER} is no person")
        self._check(portal_pages.DISCLAIMER[:20] not in data["body_html"], "the disclaimer is not in the text")
        self._check(portal_pages.DISCLAIMER in self.ledger.statements(title), "the disclaimer is kept as a statement")
        found = f"source {portal_pages.ORIGIN}, author {portal_pages.PLACEHOLDER} (a stand-in)"
        return f"“{title}”: {found}, disclaimer kept apart"

    # Second poll

    def _second_poll(self) -> str:
        before = (self.ledger.entries(), len(self.stage.partner.ledger))
        seen = {one.domain: one.site.count(one.path, 304) for one in self.publishers}
        self._wait(
            lambda: all(one.site.count(one.path, 304) > seen[one.domain] for one in self.publishers),
            45,
            "every feed answers 304 to the validators it gave",
        )
        self._check((self.ledger.entries(), len(self.stage.partner.ledger)) == before, "a 304 brings and sends nothing")
        return self._unchanged()

    def _unchanged(self) -> str:
        return ", ".join(f"{one.label} 304 ×{one.site.count(one.path, 304)}" for one in self.publishers)

    # Changes

    def _changes(self) -> str:
        now = datetime.now(UTC)
        self.stage.harbour.revise(stories.KITCHENS_CORRECTED, now)
        self.stage.zhuwan.add(stories.TIDE_CLOCK, now)
        self._wait(lambda: bool(self._with(Action.UPDATE)), 45, "the correction reaches the partner")
        self._wait(lambda: stories.TIDE_CLOCK.title in self._shown(), 45, "the new text reaches the partner")
        (update,) = self._with(Action.UPDATE)
        self._check("104 tonnes" in update.payload["data"]["body_html"], "the update carries the corrected text")
        page = update.payload["data"]["address"]
        self._wait(lambda: "104 tonnes" in get(page).body.decode(), 30, f"{page} shows the corrected text")
        return f"“{update.payload['data']['title']}” is version {update.payload['data']['version']} at the partner"

    # Reprints

    def _reprints(self) -> str:
        now = datetime.now(UTC)
        origin = next(one for one in self.stage.zhuwan.pieces if one.text is CREDITED)
        self.stage.zhuwan.add(stories.PORT_WEEK, now)
        self.stage.portal.reprint(stories.EMBROIDERY_EDITED, ("珠湾日报", origin.link), now)
        self._wait(lambda: len(self.ledger.copies(CREDITED.title)) == 3, 45, "the edited copy joins the article")
        self._wait(lambda: stories.PORT_WEEK.title in self._shown(), 45, "the bulletin reaches the partner")
        self.stage.zhuwan.add(stories.PORT_WEEK_AFTER, datetime.now(UTC))
        self._wait(lambda: stories.PORT_WEEK_AFTER.title in self._shown(), 45, "so does the next of its kind")
        copies = self.ledger.copies(CREDITED.title)
        self._check(len({one.source for one in copies}) == 3, "one article has copies of three sources")
        self._check(self._shown() >= {stories.PORT_WEEK.title, CREDITED.title}, "the look-alike replaced nothing")
        self._check(stories.EMBROIDERY_EDITED.title not in self._shown(), "the edited copy is not sent a second time")
        (edited,) = (one for one in copies if one.source == "shanchuan")
        apart = self.ledger.verdict(stories.PORT_WEEK_AFTER.title)
        self._check(apart == "edition", "the look-alike is known for one")
        return (
            f"“{stories.EMBROIDERY_EDITED.title}” joined “{CREDITED.title}” ({edited.joined_by}): one article, "
            f"3 sources; “{stories.PORT_WEEK_AFTER.title}” is kept apart from the one before it ({apart})"
        )

    # Takedown

    def _takedown(self) -> str:
        uuid = self._uuid(WITHDRAWN.title)
        page = self._published(uuid).payload["data"]["address"]
        atom = self._feeds(page)["application/atom+xml"]
        self.stage.command("takedown", page, *TAKEDOWN)
        self._wait(lambda: bool(self._with(Action.RETRACT)), 45, "the retraction reaches the partner")
        self._wait(lambda: get(page).status == 410, 30, f"{page} answers 410")
        self._wait(lambda: tombstone_in_atom(get(atom).body, uuid), 30, "the Atom feed carries a tombstone")
        self._wait(lambda: self.ledger.open_deliveries() == 0, 30, "nothing is left to deliver")
        return f"{page} answers 410, partner and feeds were told"

    def _retractions(self) -> str:
        return f"{len(self._with(Action.RETRACT))} retraction(s) at the partner"

    # Credit

    def credits(self) -> list[tuple[str, str]]:
        """(output, credit line) of one article, as read out of each output. Raises DemoFailed when one has none."""
        uuid = self._uuid(CREDITED.title)
        arrived = self._published(uuid)
        data = arrived.payload["data"]
        found: list[tuple[str, str | None]] = [("webhook", first_line(data["body_html"]))]
        for kind, url in self._feeds(data["address"]).items():
            if kind in READERS:
                name, read = READERS[kind]
                found.append((name, read(get(url).body, uuid)))
        found.append(("portal page", self._line_on_page(data["address"], data["credit"]["line"])))
        for name, line in found:
            self._check(bool(line) and "珠湾日报" in (line or ""), f"the {name} credits the first publisher")
        self._check(len(found) == 2 + len(READERS), "the channel announces RSS, Atom and JSON Feed")
        return [(name, line or "") for name, line in found]

    def credited_title(self) -> str:
        return CREDITED.title

    def _feeds(self, page: str) -> dict[str, str]:
        """The feeds that an article's page announces, by media type."""
        answered = get(page)
        self._check(answered.status == 200, f"{page} is there")
        return feeds_of(answered.body, page)

    def all_feeds(self) -> list[tuple[str, str]]:
        """(media type, address) of every feed of the credited article's first channel."""
        return list(self._feeds(self._published(self._uuid(CREDITED.title)).payload["data"]["address"]).items())

    def _line_on_page(self, address: str, line: str) -> str | None:
        """The credit line if the page shows it: its words, wherever the markup breaks them."""
        return line if "".join(line.split()) in "".join(text_of(get(address).body).split()) else None

    # The partner's side

    def _shown(self) -> set[str]:
        """Titles that the partner's readers see now."""
        shown: dict[str, str] = {}
        for one in self.stage.partner.accepted():
            data = one.payload["data"]
            shown.pop(data["id"], None)
            if data["action"] != Action.RETRACT.value:
                shown[data["id"]] = data["title"]
        return set(shown.values())

    def _with(self, action: Action) -> list[Received]:
        return [one for one in self.stage.partner.accepted() if one.payload["data"]["action"] == action.value]

    def _refused(self) -> list[Received]:
        return [one for one in self.stage.partner.ledger if not one.signed]

    def _published(self, uuid: UUID) -> Received:
        return next(one for one in self._with(Action.PUBLISH) if one.payload["data"]["id"] == uuid.urn)

    def _uuid(self, title: str) -> UUID:
        uuid = self.ledger.article_of(title)
        if uuid is None:
            raise DemoFailed(f"“{title}” did not become an article")
        return uuid

    def _arrivals(self) -> str:
        fetched = sum(bool(one.site.count(one.path, 200)) for one in self.publishers)
        return f"{fetched} of {len(self.publishers)} feeds fetched, {len(self._shown())} articles at the partner"

    def _wait(self, condition: Callable[[], bool], seconds: float, promise: str) -> None:
        self.stage.wait_for(condition, seconds, promise)

    def _check(self, holds: bool, promise: str) -> None:
        if not holds:
            raise DemoFailed(f"this does not hold: {promise}")
