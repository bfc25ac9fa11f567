"""What word lists cost: 10,000 words looked for in one article of 2,000 characters, beside a plain ``re`` alternation
of the same words and beside the clean-up of the same text.

    python -m bench.guards [--json] [--words N]

The texts are the demonstration's own; the words are made of the commonest 3,755 characters, one in thirty beginning as
something in the text does: a word might begin at one in five of its characters. CPU time, best of many.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from random import Random
from string import ascii_lowercase

from bench.report import Line, close, parser, say
from worker.demo import stories
from worker.identity.scripts import fold
from worker.model.catalog import Guard
from worker.parsers.clean import clean_html
from worker.rights.guards import Guards, plain

GOAL = 0.3  # ms an article
CHARACTERS = 2_000
ALIKE = 0.03  # of the words begin as something in the text does
COMMON = [bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]


def texts() -> dict[str, str]:
    """Clean HTML of about 2,000 characters by language; the traditional one is the Chinese one, converted."""
    from opencc import OpenCC

    found = [one for one in vars(stories).values() if isinstance(one, stories.Text)]
    made = {}
    for language in ("zh", "en"):
        paragraphs = [part for one in found if one.language == language for part in one.paragraphs]
        while sum(map(len, paragraphs)) < CHARACTERS:
            paragraphs += [part[len(part) // 3 :] + part[: len(part) // 3] for part in paragraphs]
        made[language] = clean_html(f"<p>{'</p><p>'.join(paragraphs)[:CHARACTERS]}</p>", None)
    return {**made, "zh-Hant": OpenCC("s2t").convert(made["zh"])}


def word_list(text: str, count: int, rng: Random) -> tuple[str, ...]:
    """``count`` words or phrases, none of which stands in ``text``."""
    folded = fold(plain(text))
    make = _phrase if folded.isascii() else _word
    words: set[str] = set()
    while len(words) < count:
        word = make(folded, rng, alike=rng.random() < ALIKE)
        if word not in folded:
            words.add(word)
    return tuple(sorted(words))


def _word(text: str, rng: Random, *, alike: bool) -> str:
    """Two to six characters, the first two of them from ``text`` if it is to be ``alike``."""
    at = rng.randrange(len(text) - 2)
    begin = text[at : at + 2] if alike else ""
    return begin + "".join(rng.choices(COMMON, k=rng.choice((2, 2, 3, 3, 4, 4, 5, 6)) - len(begin) or 1))


def _phrase(text: str, rng: Random, *, alike: bool) -> str:
    made = "".join(rng.choices(ascii_lowercase, k=rng.randint(4, 9)))
    return f"{rng.choice(text.split())} {made}" if alike else made


def places(text: str, words: tuple[str, ...]) -> float:
    """The share of the text's characters at which a word might begin, of those that begin alike."""
    folded = fold(plain(text))
    begins = {word[:2] for word in words}
    return sum(folded[at : at + 2] in begins for at in range(len(folded))) / len(folded)


def best(work: Callable[[], object], *, rounds: int, times: int) -> float:
    """Milliseconds of CPU of one call, the best of ``rounds``."""
    work()
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - begin) / times * 1000)
    return min(found)


def measure(text: str, count: int) -> dict[str, float]:
    """Milliseconds an article: the lists, the same with every word once more in traditional and full width, the
    alternation, the clean-up."""
    words = word_list(text, count, Random(4))
    begin = time.process_time()
    lists = Guards([Guard("words", words)])
    lists.find("")
    compiled = (time.process_time() - begin) * 1000
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE)
    return {
        "places": places(text, words),
        "lists": best(lambda: lists.find(plain(text)), rounds=20, times=50),
        "hit": best(lambda: Guards.find(lists, plain(text + words[0])), rounds=10, times=20),
        "alternation": best(lambda: pattern.search(plain(text)), rounds=2, times=1),
        "clean_up": best(lambda: clean_html(text, None), rounds=20, times=50),
        "compiled": compiled,
    }


def main() -> int:
    made = parser(__doc__)
    made.add_argument("--words", type=int, default=10_000, help="how many words the list has")
    asked = made.parse_args()
    lines, found = [], {}
    for language, text in texts().items():
        say(f"{asked.words} words in {len(plain(text))} characters of {language}")
        row = found[language] = measure(text, asked.words)
        lines += [
            Line(f"{language}: an article", row["lists"], "ms", GOAL, beside=row["alternation"]),
            Line(f"{language}: as against its clean-up", row["lists"], "ms", beside=row["clean_up"]),
            Line(f"{language}: one that has a word", row["hit"], "ms"),
            Line(f"{language}: the list made ready, once", row["compiled"], "ms"),
        ]
    title = f"A list of {asked.words} words"
    return close(title, lines, "re, clean-up", {"words": asked.words, **found}, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
