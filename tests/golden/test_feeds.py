"""Whole documents of our own writing, in every shape a feed comes in, against everything the parser makes of them.

After a deliberate change of the parser, write the expectations anew with
``python -m tests.golden.test_feeds`` and read the difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from worker.cli.probe import as_node
from worker.model.feed import Document
from worker.parsers import parse

FEEDS = Path(__file__).parent / "feeds"
DOCUMENTS = sorted(path for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))


def probed(path: Path) -> dict[str, Any]:
    return as_node(parse(Document(path.read_bytes(), zone="Asia/Shanghai")))


def expectation(path: Path) -> Path:
    return path.with_name(path.name + ".expected.json")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_whole_document_reads_as_expected(path: Path) -> None:
    assert probed(path) == json.loads(expectation(path).read_text("utf-8"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_was_seen_is_not_read_again(path: Path) -> None:
    document = Document(path.read_bytes(), zone="Asia/Shanghai")
    first = parse(document)
    again = parse(document, frozenset(first.digests))
    assert again.entries == ()
    assert again.digests == first.digests
    assert again.title == first.title
    assert again.tombstones == first.tombstones


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_one_unseen_item_reads_as_it_does_among_the_others(path: Path) -> None:
    document = Document(path.read_bytes(), zone="Asia/Shanghai")
    whole = parse(document)
    for entry in whole.entries:
        assert parse(document, frozenset(whole.digests) - {entry.digest}).entries == (entry,)


if __name__ == "__main__":
    for document in DOCUMENTS:
        text = json.dumps(probed(document), ensure_ascii=False, indent=2)
        expectation(document).write_text(text + "\n", "utf-8")
