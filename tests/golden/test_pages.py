"""Whole article pages of our own writing, shaped like real portals, against everything the parser makes of them.

After a deliberate change of the parser, write the expectations anew with
``python -m tests.golden.test_pages`` and read the difference.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from worker.cli.probe_page import as_node
from worker.model.feed import Document
from worker.parsers.page import read_page

PAGES = Path(__file__).parent / "pages"
DOCUMENTS = sorted(PAGES.glob("*.html"))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ADDRESSES = {
    "portal-reprint.html": "http://www.portal.example/news/culture/202309/1167002.html",
    "breaks-big5.html": "https://daily.example/local/2200.html",
    "english-article.html": "https://courier.example/2024/03/night-train/",
    "notice-with-files.html": "http://www.county.example/zwgk/tzgg/202510/t20251020_8801.html",
}


def probed(path: Path) -> dict[str, Any]:
    document = Document(path.read_bytes(), ADDRESSES[path.name], zone="Asia/Shanghai")
    return as_node(read_page(document, now=NOW), document.zone)


def expectation(path: Path) -> Path:
    return path.with_name(path.name + ".expected.json")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_whole_page_reads_as_expected(path: Path) -> None:
    assert json.loads(json.dumps(probed(path))) == json.loads(expectation(path).read_text("utf-8"))


if __name__ == "__main__":
    for document in DOCUMENTS:
        text = json.dumps(probed(document), ensure_ascii=False, indent=2)
        expectation(document).write_text(text + "\n", "utf-8")
