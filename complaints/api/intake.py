"""From the body of a create to a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _
from rest_framework import status

from complaints.api.serializers import TicketCreatedSerializer
from complaints.enums import Channel, Kind, Protection
from complaints.services.intake import NewTicket, submit
from core.actors import Actor, ActorKind
from core.compiled import Compiled, Slot
from core.errors import InvalidInput
from core.services.idempotency import Answer
from organisation import access
from organisation.models import Dwelling, Unit
from residents.models import Occupancy
from residents.services import handles

#: what a resident does not decide
STAFF_ONLY = ("severity", "reporter")


def create(body: dict[str, Any], *, actor: Actor, at: datetime) -> Answer:
    """Submit the ticket. The kept answer names it and repeats nothing that was typed."""
    ticket = submit(_new_ticket(body, actor), actor=actor, at=at)
    shape = TicketCreatedSerializer(
        {
            "id": ticket.public_id,
            "reference": ticket.reference,
            "state": ticket.state,
            "received_at": ticket.received_at,
        }
    )
    return Answer(status.HTTP_201_CREATED, dict(shape.data))


def _new_ticket(body: dict[str, Any], actor: Actor) -> NewTicket:
    if body["kind"] == Kind.PRIVACY:
        said = _("个人信息请求请在“我的隐私”页面提出，接口为 /privacy/requests/。")
        raise InvalidInput(fields={"kind": [said]})
    resident = actor.kind is ActorKind.REPORTER
    if resident:
        _refuse_staff_fields(body)
    return NewTicket(
        kind=body["kind"],
        category_code=body["category"],
        channel=Channel.APP if resident else body["channel"],
        body=body["body"],
        summary=body["summary"],
        place=body["place"],
        unit=_unit(body["unit"], actor),
        dwelling=_dwelling(body["dwelling"], actor),
        severity=body["severity"],
        reporter_subject=_reporter(body, actor),
        protection=body["protection"],
        draft_id=body["draft"],
    )


def _refuse_staff_fields(body: dict[str, Any]) -> None:
    given = [name for name in STAFF_ONLY if body[name]]
    if given:
        raise InvalidInput(fields={name: [_("此字段仅供工作人员使用。")] for name in given})


def _reporter(body: dict[str, Any], actor: Actor) -> UUID | None:
    if body["protection"] == Protection.ANONYMOUS:
        return None
    if actor.kind is ActorKind.REPORTER:
        return actor.subject_id
    return handles.subject_of(body["reporter"]) if body["reporter"] else None


def _unit(code: str, actor: Actor) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(_unit_known_to(actor), code=code).distinct().first()
    if unit is None:
        raise InvalidInput(fields={"unit": [_("没有这个小区，或不在您的范围内。")]})
    return unit


def _dwelling(public_id: UUID | None, actor: Actor) -> Dwelling | None:
    if public_id is None:
        return None
    if actor.kind is ActorKind.REPORTER:
        dwelling = _home.first(public_id=public_id, subject=actor.subject_id)
    else:
        known = access.scope(actor, "tickets.create").q("building__unit")
        found = Dwelling.objects.filter(known, public_id=public_id)
        dwelling = found.select_related("building__unit").first()
    if dwelling is None:
        raise InvalidInput(fields={"dwelling": [_("没有这套房屋，或不在您的范围内。")]})
    return dwelling


def _own_home() -> QuerySet[Dwelling]:
    """A dwelling where the subject lives or which they own."""
    lives = Occupancy.objects.filter(
        dwelling=OuterRef("pk"), subject=Slot("subject", UUIDField()), until_on__isnull=True
    )
    found = Dwelling.objects.filter(Exists(lives), public_id=Slot("public_id", UUIDField()))
    return found.select_related("building__unit")


_home = Compiled(_own_home)


def _unit_known_to(actor: Actor) -> Q:
    if actor.kind is ActorKind.REPORTER:
        return Q(buildings__dwellings__occupancies__subject=actor.subject_id)
    return access.scope(actor, "tickets.create").q("")
