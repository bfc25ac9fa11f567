"""The one event-loop thread of this process.

Everything asynchronous lives here, so that pipelines are plain synchronous Python. The thread starts on first use,
which in a prefork worker is after the fork; a child forked later forgets its parent's loop, whose thread it does not
have, and starts its own.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")

# Look-ups of dead names block a thread for many seconds each; the default of cpus + 4 would let a few stall the rest.
_RESOLVER_THREADS = 32
_STOP_SECONDS = 5.0
# The loop works for microseconds between two system calls, and after each it waits for its turn behind a pipeline that
# computes. At Python's 5 ms a turn eight exchanges at a time come to 200 a second, however fast the other side is.
_TURN_SECONDS = 0.0002


class LoopThread:
    """An event loop running in a daemon thread of its own."""

    _shared: ClassVar[LoopThread | None] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()
    # A parent's loop shares its epoll instance with us: closing or collecting it here would take effect over there.
    _inherited: ClassVar[list[LoopThread]] = []

    def __init__(self) -> None:
        sys.setswitchinterval(min(sys.getswitchinterval(), _TURN_SECONDS))
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="newsroad-dns"))
        self._thread = threading.Thread(target=self._turn, name="newsroad-http", daemon=True)
        self._thread.start()

    @classmethod
    def shared(cls) -> LoopThread:
        """Return this process's loop thread, started if need be."""
        with cls._lock:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    @classmethod
    def stop_shared(cls) -> None:
        """Stop and forget this process's loop thread, if there is one. Called at exit."""
        with cls._lock:
            running, cls._shared = cls._shared, None
        if running is not None:
            running.stop()

    @classmethod
    def forget_inherited(cls) -> None:
        """After a fork, in the child: drop the parent's loop without touching it."""
        cls._lock = threading.Lock()
        if cls._shared is not None:
            cls._inherited.append(cls._shared)
            cls._shared = None

    def _turn(self) -> None:
        try:
            self.loop.run_forever()
        finally:
            self.loop.close()

    def run(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run ``work`` on the loop and wait for its result. Never call this on the loop thread itself."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def call(self, act: Callable[..., object], *arguments: object) -> None:
        """Have ``act(*arguments)`` called on the loop soon, without waiting for it."""
        self.loop.call_soon_threadsafe(act, *arguments)

    def stop(self) -> None:
        """Cancel whatever still runs, end the thread and close the loop; waits a few seconds at most."""
        if self.loop.is_closed():
            return
        self.loop.call_soon_threadsafe(self.loop.create_task, self._finish())
        self._thread.join(_STOP_SECONDS)

    async def _finish(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self.loop.stop()


os.register_at_fork(after_in_child=LoopThread.forget_inherited)
atexit.register(LoopThread.stop_shared)
