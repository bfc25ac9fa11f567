"""How well the same text is known again, and what it costs: ``python -m bench.near FOLDER``.

FOLDER holds labelled reprints: ``articles.jsonl.gz`` (``id``, ``event``, ``title``, ``published``, ``text``) and
``pairs.tsv`` (``dup``, ``part``, ``grey``). ``--tuned`` names events that were looked at when thresholds were set;
the others are reported as held out. Of ``shared/data/reprints`` all three were looked at, so that only other texts
are held out. ``--orders N`` gives them in so many random orders too: which text comes first decides what an excerpt
joins. ``--english FILE`` names JSON Lines {title, text} to edit, no two of them alike. Edits (``near_edits``), whole
pages of portals (``near_portals``), look-alikes (``near_alike``), series (``near_bulletins``, ``near_series``)
and filler are made, seeded. datasketch and rensa see the same texts in a virtual environment of their own
(``--no-peer`` leaves them out, ``--peer PYTHON`` names an interpreter that has them).
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.near_alike import look_alikes
from bench.near_bulletins import bulletins
from bench.near_edits import Edit, Piece, edits
from bench.near_filler import filler
from bench.near_portals import styles
from bench.near_scores import Pair, Score, in_order, pairs_of, returned, score, share
from bench.near_series import series
from bench.processes import HERE, interpreter
from bench.report import Line, close, parser, say
from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.near.keys import packed
from worker.model.nearness import Filed, Verdict
from worker.parsers.dates import parse_date

ORIGINALS = 300
PAGES = 120
ALIKE = 200
SERIES = 40  # of which there are many
MILLISECONDS = 3.0
BYTES = 1228.8  # 1.2 KB
EDIT_GOALS = {"zh": 98.5, "en": 99.0}


@dataclass(frozen=True, slots=True)
class Labelled:
    articles: list[dict[str, Any]]
    gold: dict[Pair, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told in the end: lines of the table and the JSON object, and what the libraries made of every set."""

    theirs: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    object_: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sets:
    """The texts of every part of the bench by name, in order, and what is known about them."""

    texts: dict[str, list[Text]] = field(default_factory=dict)
    labels: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # (kind, number of the original)


def labelled(folder: Path) -> Labelled:
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    rows = [line.split("\t") for line in (folder / "pairs.tsv").read_text("utf-8").splitlines()[1:] if line]
    return Labelled(articles, {in_order(int(one), int(other)): kind for one, other, kind in rows})


def sets(found: Labelled, english: Sequence[Mapping[str, str]], seed: int) -> Sets:
    made = Sets()
    made.texts["reprints"] = [
        Text(str(each["id"]), each["title"], each["text"], parse_date(each["published"], "Asia/Shanghai"))
        for each in found.articles
    ]
    paired = {number for pair in found.gold for number in pair}
    single = [each for each in found.articles if each["id"] not in paired and 400 < len(each["text"]) < 6000]
    rng = random.Random(seed)
    originals: dict[str, Sequence[Mapping[str, Any]]] = {
        "zh": rng.sample(single, min(ORIGINALS, len(single))),
        "en": list(english),
    }
    for language, chosen in originals.items():
        zh = language == "zh"
        pieces = [(each["title"], each["text"]) for each in chosen]
        _edited(made, f"edits {language}", pieces, edits(zh), rng)
        _edited(made, f"pages {language}", pieces[:PAGES], styles(zh), rng)
        _alike(made, f"look-alikes {language}", look_alikes(zh), rng)
        _alike(made, f"bulletins {language}", bulletins(zh), rng)
        _alike(made, f"series {language}", series(zh), random.Random(seed), SERIES)
    return made


def _edited(made: Sets, name: str, originals: Sequence[Piece], ways: Mapping[str, Edit], rng: random.Random) -> None:
    texts = [Text(f"o{number}", *each) for number, each in enumerate(originals)]
    labels = [("original", number) for number in range(len(originals))]
    jobs = [(number, way) for number in range(len(originals)) for way in ways]
    rng.shuffle(jobs)
    for number, way in jobs:
        texts.append(Text(f"{way}-{number}", *ways[way](rng, *originals[number])))
        labels.append((way, number))
    made.texts[name], made.labels[name] = texts, labels


def _alike(
    made: Sets,
    name: str,
    tellers: Mapping[str, Callable[[random.Random], Piece]],
    rng: random.Random,
    many: int = ALIKE,
) -> None:
    texts, labels = [], []
    day = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(many):
        for kind, tell in tellers.items():
            when = day + timedelta(days=number) if number % 2 else None
            texts.append(Text(f"{kind}-{number}", *tell(rng), when))
            labels.append((kind, number))
    made.texts[name], made.labels[name] = texts, labels


def ours(texts: Sequence[Text]) -> list[Verdict]:
    recogniser = Recogniser(MemoryIndex())
    return [recogniser.observe(text) for text in texts]


def peers(made: Sets, python: str | None) -> dict[str, Any]:
    """What the libraries return for every set."""
    asked = {name: [text.text for text in texts] for name, texts in made.texts.items()}
    given = nullcontext(python) if python else interpreter("datasketch and rensa", "near_constraints.txt")
    with given as chosen:
        command = [chosen, str(HERE / "near_peer.py")]
        done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def reprint_scores(found: Labelled, verdicts: Sequence[Verdict], events: set[str]) -> Score:
    ids = [each["id"] for each in found.articles]
    articles = {number: int(verdict.article) for number, verdict in zip(ids, verdicts, strict=True)}
    texts = {each["id"] for each in found.articles if each["event"] in events}
    return score(pairs_of(articles), _near(ids, verdicts, articles), found.gold, texts)


def _near(ids: Sequence[int], verdicts: Sequence[Verdict], articles: Mapping[int, int]) -> set[Pair]:
    """Pairs of a text and every text of an article that its verdict names."""
    members: dict[int, list[int]] = {}
    for number, article in articles.items():
        members.setdefault(article, []).append(number)
    near = set()
    for number, verdict in zip(ids, verdicts, strict=True):
        named = set(map(int, verdict.also))
        if verdict.of is not None:
            named.add(articles[int(verdict.of)])
        near |= {in_order(number, other) for article in named for other in members.get(article, ()) if other != number}
    return near


def edits_found(labels: Sequence[tuple[str, int]], hits: Sequence[set[int]]) -> tuple[dict[str, float], float, float]:
    """Share found by edit, in all, and the share of what was named that is of another original; ``hits`` are numbers
    of originals for each text."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong = named = 0
    for (name, number), hit in zip(labels, hits, strict=True):
        if name == "original":
            continue
        total[name] += 1
        right[name] += number in hit
        named += len(hit)
        wrong += len(hit - {number})
    return (
        {name: share(right[name], total[name]) for name in total},
        share(right.total(), total.total()),
        share(wrong, max(1, named)),
    )


def merged_alike(labels: Sequence[tuple[str, int]], merged: Sequence[bool]) -> dict[str, float]:
    """The share of look-alikes taken for one seen before, by kind."""
    total = Counter(name for name, _ in labels)
    joined = Counter(name for (name, _), each in zip(labels, merged, strict=True) if each)
    return {name: joined[name] / total[name] for name in total}


def cost(corpus: Sequence[str], many: int) -> dict[str, float]:
    """CPU milliseconds an article for the first and the last tenth, bytes of keys in SQLite, resident megabytes."""
    say(f"filing {many:,} articles of filler")
    index = MemoryIndex()
    recogniser = Recogniser(index)
    spent: list[float] = []
    filed: list[Filed] = []
    for number, (title, text) in enumerate(filler(random.Random(7), corpus, many)):
        begun = time.process_time()
        verdict = recogniser.observe(Text(str(number), title, text))
        spent.append(time.process_time() - begun)
        if number % 10 == 0:
            filed.extend(index.pillars(verdict.article)[:1])
    tenth = max(1, many // 10)
    return {
        "all": sum(spent) / many * 1000,
        "first": sum(spent[:tenth]) / tenth * 1000,
        "last": sum(spent[-tenth:]) / tenth * 1000,
        "bytes": bytes_in_sqlite(filed),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def bytes_in_sqlite(filed: Sequence[Filed]) -> float:
    """What a store has to keep of a text beside the text: keys by number, its own row, exact key."""
    with tempfile.TemporaryDirectory(prefix="newsroad-near-") as folder:
        path = Path(folder) / "keys.db"
        with sqlite3.connect(path) as base:
            base.executescript(
                "CREATE TABLE near_key (key INTEGER, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;"
                "CREATE TABLE near_text (entry INTEGER PRIMARY KEY, article INTEGER, length INTEGER, version INTEGER,"
                " seen INTEGER, keys BLOB);"
                "CREATE TABLE near_exact (key BLOB PRIMARY KEY, entry INTEGER) WITHOUT ROWID;"
            )
            for number, each in enumerate(filed, 1_000_000):
                keys = (*each.keys.near, *each.keys.named)
                base.executemany("INSERT INTO near_key VALUES (?, ?)", [(key, number) for key in keys])
                row = (number, number, each.length, 1, 1_780_000_000, packed(each.keys.sketch))
                base.execute("INSERT INTO near_text VALUES (?, ?, ?, ?, ?, ?)", row)
                base.execute("INSERT OR IGNORE INTO near_exact VALUES (?, ?)", (each.keys.exact, number))
        base.close()
        return path.stat().st_size / max(1, len(filed))


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument(
        "--tuned",
        nargs="*",
        default=["中兴", "罗一笑事件", "老虎咬人事件"],
        help="events that thresholds were read off",
    )
    arguments.add_argument("--english", type=Path, metavar="FILE", help="JSON Lines {title, text} to edit")
    arguments.add_argument("--filler", type=int, default=10_000, metavar="N", help="articles of filler to file")
    arguments.add_argument("--orders", type=int, default=0, metavar="N", help="random orders of the reprints as well")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--peer", metavar="PYTHON", help="an interpreter that has datasketch and rensa")
    arguments.add_argument("--no-peer", action="store_true", help="leave the libraries out")
    chosen = arguments.parse_args()
    found = labelled(chosen.folder)
    english = [json.loads(line) for line in chosen.english.read_text("utf-8").splitlines()] if chosen.english else []
    made = sets(found, english, chosen.seed)
    say("reprints, edits and look-alikes")
    verdicts = {name: ours(texts) for name, texts in made.texts.items()}
    told = Told({} if chosen.no_peer else peers(made, chosen.peer))
    _reprints(found, verdicts["reprints"], chosen.tuned, told)
    if chosen.orders:
        _orders(found, made.texts["reprints"], chosen.orders, told)
    for language in ("zh", "en"):
        for part in ("edits", "pages"):
            _edits(made, f"{part} {language}", verdicts, told)
        for part in ("look-alikes", "bulletins", "series"):
            _look_alikes(made, f"{part} {language}", verdicts, told)
    paid = cost([each["text"] for each in found.articles], chosen.filler)
    beside = told.theirs["datasketch 0.5"]["ms"] if told.theirs else None
    told.object_.update(cost=paid, peer_ms={name: each["ms"] for name, each in told.theirs.items()})
    told.lines.extend(
        [
            Line(f"CPU an article, {chosen.filler:,} filed", paid["all"], "ms", MILLISECONDS, beside=beside),
            Line("CPU an article, the last tenth", paid["last"], "ms", MILLISECONDS, beside=paid["first"]),
            Line("keys an article in SQLite", paid["bytes"], "B", BYTES),
        ]
    )
    return close("near-duplicates", told.lines, "datasketch 0.5", told.object_, as_json=chosen.json)


def _reprints(found: Labelled, verdicts: Sequence[Verdict], tuned: Sequence[str], told: Told) -> None:
    events = {each["event"] for each in found.articles}
    ids = [each["id"] for each in found.articles]
    parts = {"all": events, "held out": events - set(tuned)}
    parts |= {event: {event} for event in sorted(events & set(tuned))}
    for name, chosen in parts.items():
        if not chosen:
            continue
        texts = {each["id"] for each in found.articles if each["event"] in chosen}
        mine = reprint_scores(found, verdicts, chosen)
        others = {}
        for library, answer in told.theirs.items():
            pairs = {in_order(ids[one], ids[other]) for one, other in returned(answer["found"]["reprints"])}
            others[library] = score(pairs, set(), found.gold, texts)
            each = others[library]
            say(
                f"{name}: {library}: precision {each.precision:.3f}, "
                f"reprints {each.recall:.3f}, excerpts {each.excerpts:.3f}"
            )
        told.object_[f"reprints {name}"] = {
            "newsroad": _plain(mine),
            **{key: _plain(each) for key, each in others.items()},
        }
        beside = others.get("datasketch 0.5")
        rows = (("precision", 99.0), ("recall", 97.0), ("excerpts", 80.0), ("seen", None))
        words = {
            "recall": "reprints found",
            "excerpts": "excerpts in the article",
            "seen": "excerpts in it or named near it",
        }
        for row, goal in rows:
            other = getattr(beside, row) * 100 if beside else None
            told.lines.append(
                Line(f"{name}: {words.get(row, row)}", getattr(mine, row) * 100, "%", goal, more=True, beside=other)
            )


def _plain(each: Score) -> dict[str, Any]:
    plain = {name: getattr(each, name) for name in ("precision", "recall", "excerpts", "seen")}
    return plain | {"strangers": [list(pair) for pair in each.strangers]}


def _orders(found: Labelled, texts: Sequence[Text], many: int, told: Told) -> None:
    """The same reprints in random orders: means, and the worst precision."""
    say(f"reprints in {many} random orders")
    scores = []
    for seed in range(many):
        order = list(range(len(texts)))
        random.Random(seed).shuffle(order)
        by_place = dict(zip(order, ours([texts[place] for place in order]), strict=True))
        verdicts = [by_place[place] for place in range(len(texts))]
        scores.append(reprint_scores(found, verdicts, {each["event"] for each in found.articles}))
    for row, goal in (("precision", 99.0), ("recall", 97.0), ("excerpts", 80.0)):
        values = [getattr(each, row) * 100 for each in scores]
        told.object_[f"orders {row}"] = values
        told.lines.append(Line(f"random orders, mean {row}", sum(values) / many, "%", goal, more=True))
    told.lines.append(
        Line("random orders, least precision", min(each.precision for each in scores) * 100, "%", more=True)
    )


def _edits(made: Sets, name: str, verdicts: Mapping[str, Sequence[Verdict]], told: Told) -> None:
    labels = made.labels[name]
    if not labels:
        return
    home = {
        verdict.article: number
        for (kind, number), verdict in zip(labels, verdicts[name], strict=True)
        if kind == "original"
    }
    hits = [{home[verdict.article]} if verdict.article in home else set[int]() for verdict in verdicts[name]]
    by_edit, total, wrong = edits_found(labels, hits)
    told.object_[name] = {"newsroad": {"all": total, "wrong": wrong, **by_edit}}
    for library, answer in told.theirs.items():
        theirs_hits = [{labels[other][1] for other in others} for others in answer["found"][name]]
        theirs_by, theirs_total, theirs_wrong = edits_found(labels, theirs_hits)
        told.object_[name][library] = {"all": theirs_total, "wrong": theirs_wrong, **theirs_by}
        say(f"{name}: {library}: {theirs_total:.3f}, of others {theirs_wrong:.4f}")
    beside = told.object_[name].get("datasketch 0.5", {})
    told.lines.append(
        Line(
            f"{name}, {len(labels)} texts",
            total * 100,
            "%",
            EDIT_GOALS[name[-2:]],
            more=True,
            beside=_percent(beside.get("all")),
        )
    )
    for edit, value in by_edit.items():
        told.lines.append(Line(f"  {edit}", value * 100, "%", beside=_percent(beside.get(edit))))


def _look_alikes(made: Sets, name: str, verdicts: Mapping[str, Sequence[Verdict]], told: Told) -> None:
    labels = made.labels[name]
    by_kind = merged_alike(labels, [verdict.nearness.joins for verdict in verdicts[name]])
    told.object_[name] = {"newsroad": by_kind}
    for library, answer in told.theirs.items():
        told.object_[name][library] = merged_alike(labels, [bool(others) for others in answer["found"][name]])
    beside = told.object_[name].get("datasketch 0.5", {})
    for kind, value in by_kind.items():
        told.lines.append(Line(f"{name} merged: {kind}", value * 100, "%", 0.5, beside=_percent(beside.get(kind))))


def _percent(value: float | None) -> float | None:
    return None if value is None else value * 100


if __name__ == "__main__":
    sys.exit(main())
