"""One spelling for all the ways to write a word: letter case, full and half width, traditional and simplified. Pure.

Every character is folded by itself, so that a word folds alike alone and inside a text, and a place in the folded text
can be found again in the one as printed. What cannot be seen (zero-width characters, soft hyphens) is left out, white
space is one space, and beside a Chinese character there is none: it parts no words there. Lines stay lines.
"""

from __future__ import annotations

import re
import unicodedata

from worker.identity.chinese import simplified

_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP = re.compile(f"(?<=[{_HAN}]) | (?=[{_HAN}])")
_SPACES = re.compile("  +")
_UNSEEN = frozenset(  # beside all of category Cf: what Unicode has not shown (Default_Ignorable_Code_Point)
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
            *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)),
        ),
    )
)
_BLANK = "\u2800"  # a Braille cell without dots: no white space to Unicode, nothing else to readers
_FIRST_PLANE: list[str | None] = [None] * 0x10000  # what ``_TABLE`` knows of it, in half the time


class _Table(dict[int, str]):
    """Code point → what it folds to, worked out at first sight."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        if code < len(_FIRST_PLANE):
            _FIRST_PLANE[code] = folded
        return folded


def _fold_char(char: str) -> str:
    if char in _UNSEEN or unicodedata.category(char) == "Cf":
        return ""
    text = char
    for _ in range(4):  # until nothing changes: what one step brings may be another's to change
        before = text
        text = unicodedata.normalize("NFKC", text).casefold()
        if not text.isascii():
            text = "".join(map(simplified, text))
        if text == before:
            break
    return "".join(" " if (one.isspace() and one != "\n") or one == _BLANK else one for one in text)


_TABLE = _Table()


def fold(text: str) -> str:
    """``text`` for comparison only."""
    text = _fold_all(text)
    if " " not in text:
        return text
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return text if text.isascii() else _GAP.sub("", text)


def _fold_all(text: str) -> str:
    units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    if text.isascii() or len(units) != len(text):
        return text.translate(_TABLE)
    try:
        return "".join(map(_FIRST_PLANE.__getitem__, units))  # type: ignore[arg-type]  # None is what it raises for
    except TypeError:
        return text.translate(_TABLE)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """``fold(text)``, and for each of its characters where in ``text`` it came from. Slower: for those who found
    something."""
    chars: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        for one in _TABLE[ord(char)]:
            if one != " " or chars[-1:] != [" "]:
                chars.append(one)
                places.append(at)
    folded = "".join(chars)
    gaps = {match.start() for match in _GAP.finditer(folded)}
    if gaps:
        places = [place for at, place in enumerate(places) if at not in gaps]
        folded = "".join(char for at, char in enumerate(folded) if at not in gaps)
    return folded, places
