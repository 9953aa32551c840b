"""The plan of an erasure: what lies where, and what must stay for now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from complaints.enums import Kind
from complaints.models import Ticket
from complaints.workflow import TERMINAL
from privacy.rights.enums import HoldGround
from privacy.rights.models import ErasureStep, Hold, PrivacyRequest
from privacy.rights.services import needles
from privacy.vault.registry import SubjectIds, field_label, holdings, label_of
from privacy.vault.services import keys, sealing, subjects

NEEDLES = field_label(PrivacyRequest, "needles_sealed")
REVIEW_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an eraser may know of the request that drives it (`vault.registry.ErasurePlan`)."""

    request_ref: str
    at: datetime
    held: frozenset[int]

    def holds(self, model: str, pk: Any) -> bool:
        """Tickets alone are held; what belongs to one follows it."""
        return label_of(model) == Ticket._meta.label_lower and pk in self.held


def draw_up(request: PrivacyRequest, *, at: datetime) -> None:
    """Count the rows of each holding, and hold the tickets that are not ended; a plan that was
    drawn up before is replaced. The caller saves the request."""
    ids = people(request)
    request.steps.all().delete()
    request.planned_people = len(ids)
    request.needles_sealed = None
    bring_up_to_date(request, at=at)


def bring_up_to_date(request: PrivacyRequest, *, at: datetime) -> None:
    """Hold what has come to be open since, look for what has come to be on file since, and leave
    out no holding. Takes nothing back. The caller saves the request."""
    ids = people(request)
    _add_steps(request, ids)
    _hold_open_tickets(request, ids, at)
    _keep_needles(request, ids)


def has_more_people(request: PrivacyRequest) -> bool:
    """Whether others have been merged into this person since the plan: it did not count them."""
    return len(people(request)) > (request.planned_people or 0)


def people(request: PrivacyRequest) -> SubjectIds:
    """Every subject that is this person; empty once they are forgotten."""
    return subjects.closure([request.subject_id]) if request.subject_id else ()


def of(request: PrivacyRequest, *, at: datetime) -> Plan:
    held = request.holds.filter(released_at__isnull=True).values_list("ticket_id", flat=True)
    return Plan(request.ticket.reference, at, frozenset(held))


def key_lives(request: PrivacyRequest) -> bool:
    return request.subject_id is not None and keys.live_keys([request.subject_id]) > 0


def kept_needles(request: PrivacyRequest) -> tuple[str, ...]:
    """What to look for, as long as the key lives."""
    if request.subject_id is None or request.needles_sealed is None:
        return ()
    text = sealing.reveal(request.subject_id, NEEDLES, bytes(request.needles_sealed))
    return tuple(json.loads(text))


def release_ended(request: PrivacyRequest, *, at: datetime) -> int:
    """Release the holds whose tickets have ended since; returns how many."""
    return request.holds.filter(
        released_at__isnull=True, ground=HoldGround.OPEN_TICKET, ticket__state__in=TERMINAL
    ).update(released_at=at)


def _add_steps(request: PrivacyRequest, ids: SubjectIds) -> None:
    known = set(request.steps.values_list("holding", flat=True))
    ErasureStep.objects.bulk_create(
        [
            ErasureStep(
                request=request,
                position=position,
                holding=holding.name,
                planned_rows=holding.locate(ids).count(),
            )
            for position, holding in enumerate(holdings(), start=1)
            if holding.name not in known
        ]
    )


def _hold_open_tickets(request: PrivacyRequest, ids: SubjectIds, at: datetime) -> None:
    """A ticket that was opened again is held again. Those of privacy requests hold nothing: they
    have no words of the person, and would wait for each other."""
    review_on = timezone.localdate(at + REVIEW_AFTER)
    tickets = Ticket.objects.open().filter(reporter__subject__in=ids).exclude(kind=Kind.PRIVACY)
    request.holds.filter(ticket__in=tickets, released_at__isnull=False).update(
        released_at=None, ground=HoldGround.OPEN_TICKET, review_on=review_on
    )
    Hold.objects.bulk_create(
        [
            Hold(request=request, ticket=ticket, ground=HoldGround.OPEN_TICKET, review_on=review_on)
            for ticket in tickets
        ],
        ignore_conflicts=True,
    )


def _keep_needles(request: PrivacyRequest, ids: SubjectIds) -> None:
    """What was on file stays looked for, although the erasure has begun to take it away."""
    if request.subject_id is None:
        return
    found = {*kept_needles(request), *needles.of(ids)}
    text = json.dumps(sorted(found, key=len, reverse=True), ensure_ascii=False)
    request.needles_sealed = sealing.seal(request.subject_id, NEEDLES, text)
