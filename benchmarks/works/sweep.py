"""Overdue tickets are escalated: event, clock, history row, notice and message for each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

from django.db import connection, connections

from benchmarks import outcome, overdue
from benchmarks.floor import sweep as floor
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.overdue import Backlog
from benchmarks.statements import noted, plans_of
from benchmarks.works.context import Context
from complaints.enums import Template
from complaints.management.commands.sweeper import LANES
from complaints.services.escalation import BATCH, sweep
from complaints.services.telling import OBJECT, SOURCE
from core.clock import database_now

ROUNDS = 3  # each seeds and moves hundreds of thousands of rows
IDLE_SWEEPS = 200
#: tables that both sides write, and by what the rows of one backlog are counted
WRITTEN = (
    "complaints_ticketevent",
    "complaints_historicalticket",
    "notifications_notice",
    "notifications_message",
    "notifications_messagenotice",
)


class NotTheSameRows(Exception):
    """The floor does less than the desk, or more: the ratio would mean nothing."""


def measure(context: Context) -> Outcome:
    size = context.size
    floor.seat_everybody()
    backlogs = _moments()

    def timed(run: Callable[[Backlog], int], count: int) -> tuple[float, dict[str, int]]:
        backlog = overdue.only_due(count, next(backlogs))
        overdue.seed(backlog, context.world.ours["DATABASE_OWNER_URL"])
        return _timed(run, backlog)

    sides: dict[str, tuple[Callable[[Backlog], int], int]] = {
        "floor: batched SQL": (_floor, size.overdue),
        "ours: sweep": (_ours, size.overdue),
        "ours: few overdue": (_ours, size.few_overdue),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(ROUNDS + 1):
        written = {}
        for name, (run, amount) in sides.items():
            amount = amount if number else size.few_overdue
            seconds, written[name] = timed(run, amount)
            if number:
                rates[name].append(amount / seconds)
        _require_same(written["floor: batched SQL"], written["ours: sweep"])
    least, found, few = (Figure(name, "tickets/s", tuple(values)) for name, values in rates.items())
    drained, drain_rate = _drain(context, next(backlogs))
    statements, plans = _count_statements(context, next(backlogs))
    return Outcome(
        f"sweep of {size.overdue:,} overdue tickets",
        (found, few, least, drain_rate),
        (
            outcome.of_floor("sweep, of the floor", found, least, 0.3),
            outcome.times_slower(
                f"cost of a due ticket, {size.overdue:,} against {size.few_overdue:,}",
                found, few, 1.3,
            ),
            Check("all five levels after an outage, drained in", 30, (drained,), at_least=False,
                  unit=" s"),
            Check("idle sweep", 1, tuple(_idle_ms(next(backlogs))), at_least=False, unit=" ms"),
            outcome.statements(f"sweep, statements for a batch of {BATCH:,}", statements, 10),
        ),
        plans=plans,
    )  # fmt: skip


def _ours(backlog: Backlog) -> int:
    return sweep(backlog.sweep_at).fired


def _floor(backlog: Backlog) -> int:
    names = {"source": SOURCE, "template": Template.TICKET_ESCALATED.value, "object": OBJECT}
    return floor.sweep(backlog.sweep_at, BATCH, names)


def _timed(run: Callable[[Backlog], int], backlog: Backlog) -> tuple[float, dict[str, int]]:
    """Seconds, and rows written by table. Raises NotTheSameRows when some were left or others
    were due too."""
    before = _rows()
    begun = time.perf_counter()
    fired = run(backlog)
    seconds = time.perf_counter() - begun
    if fired != backlog.count:
        raise NotTheSameRows(f"{fired:,} fired of {backlog.count:,}")
    return seconds, {table: rows - before[table] for table, rows in _rows().items()}


def _rows() -> dict[str, int]:
    """Exact, by the keys' sequences would not do: they have gaps."""
    with connection.cursor() as cursor:
        found = {}
        for table in WRITTEN:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def _require_same(floor_rows: dict[str, int], our_rows: dict[str, int]) -> None:
    if floor_rows != our_rows:
        raise NotTheSameRows(f"floor {floor_rows}, ours {our_rows}")


def _moments() -> Iterator[datetime]:
    """Far from everything seeded, each earlier than the one before: what a round leaves for later
    is not due in the next."""
    start = database_now().replace(microsecond=0) - timedelta(days=400)
    return (start - timedelta(days=10 * number) for number in count())


def _drain(context: Context, fires_at: datetime) -> tuple[float, Figure]:
    """One sweeper, in its lanes, finds everything late at every level."""
    backlog = overdue.after_outage(context.size.overdue, fires_at)
    overdue.seed(backlog, context.world.ours["DATABASE_OWNER_URL"])
    begun = time.perf_counter()
    with ThreadPoolExecutor(LANES) as lanes:
        fired = sum(lanes.map(_lane, [backlog.sweep_at] * LANES))
    seconds = time.perf_counter() - begun
    if fired != 5 * backlog.count:
        raise NotTheSameRows(f"{fired:,} levels fired of {5 * backlog.count:,}")
    return seconds, Figure("ours: all five levels", "tickets/s", (backlog.count / seconds,))


def _lane(at: datetime) -> int:
    try:
        return sweep(at).fired
    finally:
        connections.close_all()


def _idle_ms(at: datetime) -> list[float]:
    """Milliseconds of sweeps that find nothing due among all tickets."""
    times = []
    for _ in range(IDLE_SWEEPS):
        begun = time.perf_counter()
        sweep(at)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _count_statements(context: Context, fires_at: datetime) -> tuple[int, dict[str, list[str]]]:
    """Of one full batch, without the claim that ends the sweep by finding nothing."""
    backlog = overdue.only_due(min(BATCH, context.size.overdue), fires_at)
    overdue.seed(backlog, context.world.ours["DATABASE_OWNER_URL"])
    with noted() as seen:
        sweep(backlog.sweep_at)
    return len(seen) - 1, plans_of(seen[:1])
