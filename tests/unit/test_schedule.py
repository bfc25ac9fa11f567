"""When to ask again, when to send again."""

from datetime import UTC, datetime
from random import Random

import pytest

from worker import schedule

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
DAY = 86400


def seconds(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - NOW).total_seconds()


class TestHints:
    @pytest.mark.parametrize(
        ("headers", "fresh"),
        [
            ({}, None),
            ({"cache-control": "public, max-age=600"}, 600),
            ({"cache-control": "Max-Age = 600", "age": "100"}, 500),
            ({"cache-control": "max-age=600", "age": "900"}, 0),
            ({"cache-control": "max-age=600", "age": "soon"}, 600),
            ({"cache-control": "s-maxage=600"}, None),
            ({"cache-control": 'max-age="600"'}, 600),
            ({"cache-control": "no-cache, max-age=600"}, None),
            ({"cache-control": 'no-cache="set-cookie", max-age=600'}, 600),
            ({"cache-control": "max-age=-5"}, None),
            ({"cache-control": "max-age=60", "expires": "Mon, 04 May 2026 09:00:00 GMT"}, 60),
            ({"expires": "Mon, 04 May 2026 09:00:00 GMT"}, 3600),
            ({"expires": "Mon, 04 May 2026 09:00:00 GMT", "date": "Mon, 04 May 2026 08:50:00 GMT"}, 600),
            ({"expires": "Mon, 04 May 2020 09:00:00 GMT"}, 0),
            ({"expires": "0"}, 0),
            ({"expires": "Mon, 99 May 20260 99:00:00 GMT"}, 0),
        ],
    )
    def test_freshness(self, headers: dict[str, str], fresh: int | None) -> None:
        assert schedule.hints(headers, NOW).fresh == fresh

    @pytest.mark.parametrize(
        ("value", "wait"),
        [
            ("120", 120.0),
            (" 120 ", 120.0),
            ("Mon, 04 May 2026 08:02:00 GMT", 120.0),
            ("Mon, 04 May 2026 07:00:00 GMT", 0.0),
            ("soon", None),
            ("-1", None),
            ("", None),
        ],
    )
    def test_retry_after_comes_as_seconds_or_as_a_date(self, value: str, wait: float | None) -> None:
        assert schedule.hints({"retry-after": value}, NOW).retry_after == wait


class TestFloor:
    def test_a_publisher_asks_for_so_much_and_no_more_than_the_cap(self) -> None:
        hints = schedule.PollHints(fresh=600)
        assert schedule.floor(hints, hint_cap=3600) == 600
        assert schedule.floor(hints, hint_cap=300) == 300
        assert schedule.floor(hints, hint_cap=3600, ttl_minutes=30) == 1800

    def test_a_304_without_hints_keeps_the_floor(self) -> None:
        assert schedule.floor(schedule.PollHints(), kept=1800, hint_cap=3600) == 1800
        assert schedule.floor(schedule.PollHints(fresh=60), kept=1800, hint_cap=3600) == 1800
        assert schedule.floor(schedule.PollHints(), kept=1800, hint_cap=900) == 900


def test_polls_spread_by_a_tenth_and_never_come_before_the_floor() -> None:
    rng = Random(1)
    free = [seconds(schedule.next_poll(NOW, every=900, floor=0, rng=rng)) for _ in range(500)]
    assert 810 <= min(free) < 830
    assert 970 < max(free) <= 990
    held = [seconds(schedule.next_poll(NOW, every=900, floor=3600, rng=rng)) for _ in range(500)]
    assert min(held) == 3600
    assert 3900 < max(held) <= 3960


class TestAfterFailures:
    def waits(
        self, failures: int, status: int | None = 500, wait: float | None = None, every: int = 900
    ) -> list[float]:
        rng = Random(7)
        return [
            seconds(
                schedule.after_failure(NOW, every=every, failures=failures, status=status, retry_after=wait, rng=rng)
            )
            for _ in range(300)
        ]

    def test_the_wait_doubles_with_full_jitter(self) -> None:
        for failures in (1, 2, 3):
            waits = self.waits(failures)
            assert min(waits) >= 450
            assert 900 * 2**failures * 0.9 < max(waits) <= 900 * 2**failures

    def test_it_never_stops_and_never_waits_longer_than_a_day(self) -> None:
        assert max(self.waits(5000, None)) <= DAY
        assert max(self.waits(5000, every=2 * DAY)) <= 2 * DAY

    @pytest.mark.parametrize("status", [404, 410])
    def test_what_is_gone_is_asked_daily(self, status: int) -> None:
        waits = self.waits(1, status)
        assert min(waits) >= 0.9 * DAY
        assert max(waits) <= 1.1 * DAY

    def test_retry_after_is_a_floor_of_seven_days_at_most(self) -> None:
        assert min(self.waits(1, 503, 50_000.0)) >= 50_000
        assert 7 * DAY <= min(self.waits(1, 429, 1e9)) <= 7 * DAY + 60

    def test_a_429_pauses_the_domain(self) -> None:
        assert seconds(schedule.pause_until(NOW, 120.0)) == 120
        assert seconds(schedule.pause_until(NOW, None)) == 900
        assert seconds(schedule.pause_until(NOW, 1e9)) == 7 * DAY


class TestDeliveries:
    def test_attempts_climb_the_ladder(self) -> None:
        rng = Random(3)
        for failed, rung in enumerate(schedule.LADDER):
            waits = [seconds(schedule.next_attempt(failed, NOW, rng)) for _ in range(200)]
            assert rung * 0.8 <= min(waits) <= max(waits) <= rung * 1.2
            if rung:
                assert max(waits) > rung * 1.1
                assert min(waits) < rung * 0.9

    def test_after_the_last_rung_it_is_parked(self) -> None:
        assert schedule.next_attempt(9, NOW, Random(0)) is not None
        assert schedule.next_attempt(10, NOW, Random(0)) is None

    def test_a_retraction_is_never_given_up(self) -> None:
        for failed in (10, 11, 500):
            assert 0.8 * DAY <= seconds(schedule.next_attempt(failed, NOW, Random(0), retraction=True)) <= 1.2 * DAY

    def test_retry_after_is_a_floor_of_a_day_at_most(self) -> None:
        assert seconds(schedule.next_attempt(1, NOW, Random(0), 600.0)) == 600
        assert seconds(schedule.next_attempt(1, NOW, Random(0), 1e9)) == DAY
        assert seconds(schedule.next_attempt(4, NOW, Random(0), 1.0)) > 1000

    def test_five_failures_open_a_destination_and_probes_climb_too(self) -> None:
        assert not schedule.opens(4)
        assert schedule.opens(5)
        waits = [seconds(schedule.probe_at(step, NOW, Random(0))) for step in (0, 1, 2, 8, 9, 99)]
        assert waits == sorted(waits[:4]) + waits[4:]
        assert 4 <= waits[0] <= 6
        assert all(0.8 * DAY <= wait <= 1.2 * DAY for wait in waits[3:])
        assert seconds(schedule.probe_at(0, NOW, Random(0), 60.0)) == 60
