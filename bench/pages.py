"""How well and how quickly article pages are read: ``python -m bench.pages FOLDER``.

FOLDER holds ``labels.jsonl``, a line a page: ``file`` (``.gz`` is unpacked), ``url``, ``lang`` (``zh`` or ``en``),
``body`` where it is known, and the fields of ``bench/page_scores.py``. Bodies are scored by ``bench/page_bodies.py``,
beside trafilatura in a virtual environment of its own (``--no-peer`` leaves it out; ``--peer PYTHON`` names one that
has it). ``--worst N`` lists the pages whose bodies are furthest off.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.page_bodies import f1, precision_recall
from bench.page_scores import FIELDS, invented_authors, judge, tally
from bench.processes import HERE, interpreter
from bench.report import Line, close, parser, say
from worker.model.feed import Document
from worker.parsers.charset import decode
from worker.parsers.page import read_page

ZONE = "Asia/Shanghai"
GOALS = {"zh": 95.0, "en": 96.5}
FIELD_GOALS = {"title": 97.0, "date": 97.0, "minute": 95.0, "source": 92.0, "author": 85.0, "original_url": 95.0}
MILLISECONDS = 35.0


@dataclass(frozen=True, slots=True)
class Labelled:
    label: dict[str, Any]
    body: bytes


def pages(folder: Path) -> list[Labelled]:
    found = []
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        body = (folder / label["file"]).read_bytes()
        found.append(Labelled(label, gzip.decompress(body) if label["file"].endswith(".gz") else body))
    return found


def ours(found: list[Labelled]) -> tuple[list[str], list[dict[str, str]], float]:
    """Bodies, verdicts on the fields of Chinese pages, CPU milliseconds a page."""
    texts, verdicts = [], []
    now = datetime.now(UTC)
    begun = time.process_time()
    read = [read_page(Document(each.body, each.label.get("url") or None, zone=ZONE), now=now) for each in found]
    spent = (time.process_time() - begun) * 1000 / max(1, len(found))
    for each, page in zip(found, read, strict=True):
        texts.append(page.body_text or "")
        values = {
            "title": page.title,
            "published": page.published,
            "source": page.source.name if page.source else None,
            "authors": [author.name for author in page.authors],
            "original_url": page.original_url,
        }
        if each.label.get("lang") == "zh":
            verdicts.append(judge(each.label, values, ZONE))
    return texts, verdicts, spent


def peer(found: list[Labelled], python: str | None) -> tuple[list[str], float]:
    """The same of trafilatura: bodies, CPU milliseconds a page."""
    lines = [json.dumps({"html": decode(each.body, None)[1].decode("utf-8", "replace")}) for each in found]
    given = nullcontext(python) if python else interpreter("trafilatura", "pages_constraints.txt")
    with given as chosen:
        command = [chosen, str(HERE / "trafilatura_peer.py")]
        done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [each["text"] for each in answers], sum(each["ms"] for each in answers) / max(1, len(answers))


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--peer", metavar="PYTHON", help="an interpreter that has trafilatura")
    arguments.add_argument("--no-peer", action="store_true", help="leave trafilatura out")
    arguments.add_argument("--worst", type=int, default=0, metavar="N", help="list the N worst bodies")
    chosen = arguments.parse_args()
    found = pages(chosen.folder)
    texts, verdicts, spent = ours(found)
    theirs, theirs_spent = ([], 0.0) if chosen.no_peer else peer(found, chosen.peer)
    lines, object_ = [], {"pages": len(found), "ms": spent, "peer_ms": theirs_spent}
    scored = [number for number, each in enumerate(found) if each.label.get("body")]
    for language, goal in GOALS.items():
        chosen_ones = [number for number in scored if found[number].label.get("lang") == language]
        pairs = {number: precision_recall(found[number].label["body"], texts[number]) for number in chosen_ones}
        beside = [precision_recall(found[number].label["body"], theirs[number]) for number in chosen_ones if theirs]
        name = f"body F1, {language}, {len(pairs)} pages"
        score, other = f1(list(pairs.values())), f1(beside)
        lines.append(Line(name, score * 100, "%", goal, more=True, beside=other * 100 or None))
        object_[f"body_{language}"], object_[f"peer_body_{language}"] = score, other
        for number in sorted(pairs, key=lambda number: f1([pairs[number]]))[: chosen.worst]:
            say(f"{found[number].label['file']}: precision {pairs[number][0]:.3f}, recall {pairs[number][1]:.3f}")
    lines += fields(found, verdicts, object_)
    lines.append(Line("CPU a page, everything", spent, "ms", MILLISECONDS, beside=theirs_spent or None))
    for name, words in tally(verdicts).items():
        say(f"{name}: {words}")
    return close(f"{len(found)} pages", lines, "trafilatura", object_, as_json=chosen.json)


def fields(found: list[Labelled], verdicts: list[dict[str, str]], object_: dict[str, Any]) -> list[Line]:
    """A line for each field of Chinese pages."""
    lines = []
    for name in FIELDS:
        judged = [verdict[name] for verdict in verdicts if name in verdict]
        if judged:
            share = judged.count("right") / len(judged)
            object_[name] = share
            lines.append(Line(f"{name}, {len(judged)} pages", share * 100, "%", FIELD_GOALS.get(name), more=True))
    labels = [each.label for each in found if each.label.get("lang") == "zh"]
    invented, without = invented_authors(labels, verdicts)
    if without:
        object_["author_invented"] = invented / without
        lines.append(Line(f"author invented, {without} pages without one", invented / without * 100, "%", 3.0))
    return lines


if __name__ == "__main__":
    sys.exit(main())
