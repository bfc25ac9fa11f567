"""Lanes side by side: order, pace, slots, leaving early, forks."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from tests.http_server import LOOPBACK, Exchange, Peer, answer
from worker.bootstrap import utc_now
from worker.http.client import Http
from worker.http.guard import Guard
from worker.http.loop import LoopThread
from worker.model.fetch import FetchError, Lane, Outcome, Phase, Request


@pytest.fixture
def peer(peer: Peer) -> Peer:
    peer.scripts["/"] = answer(200, b"home")
    return peer


def supply(lanes: Sequence[Lane]) -> Callable[[int], list[Lane]]:
    """Return a refill that hands out ``lanes`` in order."""
    left = iter(lanes)
    return lambda free: list(itertools.islice(left, free))


def lane(peer: Peer, *tags: int, path: str = "/", pace: float = 0.0, not_after: float | None = None) -> Lane:
    return Lane(tuple(Request(tag, peer.url(f"{path}?{tag}")) for tag in tags), pace=pace, not_after=not_after)


def run(http: Http, lanes: Sequence[Lane], slots: int = 100) -> list[Outcome]:
    return [outcome for batch in http.stream(supply(lanes), slots=slots) for outcome in batch]


def test_every_request_of_every_lane_comes_back_once(http: Http, peer: Peer) -> None:
    batches = list(http.stream(supply([lane(peer, *range(n, n + 3)) for n in range(0, 600, 3)]), slots=40))
    assert sorted(outcome.tag for batch in batches for outcome in batch) == list(range(600))
    assert all(1 <= len(batch) <= 50 for batch in batches)


def test_no_lanes_no_outcomes(http: Http) -> None:
    assert run(http, []) == []


def test_empty_lanes_take_no_time_and_do_not_end_the_stream(http: Http, peer: Peer) -> None:
    assert [outcome.tag for outcome in run(http, [Lane(()), Lane(()), lane(peer, 1)], slots=1)] == [1]


def test_within_a_lane_one_follows_the_other(http: Http, peer: Peer) -> None:
    running: set[str] = set()
    overlaps: list[str] = []

    async def work(exchange: Exchange) -> None:
        path = exchange.arrival.target.partition("?")[0]
        overlaps.extend([path] if path in running else [])
        running.add(path)
        await asyncio.sleep(0.005)
        running.discard(path)
        await exchange.send(answer(200))

    peer.scripts.update({f"/{name}": work for name in "abc"})
    outcomes = run(http, [lane(peer, 1, 2, 3, 4, path=f"/{name}") for name in "abc"])
    assert len(outcomes) == 12
    assert overlaps == []
    for name in "abc":
        assert [target for target in peer.targets() if name in target] == [f"/{name}?{tag}" for tag in (1, 2, 3, 4)]


def test_pace_is_kept_from_start_to_start(http: Http, peer: Peer) -> None:
    begun = time.monotonic()  # not the first arrival, which may have been late
    run(http, [lane(peer, 1, 2, 3, 4, pace=0.15)])
    assert [arrival.at - begun >= number * 0.15 for number, arrival in enumerate(peer.arrivals)] == [True] * 4


def test_a_slow_answer_uses_up_the_pace(http: Http, peer: Peer) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(1)
        await exchange.send(answer(200))

    peer.scripts["/slow"] = slow
    run(http, [lane(peer, 1, 2, path="/slow", pace=1.0)])
    first, second = (arrival.at for arrival in peer.arrivals)
    assert second - first < 1.9, "not one after the other"


def test_requests_after_the_lane_s_end_are_not_sent(http: Http, peer: Peer) -> None:
    begun = time.monotonic()
    outcomes = run(http, [lane(peer, 1, 2, 3, pace=60.0, not_after=begun + 20)])
    assert time.monotonic() - begun < 20
    assert [(outcome.tag, outcome.phase, outcome.error) for outcome in outcomes] == [
        (1, Phase.ANSWERED, None),
        (2, Phase.NOT_SENT, FetchError.CLOSED),
        (3, Phase.NOT_SENT, FetchError.CLOSED),
    ]
    assert outcomes[1].detail == "lane closed"
    assert len(peer.arrivals) == 1


def test_never_more_lanes_than_slots(http: Http, peer: Peer) -> None:
    running = most = 0

    async def work(exchange: Exchange) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        await exchange.send(answer(200))

    peer.scripts["/"] = work
    asked: list[int] = []
    refill = supply([lane(peer, n) for n in range(30)])
    outcomes = list(http.stream(lambda free: asked.append(free) or refill(free), slots=5))
    assert sum(map(len, outcomes)) == 30
    assert most == 5
    assert (asked[0], max(asked), asked[-1]) == (5, 5, 5)


async def hangs(_exchange: Exchange) -> None:
    await asyncio.sleep(30)


def test_hosts_that_hang_give_their_slots_to_others_and_are_waited_for(http: Http, peer: Peer) -> None:
    peer.scripts["/slow"] = hangs
    slow = [lane(peer, -n, path="/slow") for n in range(1, 5)]
    stream = http.stream(
        supply([*slow, *(lane(peer, n) for n in range(50))]), slots=4, spare=4, patience=0.05, idle=0.02
    )
    seen: list[int] = []
    for batch in stream:
        seen.extend(outcome.tag for outcome in batch)
        if len(seen) == 50:
            break
    assert tasks_running_now() == 4
    stream.close()
    assert sorted(seen) == list(range(50))


def test_what_hangs_takes_no_more_places_than_there_are_to_spare(http: Http, peer: Peer) -> None:
    most = 0

    async def slow(exchange: Exchange) -> None:
        while most < 12:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)  # in which more could follow
        await exchange.send(answer(200))

    def refill(free: int) -> list[Lane]:
        nonlocal most
        most = max(most, tasks_running_now() + free)
        return list(itertools.islice(lanes, free))

    peer.scripts["/slow"] = slow
    lanes = iter([Lane((Request(n, peer.url("/slow"), deadline=10),)) for n in range(30)])
    outcomes = list(http.stream(refill, slots=5, spare=7, patience=0.05, idle=0.02))
    assert sum(map(len, outcomes)) == 30
    assert most == 12


def test_what_is_cut_is_unknown_and_says_so(http: Http, peer: Peer) -> None:
    peer.scripts["/slow"] = hangs
    http.fetch(Request(0, peer.url()))  # what is opened once
    begun = time.monotonic()
    requests = (Request(1, peer.url()), Request(2, peer.url("/slow")), Request(3, peer.url()))
    outcomes = run(http, [Lane(requests, not_after=begun + 1, cut_at=begun + 1)])
    assert time.monotonic() - begun < 20
    assert [(outcome.tag, outcome.phase, outcome.error) for outcome in outcomes] == [
        (1, Phase.ANSWERED, None),
        (2, Phase.UNKNOWN, FetchError.CLOSED),
        (3, Phase.NOT_SENT, FetchError.CLOSED),
    ]


def test_a_deadline_before_the_cut_is_a_time_out(http: Http, peer: Peer) -> None:
    peer.scripts["/slow"] = hangs
    request = Request(1, peer.url("/slow"), deadline=0.2)
    outcome = run(http, [Lane((request,), cut_at=time.monotonic() + 20)])[0]
    assert outcome.error is FetchError.TIMEOUT


def test_more_lanes_than_asked_for_is_a_mistake_and_says_so(http: Http, peer: Peer) -> None:
    with pytest.raises(ValueError, match="gave 3 lanes for 2 free slots"):
        list(http.stream(lambda free: [lane(peer, n) for n in range(3)], slots=2))


def test_refill_is_asked_on_the_caller_s_thread_while_something_is_slow(http: Http, peer: Peer) -> None:
    release = threading.Event()

    async def hang(exchange: Exchange) -> None:
        while not release.is_set():
            await asyncio.sleep(0.01)
        await exchange.send(answer(200, b"late"))

    peer.scripts["/slow"] = hang
    threads: set[threading.Thread] = set()
    calls = itertools.count()

    def refill(_free: int) -> list[Lane]:
        threads.add(threading.current_thread())
        call = next(calls)
        if call == 0:
            return [lane(peer, 1, path="/slow")]
        if call == 3:
            return [lane(peer, 2)]
        return []

    order = []
    for batch in http.stream(refill, slots=2, idle=0.02):
        order.extend(outcome.tag for outcome in batch)
        release.set()
    assert order == [2, 1]
    assert threads == {threading.current_thread()}


def test_a_slow_host_does_not_hold_up_the_rest(http: Http, peer: Peer) -> None:
    async def hang(exchange: Exchange) -> None:
        await asyncio.sleep(30)

    peer.scripts["/slow"] = hang
    stream = http.stream(supply([lane(peer, 0, path="/slow"), *(lane(peer, n) for n in range(1, 100))]), slots=10)
    begun = time.monotonic()
    seen: list[int] = []
    for batch in stream:
        seen.extend(outcome.tag for outcome in batch)
        if len(seen) == 99:
            break
    stream.close()
    assert sorted(seen) == list(range(1, 100))
    assert time.monotonic() - begun < 20


def test_leaving_the_iterator_cancels_what_is_in_flight(http: Http, peer: Peer) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n")
        await asyncio.sleep(30)

    peer.scripts["/slow"] = hang
    lanes = [lane(peer, 0), *(lane(peer, n, n + 100, path="/slow") for n in range(1, 20))]
    stream = http.stream(supply(lanes), slots=20)
    next(stream)
    stream.close()
    assert tasks_running_now() == 0
    assert http.fetch(Request(1, peer.url("/?200"))).body == b"home"
    # What was on its way when we left may still arrive; what would have come after it does not.
    assert [target for target in peer.targets() if int(target.partition("?")[2]) > 100] == ["/?200"]


async def tasks_running() -> int:
    return len(asyncio.all_tasks()) - 1


def tasks_running_now() -> int:
    return asyncio.run_coroutine_threadsafe(tasks_running(), LoopThread.shared().loop).result()


def test_an_error_in_the_consumer_s_code_cancels_too(http: Http, peer: Peer) -> None:
    def refill(_free: int) -> list[Lane]:
        if peer.arrivals:
            raise LookupError("the store is gone")
        return [lane(peer, 1)]

    with pytest.raises(LookupError, match="the store is gone"):
        list(http.stream(refill, slots=2))


class Defect:
    """A wire with a fault in it."""

    async def exchange(self, request: Request) -> Outcome:
        raise ZeroDivisionError(request.url)

    async def close(self) -> None:
        """Hold nothing."""


def test_a_defect_below_is_raised_and_not_swallowed() -> None:
    http = Http(user_agent="t", guard=Guard(), clock=utc_now, wire=Defect)
    with pytest.raises(ZeroDivisionError):
        http.fetch(Request(1, "http://news.example/"))


def test_a_closed_client_opens_again(http: Http, peer: Peer) -> None:
    for _ in range(2):
        assert http.fetch(Request(1, peer.url())).body == b"home"
        http.close()
    assert peer.connections == 2


def test_idle_connections_are_bounded() -> None:
    hosts = [f"127.0.0.{n}" for n in range(1, 31)]
    http = Http(user_agent="t", guard=Guard(LOOPBACK), clock=utc_now, connections=4)
    with Peer(host="0.0.0.0") as peer:  # listens on every loopback address, so each counts as a host
        run(http, [Lane((Request(n, peer.url(host=host)),)) for n, host in enumerate(hosts)])
        until = time.monotonic() + 5
        while peer.open_connections > 4 and time.monotonic() < until:
            time.sleep(0.01)
        assert (peer.connections, peer.open_connections) == (30, 4)
        http.close()


FORK = textwrap.dedent("""
    import os, sys, warnings
    from datetime import UTC, datetime
    from ipaddress import ip_network
    from worker.http.client import Http
    from worker.http.guard import Guard
    from worker.model.fetch import Request

    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    http = Http(user_agent="t", guard=Guard((ip_network("127.0.0.0/8"),)), clock=lambda: datetime.now(UTC))
    ask = lambda tag: http.fetch(Request(tag, sys.argv[1])).body
    assert ask(1) == b"home"
    child = os.fork()
    if not child:
        ok = ask(2) == b"home" and ask(3) == b"home"
        http.close()
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ask(4) == b"home"
    http.close()
""")


def test_a_forked_child_has_its_own_loop_and_leaves_the_parent_s_alone(peer: Peer) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", FORK, peer.url()],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [arrival.connection for arrival in peer.arrivals] == [1, 2, 2, 1]


def test_a_process_that_forgets_to_close_still_ends(peer: Peer) -> None:
    script = FORK.partition("child =")[0]
    subprocess.run([sys.executable, "-c", script, peer.url()], check=True, timeout=30)
