"""A fault of our own in what sends: one article must not keep back all others, nor be tried for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.stages import OTHER, Stages, item, rss, telling
from worker import bootstrap
from worker.model.delivery import Parcel
from worker.pipeline.deliver import RemoteKind
from worker.pipeline.opened import Conversation

LONG = timedelta(seconds=70)  # after which a lease has ended


@dataclass
class Faulty:
    """A kind that raises at every article with the title 坏: before it asks for anything, or after the answer."""

    kind: RemoteKind
    at_once: bool
    tries: int = 0

    def send(self, parcel: Parcel) -> Conversation:
        bad = getattr(parcel.subject, "title", "") == "坏"
        self.tries += bad
        if bad and self.at_once:
            raise RuntimeError("a fault of ours")
        answer = yield from self.kind.send(parcel)
        if bad:
            raise RuntimeError("a fault of ours")
        return answer


@pytest.mark.parametrize("at_once", [True, False])
def test_an_article_at_which_sending_raises_is_parked_and_the_others_arrive(
    stages: Stages, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    faulty = Faulty(bootstrap.REMOTE["webhook"], at_once)
    monkeypatch.setattr(bootstrap, "REMOTE", {**bootstrap.REMOTE, "webhook": faulty})
    good = [item(f"g{number}", f"好{number}", telling(number)) for number in range(3)]
    stages.publish("alpha", rss(*good, item("b", "坏", OTHER)))
    stages.poll()
    stages.ingest()
    for _ in range(3):
        with pytest.raises(RuntimeError, match="a fault of ours"):
            stages.deliver()
        stages.now += LONG
    stages.deliver()
    assert faulty.tries == 3
    assert sorted(row.state for row in stages.deliveries()) == ["accepted", "accepted", "accepted", "parked"]
    assert {row.detail for row in stages.deliveries() if row.state == "parked"} == {"its sender died 3 times"}
    assert {title for _, title in stages.sent} >= {"好0", "好1", "好2"}


def test_what_was_on_its_way_beside_it_is_written_down_as_it_came(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "REMOTE", {"webhook": Faulty(bootstrap.REMOTE["webhook"], at_once=False)})
    stages.publish("alpha", rss(item("b", "坏", OTHER), item("g", "好", telling(1))))
    stages.poll()
    stages.ingest()
    with pytest.raises(RuntimeError):
        stages.deliver()
    assert sorted((row.state, row.attempts) for row in stages.deliveries()) == [("accepted", 1), ("sending", 1)]
