"""Plays messages of the past as if they came in live, on a virtual clock.

Each is an ordinary complaint received at its first moment and answered at its second, through the
same intake, lifecycle and sweep that the live desk uses.  Only a database marked virtual may do
so, and it sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from complaints.enums import ClockState, EventKind, Severity
from complaints.imports import mapping_file
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Reader, Tally
from complaints.imports.reading import open_table
from complaints.models import Ticket, TicketClock, TicketEvent
from complaints.services import catalogue, escalation, intake, lifecycle
from complaints.services.intake import NewTicket
from complaints.spans import CONFIRM_WINDOW
from core.actors import SYSTEM
from core.services import installation
from demo.services import virtual_company
from demo.services.virtual_company import VirtualCompany
from organisation import access
from organisation.models import Unit

MAPPING: Final = "citizen_messages_with_replies"
#: one sweep a day, and one before an answer that comes after something fell due on its ticket
BEAT: Final = timedelta(days=1)
BEATS_FROM: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOMENT: Final = timedelta(microseconds=1)

Progress = Callable[[int, int], None]


@dataclass
class ReplayReport:
    """`escalations` by clock and level, `kept` and `broken` by clock; `left_out` were never
    answered or have no hour, and are not played."""

    tally: Tally = field(default_factory=Tally)
    tickets: int = 0
    left_out: int = 0
    escalations: dict[tuple[str, int | None], int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Something that happens at a moment; on the same moment receipts come before answers."""

    at: datetime
    is_answer: bool
    key: str
    message: ImportedTicket = field(compare=False)


def mark_virtual() -> None:
    """Raises NotEmpty where a company or a ticket stands already."""
    is_empty = not Unit.objects.exists() and not Ticket.objects.exists()
    installation.mark_virtual(is_empty=is_empty)


def replay(path: Path, *, at: datetime, progress: Progress) -> ReplayReport:
    """Play a file of messages and count what came of it.

    `at` is today, behind which no message may lie; the play has its own clock.  Raises NotVirtual,
    NotEmpty, or FileUnreadable.
    """
    installation.require_virtual()
    if Ticket.objects.exists():
        raise installation.NotEmpty
    report = ReplayReport()
    steps = _steps(_messages(path, at, report), report)
    if steps:
        company = virtual_company.build(steps[0].message.unit[0], at=steps[0].at)
        _play(steps, company, progress)
    _count(report)
    return report


def _messages(path: Path, at: datetime, report: ReplayReport) -> list[ImportedTicket]:
    mapping = mapping_file.load(MAPPING)
    with open_table(path) as table:
        outcomes = list(Reader(table, mapping, at.astimezone(mapping.zone).date()).outcomes())
    for outcome in outcomes:
        report.tally.count(outcome)
    return [outcome for outcome in outcomes if isinstance(outcome, ImportedTicket)]


def _steps(messages: Iterable[ImportedTicket], report: ReplayReport) -> list[Step]:
    steps = []
    for message in messages:
        received, answered = message.received.at, message.answered and message.answered.at
        if received and answered:
            steps.append(Step(received, False, message.key, message))
            steps.append(Step(answered, True, message.key, message))
        else:
            report.left_out += 1
    return sorted(steps)


def _play(steps: list[Step], company: VirtualCompany, progress: Progress) -> None:
    tickets: dict[str, Ticket] = {}
    for number, step in enumerate(steps, 1):
        _sweep_days_before(step.at)
        with transaction.atomic(), access.remembering():
            if step.is_answer:
                _answer(tickets.pop(step.key), step, company)
            else:
                tickets[step.key] = _receive(step, company)
        progress(number, len(steps))
    _sweep_days_before(steps[-1].at + CONFIRM_WINDOW + 2 * BEAT)


def _sweep_days_before(moment: datetime) -> None:
    """Let the beats go by that something waits for.  What is swept late bears its true moment."""
    while due := _first_due(Ticket.objects.filter(next_step_at__lt=moment)):
        beat = due - (due - BEATS_FROM) % BEAT + BEAT
        if beat >= moment:
            return
        escalation.sweep(beat)


def _first_due(tickets: QuerySet[Ticket]) -> datetime | None:
    first: datetime | None = tickets.aggregate(first=Min("next_step_at"))["first"]
    return first


def _receive(step: Step, company: VirtualCompany) -> Ticket:
    mapping, message = mapping_file.load(MAPPING), step.message
    ticket = intake.submit(
        NewTicket(
            kind=message.kind,
            category_code=_category(message.category),
            severity=Severity.ORDINARY,
            channel=mapping.channel,
            unit=company.region,
            summary=message.subject,
            body=message.body,
        ),
        actor=SYSTEM,
        at=step.at,
    )
    # so that the played ticket can be set beside its message
    Ticket.objects.filter(pk=ticket.pk).update(source=mapping.origin, source_key=message.key)
    return ticket


def _category(code: str) -> str:
    """A category that asks for a photo cannot be answered from a file of texts: the next wider."""
    known = catalogue.current().categories
    while code in known and known[code].evidence_to_close:
        code = code.rpartition(".")[0]
    return code or "uncategorised"


def _answer(ticket: Ticket, step: Step, company: VirtualCompany) -> None:
    """The answer is the first response and the resolution, all at one moment.

    What fell due on the ticket before comes first, what falls due at that very moment does not:
    what is answered exactly when due is kept.
    """
    actor, at = company.handler, step.at
    if _first_due(Ticket.objects.filter(pk=ticket.pk, next_step_at__lt=at)):
        escalation.sweep(at - MOMENT)
    lifecycle.accept(ticket, actor=actor, at=at)
    lifecycle.start(ticket, actor=actor, at=at)
    lifecycle.resolve(ticket, actor=actor, reply=step.message.reply, at=at)


def _count(report: ReplayReport) -> None:
    report.tickets = Ticket.objects.count()
    fired = TicketEvent.objects.filter(kind=EventKind.ESCALATED)
    report.escalations = {
        (row["clock__kind"], row["level"]): row["count"]
        for row in fired.values("clock__kind", "level").annotate(count=Count("pk"))
    }
    for state, into in ((ClockState.KEPT, report.kept), (ClockState.BROKEN, report.broken)):
        rows = TicketClock.objects.filter(state=state).values("kind").annotate(count=Count("pk"))
        into.update({row["kind"]: row["count"] for row in rows})
