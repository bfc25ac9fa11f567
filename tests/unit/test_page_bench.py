"""How bodies of pages are scored."""

from __future__ import annotations

import pytest

from bench.page_bodies import f1, precision_recall, shingles


def test_an_ideograph_is_a_token_and_so_is_a_word() -> None:
    assert list(shingles("山里 的2026年")) == [("山", "里", "的", "2026"), ("里", "的", "2026", "年")]


@pytest.mark.parametrize(
    ("wanted", "found", "precision", "recall"),
    [
        ("a b c d e", "a b c d e", 1.0, 1.0),
        ("a b c d e", "", 0.0, 0.0),
        ("", "", 1.0, 1.0),
        ("a b c d", "a b c d e f g", 0.25, 1.0),
        ("a b c d e f g", "a b c d", 1.0, 0.25),
        ("a b", "a b", 1.0, 1.0),
    ],
)
def test_shares_of_shingles(wanted: str, found: str, precision: float, recall: float) -> None:
    assert precision_recall(wanted, found) == (precision, recall)


def test_f1_is_of_the_means() -> None:
    assert f1([(1.0, 0.5), (0.5, 1.0)]) == 0.75
    assert f1([]) == 0.0
