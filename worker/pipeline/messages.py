"""What is told of a look: the texts of alerts, of the daily digest and of a test, and the facts beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from worker.model.alerts import AlertKind, Concern, Episode, Message, Turn
from worker.model.report import Count, Reckoned
from worker.pipeline.alert_words import Words
from worker.pipeline.conditions import NO_ALL_CLEAR, Key

LISTED = 20  # lines of one sort; the others are counted


def alert_message(turn: Turn, ids: Mapping[Key, int], *, operator: str, words: Words, now: datetime) -> Message | None:
    """What ``turn`` changed, in one message; None when nobody need hear of it. ``ids`` are the new episodes'."""
    over = [one for one in turn.over if one.kind not in NO_ALL_CLEAR]
    worse = [concern for _, concern in turn.worse]
    if not (turn.began or worse or over):
        return None
    ended = [
        words.say("lasted", words=one.words, span=words.span((now - one.opened_at).total_seconds())) for one in over
    ]
    parts = (
        *_section("began", [one.words for one in turn.began], words),
        *_section("worse", [one.words for one in worse], words),
        *_section("over", ended, words),
    )
    known = {(episode.kind, episode.target): episode.id for episode, _ in turn.worse}
    return Message(
        type="alerts.changed",
        subject=_subject([*turn.began, *worse], over, operator, words),
        text="\n".join(parts),
        facts={
            "operator": operator,
            "at": _stamp(now),
            "began": [_fact(one, ids[one.kind, one.target]) for one in turn.began],
            "worse": [_fact(one, known[one.kind, one.target]) for one in worse],
            "over": [_ended(one, now) for one in over],
        },
        began=tuple(ids[one.kind, one.target] for one in turn.began),
        over=tuple(one.id for one in over),
    )


def _subject(news: Sequence[Concern], over: Sequence[Episode], operator: str, words: Words) -> str:
    if len(news) == 1 and not over:
        return words.say("subject", operator=operator, words=_short(news[0].words))
    if len(over) == 1 and not news:
        return words.say("subject_over", operator=operator, words=_short(over[0].words))
    which = "subject_many" if news and over else "subject_news" if news else "subject_overs"
    return words.say(which, operator=operator, began=len(news), over=len(over))


def _short(text: str) -> str:
    """The first sentence, cut to what a list of messages shows."""
    first = text.split("。", maxsplit=1)[0].split(". ", maxsplit=1)[0]
    return first if len(first) <= 80 else first[:79] + "…"


def _section(name: str, lines: Sequence[str], words: Words) -> Iterable[str]:
    if lines:
        yield words.say(name)
        yield from (f"- {line}" for line in lines[:LISTED])
        if len(lines) > LISTED:
            yield words.say("more", count=len(lines) - LISTED)
        yield ""


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _fact(one: Concern, number: int) -> dict[str, object]:
    return {"id": number, "kind": one.kind.value, "target": one.target, "level": one.level, "words": one.words}


def _ended(one: Episode, now: datetime) -> dict[str, object]:
    facts = {"id": one.id, "kind": one.kind.value, "target": one.target, "level": one.level, "words": one.words}
    return {**facts, "since": _stamp(one.opened_at), "until": _stamp(now)}


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for people: held articles, parked deliveries, unconfirmed retractions, updates to tell partners of."""

    holds: int = 0
    parked: int = 0
    unconfirmed: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """What the daily summary is made of: the day, its figures, in all and by destination (key, partner's name), what is
    open, what waits for people, and the words about grants."""

    day: date
    total: Count
    places: tuple[tuple[str, str, Count], ...] = ()
    open: tuple[Episode, ...] = ()
    waits: Waits = Waits()
    grants: tuple[str, ...] = ()


def places_of(report: Reckoned, subscribers: Mapping[str, str]) -> tuple[tuple[str, str, Count], ...]:
    """The rows of a report by destination that name one, with the names of their partners."""
    return tuple(
        (row.group[0], subscribers.get(row.group[0], row.group[0]), row.count) for row in report.rows if row.group[0]
    )


def digest_message(digest: Digest, *, operator: str, words: Words) -> Message:
    """The daily summary. All being well is said, too: whoever hears nothing knows that something is wrong."""
    total, open_now = digest.total, digest.open
    state = words.say("digest_open", count=len(open_now)) if open_now else words.say("digest_well")
    day = digest.day.strftime("%m-%d")
    lines = [
        words.say(
            "digest_in",
            **{name: getattr(total, name) for name in ("new", "revised", "duplicate", "held", "rejected", "dropped")},
        ),
        "",
        words.say("digest_out"),
        *(f"- {_place(key, name, count, words)}" for key, name, count in digest.places if count.sent or count.parked),
        words.say("digest_total", published=total.published, updated=total.updated, retracted=total.retracted),
        "",
        words.say("digest_alerts"),
        *([f"- {one.words}" for one in open_now[:LISTED]] or [words.say("digest_nothing")]),
        *([words.say("more", count=len(open_now) - LISTED)] if len(open_now) > LISTED else []),
        "",
        words.say(
            "digest_waits",
            holds=digest.waits.holds,
            parked=digest.waits.parked,
            unconfirmed=digest.waits.unconfirmed,
            withheld=digest.waits.withheld,
        ),
    ]
    if digest.grants:
        lines += ["", words.say("digest_grants"), *(f"- {one}" for one in digest.grants)]
    return Message(
        type="alerts.digest",
        subject=words.say("digest_subject", operator=operator, day=day, state=state),
        text="\n".join(lines) + "\n",
        facts=_digest_facts(digest, operator),
    )


def _place(key: str, name: str, count: Count, words: Words) -> str:
    figures = {"published": count.published, "updated": count.updated, "retracted": count.retracted}
    rest = words.say("digest_rest", parked=count.parked) if count.parked else ""
    return words.say("digest_place", subscriber=name, key=key, **figures) + rest


def _digest_facts(digest: Digest, operator: str) -> dict[str, object]:
    return {
        "operator": operator,
        "day": digest.day.isoformat(),
        "ok": not digest.open,
        "total": digest.total.plain(),
        "destinations": [
            {"destination": key, "subscriber": name, **count.plain()} for key, name, count in digest.places
        ],
        "open": [
            {"id": one.id, "kind": one.kind.value, "target": one.target, "words": one.words} for one in digest.open
        ],
        "waits": {name: getattr(digest.waits, name) for name in ("holds", "parked", "unconfirmed", "withheld")},
        "grants": list(digest.grants),
    }


def trial_message(*, operator: str, words: Words) -> Message:
    """What ``newsroad alerts test`` sends."""
    return Message(
        type="alerts.test",
        subject=words.say("test_subject", operator=operator),
        text=words.say("test") + "\n",
        facts={"operator": operator},
    )


def grants_among(found: Sequence[Concern]) -> tuple[str, ...]:
    """The words about grants among ``found``."""
    return tuple(one.words for one in found if one.kind is AlertKind.GRANT_ENDING)
