"""The words of guards: written in the file, or one a line in a text file beside it, read by ``check`` and ``apply``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from worker.catalog.files import Declared, Finding
from worker.catalog.values import shown
from worker.catalog.wordvalues import FILE, problem_of

LARGEST = 10_000_000  # bytes of a file


class _Unreadable(Exception):
    """``line`` of a word list is not what it should be."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


def check_words(tables: Mapping[str, Mapping[str, Declared]]) -> Iterator[Finding]:
    """Files of words that are not there, cannot be read, or hold no words."""
    for entry in tables["guards"].values():
        path = _path(entry)
        if path is None:
            continue
        try:
            _read(path)
        except FileNotFoundError:
            where = "paths are relative to the file that names them"
            yield entry.finding(("words",), f'there is no file "{path}" (write one word a line into it; {where})')
        except OSError as error:
            yield entry.finding(("words",), f'"{path}" cannot be read: {error.strerror}')
        except _Unreadable as error:
            yield Finding(str(path), error.line, f"guards.{entry.key}", error.problem)


def words_of(entry: Declared) -> tuple[str, ...]:
    """The words of a guard that has passed its checks."""
    path = _path(entry)
    if path is not None:
        return _read(path)
    return tuple(entry.values["words"])  # type: ignore[arg-type]  # a list, as it has passed


def _path(entry: Declared) -> Path | None:
    """The file that an entry takes its words from, None when it names none."""
    value = entry.values.get("words")
    if not isinstance(value, str) or not value.startswith(FILE):
        return None
    file = entry.file if "words" in entry.own else entry.defaults_file
    return file.path.parent / value.removeprefix(FILE).strip()


def _read(path: Path) -> tuple[str, ...]:
    """The words of a file, one a line, each once; blank lines and what follows a ``#`` at the start are comments.

    Raises OSError, or _Unreadable.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _Unreadable(1, f"is too large for a word list (at most {LARGEST // 1_000_000} MB)")
    words: dict[str, None] = {}
    for number, line in enumerate(_text(data).splitlines(), start=1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        if problem := problem_of(word):
            raise _Unreadable(number, f"{shown(word)} {problem}")
        words[word] = None
    if not words:
        raise _Unreadable(1, "has no words (write one a line; lines that begin with # are comments)")
    return tuple(words)


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Unreadable(1, "is UTF-16 text (save the file as UTF-8)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        raise _Unreadable(line, "is neither UTF-8 nor GB18030 text (save the file as UTF-8)") from None
