"""A text as it is compared: its sentences in normal form, without the lines a site or an editor puts around them.

Traditional and simplified script, full and half width, upper and lower case, punctuation and spacing are one. Three
ways of counting: Chinese, Japanese and Korean by characters, Latin script by words, all others by characters in longer
runs, with their vowel signs kept, since those are half of the word in Tibetan.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from html import unescape
from typing import Final

from worker.identity.chinese import simplified_where_traditional
from worker.identity.near.boilerplate import without_boilerplate, without_dateline
from worker.model.nearness import Reading, Script

SHORTEST: Final = 80  # characters in normal form under which a text is not compared but only looked up
LONGEST: Final = (
    60_000  # characters of markup that are read: whatever a source sends, others' texts are held against it
)

_TAG = re.compile(r"</?[a-zA-Z][^>]{0,2000}>")
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|li|h[1-6]|tr|section|blockquote)\b[^>]{0,2000}>", re.IGNORECASE)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x00A0: " "}
_WIDE_PUNCTUATION = tuple(zip("，：；？！（）％．～／－＂　\u00a0…", ',:;?!()%.~/-"  .', strict=True))
_INVISIBLE = re.compile("[\u00ad\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_LINE_END = re.compile("[\r\n\u2028\u2029]+")
_SENTENCE_HAN = re.compile(r"[。！？!?；;\n]+")
# A run is tried from where it begins only: from each of its signs, it would take a million dots for ever. What stands
# before it is looked at second: a pattern that begins with one sign is tried only where that is.
_SENTENCE_WORDS = re.compile(r"[.!?;](?<![.!?;]{2})[.!?;]*[\"'”’)\]]*\s+")
_SENTENCE_OTHER = re.compile("(?<![.!?;])[.!?;]+\\s+|[།༎༏༐༑؟۔।॥᠃᠉。！？!?\n]+")
_ENDED = re.compile('[.!?;:,。！？；：，、…”"’)）》】།༎؟۔᠃᠂]$')
_NOT_WORD = re.compile(r"[\W_]+")
_THOUSANDS = re.compile(r"[,'](?<=\d[,'])(?=\d{3}(?!\d))")
_POINT = re.compile(r"\.(?<=\d\.)(?=\d)")
_WORD = re.compile(r"\w+")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
_SAMPLE = 800
# The first digit of every script that has its own: a reprint writes 12 where the first had ١٢.
_ZEROS = (
    *(0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20),
    *(0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0),
    *(0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0),
)
# Vowel points of Arabic and Hebrew and the line that stretches a word are there or not as a printer likes; two letters
# have one code on Persian keyboards and another on Arabic ones.
_POINTS = (0x640, 0x670, *range(0x64B, 0x660), *range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7)
_ONE_SPELLING: Final[dict[int, str | None]] = {
    **{zero + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(_POINTS),
    ord("ي"): "ی",
    ord("ك"): "ک",
}
_CAPITAL = re.compile(r"[A-Z](?<=[a-z,] [A-Z])\w+")
_HEAD_OF_NAMES = 800
_DATELINE_FROM = 160  # a shorter text has no characters to spare
_LOOSE_RUN = 3  # that many lines without an end in a row are a list of headlines
_LOOSE_LENGTH = 42
_LEAST_KEPT = 0.3  # a text that is nearly all lists keeps them
_SITE_IN_TITLE = re.compile(
    r"(?<!\s)\s*(?:\||｜|_| [-–—] |--).*$|[-–—][^-–—]{2,12}(?:网|网站|频道|报|在线|之家|com|cn)\s*$"
)
_NOTE_IN_TITLE = re.compile(
    r"[(（\[【](?:图|组图|多图|图文|视频|全文|附.{0,12}|更新|update[d]?|photos?|video)[)）\]】]", re.IGNORECASE
)


def read(title: str, text: str) -> Reading:
    """Bring a title and a text (plain, a line a paragraph, or HTML) to what is compared, at most ``LONGEST``."""
    plain = _flat(text[:LONGEST])
    script = script_of(plain)
    lines = without_boilerplate([line for each in _LINE_END.split(plain) if (line := each.strip())])
    if lines and len(plain) > _DATELINE_FROM:
        lines[0] = without_dateline(lines[0])
    loose_lines = _loose(lines, script)
    sentences: list[str] = []
    loose: set[int] = set()
    for number, line in enumerate(_normal_lines(lines, script)):
        for sentence in line:
            if sentence:
                if number in loose_lines:
                    loose.add(len(sentences))
                sentences.append(sentence)
    kept = sum(len(each) for position, each in enumerate(sentences) if position not in loose)
    if kept < max(SHORTEST, _LEAST_KEPT * sum(map(len, sentences))):
        loose = set()
    marks = tuple(map(_mark, sentences))
    names = _capitals(plain) if script is Script.WORDS else frozenset[str]()
    return Reading(script, normal_title(title), tuple(sentences), marks, frozenset(loose), names, len(text) > LONGEST)


def script_of(plain: str) -> Script:
    """By what most of its letters are; a fifth of ideographs is enough, since each stands for half a word."""
    sample = plain if len(plain) < _SAMPLE else plain[: _SAMPLE // 2] + plain[len(plain) // 2 :][: _SAMPLE // 2]
    if sample.isascii():
        return Script.WORDS if _LATIN.search(sample) else Script.OTHER
    ideographs = sum(map(len, _HAN.findall(sample)))
    if ideographs / len(sample) >= 0.2:  # of all characters: then of its letters, which cost more to count, as well
        return Script.HAN
    letters = sum(map(str.isalpha, sample)) or 1
    if ideographs / letters >= 0.2:
        return Script.HAN
    return Script.WORDS if sum(map(len, _LATIN.findall(sample))) / letters >= 0.6 else Script.OTHER


def normal_title(title: str) -> str:
    """A title in normal form without the name of the site and remarks like （图）."""
    flat = _flat(title).strip()
    for pattern in (_NOTE_IN_TITLE, _SITE_IN_TITLE):
        shorter = pattern.sub("", flat).strip()
        if len(shorter) >= 5:
            flat = shorter
    script = Script.HAN if _HAN.search(flat) else script_of(flat)
    if script is Script.WORDS:
        return " ".join(_WORD.findall(_POINT.sub("", flat.casefold())))
    if script is Script.OTHER:
        return _letters_and_marks(flat.casefold().translate(_ONE_SPELLING))
    return _NOT_WORD.sub("", flat.casefold())


def _flat(text: str) -> str:
    """Plain text in one width and one script; lines and punctuation stay."""
    if "<" in text and _TAG.search(text):
        text = unescape(_TAG.sub(" ", _BLOCK_TAG.sub("\n", text)))
    elif "&" in text:
        text = unescape(text)
    if text.isascii():
        return _THOUSANDS.sub("", text)
    for wide, plain in _WIDE_PUNCTUATION:  # a tenth of the time of a table, and mostly there is nothing else
        text = text.replace(wide, plain)
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    if not unicodedata.is_normalized("NFKC", text):
        text = text.translate(_WIDE)
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
    return _THOUSANDS.sub("", simplified_where_traditional(text))


def _loose(lines: list[str], script: Script) -> set[int]:
    """The numbers of short lines without an end that stand together: headlines, captions, links."""
    longest = _LOOSE_LENGTH if script is Script.HAN else 3 * _LOOSE_LENGTH
    found: set[int] = set()
    run: list[int] = []
    for number, line in enumerate((*lines, "。")):
        if len(line) <= longest and not _ENDED.search(line) and number < len(lines):
            run.append(number)
            continue
        if len(run) >= _LOOSE_RUN:
            found.update(run)
        run = []
    return found


def _normal_lines(lines: list[str], script: Script) -> list[list[str]]:
    """For each line its sentences in normal form."""
    if script is Script.WORDS:
        text = _POINT.sub("", "\n".join(lines).casefold().replace("%", " percent "))
        return [
            [" ".join(_WORD.findall(each)) for each in _SENTENCE_WORDS.split(line + " ")] for line in text.split("\n")
        ]
    if script is Script.OTHER:
        plain = [line.casefold().translate(_ONE_SPELLING) for line in lines]
        return [[_letters_and_marks(each) for each in _SENTENCE_OTHER.split(line)] for line in plain]
    text = _SENTENCE_HAN.sub("\n", "\r".join(lines).casefold()).replace("\r", "\v")
    # Two marks in turn: the line is split first, so that a line stays one although its sentences are parted.
    return [[_NOT_WORD.sub("", each) for each in line.split("\n")] for line in text.split("\v")]


def _capitals(plain: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _CAPITAL.findall(plain[:_HEAD_OF_NAMES]))


def _letters_and_marks(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each)[0] in "LMN")


def _mark(sentence: str) -> int:
    return int.from_bytes(blake2b(sentence.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)
