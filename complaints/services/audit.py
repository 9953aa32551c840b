"""The second look: is everybody told who should have been? It asks the clocks by their due time,
along another index and in other words than the sweep, and never the sweep's own bookkeeping.

What it finds late it repairs by putting the clock back to its first missing level and calling the
sweep; the events stay unique whatever it does. Nothing is repaired silently: the report names it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Max

from complaints.enums import EventKind
from complaints.models import SweepFailure, Ticket, TicketEvent
from complaints.services import failures, owed, sweep_rows
from complaints.services.escalation import SweepResult, sweep
from complaints.services.owed import GRACE, Missing
from notifications.metrics import standing as messages_standing
from organisation.services.posts import duty_queue_is_filled

MESSAGE_GRACE: Final = timedelta(minutes=30)
LISTED: Final = 100

# The level that a ticket shows is the highest that was written in its cycle, be it by a clock of an
# earlier one: who is called back and not satisfied stands one level higher.
_WRONG_LEVEL = """
SELECT ticket.id
FROM complaints_ticket ticket
JOIN complaints_ticketclock clock ON clock.ticket_id = ticket.id AND clock.cycle = ticket.cycle
JOIN complaints_ticketevent event ON event.ticket_id = ticket.id AND event.kind = 'escalated'
     AND event.cycle = ticket.cycle
WHERE clock.state = 'running' AND clock.due_at <= %(late)s
GROUP BY ticket.id
HAVING ticket.level IS DISTINCT FROM max(event.level)
ORDER BY ticket.id
LIMIT %(listed)s
"""

# Levels written for the moment at which the clock had stopped or a later one, in the last day: who
# acts at the microsecond of a level was either before it or comes just after it.
_AFTER_THE_END = """
SELECT DISTINCT event.ticket_id
FROM complaints_ticketevent event
JOIN complaints_ticketclock clock ON clock.id = event.clock_id
WHERE event.kind = 'escalated' AND event.occurred_at > %(since)s
  AND clock.stopped_at IS NOT NULL AND event.occurred_at >= clock.stopped_at
  AND event.cycle = clock.cycle
ORDER BY event.ticket_id
LIMIT %(listed)s
"""

_OVERDUE_STEP = """
SELECT min(ticket.next_step_at) FROM complaints_ticket ticket
WHERE ticket.next_step_at <= %(late)s
  AND NOT EXISTS (SELECT FROM complaints_sweepfailure failure
                  WHERE failure.ticket_id = ticket.id)
"""


@dataclass(frozen=True)
class AuditReport:
    """What is wrong, by the clocks. Lists end at a hundred."""

    at: datetime
    missing: Sequence[Missing] = ()
    wrong_level: Sequence[int] = ()
    after_the_end: Sequence[int] = ()
    overdue_since: datetime | None = None
    failures: Sequence[SweepFailure] = ()
    oldest_message_seconds: float = 0.0
    dead_messages: int = 0
    duty_queue_filled: bool = True
    repaired: SweepResult = field(default_factory=SweepResult)

    @property
    def problems(self) -> dict[str, int]:
        """Codes of what is wrong, with how many."""
        found = {
            "level_missing": len(self.missing),
            "level_wrong": len(self.wrong_level),
            "level_after_the_end": len(self.after_the_end),
            "step_overdue": int(self.overdue_since is not None),
            "sweep_failure": len(self.failures),
            "message_late": int(self.oldest_message_seconds > MESSAGE_GRACE.total_seconds()),
            "message_dead": self.dead_messages,
            "duty_queue_empty": int(not self.duty_queue_filled),
        }
        return {code: count for code, count in found.items() if count}


def audit(at: datetime, *, repair: bool = False) -> AuditReport:
    """Compare what the clocks say with what was written.

    With `repair`, clocks that owe a level go back to it and the sweep is called; the report still
    says what was wrong before.
    """
    failures.forget_ended()
    missing = owed.missing(at, most=LISTED)
    wrong_level = [row[0] for row in _rows(_WRONG_LEVEL, at)]
    overdue = overdue_since(at)
    lanes = messages_standing().values()
    repaired = SweepResult()
    if repair and (missing or wrong_level or overdue):
        repaired = _repair(missing, wrong_level, at)
    return AuditReport(
        at=at,
        missing=missing,
        wrong_level=wrong_level,
        after_the_end=[row[0] for row in _rows(_AFTER_THE_END, at)],
        overdue_since=overdue,
        failures=list(failures.outstanding()[:LISTED]),
        oldest_message_seconds=max(lane.oldest_seconds for lane in lanes),
        dead_messages=sum(lane.dead for lane in lanes),
        duty_queue_filled=duty_queue_is_filled(at=at),
        repaired=repaired,
    )


def overdue_since(at: datetime) -> datetime | None:
    """When the oldest step fell due that no sweep has taken although the grace is over."""
    found: datetime | None = _rows(_OVERDUE_STEP, at)[0][0]
    return found


def _rows(statement: str, at: datetime) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"late": at - GRACE, "since": at - timedelta(days=1), "listed": LISTED}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _repair(missing: Sequence[Missing], wrong_level: Sequence[int], at: datetime) -> SweepResult:
    """Whom somebody holds is left to the next audit, and keeps nobody else waiting."""
    ids = {*wrong_level, *(each.ticket_id for each in missing)}
    with transaction.atomic():
        tickets = list(
            Ticket.objects.select_for_update(skip_locked=True)
            .filter(pk__in=ids, next_step_at__isnull=False)
            .order_by("pk")
        )
        locked = {ticket.pk for ticket in tickets}
        owed.put_back([each for each in missing if each.ticket_id in locked], at)
        levels = _levels_written(locked)
        for ticket in tickets:
            ticket.level, ticket.next_step_at = levels.get(ticket.pk), at
        sweep_rows.update_tickets(tickets, reason="audit")
    return sweep(at)


def _levels_written(ticket_ids: Collection[int]) -> dict[int, int]:
    escalated = TicketEvent.objects.filter(
        ticket_id__in=ticket_ids, kind=EventKind.ESCALATED, cycle=F("ticket__cycle")
    )
    return dict(escalated.values_list("ticket_id").annotate(Max("level")))
