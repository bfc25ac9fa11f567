"""Kind ``pull``: changes in order, for partners whom nothing can be pushed to. They ask ``/api/v1/changes``.

What they get is what a webhook would have been sent (``payload``). One row is written in the transaction that decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.destinations.kind import Options, Secret

CHANGES = "/api/v1/changes"


class PullOptions(Options):
    """``token`` is what the partner shows; destinations of one subscriber with the same token are read as one."""

    token: Secret


@dataclass(frozen=True, slots=True)
class Pull:
    name: str = "pull"
    local: bool = True
    options: type[Options] = PullOptions
