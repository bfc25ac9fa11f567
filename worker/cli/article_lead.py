"""A copy that would lead its article and may not yet: lines for ``article show`` and ``article explain``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from worker.cli import article_words as words
from worker.cli.output import plain
from worker.model.delivery import Reason
from worker.pipeline.settle import WaitingLead
from worker.rights.notices import explain


def lead_lines(waiting: WaitingLead | None, tongue: str) -> Iterator[str]:
    """Who waits to lead, and what is decided about it at each destination that keeps it out."""
    if waiting is None:
        return
    copy = waiting.copy
    what = copy.entry, copy.source, copy.document.title or "–", Reason.LEAD_NOT_PERMITTED.value
    yield words.phrase("would_lead", tongue, *what)
    if copy.document.link:
        yield f"  {copy.document.link}"
    for key, decision in waiting.refused.items():
        yield f"  {key}: {'; '.join(explain(decision, tongue))}"


def lead_json(waiting: WaitingLead | None, tongue: str) -> dict[str, Any] | None:
    """As ``lead_lines``; None where nobody waits."""
    if waiting is None:
        return None
    return {
        "entry": waiting.copy.entry,
        "source": waiting.copy.source,
        "title": waiting.copy.document.title,
        "link": waiting.copy.document.link,
        "reason": Reason.LEAD_NOT_PERMITTED.value,
        "destinations": {
            key: {"decision": plain(decision), "words": explain(decision, tongue)}
            for key, decision in waiting.refused.items()
        },
    }
