"""``newsroad review list | show | approve | reject``: what waits for a person, and that person's word."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from worker.bootstrap import open_services
from worker.cli.article import credit_line, credit_of, explained_json, show_explained
from worker.cli.output import (
    ArticleArgument,
    JsonOption,
    LanguageOption,
    LimitOption,
    Times,
    language,
    plain,
    print_json,
    print_table,
    ready,
    say,
    the_article,
)
from worker.errors import Refused
from worker.model.catalog import Use
from worker.model.delivery import Decision
from worker.parsers.clean import plain_text
from worker.pipeline.explain import Standing, explain, present
from worker.pipeline.review import Reviewed, approval, rejection
from worker.pipeline.review import review as give_word
from worker.rights.notices import reason_text

SHOWN = 600  # characters of the text

app = typer.Typer(help="What waits for a person's word.", no_args_is_help=True)

PlaceOption = Annotated[list[str] | None, typer.Option("--destination", help="At this one; may be repeated.")]
AllOption = Annotated[bool, typer.Option("--all", help="Wherever it is held.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides. Needed.")]
NoteOption = Annotated[str, typer.Option("--note", help="Why. Needed.")]


@app.command("list")
def list_command(
    destination: Annotated[str | None, typer.Option("--destination", help="Only at this one.")] = None,
    tongue: LanguageOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List what is held, newest first."""
    with open_services() as services:
        times = Times(ready(services))
        chosen = language(services, tongue)
        rows = services.people.held(limit, destination)
    if as_json:
        print_json({"held": plain(rows)})
        return
    print_table(
        ("article", "title", "source", "destination", "since", "why"),
        [
            (
                *(str(row.article)[:8], row.title, row.source, row.destination, times.at(row.decided_at)),
                "; ".join(reason_text(reason, chosen) for reason in row.decision.reasons),
            )
            for row in rows
        ],
        empty="Nothing waits for a person.",
    )


@app.command("show")
def show_command(
    text: ArticleArgument,
    destination: Annotated[str | None, typer.Option("--destination", help="Only at this one.")] = None,
    tongue: LanguageOption = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Show what a decision needs: the text, its credit, why it is held where, and what was decided before."""
    with open_services() as services:
        times = Times(ready(services))
        view, chosen = services.view(), language(services, tongue)
        row = the_article(services, text)
        facts = services.people.article(row.uuid)
        places = [one for one in services.people.destinations(times.now) if destination in (None, one.key)]
        told = explain(facts.story, view, places, services.people.article_deliveries(row.uuid), times.now)
        if destination is None:
            told = [one for one in told if one.standing is Standing.HELD] or told
        decided = [one for one in services.people.decisions(row.uuid, limit) if destination in (None, one.destination)]
        line, version = credit_line(services, facts, None), present(facts.story, view)
    body = plain_text((version.body or "") if version else "")
    if as_json:
        credit = credit_of(facts)
        print_json(
            {
                **plain(row),
                "credit_line": line,
                "credit": plain(credit) if credit else None,
                "text": body,
                "destinations": [explained_json(one, chosen) for one in told],
                "decisions": plain(decided),
            }
        )
        return
    say(f"{row.title}\n  {row.uuid}, version {row.version}, led by {row.source}\n  {line or ''}\n")
    say(body[:SHOWN] + ("…" if len(body) > SHOWN else ""))
    for one in told:
        show_explained(one, times, chosen)
    print_table(
        ("decided", "destination", "version", "use", "reasons", "by", "note"),
        [
            (
                *(times.at(one.decided_at), one.destination, one.version, one.decision.use.value),
                *(" ".join(one.decision.reasons), one.decision.by, one.decision.note),
            )
            for one in decided
        ],
    )


@app.command("approve")
def approve_command(
    text: ArticleArgument,
    destination: PlaceOption = None,
    everywhere: AllOption = False,
    by: ByOption = "",
    note: NoteOption = "",
    use: Annotated[Use, typer.Option("--use", help="full_text, excerpt or link_only.")] = Use.FULL_TEXT,
    until: Annotated[str | None, typer.Option("--until", help="Last day or moment it holds.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days it holds, without --until.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Let the present version of an article go out, until a day. A later version needs another word."""
    with open_services() as services:
        times = Times(ready(services))
        end = times.read(until, end_of_day=True) if until else times.now + timedelta(days=days)
        word = approval(by=by, note=note, until=end, now=times.now, use=use)
        keys = _places(destination, everywhere=everywhere)
        row = the_article(services, text)
        done = give_word(services.works, services.view(), services.hints, services.clock, row.uuid, word, keys)
    _tell(row.title, done, times, as_json=as_json)


@app.command("reject")
def reject_command(
    text: ArticleArgument,
    destination: PlaceOption = None,
    everywhere: AllOption = False,
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> None:
    """Keep the present version of an article from a destination; where it is out, it is taken back."""
    with open_services() as services:
        times = Times(ready(services))
        word: Decision = rejection(by=by, note=note)
        keys = _places(destination, everywhere=everywhere)
        row = the_article(services, text)
        done = give_word(services.works, services.view(), services.hints, services.clock, row.uuid, word, keys)
    _tell(row.title, done, times, as_json=as_json)


def _places(named: list[str] | None, *, everywhere: bool) -> list[str] | None:
    """The destinations meant; None for wherever it is held. Raises Refused unless exactly one of the two is said."""
    if bool(named) == everywhere:
        raise Refused("say where: --destination KEY (may be repeated), or --all for wherever it is held")
    return named or None


def _tell(title: str, done: list[Reviewed], times: Times, *, as_json: bool) -> None:
    if as_json:
        print_json({"reviewed": plain(done)})
        return
    say(title)
    for one in done:
        until = f" until {times.at(one.decision.valid_until)}" if one.decision.valid_until else ""
        action = f"; {one.action.value} written" if one.action else ""
        say(f"  {one.destination}: version {one.version} {one.decision.use.value}{until}{action}")
