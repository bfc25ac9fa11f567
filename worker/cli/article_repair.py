"""``newsroad article merge | split``: say which texts are one article, for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import typer

from worker.bootstrap import Services, open_services
from worker.cli import article_words as words
from worker.cli.article_push import app
from worker.cli.output import (
    ArticleArgument,
    JsonOption,
    LanguageOption,
    NeededByOption,
    NeededNoteOption,
    YesOption,
    ask,
    language,
    plain,
    print_json,
    print_table,
    ready,
    say,
    the_article,
)
from worker.errors import NotFound, Refused
from worker.model.catalog import Use
from worker.model.delivery import Action
from worker.model.overview import ArticleFacts, ArticleRow
from worker.model.repair import Merging, Outcome, Parting, Place, Splitting
from worker.model.words import counted
from worker.pipeline.repair import merge, merging, split, splitting
from worker.rights.notices import reason_text

__all__ = ["app"]

_NOBODY = UUID(int=0)
_QUESTIONS = {
    "merge": ("Make them one article?", "merge them"),
    "split": ("Split it off?", "split it off"),
}

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what it would do.")]
OtherArgument = Annotated[str, typer.Argument(metavar="OTHER", help="The article that becomes a part of it.")]
EntryArgument = Annotated[
    str, typer.Argument(metavar="ENTRY", help="A copy, by its id as article show prints it, or by its link.")
]


@app.command("merge")
def merge_command(
    text: ArticleArgument,
    other: OtherArgument,
    by: NeededByOption = "",
    note: NeededNoteOption = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    tongue: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make OTHER a part of ARTICLE: its copies move, it is taken back, its id leads to ARTICLE for ever."""
    with open_services() as services:
        chosen = language(ready(services), tongue)
        kept, gone = _standing(services, text), _standing(services, other)
        stories = [services.people.article(row.uuid).story for row in (kept, gone)]
        _, would = merging(stories[0], stories[1], services.view(), services.clock())
        lines = [
            f"{gone.uuid}  {gone.title}",
            f"becomes a part of {kept.uuid}  {kept.title}",
            f"with {counted(len(would.entries), 'copy', 'copies')}",
            *(f"its correction of {name} is lost: {value}" for name, value in would.lost.items()),
        ]
        plan = _Plan(
            "merge", would, lines, _told_apart((kept.title, f"{kept.uuid}"), (gone.title, f"{gone.uuid}")), chosen
        )
        if not _agreed(plan, _Said(by, note, yes, dry_run), as_json=as_json):
            return
        done = merge(services.desk(), kept.uuid, gone.uuid, by=by, note=note)
    lines.append(f"Done; {done.other} leads to {done.article} from now on. Undo: newsroad article split, for each copy")
    _tell("merged", done, plan, as_json=as_json)


@app.command("split")
def split_command(
    text: EntryArgument,
    by: NeededByOption = "",
    note: NeededNoteOption = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    tongue: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a copy leave its article and begin one of its own, which is decided about as if it had just come."""
    with open_services() as services:
        chosen = language(ready(services), tongue)
        entry, facts, asked = _the_entry(services, text)
        view, now = services.view(), services.clock()
        _, would = splitting(facts.story, entry, (0, _NOBODY), asked, view, now)
        leaving = next(copy.title or "" for copy in facts.copies if copy.entry == entry)
        titles = _told_apart((facts.title, f"{facts.story.uuid}"), (leaving, f"{entry}"))
        lines = _split_lines(entry, facts, led=would.led)
        plan = _Plan("split", would, lines, titles, chosen)
        if not _agreed(plan, _Said(by, note, yes, dry_run), as_json=as_json):
            return
        done = split(services.desk(), entry, by=by, note=note)
    lines.append(f"Done; it is {done.other} from now on. Undo: newsroad article merge {done.article} {done.other}")
    _tell("split", done, plan, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What would be done, as people are told: in ``lines``, and at each destination under the titles of the article
    and of the other one."""

    verb: str
    would: Merging | Splitting
    lines: list[str]
    titles: tuple[str, str]
    tongue: str


def _told_apart(article: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """Titles, each ``(title, id)``: with the beginnings of their ids before them where they are the same."""
    if article[0] != other[0]:
        return article[0], other[0]
    return f"{article[1][:8]} {article[0]}", f"{other[1][:8]} {other[0]}"


@dataclass(frozen=True, slots=True)
class _Said:
    """Who says so, why, and whether it is to be done."""

    by: str
    note: str
    yes: bool
    dry_run: bool


def _agreed(plan: _Plan, said: _Said, *, as_json: bool) -> bool:
    """Whether to go on. False where the plan alone was asked for, and told. Raises Refused without a name and a note,
    and where nobody says yes."""
    if said.dry_run:
        _tell(f"would_{plan.verb}", plan.would, plan, as_json=as_json)
        return False
    if not said.by.strip() or not said.note.strip():
        raise Refused(f"a {plan.verb} needs a name and a note: --by NAME --note TEXT; to look only: --dry-run")
    if not said.yes:
        _tell(f"would_{plan.verb}", plan.would, plan, as_json=False)
        question, what = _QUESTIONS[plan.verb]
        unasked = f"Nothing was done. To {what}, say --yes; to look only, --dry-run"
        ask(question, unasked=unasked, no="Nothing was done.")
    return True


def _standing(services: Services, text: str) -> ArticleRow:
    """The article that ``text`` names, if it stands for itself. Raises Refused, saying where it has gone."""
    row = the_article(services, text, follow=False)
    if row.merged_into is not None:
        raise Refused(f"{row.uuid} was merged into {row.merged_into}; if that one is meant, say its id")
    if row.state != "live":
        raise Refused(f"{row.uuid} was withdrawn; see: newsroad article show {row.uuid}")
    return row


def _the_entry(services: Services, text: str) -> tuple[int, ArticleFacts, Parting]:
    """The one entry that ``text`` names, its article, and what splitting it off asks. Raises NotFound, or Refused with
    the candidates."""
    found = services.people.entry(text)
    if not found:
        raise NotFound(f"no copy is known by {text!r}. Give its id, as newsroad article show lists it, or its link")
    if len(found) > 1:
        listed = "\n".join(_listed(services, found))
        raise Refused(f"{text!r} names {len(found)} copies; say which by its id:\n{listed}")
    return found[0], *services.people.home(found[0])


def _listed(services: Services, entries: Sequence[int]) -> list[str]:
    lines = []
    for entry in entries:
        facts, _ = services.people.home(entry)
        copy = next(one for one in facts.copies if one.entry == entry)
        lines.append(f"  {entry}  {copy.source}  {copy.title or '–'}  in {facts.story.uuid}")
    return lines


def _split_lines(entry: int, facts: ArticleFacts, *, led: bool) -> list[str]:
    copy = next(one for one in facts.copies if one.entry == entry)
    lines = [
        f"{entry}  {copy.source}  {copy.title or '–'}  {copy.link or ''}".rstrip(),
        f"leaves {facts.story.uuid}  {facts.title}",
    ]
    if led:
        lines.append("whose text it is now; another copy leads, where there is one that may")
    if any(one.lifted_at is None for one in facts.corrections):
        lines.append("corrections stay with the article it leaves")
    return lines


def _tell(name: str, told: Merging | Splitting, plan: _Plan, *, as_json: bool) -> None:
    if as_json:
        print_json({name: _json(told)})
        return
    say(plan.lines[0])
    for line in plan.lines[1:]:
        say(f"  {line}")
    print_table(
        ("destination", *(title[:40] for title in plan.titles)),
        [(one.destination, _fate(one.article, plan.tongue), _fate(one.other, plan.tongue)) for one in told.places],
        empty="It changes nothing at any destination.",
    )


def _json(told: Merging | Splitting) -> dict[str, Any]:
    found: dict[str, Any] = plain(told)
    if told.other == _NOBODY:
        found["other"] = None  # it has no id yet
    return {**found, "places": [_place(one) for one in told.places]}


def _place(one: Place) -> dict[str, Any]:
    return {"destination": one.destination, "article": _outcome(one.article), "other": _outcome(one.other)}


def _outcome(one: Outcome | None) -> dict[str, Any] | None:
    if one is None:
        return None
    decision = one.decision
    return {
        "action": one.action.value if one.action else None,
        "use": decision.use.value if decision else None,
        "reasons": [reason.value for reason in decision.reasons] if decision else [],
        "out": one.out,
    }


def _fate(one: Outcome | None, tongue: str) -> str:
    """What becomes of one article at one destination, in words."""
    if one is None:
        return "–"
    action = words.pick(words.ACTIONS[one.action], tongue) if one.action else ""
    if one.decision is None:
        return action or "–"
    use, why = words.pick(words.USES[one.decision.use], tongue), reason_text(one.decision.reasons[0], tongue)
    if one.action in (Action.PUBLISH, Action.UPDATE):
        return f"{action}, {use}"
    return f"{action}; {use}: {why}" if action and one.decision.use is Use.HOLD else action or f"{use}: {why}"
