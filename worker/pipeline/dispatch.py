"""What the deliver stage thinks: which claimed deliveries may still go, what they carry, what an answer means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Protocol

from worker import schedule
from worker.model.article import Version
from worker.model.catalog import Destination, Use
from worker.model.delivery import Action, Answer, Decision, DeliveryState, Parcel, Release, Result, Verdict, Withdrawal
from worker.model.dispatch import Attempted, DestinationChange, DestinationClaim, DueDelivery, Material
from worker.pipeline.release import build_case, build_release, build_withdrawal
from worker.pipeline.versions import version_of
from worker.pipeline.view import View
from worker.ports import Clock
from worker.rights.decide import decide

PERMITTED = (Use.FULL_TEXT, Use.EXCERPT, Use.LINK_ONLY)

STOPPED = (Verdict.HOLD_DESTINATION, Verdict.DISABLE_DESTINATION)


class MaterialStore(Protocol):
    def material(self, key: str, due: Sequence[DueDelivery]) -> dict[int, Material]: ...

    def cancel(self, due: Sequence[DueDelivery], detail: str, *, lease: str, now: datetime) -> None: ...


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
        self._material: dict[int, Material] = {}
        self._decided: dict[int, tuple[Version, Decision]] = {}
        self._options: dict[str, object] = {}

    def destination(self, key: str) -> Destination | None:
        """The destination, even one that left the file."""
        return self.view.find(key)

    def prepare(self, key: str, due: Sequence[DueDelivery], *, lease: str) -> list[DueDelivery]:
        """Those of the claimed deliveries that may go as they are; the others are written off, and their articles
        settled anew: what was decided when they were written down no longer holds."""
        if not due:
            return []
        destination = self.view.destinations.get(key)
        material = self.store.material(key, due)
        ready: list[DueDelivery] = []
        stale: list[DueDelivery] = []
        for one in due:
            self._material[one.id] = material[one.id]
            holds = one.action is Action.RETRACT or (
                destination is not None and self._still(one, material[one.id], destination)
            )
            (ready if holds else stale).append(one)
        if stale:
            self.store.cancel(stale, "decided again before sending", lease=lease, now=self.clock())
        return ready

    def _still(self, due: DueDelivery, material: Material, destination: Destination) -> bool:
        if material.current is None or material.withdrawn or material.current.source not in self.view.sources:
            return False
        version = version_of(due.article_uuid, material.current, self.view)
        approval = material.approval if material.approval_version == due.version else None
        case = build_case(
            version,
            destination,
            material.channels,
            self.view,
            approval=approval,
            now=self.clock(),
            media=material.media,
            there=due.first_released is not None or due.unknown,
        )
        decision = decide(case)
        self._decided[due.id] = (version, decision)
        return decision.use is due.use

    def parcel(self, key: str, due: DueDelivery, now: datetime) -> Parcel:
        """What goes out now. Its times are the delivery's, not the attempt's: a repeat carries the same bytes."""
        destination = self.view.find(key)
        material = self._material.pop(due.id)
        subject: Release | Withdrawal
        if due.action is Action.RETRACT:
            subject = build_withdrawal(
                due.article_uuid,
                self.view,
                sequence=due.sequence,
                version=due.version,
                language=material.current.document.language if material.current else None,
                when=due.created_at,
                reason=material.reason or "DECISION_CHANGED",
                first_released=due.first_released or due.created_at,
                channels=material.channels,
            )
        else:
            assert destination is not None
            version, decision = self._decided.pop(due.id)
            subject = build_release(
                version,
                decision,
                destination,
                material.channels,
                self.view,
                sequence=due.sequence,
                action=due.action,
                first_released=due.first_released or due.created_at,
                released=due.created_at,
                media=material.media,
            )
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

    def _options_of(self, destination: Destination) -> object:
        if destination.key not in self._options:
            self._options[destination.key] = self.options(destination)
        return self._options[destination.key]


def after_answer(key: str, due: DueDelivery, answer: Answer, now: datetime, rng: Random) -> Attempted:
    """What an answer makes of its delivery: done, again later, or parked for a person."""
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
    return Attempted(
        delivery=due.id,
        destination=key,
        state=state,
        due_at=due_at,
        at=now,
        attempt=due.attempts,
        failures=failures,
        answer=answer,
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
            if opened or schedule.opens(failures):
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
