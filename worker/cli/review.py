"""``newsroad review list | show | approve | reject``: what waits for a person, and that person's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import typer

from worker.bootstrap import Services, open_services
from worker.cli.article import credit_line, explained_json, show_explained
from worker.cli.differences import show_differences
from worker.cli.output import (
    ArticleArgument,
    JsonOption,
    LanguageOption,
    LimitOption,
    NeededByOption,
    NeededNoteOption,
    Times,
    YesOption,
    language,
    plain,
    print_json,
    print_table,
    ready,
    say,
    the_article,
)
from worker.cli.review_queue import (
    AgeFilter,
    ChannelFilter,
    Failed,
    Filters,
    PlacesFilter,
    ReasonFilter,
    SourceFilter,
    WordsFilter,
    grouped,
    held_json,
    print_waiting,
    speak,
    wanted,
)
from worker.errors import NewsroadError, Refused
from worker.model.article import Version
from worker.model.catalog import Use
from worker.model.delivery import Decision
from worker.model.overview import ArticleRow, DecisionRow
from worker.model.review import Baseline
from worker.parsers.clean import plain_text
from worker.pipeline.compare import Comparison, compare
from worker.pipeline.explain import Explained, Standing, explain, present
from worker.pipeline.review import Reviewed, approval, rejection
from worker.pipeline.review import review as give_word
from worker.pipeline.versions import version_of

SHOWN = 600  # characters of the text

app = typer.Typer(help="What waits for a person's word.", no_args_is_help=True)

ArticlesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[ARTICLE…]", help="Ids or addresses; none: all that the filters name.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Of articles named: wherever they are held.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only list what the filters name.")]


@app.command("list")
def list_command(
    source: SourceFilter = None,
    channel: ChannelFilter = None,
    destination: PlacesFilter = None,
    reason: ReasonFilter = None,
    older: AgeFilter = None,
    match: WordsFilter = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="What nobody decided in time, newest first.")] = False,
    tongue: LanguageOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a person, oldest first."""
    with open_services() as services:
        times, chosen = Times(ready(services)), language(services, tongue)
        typed = Filters(source, channel, destination or (), reason, older, match)
        only = wanted(services, times, typed, dropped=dropped)
        rows = services.people.held(limit, only)
        deadline = services.view().catalogue.review.deadline if rows and not dropped else None
    if as_json:
        print_json({"held": [held_json(row, deadline, chosen) for row in rows]})
        return
    empty = "Nothing was dropped." if dropped else "Nothing waits for a person."
    print_waiting(grouped(rows), times, chosen, deadline, empty)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What ``show`` tells of one article."""

    row: ArticleRow
    line: str | None
    version: Version | None
    told: list[Explained]
    decided: list[DecisionRow]
    changes: tuple[Baseline, Comparison] | None

    @property
    def body(self) -> str:
        body = (self.version.body or "") if self.version else ""
        return plain_text(body, len(body))


@app.command("show")
def show_command(
    text: ArticleArgument,
    destination: Annotated[str | None, typer.Option("--destination", help="Only at this one.")] = None,
    tongue: LanguageOption = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Show what a decision needs: text, credit, why it is held where, what it changes, what was decided before."""
    with open_services() as services:
        times, chosen = Times(ready(services)), language(services, tongue)
        sheet = _sheet(services, times, the_article(services, text), destination, limit)
    if as_json:
        print_json(_sheet_json(sheet, chosen))
        return
    row = sheet.row
    say(f"{row.title}\n  {row.uuid}, version {row.version}, led by {row.source}\n  {sheet.line or ''}\n")
    say(sheet.body[:SHOWN] + ("…" if len(sheet.body) > SHOWN else ""))
    for one in sheet.told:
        show_explained(one, times, chosen)
    if sheet.changes is not None:
        show_differences(sheet.changes[1], sheet.changes[0], row.version, times)
    _show_decided(sheet.decided, times)


def _sheet(services: Services, times: Times, row: ArticleRow, destination: str | None, limit: int) -> _Sheet:
    view = services.view()
    facts = services.people.article(row.uuid)
    places = [one for one in services.people.destinations(times.now) if destination in (None, one.key)]
    told = explain(facts.story, view, places, services.people.article_deliveries(row.uuid), times.now)
    if destination is None:
        told = [one for one in told if one.standing in (Standing.HELD, Standing.DROPPED)] or told
    decided = [one for one in services.people.decisions(row.uuid, limit) if destination in (None, one.destination)]
    version = present(facts.story, view)
    earlier = services.people.baseline(row.uuid, row.version, destination) if version is not None else None
    changes = None
    if earlier is not None and version is not None:
        changes = earlier[0], compare(version_of(row.uuid, earlier[1], view), version)
    return _Sheet(row, credit_line(services, facts, None), version, told, decided, changes)


def _sheet_json(sheet: _Sheet, tongue: str) -> dict[str, Any]:
    changes = None
    if sheet.changes is not None:
        changes = {"against": plain(sheet.changes[0]), **plain(sheet.changes[1])}
    return {
        **plain(sheet.row),
        "credit_line": sheet.line,
        "credit": plain(sheet.version.credit) if sheet.version else None,
        "text": sheet.body,
        "changes": changes,
        "destinations": [explained_json(one, tongue) for one in sheet.told],
        "decisions": plain(sheet.decided),
    }


def _show_decided(decided: Sequence[DecisionRow], times: Times) -> None:
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
    articles: ArticlesArgument = None,
    source: SourceFilter = None,
    channel: ChannelFilter = None,
    destination: PlacesFilter = None,
    reason: ReasonFilter = None,
    older: AgeFilter = None,
    match: WordsFilter = None,
    everywhere: AllOption = False,
    by: NeededByOption = "",
    note: NeededNoteOption = "",
    use: Annotated[Use, typer.Option("--use", help="full_text, excerpt or link_only.")] = Use.FULL_TEXT,
    until: Annotated[str | None, typer.Option("--until", help="Last day or moment it holds.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days it holds, without --until.")] = 30,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    tongue: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the present version of articles go out, until a day. A later version needs another word."""
    with open_services() as services:
        times = Times(ready(services))
        end = times.read(until, end_of_day=True) if until else times.now + timedelta(days=days)
        word = approval(by=by, note=note, until=end, now=times.now, use=use)
        typed = Filters(source, channel, destination or (), reason, older, match)
        asked = _Asked(articles or (), typed, everywhere=everywhere)
        _say(services, times, word, asked, tongue, yes=yes, dry_run=dry_run, as_json=as_json)


@app.command("reject")
def reject_command(
    articles: ArticlesArgument = None,
    source: SourceFilter = None,
    channel: ChannelFilter = None,
    destination: PlacesFilter = None,
    reason: ReasonFilter = None,
    older: AgeFilter = None,
    match: WordsFilter = None,
    everywhere: AllOption = False,
    by: NeededByOption = "",
    note: NeededNoteOption = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    tongue: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the present version of articles from a destination; where it is out, it is taken back."""
    with open_services() as services:
        times = Times(ready(services))
        word = rejection(by=by, note=note)
        typed = Filters(source, channel, destination or (), reason, older, match)
        asked = _Asked(articles or (), typed, everywhere=everywhere)
        _say(services, times, word, asked, tongue, yes=yes, dry_run=dry_run, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which articles a word is for, as typed."""

    articles: Sequence[str]
    typed: Filters
    everywhere: bool

    def check(self) -> None:
        """Raise Refused unless either articles and a place are named, or filters."""
        places, filtered = bool(self.typed.destinations), self.typed.beside_places
        if self.articles and filtered:
            raise Refused("name articles or give filters, not both")
        if self.articles and places == self.everywhere:
            raise Refused("say where: --destination KEY (may be repeated), or --all for wherever it is held")
        if not self.articles and (self.everywhere or not (filtered or places)):
            raise Refused(
                "say which: ids or addresses of articles, or filters such as --source KEY, --reason CODE, "
                "--older-than 3d; see: newsroad review list"
            )


def _say(
    services: Services,
    times: Times,
    word: Decision,
    asked: _Asked,
    tongue: str | None,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    asked.check()
    if asked.articles:
        if dry_run:
            raise Refused("--dry-run is for filters; one article is shown by: newsroad review show ARTICLE")
        _say_by_name(services, times, word, asked, as_json=as_json)
        return
    only = wanted(services, times, asked.typed)
    speak(services, times, word, only, language(services, tongue), yes=yes, dry_run=dry_run, as_json=as_json)


def _say_by_name(services: Services, times: Times, word: Decision, asked: _Asked, *, as_json: bool) -> None:
    """One word on the articles named, each by itself; what a single one is refused for is the command's own error."""
    rows = list({row.uuid: row for row in (the_article(services, text) for text in asked.articles)}.values())
    done: list[Reviewed] = []
    failed: list[Failed] = []
    keys = asked.typed.destinations or None
    for row in rows:
        try:
            done += give_word(services.desk(), row.uuid, word, keys)
        except NewsroadError as error:
            if len(rows) == 1:
                raise
            failed.append(Failed(row.uuid, row.title, str(error)))
    if as_json:
        print_json({"reviewed": plain(done), "failed": plain(failed)})
    else:
        _tell(rows, done, failed, times)
    if failed:
        raise Refused(f"{len(failed)} of {len(rows)} articles were left as they are")


def _tell(rows: Sequence[ArticleRow], done: Sequence[Reviewed], failed: Sequence[Failed], times: Times) -> None:
    for row in rows:
        say(row.title)
        for one in done:
            if one.article == row.uuid:
                until = f" until {times.at(one.decision.valid_until)}" if one.decision.valid_until else ""
                action = f"; {one.action.value} written" if one.action else ""
                say(f"  {one.destination}: version {one.version} {one.decision.use.value}{until}{action}")
        for left in failed:
            if left.article == row.uuid:
                say(f"  {left.why}")
