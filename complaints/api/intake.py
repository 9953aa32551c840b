"""From the body of a create to a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import status

from complaints.api import shapes
from complaints.api.homes import asking_own_home, units_known_to
from complaints.danger import Danger
from complaints.enums import KIND_OF_CATEGORY, Channel, Kind, Protection
from complaints.models import Ticket
from complaints.rights import NAMING
from complaints.services import called_in, parties
from complaints.services.intake import NewTicket, submit
from core.actors import Actor, ActorKind
from core.errors import InvalidInput, NotFound
from core.models import IdempotencyKey
from core.services.idempotency import Answer, Claim, once, once_knowing, to_keep
from organisation import access
from organisation.models import Dwelling, Supplier, Unit
from residents.models import Call, KeyAccount
from residents.services import accounts, calls, handles

CREATE = "tickets.create"

#: what a resident does not decide
STAFF_ONLY = ("severity", "reporter", "supplier", "account", "call", "named_staff")


def create(body: dict[str, Any], claim: Claim, *, actor: Actor, at: datetime) -> Answer:
    """Submit the ticket once. The answer is kept in the same statement; it names the ticket and
    repeats nothing that was typed."""
    if body["dwelling"] and actor.kind is ActorKind.REPORTER:
        asking = asking_own_home(body["dwelling"], actor, at=at)
        return once_knowing(
            claim, asking, lambda home: _create(body, claim, home, actor, at), at=at
        )
    return once(
        claim, lambda: _create(body, claim, _dwelling(body["dwelling"], actor), actor, at), at=at
    )


def _create(
    body: dict[str, Any], claim: Claim, dwelling: Dwelling | None, actor: Actor, at: datetime
) -> Answer:
    new = _new_ticket(body, dwelling, actor, at)
    call = _call(body["call"], actor, at)
    answers: list[Answer] = []

    def kept(ticket: Ticket, danger: Danger | None) -> list[IdempotencyKey]:
        said = shapes.created(ticket, danger)
        answers.append(Answer(status.HTTP_201_CREATED, said, kept=True))
        return [to_keep(claim, answers[0], at=at)]

    if call is None:
        submit(new, actor=actor, at=at, beside=kept)
    else:
        called_in.submit(new, call, actor=actor, at=at, beside=kept)
    return answers[0]


def _new_ticket(
    body: dict[str, Any], dwelling: Dwelling | None, actor: Actor, at: datetime
) -> NewTicket:
    if body["kind"] == Kind.PRIVACY:
        said = _("个人信息请求请在“我的隐私”页面提出，接口为 /privacy/requests/。")
        raise InvalidInput(fields={"kind": [said]})
    resident = actor.kind is ActorKind.REPORTER
    if resident:
        _refuse_staff_fields(body)
    if body["dwelling"] and dwelling is None:
        raise InvalidInput(fields={"dwelling": [_("没有这套房屋，或不在您的范围内。")]})
    unit, subject_id = _unit(body["unit"], actor, at), _reporter(body, actor)
    return NewTicket(
        kind=body["kind"],
        category_code=body["category"],
        channel=_channel(body["channel"], resident=resident),
        body=body["body"],
        summary=body["summary"],
        place=body["place"],
        unit=unit,
        dwelling=dwelling,
        severity=body["severity"],
        reporter_subject=subject_id,
        account=_account(body["account"], subject_id, dwelling.building.unit if dwelling else unit),
        protection=body["protection"],
        supplier=_supplier(body["supplier"]),
        named_staff=_named(body),
        draft_id=body["draft"],
    )


def _channel(said: str, *, resident: bool) -> str:
    """Residents report by the app or by the mini-program; no other door is theirs to name."""
    theirs = (Channel.APP, Channel.MINI_PROGRAM)
    return said if not resident or said in theirs else Channel.APP


def _refuse_staff_fields(body: dict[str, Any]) -> None:
    given = [name for name in STAFF_ONLY if body[name]]
    if given:
        raise InvalidInput(fields={name: [_("此字段仅供工作人员使用。")] for name in given})


def _reporter(body: dict[str, Any], actor: Actor) -> UUID | None:
    if body["protection"] == Protection.ANONYMOUS:
        return None
    if actor.kind is ActorKind.REPORTER:
        return actor.subject_id
    try:
        return handles.subject_of(body["reporter"]) if body["reporter"] else None
    except NotFound:
        message = _("此人的标识不正确或已过期，请重新按电话查找。")
        raise InvalidInput(fields={"reporter": [message]}) from None


def _account(code: str, subject_id: UUID | None, unit: Unit | None) -> KeyAccount | None:
    return accounts.chosen(code, subject_id, unit) if code and unit is not None else None


def _supplier(code: str) -> Supplier | None:
    found = Supplier.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise InvalidInput(fields={"supplier": [_("没有这个供应商。")]})
    return found


def _named(body: dict[str, Any]) -> set[int]:
    """Whom a complaint or an integrity report is about; of anything else nobody is named."""
    if not body["named_staff"]:
        return set()
    if KIND_OF_CATEGORY.get(body["category"], body["kind"]) not in NAMING:
        raise InvalidInput(fields={"named_staff": [_("只有投诉和廉政举报才登记涉及员工。")]})
    try:
        return parties.people_called(body["named_staff"])
    except InvalidInput as error:
        raise InvalidInput(fields={"named_staff": error.fields["names"]}) from None


def _call(public_id: UUID | None, actor: Actor, at: datetime) -> Call | None:
    try:
        return calls.of_matter(public_id, actor=actor, at=at) if public_id else None
    except NotFound as error:
        raise InvalidInput(fields={"call": [error.message]}) from None


def _unit(code: str, actor: Actor, at: datetime) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(units_known_to(actor, CREATE, at=at), code=code).first()
    if unit is None:
        raise InvalidInput(fields={"unit": [_("没有这个小区，或不在您的范围内。")]})
    return unit


def _dwelling(public_id: UUID | None, actor: Actor) -> Dwelling | None:
    """In the scope of staff and machines."""
    if public_id is None:
        return None
    known = access.scope(actor, CREATE).q("building__unit")
    found = Dwelling.objects.filter(known, public_id=public_id)
    return found.select_related("building__unit").first()
