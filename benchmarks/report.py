"""The table, the verdicts and the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.outcome import Check, Figure, Outcome


def table(outcomes: Sequence[Outcome]) -> str:
    lines = []
    for outcome in outcomes:
        lines += ["", outcome.work, *_figures(outcome.figures), ""]
        lines += [_check(check) for check in outcome.checks]
        lines += [f"  ({remark})" for remark in outcome.remarks]
    return "\n".join(lines)


def _figures(figures: Iterable[Figure]) -> list[str]:
    head = ("median", "best", "", "p50 ms", "p95 ms", "web CPU ms", "SQL CPU ms", "driver")
    return [
        f"  {'':<32}{head[0]:>9}{head[1]:>9}  {head[2]:<11}"
        + "".join(f"{word:>{len(word) + 2}}" for word in head[3:]),
        *(_figure(each) for each in figures),
    ]


def _figure(figure: Figure) -> str:
    times = ""
    if figure.p50_ms is not None:
        times = (
            f"{figure.p50_ms:>8.1f}{figure.p95_ms:>8.1f}{figure.web_cpu_ms:>12.1f}"
            f"{figure.postgres_cpu_ms:>12.1f}{figure.driver_share:>8.0%}"
        )
    return (
        f"  {figure.side:<32}{figure.median:>9,.0f}{figure.best:>9,.0f}  {figure.unit:<11}{times}"
    )


def _check(check: Check) -> str:
    verdict = "MISSED" if check.missed else "suspect" if check.suspect else "kept"
    line = f"  {check.what:<56}{check.value:>8.2f}{check.unit}  goal {check.goal:<9}{verdict}"
    if (check.missed or check.suspect) and 1 < len(check.rounds) <= 20:
        line += "\n      rounds: " + " ".join(f"{value:.2f}" for value in check.rounds)
    return line


def failures(outcomes: Iterable[Outcome], *, quick: bool) -> list[str]:
    """What missed its goal. At toy sizes times say nothing, statements count all the same."""
    return [
        f"{check.what}: {check.value:.2f}{check.unit}, goal {check.goal}{check.unit and ''}"
        for outcome in outcomes
        for check in outcome.checks
        if check.missed and (check.timed is False or not quick)
    ]


def plans(outcomes: Iterable[Outcome]) -> str:
    lines = []
    for outcome in outcomes:
        for statement, plan in outcome.plans.items():
            lines += ["", f"--- {outcome.work}", statement, *(f"    {line}" for line in plan)]
    return "\n".join(lines)


def write(run: dict[str, Any], outcomes: Iterable[Outcome], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    content = {**run, "works": [outcome.as_json() for outcome in outcomes]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
