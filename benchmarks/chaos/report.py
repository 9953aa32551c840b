"""One line per fault, and the same as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.chaos.oracle import Verdict
from benchmarks.figures import quantile

_HEAD = (
    f"{'fault':<27}{'acknowl.':>9}{'levels':>8}{'lost':>6}{'doubled':>9}{'wrong':>7}{'overtaken':>11}"
    f"{'late p50':>10}{'p99 s':>8}{'answer p50':>12}{'p99 ms':>8}{'refused':>9}{'letters':>9}"
    f"{'again':>7}  what was done"
)


@dataclass(frozen=True, slots=True)
class Letters:
    """What the receiver took, and how many of these it had before under the same id."""

    taken: int
    again: int

    @classmethod
    def of(cls, ids: Sequence[str], *, before: int) -> Letters:
        """Those after the first `before`."""
        known, again = set(ids[:before]), 0
        for each in ids[before:]:
            again += each in known
            known.add(each)
        return cls(len(ids) - before, again)


@dataclass(slots=True)
class Row:
    """One fault and one build: `wrong` counts what is neither lost nor doubled and must not be."""

    fault: str
    did: str
    acknowledged: int
    owed: int
    lost: int
    doubled: int
    wrong: int
    overtaken: int
    late_p50: float | None
    late_p99: float | None
    answer_p50_ms: float | None
    answer_p99_ms: float | None
    refused: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    letters_again: int = 0
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return not self.findings


def row(
    fault: str,
    did: str,
    verdict: Verdict,
    *,
    answers: Sequence[float] = (),
    refused: dict[str, int] | None = None,
    letters: Letters | None = None,
    seconds: float = 0.0,
) -> Row:
    return Row(
        fault=fault,
        did=did,
        acknowledged=verdict.acknowledged,
        owed=verdict.owed,
        lost=verdict.lost,
        doubled=verdict.doubled,
        wrong=verdict.wrong,
        overtaken=verdict.overtaken,
        late_p50=_rounded(quantile(verdict.lateness, 0.5), 1),
        late_p99=_rounded(quantile(verdict.lateness, 0.99), 1),
        answer_p50_ms=_rounded(quantile(answers, 0.5) * 1000, 1),
        answer_p99_ms=_rounded(quantile(answers, 0.99) * 1000, 1),
        refused=dict(refused or {}),
        letters=letters.taken if letters else 0,
        letters_again=letters.again if letters else 0,
        findings=[str(each) for each in verdict.findings],
        seconds=round(seconds, 1),
    )


def head() -> str:
    return _HEAD


def line(row: Row) -> str:
    """As printed; what must not be is named below it."""
    text = (
        f"{row.fault:<27}{row.acknowledged:>9,}{row.owed:>8,}{row.lost:>6,}{row.doubled:>9,}"
        f"{row.wrong:>7,}{row.overtaken:>11,}{_shown(row.late_p50):>10}{_shown(row.late_p99):>8}"
        f"{_shown(row.answer_p50_ms):>12}{_shown(row.answer_p99_ms):>8}"
        f"{sum(row.refused.values()):>9,}{row.letters:>9,}{row.letters_again:>7,}  {row.did}"
    )
    return "\n".join([text, *(f"    !! {each}" for each in row.findings)])


def write(folder: Path, run: dict[str, Any], desk: Sequence[Row], naive: Sequence[Row]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"chaos-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    content = {**run, "desk": [asdict(each) for each in desk], "naive": [asdict(e) for e in naive]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def exit_code(desk: Sequence[Row]) -> int:
    """What the naive build loses is what it is here for."""
    return 0 if all(each.clean for each in desk) else 1


def _rounded(value: float, digits: int) -> float | None:
    return None if math.isnan(value) else round(value, digits)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"
