"""What an index stores of a text, and what it is asked with: exact key, shingle keys, title and address key.

A shingle is 12 ideographs, 8 words or 24 other letters. Those of the 16 smallest ranks stand for the text: their
hashes are its keys, and their ranks its sketch, since how many of them are among all shingles of another text tells how
much of it that text holds, without loading either. Stable between machines and runs; every hash is salted with the
version of this algorithm.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate, repeat
from typing import Final
from zlib import crc32

from worker.identity.near import NEAR_VERSION
from worker.identity.near.reading import SHORTEST
from worker.model.nearness import Keys, Question, Reading, Script

KEYS: Final = 16  # shingle keys of one text
_LEAD_KEYS = 3  # of which so many from the lead, which excerpts keep
_ASKED = 64  # smallest hashes of a text that are looked up: a short text's keys are not among a long one's first 16
_ASKED_LEAD = 16
_LEAD = {Script.HAN: 150, Script.WORDS: 70, Script.OTHER: 300}
_SHINGLE = {Script.HAN: 12, Script.WORDS: 8, Script.OTHER: 24}
_SALT = {script: crc32(f"near{NEAR_VERSION}{script.value}".encode()) for script in Script}
_PERSON = {script: f"near{NEAR_VERSION}{script.value}".encode() for script in Script}
_TITLE_SALT = crc32(f"near{NEAR_VERSION}title".encode())
_ADDRESS_SALT = crc32(f"near{NEAR_VERSION}address".encode())
_NAMED = 0.05
TITLE_FROM: Final = 6  # characters of a title that identifies anything


def keys_of(script: Script, core: str, title: str, address: str | None) -> tuple[Keys, Question]:
    """Keys of a text in normal form but its exact one; ``title`` in normal form, ``address`` an address key
    (``urls.link_key``)."""
    salt, person = _SALT[script], _PERSON[script]  # told once: an enum's hash costs as much as a crc
    shingles = _shingles(script, core)
    ranks = list(map(crc32, shingles, repeat(salt)))
    of_rank = dict(zip(ranks, shingles, strict=True))
    every = frozenset(of_rank)
    smallest = _smallest(every, _ASKED)
    lead = sorted(set(ranks[: _LEAD[script]]))[:_ASKED_LEAD]
    sketch = smallest[: KEYS - _LEAD_KEYS]
    sketch = list(dict.fromkeys((*sketch, *lead, *smallest)))[:KEYS]
    chosen = dict.fromkeys((*smallest, *lead))
    keys = dict(zip(chosen, _hashes([of_rank[rank] for rank in chosen], person), strict=True))
    named = named_keys(title, address)
    asked = tuple(dict.fromkeys((*keys.values(), *named)))
    near = tuple(keys[rank] for rank in sketch)
    return Keys(b"", near, named, tuple(sketch)), Question(asked, every, len(core))


def exact_key(reading: Reading) -> bytes:
    """16 bytes equal for texts equal in normal form, however they are dated and signed; empty for one that is too short
    to identify anything without its title and has none. It is kept for ever, so that it does not hang on what
    furniture was known by then. Empty too for a text that was not read to its end."""
    if reading.cut:
        return b""
    body = reading.body(reading.loose)
    if len(body) < SHORTEST:
        body = f"{reading.title}\0{body}" if reading.title and body else ""
    if not body:
        return b""
    return blake2b(body.encode("utf-8", "replace"), digest_size=16, person=_PERSON[reading.script]).digest()


def named_keys(title: str, address: str | None) -> tuple[int, ...]:
    """Keys by which texts too different for shingles are compared at all: their title and their address."""
    named = []
    if len(title) >= TITLE_FROM:
        named.append(crc32(title.encode("utf-8", "replace"), _TITLE_SALT))
    if address:
        named.append(crc32(address.encode("utf-8", "replace"), _ADDRESS_SALT))
    return tuple(named)


def promise(keys: Keys, length: int, question: Question) -> float:
    """From 0 to about 1: how much a stored text of that length promises to be found in the one asked for, or hold it.

    The sketch is a sample: of a text held whole all of it is found, of one that holds the other as large a share as the
    other's length has in its own. One found where many were to be expected is an accident. An equal title or address
    promises less than any of it: under 图片新闻 there are many.
    """
    named = _NAMED if any(each in question.keys for each in keys.named) else 0.0
    found = sum(each in question.ranks for each in keys.sketch)
    expected = len(keys.sketch) * min(1.0, question.length / max(1, length))
    return named + (found / (expected + 2) if found >= max(1.0, 0.25 * expected) else 0.0)


def _shingles(script: Script, core: str) -> list[bytes]:
    """Every shingle of a text in order. Their crcs are their ranks: the smallest are picked, so that they crowd in a
    small part of the range and would be poor keys themselves."""
    size = _SHINGLE[script]
    if script is Script.WORDS:
        words = core.encode().split()
        # Cut out of one line: to put each together from its words takes twice as long.
        line, starts = b" ".join(words), list(accumulate((len(word) + 1 for word in words), initial=0))
        return [line[at : end - 1] for at, end in zip(starts, starts[size:], strict=False)]
    letters, size = core.encode("utf-16-le", "surrogatepass"), 2 * size
    return [letters[at : at + size] for at in range(0, len(letters) - size + 1, 2)]


def _hashes(shingles: Sequence[bytes], person: bytes) -> tuple[int, ...]:
    return unpacked(b"".join([blake2b(shingle, digest_size=4, person=person).digest() for shingle in shingles]))


def _smallest(hashes: frozenset[int], most: int) -> list[int]:
    """The smallest, in order; sorted are only those under a bound that leaves a few more than needed."""
    bound = int(0xFFFFFFFF * min(1.0, (2 * most + 32) / max(1, len(hashes))))
    few = sorted([each for each in hashes if each <= bound])
    return few[:most] if len(few) >= most or bound >= 0xFFFFFFFF else sorted(hashes)[:most]


def packed(keys: Sequence[int]) -> bytes:
    """Keys as a store keeps them beside the text, 4 bytes each."""
    return struct.pack(f">{len(keys)}I", *keys)


def unpacked(keys: bytes) -> tuple[int, ...]:
    """What ``packed`` was given."""
    return struct.unpack(f">{len(keys) // 4}I", keys)
