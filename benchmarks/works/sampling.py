"""A quarter's sampling round: answers frozen into a frame, the sample drawn, the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks import answered, apart, outcome, processor
from benchmarks.answered import Quarter
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.works.context import Context
from core.actors import Actor
from organisation.models import Staff
from quality.frame_sql import ANSWERS
from quality.models import Checklist
from quality.services import rounds

#: the least that a frame has to read: when each ticket was first answered
_FLOOR = """
SELECT count(*) FROM (
    SELECT ticket_id, min(occurred_at) FROM complaints_ticketevent
    WHERE kind = ANY(%s) AND occurred_at >= %s AND occurred_at < %s GROUP BY ticket_id
) AS answers
"""


def measure(context: Context) -> Outcome:
    """Each size in a quarter of its own, in a process of its own: a round is held once."""
    size, owner = context.size, context.world.ours["DATABASE_OWNER_URL"]
    found: dict[int, dict[str, Any]] = {}
    floors: dict[int, float] = {}
    for number, count in enumerate((size.few_answered, size.answered)):
        quarter = answered.quarter(count, number)
        answered.seed(quarter, owner)
        floors[number] = _floor(quarter)
        found[number] = apart.run(alone, str(count), str(number), environ=context.world.ours)
        if found[number]["members"] != count:
            raise RuntimeError(f"{found[number]['members']:,} in the frame instead of {count:,}.")
    few, many = found[0], found[1]
    ours = _figure("ours: frame, draw, report", size.answered, many["seconds"])
    small = _figure("ours: few tickets", size.few_answered, few["seconds"])
    return Outcome(
        f"a round of {size.answered:,} tickets",
        (ours, small, _figure("floor: the answers read once", size.answered, floors[1])),
        (
            Check("frame, draw and report", 60, (many["seconds"],), at_least=False, unit=" s"),
            Check("peak memory of the process", 500, (many["peak_mib"],), at_least=False,
                  unit=" MiB"),
            outcome.times_slower(
                f"a ticket of a round, {size.answered:,} against {size.few_answered:,}",
                ours, small, 1.3,
            ),
        ),
        (
            ", ".join(f"{step} {many[step]:.2f} s" for step in ("freeze", "draw", "report"))
            + f"; {many['cases']:,} cases; report of {many['bytes']:,} bytes",
            (
                f"Processor {many['processor']:.1f} s, PostgreSQL's and ours: what it takes on a "
                "machine that does nothing else."
            ),
            f"Peak memory of {size.few_answered:,}: {few['peak_mib']:.0f} MiB.",
            "The product writes the report as HTML and XLSX; it has no PDF.",
        ),
    )  # fmt: skip


def alone(count: str, number: str) -> dict[str, Any]:
    """The round of a seeded quarter, in whichever process this is."""
    quarter = answered.quarter(int(count), int(number))
    manager = Staff.objects.filter(posts__role__code="quality_manager").order_by("pk")[0]
    actor, later = Actor.staff(manager.pk), quarter.cut_off_at + timedelta(days=1)
    plan = rounds.Plan(
        name=f"{quarter.count}",
        starts_at=quarter.starts_at,
        ends_at=quarter.ends_at,
        cut_off_at=quarter.cut_off_at,
        checklist=Checklist.objects.latest("pk"),
    )
    planned = rounds.plan(plan, actor=actor, at=quarter.starts_at)
    client = Client()
    client.force_login(manager, backend="organisation.auth.PostBackend")
    address = reverse("console:round_report", args=[planned.public_id])
    begun = _processor()
    freeze, frozen = _timed(lambda: rounds.freeze(planned, actor=actor, at=later))
    draw, drawn = _timed(lambda: rounds.draw(frozen, actor=actor, at=later))
    report, answer = _timed(lambda: client.get(address))
    if answer.status_code != 200:
        raise RuntimeError(answer.content.decode())
    return {
        "seconds": freeze + draw + report,
        "processor": _processor() - begun,
        "freeze": freeze,
        "draw": draw,
        "report": report,
        "members": drawn.members.count(),
        "cases": drawn.cases.count(),
        "bytes": len(answer.content),
    }


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = do()
    return time.perf_counter() - begun, found


def _processor() -> float:
    """Seconds of this process and of the run's own PostgreSQL so far."""
    return time.process_time() + processor.seconds_of(0, processor.postmaster())[1]


def _floor(quarter: Quarter) -> float:
    parameters: list[Any] = [
        [kind.value for kind in ANSWERS],
        quarter.starts_at,
        quarter.ends_at,
    ]
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(_FLOOR, parameters)
        (found,) = cursor.fetchone()
        seconds = time.perf_counter() - begun
    if found != quarter.count:
        raise RuntimeError(f"{found:,} tickets were answered instead of {quarter.count:,}.")
    return seconds


def _figure(side: str, tickets: int, seconds: float) -> Figure:
    return Figure(side, "tickets/s", (tickets / seconds,))
