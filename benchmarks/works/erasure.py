"""One person is erased, in a small database and in a large one: the same rows, the same cost?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks import apart, blocks, crowd, outcome
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.statements import noted, plans_without_index
from benchmarks.works.context import Context
from core.clock import database_now
from privacy.rights.enums import RequestState
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import erasure

#: one row each, read whole by design
FEW_ROWS = frozenset({"complaints_cataloguestamp", "vault_destructionmark"})
#: tables that are named when more of them is looked at where there are more people
SHOWN = 6


def measure(context: Context) -> Outcome:
    """Each side in a process of its own, since each has databases and a ledger of its own."""
    size, world = context.size, context.world
    sides = {
        f"ours: among {size.residents:,} residents": world.ours,
        f"ours: among {size.few_residents:,}": world.small,
    }
    for environ in sides.values():
        apart.run(crowd.others, environ=environ)
    rates: dict[str, list[float]] = {name: [] for name in sides}
    looked: dict[str, list[float]] = {name: [] for name in sides}
    found: dict[str, Any] = {}
    for _ in range(size.rounds):
        for name, environ in sides.items():
            found[name] = apart.run(alone, str(size.erased), environ=environ)
            rates[name].append(1 / median(found[name]["seconds"]))
            looked[name].append(sum(found[name]["blocks"].values()))
    many, few = (Figure(name, "people/s", tuple(each)) for name, each in rates.items())
    last = found[many.side]
    grown = [large / small for large, small in zip(*looked.values(), strict=True)]
    return Outcome(
        "erasure of one person",
        (many, few),
        (
            outcome.times_slower(
                f"erasure, {size.residents:,} residents against {size.few_residents:,}",
                many, few, 1.3,
            ),
            Check(
                f"blocks of an erasure, {size.residents:,} residents against "
                f"{size.few_residents:,}", 1.3, tuple(grown), at_least=False,
            ),
            Check("statements of an erasure that have no index", 0, (len(last["unindexed"]),),
                  at_least=False, timed=False),
        ),
        (
            f"{last['statements']} statements for a person with {crowd.TICKETS} tickets: "
            + ", ".join(f"{count} × {name}" for name, count in last["rows"].items()),
            *(f"{name}: {median(each):,.0f} blocks a person" for name, each in looked.items()),
            "Most more of: " + _more(last["blocks"], found[few.side]["blocks"]),
            *(f"No index: {tables}" for tables in last["unindexed"]),
        ),
    )  # fmt: skip


def alone(count: str) -> dict[str, Any]:
    """Erase that many people who all have the same rows, after one to warm up."""
    seconds: list[float] = []
    looked: list[Counter[str]] = []
    for number in range(int(count) + 1):
        request = crowd.wanting_to_go(at=database_now())
        rows = crowd.rows_of(request)
        with blocks.counted() as seen:
            begun = time.perf_counter()
            with noted() as statements:
                _erase(request)
            took = time.perf_counter() - begun
        if number:
            seconds.append(took)
            looked.append(seen)
    return {
        "seconds": seconds,
        "blocks": _of_each(looked),
        "statements": len(statements),
        "rows": rows,
        "unindexed": plans_without_index(statements, besides=FEW_ROWS),
    }


def _of_each(looked: Sequence[Counter[str]]) -> dict[str, float]:
    """The median person's blocks, by table."""
    tables = {table for each in looked for table in each}
    return {table: median(each[table] for each in looked) for table in sorted(tables)}


def _more(large: Mapping[str, float], small: Mapping[str, float]) -> str:
    more = {table: count - small.get(table, 0) for table, count in large.items()}
    most = sorted(more, key=lambda table: -more[table])[:SHOWN]
    return ", ".join(
        f"{table} {small.get(table, 0):,.0f} to {large[table]:,.0f}"
        for table in most
        if more[table] > 0
    )


def _erase(request: PrivacyRequest) -> None:
    done = erasure.carry_out(request, at=database_now())
    if done.state != RequestState.ANSWERED:
        raise RuntimeError(f"The erasure ended as {done.state}.")
