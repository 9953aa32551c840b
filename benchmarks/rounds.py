"""Sides measured in turn, round by round, so that a slow minute of the machine is everybody's."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import processor
from benchmarks.driver import Sample, Side, drive
from benchmarks.options import Size
from benchmarks.outcome import Figure


def interleaved(sides: Sequence[Side], size: Size) -> list[Figure]:
    """The figures of the sides, in their order. The first round warms up and is not kept; every
    other round goes backwards, so that nobody always comes first."""
    kept: dict[str, list[Sample]] = {side.name: [] for side in sides}
    postmaster = processor.postmaster()
    for number in range(size.rounds + 1):
        for side in sides if number % 2 else reversed(sides):
            sample = drive(side, size.seconds, postmaster=postmaster)
            if number:
                kept[side.name].append(sample)
    return [Figure.of_requests(side.name, kept[side.name]) for side in sides]
