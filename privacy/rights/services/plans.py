"""The plan of an erasure: what lies where, and what must stay for now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from complaints.models import Ticket
from complaints.workflow import TERMINAL
from privacy.rights.enums import HoldGround
from privacy.rights.models import ErasureStep, Hold, PrivacyRequest
from privacy.rights.services import needles
from privacy.vault.registry import field_label, holdings, label_of
from privacy.vault.services import sealing, subjects

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
    """Count the rows of each holding, and hold the tickets that are not ended."""
    ids = people(request)
    ErasureStep.objects.bulk_create(
        [
            ErasureStep(
                request=request,
                position=position,
                holding=holding.name,
                planned_rows=holding.locate(ids).count(),
            )
            for position, holding in enumerate(holdings(), start=1)
        ]
    )
    Hold.objects.bulk_create(
        [
            Hold(
                request=request,
                ticket=ticket,
                ground=HoldGround.OPEN_TICKET,
                review_on=timezone.localdate(at + REVIEW_AFTER),
            )
            for ticket in _open_tickets(request, ids)
        ]
    )
    _keep_needles(request, ids)


def people(request: PrivacyRequest) -> tuple[UUID, ...]:
    """Every subject that is this person; empty once they are forgotten."""
    return subjects.closure([request.subject_id]) if request.subject_id else ()


def of(request: PrivacyRequest, *, at: datetime) -> Plan:
    held = request.holds.filter(released_at__isnull=True).values_list("ticket_id", flat=True)
    return Plan(request.ticket.reference, at, frozenset(held))


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


def _open_tickets(request: PrivacyRequest, ids: Iterable[UUID]) -> list[Ticket]:
    return list(
        Ticket.objects.open().filter(reporter__subject__in=ids).exclude(pk=request.ticket_id)
    )


def _keep_needles(request: PrivacyRequest, ids: Iterable[UUID]) -> None:
    found = json.dumps(needles.of(ids), ensure_ascii=False)
    if request.subject_id is not None:
        request.needles_sealed = sealing.seal(request.subject_id, NEEDLES, found)
