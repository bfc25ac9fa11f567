"""Which way a text runs: what every output says of it. Pure.

A language tag tells it, its script subtag before all else; where the language is unknown, or the tag is plainly not
this text's, the text's own first letters do.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Final, Literal

from worker.identity.language import primary, script_of
from worker.model.delivery import Release

Direction = Literal["ltr", "rtl"]

_RTL_LANGUAGES = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "pnb", "ps", "sd", "sdh", "syr", "ug", "ur", "yi")
)
_RTL_SCRIPTS = frozenset(("Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"))
_VERTICAL_SCRIPTS = frozenset(("Mong", "Phag"))
_TAG = re.compile(r"<[^>]*>|&\w{1,12};")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MONGOLIAN = re.compile("[\u1820-\u18aa]")
_FIRST: Final = 200  # strong letters that are looked at
_READ = 4_000  # characters in which they are looked for
_FEW = 10  # letters that say nothing against a tag
_FOREIGN = 0.1  # of the letters; a text of which fewer run the way of its tag is not in that language


def direction(tag: str | None, *texts: str | None) -> Direction:
    """``rtl`` or ``ltr`` for texts (plain or HTML) that belong together, under a BCP 47 tag or None."""
    told = _of_tag(tag)
    if told != "rtl" and not any(_RTL.search(text, 0, _READ) for text in texts if text and not text.isascii()):
        return "ltr"
    sample = _sample(texts)
    if _RTL.search(sample) is None and told != "rtl":
        return "ltr"
    strong = list(islice(filter(None, map(_of_letter, sample)), _FIRST))
    if told is not None and (len(strong) < _FEW or strong.count(told) >= _FOREIGN * len(strong)):
        return told
    return "rtl" if strong.count("rtl") * 2 > len(strong) else "ltr"


def is_vertical(tag: str | None, *texts: str | None) -> bool:
    """Whether the text is in the traditional Mongolian script: columns from top to bottom, the first at the left."""
    told = script_of(tag) in _VERTICAL_SCRIPTS
    if not told and not any(_MONGOLIAN.search(text, 0, _READ) for text in texts if text and not text.isascii()):
        return False
    sample = _sample(texts)
    if not told and _MONGOLIAN.search(sample) is None:
        return False
    letters = sum(map(str.isalpha, sample))
    return told if letters < _FEW else len(_MONGOLIAN.findall(sample)) * 2 > letters


@lru_cache(maxsize=1)  # whoever writes a release asks, and so does what dresses it
def direction_of(release: Release) -> Direction:
    """The direction of what a release shows of its text. Our own words around it run their own way."""
    return direction(release.language, release.body, release.excerpt, release.title)


def is_set_vertically(release: Release) -> bool:
    """``is_vertical`` of what a release shows of its text."""
    return is_vertical(release.language, release.body, release.excerpt, release.title)


def _of_tag(tag: str | None) -> Direction | None:
    if (script := script_of(tag)) is not None:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    language = primary(tag)
    if language is None:
        return None
    return "rtl" if language in _RTL_LANGUAGES else "ltr"


def _of_letter(char: str) -> Direction | None:
    kind = unicodedata.bidirectional(char)
    if kind == "L":
        return "ltr"
    return "rtl" if kind in {"R", "AL"} else None


def _sample(texts: tuple[str | None, ...]) -> str:
    return " ".join(
        _TAG.sub(" ", text[:_READ]) if "<" in text or "&" in text else text[:_READ] for text in texts if text
    )
