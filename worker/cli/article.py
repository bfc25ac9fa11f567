"""``newsroad article find | show | explain``: what an article is, and why it is or is not where it should be.

``article fix`` is in ``worker.cli.article_fix``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from worker.bootstrap import Services, open_services
from worker.cli import article_words as words
from worker.cli.article_lead import lead_json, lead_lines
from worker.cli.article_near import keyed_json, keyed_lines, lay_beside, near_json, near_lines, pair_json, show_pair
from worker.cli.output import (
    ArticleArgument,
    JsonOption,
    LanguageOption,
    LimitOption,
    Times,
    language,
    operator,
    plain,
    print_json,
    print_table,
    ready,
    say,
    the_article,
)
from worker.cli.status import stop_words
from worker.cli.stops import banner
from worker.model.article import Credit, Hop
from worker.model.catalog import Use
from worker.model.correction import CorrectionRow
from worker.model.delivery import Action, DeliveryState
from worker.model.overview import ArticleFacts, ArticleRow, DeliveryRow, DestinationRow
from worker.model.stops import Stop
from worker.pipeline.explain import Explained, Standing, explain, present, provenance
from worker.pipeline.settle import waiting_lead
from worker.pipeline.stopping import in_force, keeps
from worker.pipeline.view import View
from worker.rights.credit import attribute, imprint_of, language_of, language_shown
from worker.rights.notices import explain as decision_lines

app = typer.Typer(help="Articles: what they are and where they are.", no_args_is_help=True)


@app.command("find")
def find_command(
    text: Annotated[list[str], typer.Argument(metavar="WORDS|ADDRESS", help="Words of one headline, or any address.")],
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Find articles by words of their title or of a copy's headline, by id or by any address; newest first."""
    with open_services() as services:
        times = Times(ready(services))
        rows = services.people.named(text[0]) if len(text) == 1 else []
        rows = (rows or services.people.titled(text, limit))[:limit]
    if as_json:
        print_json({"articles": plain(rows)})
        return
    print_table(
        ("article", "title", "source", "version", "state", "since"),
        [(row.uuid, row.title, row.source, row.version, _state(row), times.at(row.created_at)) for row in rows],
        empty="No article is called so.",
    )


@app.command("show")
def show_command(text: ArticleArgument, tongue: LanguageOption = None, as_json: JsonOption = False) -> None:
    """Show one article: its copies and which one leads, credit, provenance, versions, channels, where it is."""
    with open_services() as services:
        times = Times(ready(services))
        row = the_article(services, text, follow=False)
        facts = services.people.article(row.uuid)
        line = credit_line(services, facts, language(services, tongue) if tongue else None)
        credit, hops = seen_credit(services, facts), provenance(facts.story, services.view())
        waiting, chosen = waiting_lead(facts.story, services.view(), times.now), language(services, tongue)
    if as_json:
        told = _facts_json(facts, row, line, credit, hops)
        print_json({**told, "waiting_lead": lead_json(waiting, chosen)})
    else:
        _show_facts(facts, row, line, hops, times, tuple(lead_lines(waiting, chosen)))


def _state(row: ArticleRow) -> str:
    return row.state if row.merged_into is None else f"merged into {row.merged_into}"


def seen_credit(services: Services, facts: ArticleFacts) -> Credit | None:
    """The credit that destinations see, or would see; None when no source has the article any more."""
    version = present(facts.story, services.view())
    return version.credit if version else None


def credit_line(services: Services, facts: ArticleFacts, tongue: str | None) -> str | None:
    """The credit line as a full text carries it, in ``tongue`` or the article's own language."""
    version = present(facts.story, services.view())
    if version is None:
        return None
    me = operator(services)
    return attribute(
        version.credit,
        use=Use.FULL_TEXT,
        language=tongue or language_of(language_shown(version, me), me.language),
        title=version.title,
        published=version.published,
        zone=me.zone,
        imprint=imprint_of(me),
    ).line_text


def _facts_json(
    facts: ArticleFacts, row: ArticleRow, line: str | None, credit: Credit | None, hops: Sequence[Hop]
) -> dict[str, Any]:
    return {
        **plain(row),
        "lead": facts.story.lead,
        "credit_line": line,
        "credit": plain(credit) if credit else None,
        "provenance": plain(hops),
        "corrections": plain(facts.corrections),
        "channels": list(facts.story.channels),
        "copies": plain(facts.copies),
        "versions": plain(facts.versions),
        "tombstones": plain(facts.tombstones),
        "destinations": {
            key: {"out": pair.out, "version": pair.out_version, "waiting": pair.pending}
            for key, pair in facts.story.pairs.items()
        },
    }


def _show_facts(
    facts: ArticleFacts,
    row: ArticleRow,
    line: str | None,
    hops: Sequence[Hop],
    times: Times,
    waiting: Sequence[str],
) -> None:
    say(f"{row.title}")
    say(f"  {row.uuid}, {_state(row)}, version {row.version}, since {times.at(row.created_at)}")
    if line:
        say(f"  {line}")
    for stone in facts.tombstones:
        lifted = f", lifted {times.at(stone.lifted_at)}" if stone.lifted_at else ""
        say(f"  withdrawn {times.at(stone.at)} by {stone.by} ({stone.reason}): {stone.note or '–'}{lifted}")
    say(f"  channels: {', '.join(facts.story.channels) or 'none'}")
    print_table(
        ("copy", "source", "link", "first seen", "revision", "joined by", ""),
        [
            (
                *(one.entry, one.source, one.link, times.at(one.first_seen), one.revision, one.joined_by),
                "lead" if one.entry == facts.story.lead else "deleted by its source" if one.removed_at else "",
            )
            for one in facts.copies
        ],
    )
    for text in waiting:
        say(text)
    print_table(
        ("provenance", "role", "known by", "link"),
        [(_named(hop), hop.role.value, hop.basis.value, hop.link or hop.site) for hop in hops],
    )
    _show_corrections(facts.corrections, times)
    print_table(
        ("version", "made", "copy", "its revision"),
        [(one.number, times.at(one.created_at), one.entry, one.revision) for one in facts.versions],
    )
    print_table(
        ("destination", "has", "version", "waiting"),
        [
            (key, pair.out.value if pair.out else None, pair.out_version or None, "yes" if pair.pending else None)
            for key, pair in facts.story.pairs.items()
        ],
    )


def _show_corrections(rows: Sequence[CorrectionRow], times: Times) -> None:
    print_table(
        ("corrected", "to", "by", "at", "why", "undone"),
        [
            (one.field, times.text(one.value), one.by, times.at(one.at), one.note, times.at(one.lifted_at))
            for one in rows
        ],
    )


def _named(hop: Hop) -> str:
    return f"{hop.name} ({hop.source})" if hop.source else hop.name


@app.command("explain")
def explain_command(
    text: ArticleArgument,
    destination: Annotated[str | None, typer.Option("--destination", help="Only at this one.")] = None,
    other: Annotated[
        str | None,
        typer.Option("--with", metavar="ENTRY|ARTICLE", help="Show its text and this one side by side."),
    ] = None,
    tongue: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why an article is, or is not, at each destination, and why texts joined it or were kept apart."""
    with open_services() as services:
        times = Times(ready(services))
        view = services.view()
        chosen = language(services, tongue)
        row = the_article(services, text, follow=False)
        facts = services.people.article(row.uuid)
        if other is not None:
            _show_beside(services, facts, other, chosen, as_json=as_json)
            return
        near, waiting = services.people.near(row.uuid), waiting_lead(facts.story, view, times.now)
        places = _places(services, facts, destination, times)
        told = explain(facts.story, view, places, services.people.article_deliveries(row.uuid), times.now)
        gone, kept = _gone(facts, view), _kept(facts, view, times)
    if as_json:
        print_json(
            {
                "article": row.uuid,
                "title": row.title,
                "corrections": plain([one for one in facts.corrections if one.lifted_at is None]),
                "joined": keyed_json(facts.copies),
                "near": near_json(near),
                "waiting_lead": lead_json(waiting, chosen),
                "destinations": [
                    {**explained_json(one, chosen), "stops": plain(kept.get(one.key, ()))} for one in told
                ],
            }
        )
        return
    say(f"{row.title}")
    say(f"  {_known_as(row, chosen)}")
    lines = [*_about(facts, gone, times, chosen), *keyed_lines(facts.copies, chosen)]
    for line in (*lines, *near_lines(near, row.uuid, facts.story.lead, chosen), *lead_lines(waiting, chosen)):
        say(f"  {line}")
    for one in told:
        show_explained(one, times, chosen)
        for line in banner(kept.get(one.key, ()), times) if one.out is None or one.standing is Standing.WAITING else ():
            say(f"  {line}")
    if not told:
        say(words.phrase("nowhere", chosen))


def _known_as(row: ArticleRow, tongue: str) -> str:
    """Its id, what has become of it and the version it is at."""
    state = words.pick(words.ARTICLE_STATES[row.state], tongue)
    if row.merged_into is not None:
        state = words.phrase("merged_into", tongue, row.merged_into)
    made = words.phrase("version", tongue, row.version) if row.version else words.phrase("unmade", tongue)
    return words.phrase("known_as", tongue, row.uuid, state, made)


def _show_beside(services: Services, facts: ArticleFacts, other: str, tongue: str, *, as_json: bool) -> None:
    pair = lay_beside(services, facts, other)
    if as_json:
        print_json(pair_json(pair))
    else:
        show_pair(pair, tongue)


def _gone(facts: ArticleFacts, view: View) -> str | None:
    """The source of its text, where that has left the catalogue."""
    version = present(facts.story, view)
    return version.source if version is not None and version.source not in view.sources else None


def _places(services: Services, facts: ArticleFacts, only: str | None, times: Times) -> list[DestinationRow]:
    """The destinations that are told of: ``only`` that one, or all but retired ones that never had the article."""
    if only is not None:
        return [services.people.destination(only, times.now)]
    known = facts.story.pairs
    return [one for one in services.people.destinations(times.now) if one.state != "retired" or one.key in known]


def _kept(facts: ArticleFacts, view: View, times: Times) -> dict[str, list[Stop]]:
    """The stops in force that keep the article back, by destination."""
    story, standing = facts.story, in_force(facts.story.stops, times.now)
    if story.current is None or not standing:
        return {}
    source = story.current.source
    return {
        key: [one for one in standing if keeps([one], destination, source, story.channels, view)]
        for key, destination in view.destinations.items()
        if key in story.pairs
    }


def _about(facts: ArticleFacts, gone: str | None, times: Times, tongue: str) -> list[str]:
    """What is so at every destination: withdrawn, deleted by its source, a source that left."""
    lines = [
        words.phrase(
            "withdrawn", tongue, times.at(stone.at), stone.by, words.ground(stone.reason, tongue), stone.note or "–"
        )
        for stone in facts.tombstones
        if stone.lifted_at is None
    ]
    lines += [
        words.phrase("removed", tongue, copy.source, times.at(copy.removed_at))
        for copy in facts.copies
        if copy.removed_at
    ]
    lines += [
        words.phrase("corrected", tongue, *_correction(one, times, tongue))
        for one in facts.corrections
        if one.lifted_at is None
    ]
    if gone is not None:
        lines.append(words.phrase("gone", tongue, gone))
    return lines


def _correction(one: CorrectionRow, times: Times, tongue: str) -> tuple[object, ...]:
    field = words.pick(words.FIELDS[one.field], tongue)
    return field, one.by, times.text(one.value), times.at(one.at), one.note or "–"


def explained_json(one: Explained, tongue: str) -> dict[str, Any]:
    """One destination's part as JSON; ``words`` are in ``tongue``."""
    return {
        "destination": one.key,
        "standing": one.standing.value,
        "words": words.pick(words.STANDINGS[one.standing], tongue),
        "channels": [
            {"channel": taken.channel, "placed": taken.placed, "refused_by": [part for part, _ in taken.refused_by]}
            for taken in one.channels
        ],
        "decision": plain(one.decision) if one.decision else None,
        "decision_version": one.decision_version or None,
        "decision_words": decision_lines(one.decision, tongue) if one.decision else [],
        "out": one.out,
        "out_version": one.out_version or None,
        "deliveries": plain(one.deliveries),
        "destination_state": one.destination.state,
        "destination_reason": one.destination.reason,
    }


def show_explained(one: Explained, times: Times, tongue: str) -> None:
    """One destination's part for people."""
    say(f"\n{words.phrase('line', tongue, one.key, words.pick(words.STANDINGS[one.standing], tongue))}")
    if one.destination.state != "active":
        stopped = stop_words(one.destination, times)
        say(f"  {words.phrase('line', tongue, words.phrase('destination', tongue), stopped)}")
    for taken in one.channels:
        fate = "placed" if taken.placed else "not" if taken.refused_by else "would"
        told = f"{words.phrase('channel', tongue)} {taken.channel} {words.phrase(fate, tongue)}"
        why = words.refusals(taken.refused_by, tongue)
        say(f"  {words.phrase('line', tongue, told, why) if fate == 'not' else told}")
    if one.decision is not None:
        say(f"  {words.phrase('decision', tongue, one.decision_version)}")
        for line in decision_lines(one.decision, tongue):
            say(f"    {line}")
    for row in one.deliveries:
        say(f"  {_delivery_line(row, times, tongue)}")


def _delivery_line(row: DeliveryRow, times: Times, tongue: str) -> str:
    moment = times.ago(row.due_at) if row.state is DeliveryState.DUE else times.at(row.finished_at)
    answer = words.pick(words.ANSWERS[row.detail], tongue) if row.detail in words.ANSWERS else row.detail
    detail = words.phrase("answer", tongue, answer) if answer and answer != row.state.value else ""
    action, use = words.pick(words.ACTIONS[row.action], tongue), words.pick(words.USES[row.use], tongue)
    pattern = "back" if row.action is Action.RETRACT else "went"  # what is taken back is put to no use
    went = words.phrase(
        pattern, tongue, row.sequence, action, row.version, use, words.pick(words.STATES[row.state], tongue)
    )
    return f"{went} {moment or ''}{detail}  [{str(row.uuid)[:8]}]"
