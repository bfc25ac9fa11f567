"""What the benches compute, apart from what they measure."""

from __future__ import annotations

from bench.latency import percentile
from bench.publisher import address, hangs
from bench.report import Line
from bench.scale import Ratios


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 41)]
    assert percentile(values, 0.95) == 38
    assert percentile([7.0], 0.95) == 7
    assert percentile(values[::-1], 1.0) == 40


def test_every_source_has_an_address_of_its_own() -> None:
    assert len({address(number) for number in range(20_000)}) == 20_000
    assert sum(hangs(number) for number in range(20_000)) == 200


def test_a_goal_is_a_ceiling_or_a_floor() -> None:
    assert Line("cost", 1.0, "ms", 1.0).reached
    assert not Line("cost", 1.1, "ms", 1.0).reached
    assert Line("pace", 900, "/s", 800, more=True).reached
    assert not Line("pace", 700, "/s", 800, more=True).reached
    assert Line("told", 5, "ms").reached


def test_a_median_is_told_with_the_bounds_within_which_it_lies_95_times_of_100() -> None:
    few = Ratios.of([1.2, 0.9, 1.0, 1.1, 1.3])
    assert (few.median, few.low, few.high) == (1.1, 0.9, 1.3)  # all of them: five are too few to be sure
    nine = Ratios.of([1.0 + number / 100 for number in (3, 8, 1, 6, 2, 9, 4, 7, 5)])
    assert (nine.median, nine.low, nine.high) == (1.05, 1.02, 1.08)
