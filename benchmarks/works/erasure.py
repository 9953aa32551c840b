"""One person is erased, in a small database and in a large one: the same rows, the same cost?"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
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

#: what `alone` says, round by round
Found = Sequence[Mapping[str, Any]]


def measure(context: Context) -> Outcome:
    """Each side in a process of its own, since each has databases and a ledger of its own."""
    size, world = context.size, context.world
    sides = {f"{size.residents:,}": world.ours, f"{size.few_residents:,}": world.small}
    for environ in sides.values():
        apart.run(crowd.others, environ=environ)
    many, few = sides
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for _ in range(size.rounds):
        for side, environ in sides.items():
            for name in (crowd.COMMON, crowd.RARE):
                found[name, side].append(apart.run(alone, str(size.erased), name, environ=environ))
    figures = {
        side: Figure(f"ours: among {side} residents", "people/s", _rates(found[crowd.COMMON, side]))
        for side in sides
    }
    last = found[crowd.COMMON, many][-1]
    against = f"{many} residents against {few}"
    return Outcome(
        "erasure of one person",
        tuple(figures.values()),
        (
            outcome.times_slower(f"erasure, {against}", figures[many], figures[few], 1.3),
            _grown(f"blocks of an erasure, {against}", found, crowd.RARE, sides),
            _grown(f"blocks where the name is common, {against}", found, crowd.COMMON, sides),
            Check("statements of an erasure that have no index", 0, (len(last["unindexed"]),),
                  at_least=False, timed=False),
        ),
        (
            f"{last['statements']} statements for a person with {crowd.TICKETS} tickets: "
            + ", ".join(f"{count} × {name}" for name, count in last["rows"].items()),
            *(_looked_at(name, side, rounds) for (name, side), rounds in found.items()),
            *(
                f"{name}, most more of: "
                + _more(found[name, many][-1]["blocks"], found[name, few][-1]["blocks"])
                for name in (crowd.COMMON, crowd.RARE)
            ),
            *(f"No index: {tables}" for tables in last["unindexed"]),
        ),
    )  # fmt: skip


def _rates(rounds: Found) -> tuple[float, ...]:
    return tuple(1 / median(each["seconds"]) for each in rounds)


def _blocks(rounds: Found) -> list[float]:
    return [sum(each["blocks"].values()) for each in rounds]


def _grown(
    what: str, found: Mapping[tuple[str, str], Found], name: str, sides: Collection[str]
) -> Check:
    many, few = (_blocks(found[name, side]) for side in sides)
    grown = [large / small for large, small in zip(many, few, strict=True)]
    return Check(what, 1.3, tuple(grown), at_least=False)


def _looked_at(name: str, side: str, rounds: Found) -> str:
    texts, seen = rounds[-1]["naming"], median(_blocks(rounds))
    return f"{name} among {side}: {seen:,.0f} blocks a person, {texts:,} texts hold the name"


def alone(count: str, name: str) -> dict[str, Any]:
    """Erase that many people of a name who all have the same rows, after one to warm up."""
    seconds: list[float] = []
    looked: list[Counter[str]] = []
    for number in range(int(count) + 1):
        request = crowd.wanting_to_go(name, at=database_now())
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
        "naming": crowd.naming(name),
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
