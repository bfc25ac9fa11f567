"""What the deliver stage thinks: which claimed deliveries may still go, what they carry, what an answer means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol

from worker import schedule
from worker.model.catalog import Destination, Use
from worker.model.delivery import (
    Action,
    Answer,
    Decision,
    DeliveryState,
    MergedInto,
    Parcel,
    Release,
    Result,
    Verdict,
    Withdrawal,
)
from worker.model.dispatch import Attempted, DestinationChange, DestinationClaim, DueDelivery, Material
from worker.model.stops import Stop
from worker.openings import Timetable
from worker.pipeline.faults import in_words
from worker.pipeline.release import address_of, build_case, build_withdrawal
from worker.pipeline.shared import Shared, Text, TextStore
from worker.pipeline.stopping import keeps
from worker.pipeline.updates import is_withheld
from worker.pipeline.view import View
from worker.ports import Clock
from worker.rights.decide import decide
from worker.rights.endings import Given

PERMITTED = (Use.FULL_TEXT, Use.EXCERPT, Use.LINK_ONLY)

STOPPED = (Verdict.HOLD_DESTINATION, Verdict.DISABLE_DESTINATION)


class MaterialStore(TextStore, Protocol):
    def material(self, due: Mapping[str, Sequence[DueDelivery]]) -> dict[int, Material]: ...

    def cancel(self, due: Sequence[DueDelivery], detail: str, *, lease: str, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a claimed delivery was decided from, and how; ``decision`` is None for a retraction."""

    text: Text | None
    material: Material
    decision: Decision | None


class Dispatcher:
    """Decides again, just before sending. ``resolve`` gives the value behind a secret's reference."""

    def __init__(
        self,
        store: MaterialStore,
        view: View,
        options: Callable[[Destination], object],
        resolve: Callable[[str], str],
        clock: Clock,
    ) -> None:
        self.store, self.view, self.options, self.resolve, self.clock = store, view, options, resolve, clock
        self.shared = Shared(store, view)
        self._decided: dict[int, _Decided] = {}
        self._options: dict[str, object] = {}

    def destination(self, key: str) -> Destination | None:
        """The destination, even one that left the file."""
        return self.view.find(key)

    def prepare(self, due: Mapping[str, Sequence[DueDelivery]], *, lease: str) -> dict[str, list[DueDelivery]]:
        """Those of the claimed deliveries, by the key of their destination, that may go as they are; the others are
        written off, and their articles settled anew: what was decided when they were written down no longer holds."""
        ready: dict[str, list[DueDelivery]] = {key: [] for key in due}
        stale: list[DueDelivery] = []
        if not any(due.values()):
            return ready
        material = self.store.material(due)
        texts = self.shared.texts(one for some in due.values() for one in some)
        for key, some in due.items():
            destination = self.view.destinations.get(key)
            for one in some:
                decided = self._decide(one, texts.get((one.article, one.version)), material[one.id], destination)
                if decided is None:
                    stale.append(one)
                    continue
                self._decided[one.id] = decided
                ready[key].append(one)
        if stale:
            self.store.cancel(stale, "decided again before sending", lease=lease, now=self.clock())
        return ready

    def without_text(self, key: str, due: DueDelivery) -> list[DueDelivery]:
        """A retraction, which may go whatever is wrong with its article's text."""
        self._decided[due.id] = _Decided(None, self.store.material({key: [due]})[due.id], None)
        return [due]

    def rehearse(self, key: str, due: DueDelivery, now: datetime) -> Parcel | None:
        """What would go out for ``due`` at ``now``; None where it would not, as things stand. Nothing is written."""
        material = self.store.material({key: [due]})[due.id]
        text = self.shared.texts([due]).get((due.article, due.version))
        decided = self._decide(due, text, material, self.view.destinations.get(key))
        if decided is None:
            return None
        self._decided[due.id] = decided
        return self.parcel(key, due, now)

    def _decide(
        self, due: DueDelivery, text: Text | None, material: Material, destination: Destination | None
    ) -> _Decided | None:
        """What to send ``due`` from, None when it must not go as it is. A retraction always goes."""
        if due.action is Action.RETRACT:
            return _Decided(text, material, None)
        if destination is None or text is None or material.withdrawn or text.version.source not in self.view.sources:
            return None
        if is_withheld(due.action, destination, there=due.first_released is not None):
            return None
        case = build_case(
            text.version,
            destination,
            material.channels,
            self.view,
            approval=material.approval if material.approval_version == due.version else None,
            now=self.clock(),
            media=material.media,
            there=due.first_released is not None or due.unknown,
            given=Given(out=material.out, same=material.out_version == due.version),
        )
        decision = decide(case)
        return _Decided(text, material, decision) if decision.use is due.use else None

    def is_kept(self, key: str, due: DueDelivery, stops: Sequence[Stop]) -> bool:
        """Whether any of ``stops`` keeps a delivery back that was decided and not sent yet."""
        decided, destination = self._decided.get(due.id), self.view.destinations.get(key)
        if due.action is Action.RETRACT or decided is None or decided.text is None or destination is None:
            return False
        return keeps(stops, destination, decided.text.version.source, decided.material.channels, self.view)

    def rehearses(self, key: str, due: DueDelivery) -> bool:
        """Whether nothing is really sent. A retraction is: it is only written down for what really went out."""
        destination = self.view.find(key)
        return destination is not None and destination.mode == "rehearse" and due.action is not Action.RETRACT

    def parcel(self, key: str, due: DueDelivery, now: datetime) -> Parcel:
        """What goes out now. Its times are the delivery's, not the attempt's: a repeat carries the same bytes."""
        destination = self.view.find(key)
        decided = self._decided.pop(due.id)
        text, material = decided.text, decided.material
        subject: Release | Withdrawal
        if decided.decision is None:
            subject = build_withdrawal(
                due.article_uuid,
                self.view,
                sequence=due.sequence,
                version=due.version,
                language=text.current.document.language if text else None,
                when=due.created_at,
                reason=material.reason or "DECISION_CHANGED",
                first_released=due.first_released or due.created_at,
                channels=material.channels,
                merged_into=self._merged(material),
            )
        else:
            assert destination is not None
            assert text is not None
            subject = self.shared.release(due, text.version, decided.decision, destination, material)
        return Parcel(
            delivery=due.uuid,
            attempt=due.attempts,
            destination=key,
            subject=subject,
            options=self._options_of(destination) if destination is not None else None,
            resolve=self.resolve,
            now=now,
            last=Result.UNKNOWN if due.unknown else None,
        )

    def _merged(self, material: Material) -> MergedInto | None:
        other = material.merged
        if other is None:
            return None
        return MergedInto(other.article, address_of(other.article, other.channels, self.view))

    def _options_of(self, destination: Destination) -> object:
        if destination.key not in self._options:
            self._options[destination.key] = self.options(destination)
        return self._options[destination.key]


def rehearsed(key: str, due: DueDelivery, now: datetime) -> Attempted:
    """What rehearsing makes of a delivery: done, without a byte that left."""
    answer = Answer(Result.NOT_SENT, Verdict.DONE, detail="rehearsed: all but sent")
    return Attempted(
        delivery=due.id,
        destination=key,
        state=DeliveryState.REHEARSED,
        due_at=now,
        at=now,
        attempt=due.attempts,
        failures=0,
        answer=answer,
    )


def after_answer(
    key: str, due: DueDelivery, answer: Answer, now: datetime, rng: Random, table: Timetable | None = None
) -> Attempted:
    """What an answer makes of its delivery: done, again later, within the destination's windows, or parked for a
    person."""
    failures = due.failures + 1
    retraction = due.action is Action.RETRACT
    state, due_at = DeliveryState.ACCEPTED, now
    if answer.verdict is Verdict.DONE:
        failures = 0
    elif answer.verdict is Verdict.PARK:
        state = DeliveryState.PARKED
    elif answer.verdict in STOPPED and not retraction:
        state, failures = DeliveryState.DUE, due.failures  # it waits uncharged for a person to lift the stop
    else:
        again = schedule.next_attempt(failures, now, rng, answer.retry_after, retraction=retraction)
        state = DeliveryState.DUE if again is not None else DeliveryState.PARKED
        due_at = again or now
        if table is not None and not due.passes and not table.is_open(due_at):
            due_at = table.opening(due_at)
    return Attempted(
        delivery=due.id,
        destination=key,
        state=state,
        due_at=due_at,
        at=now,
        attempt=due.attempts,
        failures=failures,
        answer=answer,
        unknown=due.unknown,
    )


def after_fault(key: str, due: DueDelivery, error: Exception, now: datetime, rng: Random) -> Attempted:
    """What a fault of ours makes of the delivery that could not be decided about: it waits as after a refusal, and is
    parked after the last try. Its destination is not to blame."""
    failures = due.failures + 1
    again = schedule.next_attempt(failures, now, rng, retraction=due.action is Action.RETRACT)
    detail = f"a fault of Newsroad, please report it: {in_words(error)}"
    return Attempted(
        delivery=due.id,
        destination=key,
        state=DeliveryState.DUE if again is not None else DeliveryState.PARKED,
        due_at=again or now,
        at=now,
        attempt=due.attempts,
        failures=failures,
        answer=Answer(Result.NOT_SENT, Verdict.PARK, detail=detail),
        unknown=due.unknown,
    )


def after_batch(
    claim: DestinationClaim, attempted: Sequence[Attempted], now: datetime, rng: Random
) -> DestinationChange | None:
    """How a batch of answers, in the order they came, moves the destination; None when nothing changes.

    A refusal of one delivery for good (parked) says nothing about the destination's health.
    """
    failures, probes, opened = claim.failures, claim.probes, claim.open
    probe_at: datetime | None = None
    state, reason = "active", None
    for one in attempted:
        verdict = one.answer.verdict
        if verdict is Verdict.DONE:
            failures, probes, opened, probe_at = 0, 0, False, None
        elif verdict is Verdict.HOLD_DESTINATION:
            state, reason = "held", one.answer.detail
        elif verdict is Verdict.DISABLE_DESTINATION:
            state, reason = "disabled", one.answer.detail
        elif verdict is Verdict.RETRY:
            failures += 1
            if opened and claim.probe_at is not None and now < claim.probe_at:
                probe_at = claim.probe_at  # a retraction that did not wait for the ladder: it stands where it stood
            elif opened or schedule.opens(failures):
                probes = probes + 1 if claim.open else 0
                opened = True
                probe_at = schedule.probe_at(probes, now, rng, one.answer.retry_after)
    if not attempted or (failures == claim.failures and opened == claim.open and state == "active" and not opened):
        return None
    return DestinationChange(
        key=claim.key,
        failures=failures,
        opened_at=now if opened else None,
        probe_at=probe_at if opened else None,
        probes=probes,
        state=state,
        state_reason=(reason or "")[:500] or None,
    )
