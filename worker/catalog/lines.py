"""Where each key of a TOML text stands, so that a finding can name its line.

``tomllib`` gives values without positions. This scanner reads a text that ``tomllib`` has accepted already, so it
need not judge, only walk: headers, dotted keys, inline tables, arrays and strings (TOML 1.0).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""A path into the document: keys, and positions in arrays (from 0)."""

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5}(?!\")|'{3}.*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[\[\]{}=,.])
    |(?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A header with what stands under it; ``last`` is the line of the last key or value, not of comments after it."""

    place: Place
    first: int
    last: int


def locate(text: str) -> dict[Place, int]:
    """The line (from 1) of every key and array element of ``text``, which must be valid TOML."""
    scanner = _Scanner(_tokens(text))
    scanner.walk()
    return scanner.lines


def sections(text: str) -> list[Section]:
    """The headers of ``text``, in order."""
    scanner = _Scanner(_tokens(text))
    scanner.walk()
    return scanner.sections


def _tokens(text: str) -> list[_Token]:
    tokens = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "skip":
            tokens.append(_Token(kind, match.group(), line))
        line += match.group().count("\n")
    return tokens


class _Scanner:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._repeated: dict[Place, int] = {}
        self.lines: dict[Place, int] = {}
        self.sections: list[Section] = []

    def walk(self) -> None:
        table: Place = ()
        first = 0
        while (token := self._peek()) is not None:
            if token.kind == "newline":
                self._at += 1
                continue
            if token.text == "[":
                first = token.line
                table = self._header(token.line)
                self.sections.append(Section(table, first, first))
            else:
                self._pair(table)
                if self.sections:
                    end = self._tokens[self._at - 1]
                    last = end.line + end.text.rstrip("\n").count("\n")
                    self.sections[-1] = Section(table, first, last)

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _accept(self, mark: str) -> bool:
        token = self._peek()
        if token is None or token.kind != "mark" or token.text != mark:
            return False
        self._at += 1
        return True

    def _skip_newlines(self) -> None:
        while (token := self._peek()) is not None and token.kind == "newline":
            self._at += 1

    def _header(self, line: int) -> Place:
        self._accept("[")
        repeated = self._accept("[")
        place = self._resolve(self._key())
        if repeated:
            position = self._repeated[place] = self._repeated.get(place, -1) + 1
            place = (*place, position)
        self._note(place, line)
        while self._accept("]"):
            pass
        return place

    def _resolve(self, key: Place) -> Place:
        """``key`` with the position of the newest element behind every array of tables on the way, but not its end."""
        place: Place = ()
        for part in key:
            if place in self._repeated:
                place = (*place, self._repeated[place])
            place = (*place, part)
        return place

    def _key(self) -> Place:
        parts: list[str] = []
        while (token := self._peek()) is not None and token.kind in {"bare", "string"}:
            self._at += 1
            parts.append(_unquoted(token))
            if not self._accept("."):
                break
        return tuple(parts)

    def _pair(self, table: Place) -> None:
        line = self._tokens[self._at].line
        place = (*table, *self._key())
        self._note(place, line)
        if self._accept("="):
            self._value(place)
        else:
            self._at += 1  # not valid TOML after all: go on rather than stand still

    def _value(self, place: Place) -> None:
        if self._accept("["):
            self._array(place)
        elif self._accept("{"):
            self._inline_table(place)
        else:
            while (token := self._peek()) is not None and token.text not in {",", "]", "}", "\n"}:
                self._at += 1

    def _array(self, place: Place) -> None:
        position = 0
        self._skip_newlines()
        while (token := self._peek()) is not None and not self._accept("]"):
            self._note((*place, position), token.line)
            self._value((*place, position))
            self._skip_newlines()
            self._accept(",")
            self._skip_newlines()
            position += 1

    def _inline_table(self, place: Place) -> None:
        self._skip_newlines()
        while self._peek() is not None and not self._accept("}"):
            self._pair(place)
            self._skip_newlines()
            self._accept(",")
            self._skip_newlines()

    def _note(self, place: Place, line: int) -> None:
        self.lines[place] = line
        for end in range(len(place) - 1, 0, -1):
            self.lines.setdefault(place[:end], line)


def _unquoted(token: _Token) -> str:
    if token.kind == "bare":
        return token.text
    return str(tomllib.loads(f"key = {token.text}")["key"])
