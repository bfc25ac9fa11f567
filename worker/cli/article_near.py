"""Why texts were or were not joined: lines for ``article explain``, and two texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rich import box
from rich.table import Table
from rich.text import Text

from worker.bootstrap import Services
from worker.cli import article_words as words
from worker.cli.output import console, plain, say, the_article
from worker.errors import Refused
from worker.identity.near import reasons
from worker.log import readable
from worker.model.nearness import NearRow, Verdict
from worker.model.overview import ArticleFacts, CopyRow
from worker.pipeline.beside import Beside, Line, Part, beside

_SIGNS = {Line.SAME: "=", Line.CHANGED: "≠", Line.LEFT: "<", Line.RIGHT: ">", Line.FURNITURE: "·"}
_KEYED_TOLD = 10
_LONGEST_ID = 18  # digits; a longer number is no entry's


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries beside each other, the earlier one first, with what they are known by."""

    left: int
    right: int
    titles: tuple[str, str]
    found: Beside


def lay_beside(services: Services, facts: ArticleFacts, other: str) -> Pair:
    """The article's text and that of ``other``: an entry's id, or anything that names another article. Raises NotFound,
    or Refused where it names several."""
    mine = facts.story.lead
    theirs = int(other) if other.isdecimal() and len(other) <= _LONGEST_ID else _lead_of(services, other)
    if mine == theirs:
        raise Refused(f"entry {mine} is the text that this article shows; name another, as article show lists them")
    left, right = sorted((mine, theirs))
    texts, furniture = services.people.entry_texts(left, right)
    titles = [each.document.title or "" for each in texts]
    return Pair(left, right, (titles[0], titles[1]), beside(texts[0], texts[1], furniture))


def _lead_of(services: Services, other: str) -> int:
    return services.people.article(the_article(services, other).uuid).story.lead


def show_pair(pair: Pair, tongue: str) -> None:
    """Two columns: what differs in red and green on a terminal, told by the sign between them anywhere."""
    verdict = pair.found.verdict
    found = words.pick(words.VERDICTS[verdict.nearness], tongue)
    say(f"\n{words.phrase('line', tongue, found, reasons.words(verdict.evidence, tongue))}")
    say(f"  Jaccard {verdict.jaccard:.2f}, {words.phrase('contained', tongue)} {verdict.containment:.2f}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for number, title in zip((pair.left, pair.right), pair.titles, strict=True):
        table.add_column(Text(readable(f"{number}  {title}")), ratio=1, overflow="fold")
        if len(table.columns) == 1:
            table.add_column("", width=1)
    for row in pair.found.rows:
        dim = row.line is Line.FURNITURE
        table.add_row(_side(row.left, "red", dim=dim), _SIGNS[row.line], _side(row.right, "green", dim=dim))
    console().print(table)
    if pair.found.more:
        say(words.phrase("more", tongue, pair.found.more))
    say(words.phrase("signs", tongue))


def _side(parts: Sequence[Part], colour: str, *, dim: bool) -> Text:
    text = Text(style="dim" if dim else "")
    for part in parts:
        text.append(readable(part.text), style=colour if part.differs else "")
    return text


def pair_json(pair: Pair) -> dict[str, Any]:
    """As ``show_pair``; ``verdict`` is on the right text."""
    return {
        "left": {"entry": pair.left, "title": pair.titles[0]},
        "right": {"entry": pair.right, "title": pair.titles[1]},
        "verdict": verdict_json(pair.found.verdict),
        "rows": plain(pair.found.rows),
        "more": pair.found.more,
    }


def verdict_json(verdict: Verdict | NearRow) -> dict[str, Any]:
    """What a verdict says, as ``probe near`` prints it."""
    return {
        "verdict": verdict.nearness.value,
        "jaccard": verdict.jaccard,
        "containment": verdict.containment,
        "evidence": dict(verdict.evidence),
    }


def keyed_json(copies: Sequence[CopyRow]) -> list[dict[str, Any]]:
    """What joined by an exact key or a person's word: ``by`` is ``text``, ``link`` or ``merge``."""
    return [
        {"entry": one.entry, "source": one.source, "title": one.title, "by": one.joined_by}
        for one in copies
        if one.joined_by in words.JOINS
    ]


def near_json(rows: Sequence[NearRow]) -> list[dict[str, Any]]:
    """What texts were found to be on first sight."""
    return [
        {
            "entry": row.entry,
            "source": row.source,
            "title": row.title,
            "article": str(row.article),
            "of": row.other,
            "of_source": row.other_source,
            "of_title": row.other_title,
            "of_article": str(row.other_article),
            "at": plain(row.at),
            **verdict_json(row),
        }
        for row in rows
    ]


def _aside(name: str, tongue: str) -> str:
    return words.phrase("answer", tongue, words.phrase(name, tongue))


def keyed_lines(copies: Sequence[CopyRow], tongue: str) -> list[str]:
    """What joined the article without its text being compared, by an exact key or a person's word, newest first."""
    joined = [one for one in reversed(copies) if one.joined_by in words.JOINS]
    lines = [
        words.phrase(
            "keyed",
            tongue,
            one.entry,
            one.source,
            one.title or "–",
            words.pick(words.JOINS[one.joined_by or ""], tongue),
        )
        for one in joined[:_KEYED_TOLD]
    ]
    more = len(joined) - len(lines)
    return [*lines, words.phrase("keyed_more", tongue, more)] if more else lines


def near_lines(rows: Sequence[NearRow], article: UUID, lead: int, tongue: str) -> list[str]:
    """What joined the article and why, what is near it and why that did not, newest first; ``lead`` is the entry whose
    text it shows."""
    lines = []
    for row in rows:
        here = row.article == article
        mine, theirs = (row.entry, row.other) if here else (row.other, row.entry)
        title, where = (row.other_title, row.other_article) if here else (row.title, row.article)
        verdict, why = words.pick(words.VERDICTS[row.nearness], tongue), reasons.words(row.evidence, tongue)
        if row.nearness.joins:
            joined = words.phrase("joined", tongue, row.entry, row.source, row.title or "–", verdict, row.other)
            since = "" if row.article == row.other_article else _aside("split_since", tongue)
            lines.append(f"{words.phrase('line', tongue, joined, why)}{since}")
        else:
            apart = words.phrase("apart", tongue, mine, theirs, title or "–", str(where)[:8], verdict)
            since = _aside("merged_since", tongue) if row.article == row.other_article else ""
            lines.append(f"{words.phrase('line', tongue, apart, why)}{since}")
    if rows:
        lines.append(words.phrase("beside", tongue, str(article)[:8], _shown_beside(rows[0], article, lead)))
    return lines


def _shown_beside(row: NearRow, article: UUID, lead: int) -> int:
    """The entry of ``row`` that is not the article's, or not its lead."""
    theirs = row.article == article and row.other_article != article
    return row.other if theirs or row.entry == lead else row.entry
