"""What an index stores of a text, and what it is asked with: exact key, shingle keys, title and address key.

A shingle key is the 32-bit hash of 12 ideographs, 8 words or 24 other letters; the smallest 16 stand for the text. They
are also its sketch: how many of them are among all shingles of another text tells how much of it that text holds,
without loading either. Stable between machines and runs; every hash is salted with the version of this algorithm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final
from zlib import crc32

from worker.identity.near import NEAR_VERSION
from worker.identity.near.reading import Script

KEYS: Final = 16  # shingle keys of one text
_LEAD_KEYS = 3  # of which so many from the lead, which excerpts keep
_ASKED = 64  # smallest hashes of a text that are looked up: a short text's keys are not among a long one's first 16
_ASKED_LEAD = 16
_LEAD = {Script.HAN: 150, Script.WORDS: 70, Script.OTHER: 300}
_SHINGLE = {Script.HAN: 12, Script.WORDS: 8, Script.OTHER: 24}
_SALT = {script: crc32(f"near{NEAR_VERSION}{script.value}".encode()) for script in Script}
_TITLE_SALT = crc32(f"near{NEAR_VERSION}title".encode())
_ADDRESS_SALT = crc32(f"near{NEAR_VERSION}address".encode())
_TITLE_FROM = 6  # characters of a title that identifies anything


@dataclass(frozen=True, slots=True)
class Keys:
    """What is stored: ``exact`` 16 bytes, ``near`` up to 16 and ``named`` up to 2 numbers of 32 bits (unsigned)."""

    exact: bytes
    near: tuple[int, ...]
    named: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What an index is asked: ``keys`` to look up (up to 82), ``shingles`` every shingle of the text to rank by,
    ``length`` of the text in characters of the normal form."""

    keys: tuple[int, ...]
    shingles: frozenset[int]
    length: int


def keys_of(script: Script, core: str, title: str, address: str | None) -> tuple[Keys, Question]:
    """Keys of a text in normal form; ``title`` in normal form, ``address`` an address key (``urls.link_key``)."""
    hashes = _shingles(script, core)
    every = frozenset(hashes)
    smallest = _smallest(every, _ASKED)
    lead = sorted(set(hashes[: _LEAD[script]]))[:_ASKED_LEAD]
    near = smallest[: KEYS - _LEAD_KEYS]
    near += [each for each in (*lead, *smallest) if each not in near][: KEYS - len(near)]
    near = list(dict.fromkeys(near))
    named = named_keys(title, address)
    asked = tuple(dict.fromkeys((*smallest, *lead, *named)))
    return Keys(exact_key(script, core), tuple(near), named), Question(asked, every, len(core))


def exact_key(script: Script, core: str) -> bytes:
    """16 bytes equal for equal texts in normal form."""
    person = f"near{NEAR_VERSION}{script.value}".encode()
    return blake2b(core.encode("utf-8", "replace"), digest_size=16, person=person).digest()


def named_keys(title: str, address: str | None) -> tuple[int, ...]:
    """Keys by which texts too different for shingles are compared at all: their title and their address."""
    named = []
    if len(title) >= _TITLE_FROM:
        named.append(crc32(title.encode("utf-8", "replace"), _TITLE_SALT))
    if address:
        named.append(crc32(address.encode("utf-8", "replace"), _ADDRESS_SALT))
    return tuple(named)


def promise(keys: Keys, length: int, question: Question) -> float:
    """From 0 to 1: how much a stored text of that length promises to be found in the one asked for, or to hold it.

    The keys are a sample: of a text held whole all are found, of one that holds the other as large a share as the
    other's length has in its own. One key found where many were to be expected is an accident.
    """
    if any(each in question.keys for each in keys.named):
        return 1.0
    found = sum(each in question.shingles for each in keys.near)
    expected = len(keys.near) * min(1.0, question.length / max(1, length))
    return found / (expected + 2) if found >= max(1.0, 0.25 * expected) else 0.0


def _shingles(script: Script, core: str) -> list[int]:
    length, salt = _SHINGLE[script], _SALT[script]
    if script is Script.WORDS:
        words = core.split()
        runs = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
        return [crc32(run.encode(), salt) for run in runs]
    units = core.encode("utf-16-le", "surrogatepass")
    size = 2 * length
    return [crc32(units[at : at + size], salt) for at in range(0, len(units) - size + 1, 2)]


def _smallest(hashes: frozenset[int], most: int) -> list[int]:
    """The smallest, in order; sorted are only those under a bound that leaves a few more than needed."""
    bound = int(0xFFFFFFFF * min(1.0, (2 * most + 32) / max(1, len(hashes))))
    few = sorted([each for each in hashes if each <= bound])
    return few[:most] if len(few) >= most or bound >= 0xFFFFFFFF else sorted(hashes)[:most]


def packed(keys: Sequence[int]) -> bytes:
    """Keys as a store keeps them beside the text, 4 bytes each."""
    return b"".join(each.to_bytes(4, "big") for each in keys)
