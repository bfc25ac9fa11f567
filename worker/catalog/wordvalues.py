"""How the words of a guard are written in newsroad.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator

from worker.catalog.values import shown
from worker.rights.guards import folded_word

FILE = "file:"
LONGEST = 100  # characters of a word
_ALLOWED = 'a list of words, like ["one", "two"], or "file:words.txt"'


def _words(value: object) -> str | tuple[str, ...]:
    if isinstance(value, str) and value.startswith(FILE) and value.removeprefix(FILE).strip():
        return value
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"must be {_ALLOWED}, not {shown(value)}")
    if not value:
        raise ValueError(f"must not be empty (write {_ALLOWED})")
    for word in value:
        if word.startswith(FILE):
            raise ValueError(f'{shown(word)} must not stand in a list (write words = "{word}")')
        if problem := problem_of(word):
            raise ValueError(f"{shown(word)} {problem}")
    return tuple(value)


Words = Annotated[str | tuple[str, ...], PlainValidator(_words)]


def problem_of(word: str) -> str | None:
    """Why ``word`` cannot be one of a list; None when it can."""
    if len(word) > LONGEST:
        return f"is too long for a word (at most {LONGEST} characters; one word a line)"
    return None if folded_word(word) else "is no word (nothing is left of it to look for)"
