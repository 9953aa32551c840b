"""Sides measured in turn, round by round, so that a slow minute of the machine is everybody's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

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


def in_turn(
    sides: Mapping[str, Callable[[], object]],
    size: Size,
    *,
    unit: str,
    asked: int,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Figure]:
    """The same for what runs in this process: how often a second each is done, of `asked` times a
    round. A side that does many things at once says how many; `clock` may be the processor's."""
    kept: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(size.rounds + 1):
        for name, do in list(sides.items())[:: 1 if number % 2 else -1]:
            begun = clock()
            done = sum(_times(do()) for _ in range(asked))
            if number:
                kept[name].append(done / (clock() - begun))
    return [Figure(name, unit, tuple(rates)) for name, rates in kept.items()]


def _times(done: object) -> int:
    return done if isinstance(done, int) else 1
