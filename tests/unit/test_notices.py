"""Every reason and obligation has its words in both languages."""

from datetime import UTC, datetime

import pytest

from worker.model.catalog import Use
from worker.model.delivery import Decision, Reason
from worker.rights.notices import OBLIGATIONS, REASONS, explain, obligation_text, reason_text


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_words(reason: Reason) -> None:
    zh, en = reason_text(reason, "zh"), reason_text(reason, "en")
    assert zh != en
    assert not zh.isascii()
    assert en.isascii()


def test_no_two_reasons_read_alike() -> None:
    assert len(set(REASONS.values())) == len(Reason)


def test_a_contracts_own_obligation_is_shown_as_written() -> None:
    assert obligation_text("NO_EDIT", "en") == OBLIGATIONS["NO_EDIT"][1]
    assert obligation_text("封面除外", "en") == "封面除外"


def test_a_decision_is_explained_line_by_line() -> None:
    decision = Decision(
        Use.FULL_TEXT,
        (Reason.APPROVED, Reason.THIRD_PARTY_IN_FEED),
        ("CREDIT_SOURCE", "LINK_BACK"),
        "p-17",
        4,
        datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
        "李编辑",
        "已核实",
    )
    assert explain(decision, "en") == [
        "Full text",
        "Approved by a person [APPROVED]",
        "The publisher carries another's text and cannot grant it; a person decides [THIRD_PARTY_IN_FEED]",
        "Grant: p-17 v4",
        "Obligations: Credit the first publisher and the author; Link to the original",
        "Decided again at 2026-05-04 08:00 UTC",
        "By 李编辑: 已核实",
    ]
    assert explain(decision, "zh")[3] == "许可：p-17 v4"
    assert explain(Decision(Use.LINK_ONLY, (Reason.DEFAULT_DENY,)), "zh") == [
        "仅标题与链接",
        "未找到任何许可，仅保留标题、来源与链接 [DEFAULT_DENY]",
    ]
