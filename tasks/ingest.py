"""``ingest(4711, "neac-news")``: that snapshot and what waits behind it, each under limits of its own."""

from __future__ import annotations

import resource

from tasks import app
from tasks.services import services

CPU_SECONDS = 30
TOLD = 3  # snapshots whose report goes into the line
MEMORY_BYTES = 2 * 1024**3


def raise_limits() -> None:
    """What one hostile snapshot may spend: 30 s of CPU beyond what the child has used, 2 GiB of address space.

    Past them the kernel ends the child; the lease that then runs out is counted as a death of this snapshot.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, hard))


@app.task(name="ingest")
def ingest(snapshot: int, source: str) -> str:
    """Ingest the snapshot that rang, then what else waits, for up to 20 s; ``source`` is for the reader of Flower."""
    made = services()
    ingester = made.ingester()
    ingester.before = raise_limits
    reports = ingester.drain(snapshot, stopping=made.stopping)
    if not reports:
        return f"{source}: already done, or another has it"
    return "; and ".join(str(report) for report in reports[:TOLD]) + (
        f"; and {len(reports) - TOLD} more" if len(reports) > TOLD else ""
    )
