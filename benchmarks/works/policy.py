"""A new version of a policy: what it would do is counted, then what runs is moved to it."""

from __future__ import annotations

import resource
import time
from datetime import timedelta

from django.db import connection

from benchmarks import outcome, overdue
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.overdue import Backlog
from benchmarks.statements import noted
from benchmarks.works.context import Context
from complaints.enums import Basis, ClockKind
from complaints.models import LadderStep, Policy, PolicyDuration, TicketClock
from complaints.services import policy_preview, policy_versions, recomputation
from complaints.services.policy_preview import Preview
from core.actors import SYSTEM
from core.clock import database_now

ROUNDS = 3
CODE = "complaint_ordinary"
#: the least that a preview has to read, once through
_FLOOR = """
SELECT clock.id, clock.started_at, clock.due_at, unit.path FROM complaints_ticketclock clock
JOIN complaints_ticket ticket ON ticket.id = clock.ticket_id
JOIN organisation_unit unit ON unit.id = ticket.unit_id
JOIN complaints_policy policy ON policy.id = clock.policy_id AND policy.code = %s
WHERE clock.state IN ('running', 'paused')
"""


def measure(context: Context) -> Outcome:
    at = database_now()
    # received three days ago and due tomorrow: most would be late at once
    backlog = Backlog(context.size.overdue, 1, at + timedelta(days=1), timedelta(0), at)
    overdue.seed(backlog, context.world.ours["DATABASE_OWNER_URL"])
    draft = _draft()
    previewed, read, seconds = [], [], []
    for _ in range(ROUNDS):
        read.append(_floor())
        begun = time.perf_counter()
        before = _peak_mib()
        found = policy_preview.of_version(draft, at=at)
        seconds.append(time.perf_counter() - begun)
        grown = _peak_mib() - before
        previewed.append(found.clocks / seconds[-1])
    with noted() as seen:
        policy_preview.of_version(draft, at=at)
    moved, took, statements = _move(draft)
    floor = Figure("floor: the clocks read once", "clocks/s", tuple(read))
    return Outcome(
        f"a new version for {found.clocks:,} open clocks",
        (
            floor,
            Figure("ours: preview", "clocks/s", tuple(previewed)),
            Figure("ours: moved", "tickets/s", (moved / took,)),
        ),
        (
            Check("preview", 10, tuple(seconds), at_least=False, unit=" s"),
            Check("memory that a second preview adds", 32, (grown,), at_least=False, unit=" MiB"),
            outcome.statements(
                "preview, statements for a thousand clocks",
                -(-len(seen) * policy_preview.SET // max(found.clocks, policy_preview.SET)),
                10,
            ),
            outcome.statements(
                f"statements for {recomputation.CHUNK} tickets that move",
                -(-statements * recomputation.CHUNK // max(moved, recomputation.CHUNK)),
                30,
            ),
        ),
        remarks=(_said(found),),
    )


def _floor() -> float:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR, [CODE])
        rows = cursor.fetchall()
    return len(rows) / (time.perf_counter() - begun)


def _draft() -> Policy:
    """As it is, but a day less to resolve."""
    before = Policy.objects.filter(code=CODE).latest("version")
    durations = [
        PolicyDuration(
            clock_kind=each.clock_kind,
            duration_minutes=450 if each.clock_kind == ClockKind.RESOLVE else each.duration_minutes,
            basis=Basis(each.basis),
        )
        for each in before.durations.all()
    ]
    ladder = [
        LadderStep(
            clock_kind=step.clock_kind,
            level=step.level,
            percent=step.percent,
            after_minutes=step.after_minutes,
            role_id=step.role_id,
            effect=step.effect,
        )
        for step in before.ladder.all()
    ]
    return policy_versions.prepare(CODE, durations, ladder, actor=SYSTEM, at=database_now())


def _move(draft: Policy) -> tuple[int, float, int]:
    """Tickets, seconds, statements."""
    policy_versions.apply(draft, moves_open_clocks=True, actor=SYSTEM, at=database_now())
    begun = time.perf_counter()
    with noted() as seen:
        moved = recomputation.run()
    took = time.perf_counter() - begun
    left = TicketClock.objects.live().filter(policy__code=CODE).exclude(policy=draft)
    if left.exists():
        raise RuntimeError("Clocks were left on the version that gave way.")
    return moved, took, len(seen)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _said(found: Preview) -> str:
    return (
        f"{found.moving:,} of {found.tickets:,} tickets would move; at once would fall "
        + ", ".join(f"{count:,} × level {level}" for level, count in sorted(found.at_once.items()))
        + f"; {len(found.told):,} posts would be told"
    )
