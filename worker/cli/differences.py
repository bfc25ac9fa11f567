"""What a version changes, for people: gone in red after ``-``, new in green after ``+``; colours on a terminal only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from worker.cli.output import Times, console, say
from worker.log import readable
from worker.model.review import Baseline
from worker.model.words import counted
from worker.pipeline.compare import Comparison, Mark, Sentence

AROUND = 1  # sentences shown beside a change
_STYLES = {Mark.GONE: ("- ", "red"), Mark.NEW: ("+ ", "green"), Mark.SAME: ("  ", "")}


def show_differences(found: Comparison, against: Baseline, number: int, times: Times) -> None:
    """``found`` between version ``number`` and the one it is compared with."""
    how = f"approved by {against.by} for" if against.by else "sent to"
    say(f"\nversion {number} against version {against.version}, {how} {against.destination} {times.at(against.at)}")
    if not found:
        say("  nothing that is shown has changed")
    for field in found.fields:
        say(f"  {field.name}")
        if field.before is not None:
            _line(Mark.GONE, field.before)
        if field.after is not None:
            _line(Mark.NEW, field.after)
    if any(one.mark is not Mark.SAME for one in found.sentences):
        say("  text")
        for one in _shown(found.sentences):
            if isinstance(one, int):
                say(f"      … {counted(one, 'sentence')} as before")
            else:
                _line(one.mark, one.text)


def _line(mark: Mark, text: str) -> None:
    sign, style = _STYLES[mark]
    console().print(Text(f"    {sign}{readable(text)}", style=style), soft_wrap=True)


def _shown(sentences: Sequence[Sentence]) -> Iterator[Sentence | int]:
    """The changes with what stands beside them, and how many are left out in between."""
    near = {
        other
        for at, one in enumerate(sentences)
        if one.mark is not Mark.SAME
        for other in range(at - AROUND, at + AROUND + 1)
    }
    hidden = 0
    for at, one in enumerate(sentences):
        if at not in near:
            hidden += 1
            continue
        if hidden:
            yield hidden
            hidden = 0
        yield one
    if hidden:
        yield hidden
