"""One person is erased, in a small database and in a large one: the same rows, the same cost?"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from benchmarks import apart, crowd, outcome
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.statements import noted, plans_without_index
from benchmarks.works.context import Context
from core.clock import database_now
from privacy.rights.enums import RequestState
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import erasure

#: one row each, read whole by design
FEW_ROWS = frozenset({"complaints_cataloguestamp", "vault_destructionmark"})


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
    found: dict[str, Any] = {}
    for _ in range(size.rounds):
        for name, environ in sides.items():
            found[name] = apart.run(alone, str(size.erased), environ=environ)
            rates[name].append(1 / median(found[name]["seconds"]))
    many, few = (Figure(name, "people/s", tuple(each)) for name, each in rates.items())
    last = found[many.side]
    return Outcome(
        "erasure of one person",
        (many, few),
        (
            outcome.times_slower(
                f"erasure, {size.residents:,} residents against {size.few_residents:,}",
                many, few, 1.3,
            ),
            Check("statements of an erasure that have no index", 0, (len(last["unindexed"]),),
                  at_least=False, timed=False),
        ),
        (
            f"{last['statements']} statements for a person with {crowd.TICKETS} tickets: "
            + ", ".join(f"{count} × {name}" for name, count in last["rows"].items()),
            *(f"No index: {tables}" for tables in last["unindexed"]),
        ),
    )  # fmt: skip


def alone(count: str) -> dict[str, Any]:
    """Erase that many people who all have the same rows, after one to warm up."""
    seconds: list[float] = []
    for number in range(int(count) + 1):
        request = crowd.wanting_to_go(at=database_now())
        rows = crowd.rows_of(request)
        begun = time.perf_counter()
        with noted() as statements:
            _erase(request)
        if number:
            seconds.append(time.perf_counter() - begun)
    return {
        "seconds": seconds,
        "statements": len(statements),
        "rows": rows,
        "unindexed": plans_without_index(statements, besides=FEW_ROWS),
    }


def _erase(request: PrivacyRequest) -> None:
    done = erasure.carry_out(request, at=database_now())
    if done.state != RequestState.ANSWERED:
        raise RuntimeError(f"The erasure ended as {done.state}.")
