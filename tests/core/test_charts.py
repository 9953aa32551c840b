"""Where a share is drawn."""

import pytest

from core.charts import Scale, scale_for


@pytest.mark.parametrize(
    ("shares", "scale"),
    [
        ([0.812, 0.969], Scale(0.8, 1.0)),
        ([0.79, 0.969], Scale(0.7, 1.0)),
        ([0.95, 0.99], Scale(0.8, 1.0)),
        ([0.0, 0.01], Scale(0.0, 0.2)),
        ([0.3, 0.5], Scale(0.3, 0.5)),
        ([1.0, 1.0], Scale(0.8, 1.0)),
        ([0.0, 1.0], Scale(0.0, 1.0)),
        ([], Scale(0.0, 1.0)),
    ],
)
def test_scale_shows_all_shares_on_round_ends(shares, scale):
    found = scale_for(shares)

    assert (found.low, found.high) == pytest.approx((scale.low, scale.high))


def test_share_is_placed_in_percent_of_the_width():
    scale = Scale(0.8, 1.0)

    assert [scale.place(s) for s in (0.8, 0.85, 0.931, 1.0)] == [0.0, 25.0, 65.5, 100.0]


def test_share_outside_the_scale_stays_inside_the_drawing():
    assert Scale(0.8, 1.0).place(0.5) == 0.0
    assert Scale(0.0, 0.2).place(0.9) == 100.0


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        (Scale(0.8, 1.0), [0.8, 0.85, 0.9, 0.95, 1.0]),
        (Scale(0.5, 1.0), [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        (Scale(0.0, 1.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_ticks_are_round_and_few(scale, ticks):
    assert scale.ticks() == pytest.approx(ticks)
