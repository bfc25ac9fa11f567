"""What monitoring reads: families of numbers, as Prometheus has them."""

from __future__ import annotations

from dataclasses import dataclass

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One number. ``suffix`` is ``_bucket``, ``_sum`` or ``_count`` for a part of a histogram."""

    value: float
    labels: Labels = ()
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers of one name. ``kind`` is ``gauge``, ``counter`` or ``histogram``; ``help`` says what is counted, in base
    units (seconds, bytes)."""

    name: str
    kind: str
    help: str
    samples: tuple[Sample, ...] = ()
