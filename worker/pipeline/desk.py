"""What people act with: the articles, the catalogue as they see it, whom to ring when it is done, the time."""

from __future__ import annotations

from dataclasses import dataclass

from worker.pipeline.view import View
from worker.ports import Clock, Hints, Works


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to every act of a person: ``review``, ``correct``, ``merge``, ``split``, ``take_down``, ``let_go``."""

    works: Works
    view: View
    hints: Hints
    clock: Clock
