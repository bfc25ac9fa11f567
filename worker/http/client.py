"""What pipelines use: requests in lanes go in, outcomes come out as they finish.

Plain synchronous Python outside, one event-loop thread inside. The two sides meet twice a batch: new lanes are handed
over in one call, finished outcomes in one list.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.http.guard import Guard
from worker.http.loop import LoopThread
from worker.http.transport import AiohttpWire, Wire
from worker.model.fetch import FetchError, Lane, Outcome, Phase, Request

_BATCH = 50
# Outcomes wait this long for company: waking the consumer, and what it then writes, costs more than one exchange.
_GATHER_SECONDS = 0.002

Refill = Callable[[int], Sequence[Lane]]


class Http:
    """The client of one allow-list. One pipeline of a process uses it at a time; it is not for several threads.

    ``clock`` gives aware UTC and is called on the loop thread. ``connections`` bounds those in use, over all hosts.
    ``wire`` is the seam for tests: it is called on the loop thread and makes what the exchanges run over.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        guard: Guard,
        clock: Callable[[], datetime],
        connections: int = 400,
        wire: Callable[[], Wire] | None = None,
    ) -> None:
        self._clock = clock
        self._make_wire = wire or (
            lambda: AiohttpWire(user_agent=user_agent, guard=guard, clock=clock, connections=connections)
        )
        self._wire: Wire | None = None
        self._home: LoopThread | None = None
        self._inherited: list[Wire] = []

    def stream(
        self, refill: Refill, *, slots: int, spare: int = 0, idle: float = 0.25, patience: float = 2.0
    ) -> Iterator[list[Outcome]]:
        """Run lanes side by side, at most ``slots`` of them, and yield finished outcomes in lists of 1 to 50.

        A lane that has run for ``patience`` seconds waits for its host, not for us: it gives its slot to another and
        goes on, while ``spare`` places last. There are never more than ``slots + spare`` lanes.

        ``refill(free)`` is called on the caller's thread while ``free > 0`` lanes may be added: at the start, after
        each yield, and at least every ``idle`` seconds while something is in flight; it returns at most ``free``
        lanes. The iterator ends when it returns none and nothing is in flight. Leaving it early cancels what is in
        flight and waits until that is undone. Failures of the network are outcomes, never exceptions.
        """
        home, wire = self._connected()
        flight = _Flight(home, wire, self._clock)
        try:
            while True:
                free = flight.free(slots, spare, patience)
                lanes = _at_most(free, refill(free)) if free > 0 else ()
                flight.add(lanes)
                if not lanes and flight.is_over():
                    return
                if batch := flight.collect(idle):
                    yield batch
        finally:
            home.run(flight.cancel())

    def fetch(self, request: Request) -> Outcome:
        """Make one exchange and wait for it."""
        pending = [Lane((request,))]

        def refill(_free: int) -> list[Lane]:
            return [pending.pop()] if pending else []

        outcomes = [outcome for batch in self.stream(refill, slots=1) for outcome in batch]
        return outcomes[0]

    def close(self) -> None:
        """Close every connection. The client can be used again afterwards."""
        wire, self._wire = self._wire, None
        if wire is not None and self._home is LoopThread.shared():
            self._home.run(wire.close())

    def _connected(self) -> tuple[LoopThread, Wire]:
        """Return the loop thread of this process and a wire on it; what a parent process opened is let be."""
        home = LoopThread.shared()
        if self._wire is not None and self._home is not home:
            self._inherited.append(self._wire)
            self._wire = None
        if self._wire is None:
            self._wire = home.run(self._open_wire())
            self._home = home
        return home, self._wire

    async def _open_wire(self) -> Wire:
        return self._make_wire()


def _at_most(free: int, lanes: Sequence[Lane]) -> Sequence[Lane]:
    if len(lanes) > free:
        raise ValueError(f"refill gave {len(lanes)} lanes for {free} free slots")
    return lanes


@dataclass(slots=True)
class _Added:
    """Lanes that were added together: when, in monotonic seconds, and how many of them still run."""

    at: float
    running: int


class _Flight:
    """The lanes of one ``stream`` call: the consumer's side and the loop's side of the hand-over.

    The loop's side gathers what finishes within 2 ms and hands it over under one lock.
    """

    def __init__(self, home: LoopThread, wire: Wire, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._wire = wire
        self._clock = clock
        self._changed = threading.Condition()
        self._ready: deque[Outcome] = deque()
        self._added: list[_Added] = []
        self._failure: Exception | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished: list[Outcome] = []
        self._ended: list[_Added] = []
        self._flushing = False

    # The consumer's side.

    def add(self, lanes: Sequence[Lane]) -> None:
        """Start ``lanes``."""
        if lanes:
            added = _Added(time.monotonic(), len(lanes))
            with self._changed:
                self._added.append(added)
            self._home.call(self._start, lanes, added)

    def free(self, slots: int, spare: int, patience: float) -> int:
        """How many lanes may be added."""
        since = time.monotonic() - patience
        with self._changed:
            self._added = [one for one in self._added if one.running]
            slow = sum(one.running for one in self._added if one.at <= since)
            return slots + min(slow, spare) - sum(one.running for one in self._added)

    def collect(self, seconds: float) -> list[Outcome]:
        """Return what has finished, at most one batch, waiting up to ``seconds`` for something to happen."""
        with self._changed:
            if not self._ready and self._runs() and self._failure is None:
                self._changed.wait(seconds)
            if self._failure is not None:
                raise self._failure
            return [self._ready.popleft() for _ in range(min(len(self._ready), _BATCH))]

    def is_over(self) -> bool:
        """Whether every lane has ended and every outcome was collected."""
        with self._changed:
            return not self._runs() and not self._ready and self._failure is None

    def _runs(self) -> bool:
        return any(one.running for one in self._added)

    # The loop's side.

    def _start(self, lanes: Sequence[Lane], added: _Added) -> None:
        for lane in lanes:
            task = asyncio.get_running_loop().create_task(self._run(lane, added))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: Lane, added: _Added) -> None:
        try:
            await self._walk(lane)
        except Exception as failure:  # noqa: BLE001 - a defect of ours: it is raised again on the consumer's side
            self._failure = failure
        finally:
            self._ended.append(added)
            self._flush_soon()

    async def _walk(self, lane: Lane) -> None:
        """Make the requests of one lane, one after the other."""
        start = time.monotonic()
        over = False
        for request in lane.requests:
            closed = over or (lane.not_after is not None and max(start, time.monotonic()) > lane.not_after)
            if not closed and (wait := start - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            start = time.monotonic() + lane.pace
            outcome = self._without(request, Phase.NOT_SENT) if closed else await self._exchange(request, lane.cut_at)
            over = over or (lane.ends is not None and lane.ends(outcome))
            self._finish(outcome)

    async def _exchange(self, request: Request, cut_at: float | None) -> Outcome:
        left = request.deadline if cut_at is None else cut_at - time.monotonic()
        if left >= request.deadline:
            return await self._wire.exchange(request)
        try:
            async with asyncio.timeout(left):
                return await self._wire.exchange(request)
        except TimeoutError:
            return self._without(request, Phase.UNKNOWN)

    def _without(self, request: Request, phase: Phase) -> Outcome:
        """What a closed lane has to say of a request that it did not make, or did not see through."""
        now = self._clock()
        return Outcome(
            tag=request.tag,
            url=request.url,
            phase=phase,
            status=None,
            headers={},
            body=b"",
            error=FetchError.CLOSED,
            detail="lane closed",
            started=now,
            finished=now,
        )

    def _finish(self, outcome: Outcome) -> None:
        self._finished.append(outcome)
        self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        with self._changed:
            self._ready.extend(self._finished)
            for added in self._ended:
                added.running -= 1
            self._changed.notify()
        self._finished = []
        self._ended = []

    async def cancel(self) -> None:
        """Cancel every lane and wait until all have ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
