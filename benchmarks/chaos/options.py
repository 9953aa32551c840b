"""Which faults, how long, and what beside."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"

#: in the order in which they are done: what empties Redis comes last, so that the naive build has
#: the time to make up for what the other faults did to it
FAULTS = (
    "calm",
    "kill-workers",
    "kill-web",
    "postgres-crash",
    "postgres-frozen",
    "postgres-terminate",
    "postgres-full",
    "network-cut",
    "network-slow",
    "network-stalled",
    "network-half-open",
    "resolve-race",
    "clock-off",
    "mail-refuses",
    "mail-hangs",
    "mail-late",
    "receivers-fail",
    "receivers-closed",
    "receivers-hang",
    "receivers-late",
    "redis-frozen",
    "crash-points",
    "backlog",
    "redis-full",
    "redis-flushed",
    "redis-gone",
)
#: what the naive build goes through beside the desk
FOR_NAIVE = (
    "calm",
    "kill-workers",
    "kill-web",
    "postgres-crash",
    "redis-frozen",
    "redis-full",
    "redis-flushed",
    "redis-gone",
)
SHORT = ("kill-workers", "redis-flushed", "postgres-crash", "mail-refuses", "receivers-late")


@dataclass(frozen=True, slots=True)
class Size:
    """`seeded` tickets fall due during each fault, beside those that are reported by API."""

    seconds: float
    seeded: int
    backlog: int
    twins: int
    reporters: int


FULL = Size(seconds=15, seeded=300, backlog=5_000, twins=2, reporters=2)
QUICK = Size(seconds=6, seeded=60, backlog=200, twins=1, reporters=1)


@dataclass(frozen=True, slots=True)
class Options:
    faults: tuple[str, ...]
    size: Size
    naive: bool
    results: Path


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="make chaos ARGS=…", description=__doc__)
    parser.add_argument("--only", choices=FAULTS, nargs="+", metavar="FAULT", help=str(FAULTS))
    parser.add_argument("--seconds", type=float, help="how long each fault lasts")
    parser.add_argument(
        "--quick", action="store_true", help="a few faults, a few seconds, one process of each"
    )
    parser.add_argument(
        "--no-naive", action="store_true", help="without the build on Celery's eta beside"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON")
    given = parser.parse_args(arguments)
    base = QUICK if given.quick else FULL
    seconds = given.seconds or base.seconds
    if not 2 <= seconds <= 300:
        parser.error("--seconds must lie between 2 and 300.")
    chosen = given.only or (SHORT if given.quick else FAULTS)
    return Options(
        faults=tuple(each for each in FAULTS if each in chosen),
        size=Size(seconds, base.seeded, base.backlog, base.twins, base.reporters),
        naive=not (given.no_naive or given.quick),
        results=given.results,
    )
