"""What a work comes to: figures of each side, and checks against the goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.driver import Sample

SUSPECT = 1.2


@dataclass(frozen=True, slots=True)
class Figure:
    """One side over all rounds, in `unit`; for requests also the medians of p50 and p95, of the
    driver's share of one core, and of the processor time that one request costs."""

    side: str
    unit: str
    rounds: tuple[float, ...]
    p50_ms: float | None = None
    p95_ms: float | None = None
    driver_share: float | None = None
    web_cpu_ms: float | None = None
    postgres_cpu_ms: float | None = None

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def best(self) -> float:
        return max(self.rounds)

    @classmethod
    def of_requests(cls, side: str, samples: Sequence[Sample]) -> Figure:
        return cls(
            side,
            "requests/s",
            tuple(sample.rate for sample in samples),
            median(sample.p50 for sample in samples) * 1000,
            median(sample.p95 for sample in samples) * 1000,
            median(sample.driver_cpu / sample.seconds for sample in samples),
            median(sample.web_cpu / sample.answers for sample in samples) * 1000,
            median(sample.postgres_cpu / sample.answers for sample in samples) * 1000,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """A goal and what was found: the median of the rounds, or one number. `of_floor` marks ratios
    to a floor, of which more than 1.2 is suspect. `timed` ones are not judged at toy sizes."""

    what: str
    bound: float
    rounds: tuple[float, ...]
    at_least: bool
    of_floor: bool = False
    timed: bool = True
    unit: str = ""

    @property
    def value(self) -> float:
        return median(self.rounds)

    @property
    def missed(self) -> bool:
        return self.value < self.bound if self.at_least else self.value > self.bound

    @property
    def suspect(self) -> bool:
        return self.of_floor and self.value > SUSPECT

    @property
    def goal(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}{self.unit}"


def of_floor(what: str, ours: Figure, floor: Figure, at_least: float) -> Check:
    """Our rate as a share of the floor's, round by round."""
    return Check(what, at_least, _shares(ours, floor), at_least=True, of_floor=True)


def times_slower(what: str, slow: Figure, fast: Figure, at_most: float) -> Check:
    """How many times longer the one takes than the other, round by round."""
    return Check(what, at_most, _shares(fast, slow), at_least=False)


def statements(what: str, count: int, at_most: int) -> Check:
    return Check(what, at_most, (count,), at_least=False, timed=False)


def _shares(one: Figure, other: Figure) -> tuple[float, ...]:
    """The machine's speed swings by three within minutes and hardly within a round."""
    return tuple(a / b for a, b in zip(one.rounds, other.rounds, strict=True))


@dataclass(frozen=True, slots=True)
class Outcome:
    work: str
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...]
    remarks: tuple[str, ...] = ()
    plans: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "work": self.work,
            "figures": [
                {**asdict(each), "median": each.median, "best": each.best} for each in self.figures
            ],
            "checks": [
                {
                    **asdict(each),
                    "value": each.value,
                    "missed": each.missed,
                    "suspect": each.suspect,
                }
                for each in self.checks
            ],
            "remarks": list(self.remarks),
            "plans": self.plans,
        }
