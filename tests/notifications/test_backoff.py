from datetime import timedelta

import pytest

from notifications.backoff import wait_after


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 10), (2, 20), (3, 40), (10, 5_120), (12, 20_480), (13, 21_600), (20, 21_600)],
)
def test_waits_double_from_ten_seconds_to_six_hours(attempts, seconds):
    assert wait_after(attempts, chance=0) == timedelta(seconds=seconds)


def test_chance_shortens_a_wait_by_a_fifth_at_most():
    assert wait_after(1, chance=1) == timedelta(seconds=8)
