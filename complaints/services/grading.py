"""Correcting how grave a matter is: its clocks follow, as if it had been known from the start.

Raising is for everybody who works there; lowering is for somebody else than the handler, and wants
words. Who holds the ticket goes on holding it (docs/adr/0104).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints import gravity
from complaints.enums import (
    Action,
    ClockState,
    EventKind,
    Measure,
    Severity,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import Ticket
from complaints.reasons import GradeReason, RegradeReason
from complaints.services import act, clocks, extensions, recomputation, routing, supervision, texts
from complaints.services.act import Act
from complaints.services.catalogue import Terms
from complaints.services.merging import PRESSING
from complaints.services.routing import Facts
from complaints.workflow import UNSOLVED, WAITING
from core.actors import SYSTEM, Actor, ActorKind
from core.errors import InvalidInput, Text


@transaction.atomic
def raise_severity(
    ticket: Ticket,
    *,
    actor: Actor,
    severity: str,
    reason_code: str,
    at: datetime,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """Say that it is graver than was thought. What is a danger to life waits for nobody any more.

    Raises InvalidInput for a severity that is not higher or a reason that is not listed.
    """
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    now = act.begin(
        ticket, Measure.RAISE, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    _check(now.ticket, reason_code, PRESSING.index(_known(severity)) > _rank(now.ticket))
    _regrade(now, severity, reason_code)
    now.note(body)
    return now.save()


@transaction.atomic
def lower_severity(
    ticket: Ticket,
    *,
    actor: Actor,
    severity: str,
    reason_code: str,
    note: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Say that it is less grave than was thought, and why.

    Raises InvalidInput for a severity that is not lower, that is lower than what was merged into
    the ticket, or for a reason that is not listed.
    """
    body = texts.clean(note, TextRole.NOTE, field="note")
    now = act.begin(
        ticket, Measure.LOWER, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    _check(now.ticket, reason_code, PRESSING.index(_known(severity)) < _rank(now.ticket))
    _check_merged(now.ticket, severity)
    _regrade(now, severity, reason_code)
    now.note(body)
    return now.save()


def heed(now: Act, said: str) -> None:
    """What a resident says about a matter in hand: acute danger makes it one of safety at once.

    Before clocks of this act are started or stopped."""
    ticket = now.ticket
    if now.actor.kind is not ActorKind.REPORTER or ticket.severity == Severity.SAFETY:
        return
    danger = gravity.danger_in(ticket.kind, [said])
    if danger is not None and danger.acute:
        _regrade(now, Severity.SAFETY, GradeReason.WORDS)


def usual(ticket: Ticket) -> str:
    """What it was before it was raised last, else its category's: where a false alarm leads."""
    raised = ticket.events.filter(kind=EventKind.GRADED, to_severity=ticket.severity)
    last = raised.order_by("-occurred_at", "-id").values_list("from_severity", flat=True).first()
    return last or ticket.category.severity


def facts_of(ticket: Ticket) -> Facts:
    """What rules look at, as the ticket is by now."""
    return Facts(
        kind=ticket.kind,
        category=ticket.category,
        severity=ticket.severity,
        channel=ticket.channel,
        tier=ticket.account.tier if ticket.account else "",
        unit=ticket.unit,
        account_manager=ticket.account.manager_id if ticket.account else None,
    )


def _regrade(now: Act, severity: str, reason: str) -> None:
    ticket, before = now.ticket, now.ticket.severity
    ticket.severity = severity
    facts = facts_of(ticket)
    route = routing.route(facts, now.catalogue, at=now.at, named_staff=ticket.named_ids)
    count_by(now, route.terms)
    event = now.event(
        EventKind.GRADED,
        Visibility.INTERNAL,
        by=SYSTEM if reason == GradeReason.WORDS else None,
        reason_code=reason,
        from_severity=before,
        to_severity=severity,
    )
    extensions.let_lapse(now, event)
    now.tell_post(event, Template.TICKET_GRADED)
    supervision.tell(now, event, Template.TICKET_GRADED)
    if severity == Severity.SAFETY:
        if route.post_id != ticket.post_id:
            now.tell(event, Template.TICKET_GRADED, [route.post_id])
        if ticket.state in WAITING:
            now.move(Action.RESUME)
            now.resume_clocks()


def count_by(now: Act, terms: Terms) -> None:
    """Clocks that run move; a promise that was never made is made now, as to an imported ticket."""
    ticket = now.ticket
    recomputation.put_under(ticket, terms, at=now.at)
    if ticket.state not in UNSOLVED:  # a new cycle begins, with clocks of its own
        return
    # an imported one has a clock that only says that nothing was answered
    ticket.clocks.filter(
        cycle=ticket.cycle,
        kind__in=clocks.HANDLING,
        state=ClockState.HISTORICAL,
        stopped_at__isnull=True,
    ).delete()
    begun = set(ticket.clocks.filter(cycle=ticket.cycle).values_list("kind", flat=True))
    for kind in clocks.HANDLING:
        if kind not in begun:
            now.start_clock(kind)
    if ticket.post is not None:
        now.hand_to(ticket.post)


def _rank(ticket: Ticket) -> int:
    return PRESSING.index(Severity(ticket.severity))


def _known(severity: str) -> Severity:
    if severity not in Severity.values:
        raise InvalidInput(fields={"severity": [_("请选择列出的选项。")]})
    return Severity(severity)


def _check(ticket: Ticket, reason_code: str, fits: bool) -> None:
    wrong: dict[str, list[Text]] = {}
    if not fits:
        wrong["severity"] = [_("请选择与现在不同、方向一致的级别。")]
    if reason_code not in RegradeReason.values:
        wrong["reason_code"] = [_("请选择列出的选项。")]
    if wrong:
        raise InvalidInput(fields=wrong)


def _check_merged(ticket: Ticket, severity: str) -> None:
    """What was merged into it keeps a promise at least as near as its own."""
    graver = PRESSING[PRESSING.index(Severity(severity)) + 1 :]
    if Ticket.objects.filter(pk__in=ticket.merged_ids, severity__in=graver).exists():
        raise InvalidInput(fields={"severity": [_("有级别更高的工单并入本单，请先撤销那次并单。")]})
