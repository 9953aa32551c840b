"""What somebody wants taken in: told, placed, and checked as far as that needs no number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from complaints import gravity, policies
from complaints.danger import Danger
from complaints.enums import (
    KIND_OF_CATEGORY,
    STAFF_CONDUCT,
    Channel,
    Kind,
    Protection,
    TextRole,
    Visibility,
)
from complaints.models import Draft, Ticket, TicketParty, TicketReporter, TicketSupplier
from complaints.services import parties, photos, suppliers, texts
from complaints.services.texts import Saying
from core.actors import Actor
from core.errors import InvalidInput
from organisation.models import Building, Dwelling, Supplier, Unit
from residents.models import KeyAccount

SUMMARY_FROM_BODY: Final = 30


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be. Where it belongs follows from the narrowest place that is given; without a
    severity it has its category's, without a summary the beginning of its body."""

    kind: str
    category_code: str
    channel: str
    body: str = ""
    summary: str = ""
    place: str = ""
    unit: Unit | None = None
    building: Building | None = None
    dwelling: Dwelling | None = None
    severity: str | None = None
    reporter_subject: UUID | None = None
    protection: str = Protection.NONE
    account: KeyAccount | None = None
    named_staff: Collection[int] = ()
    supplier: Supplier | None = None
    draft_id: UUID | None = None
    #: words of danger were shown to whoever fills this in, who then chose the severity
    safety_proposed: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """`ticket` is without category and severity, which the rules say."""

    new: NewTicket
    actor: Actor
    at: datetime
    ticket: Ticket
    sayings: Sequence[Saying]
    danger: Danger | None
    reporter: TicketReporter | None
    named: Sequence[TicketParty]
    suppliers: Sequence[TicketSupplier]
    draft: Draft | None

    @property
    def subject_id(self) -> UUID | None:
        return self.reporter.subject_id if self.reporter else None

    @property
    def named_ids(self) -> list[int]:
        return [party.staff_id for party in self.named]


def check(new: NewTicket, actor: Actor, at: datetime) -> Matter:
    """Raises InvalidInput, NotAllowed or NotFound."""
    new = replace(new, kind=KIND_OF_CATEGORY.get(new.category_code, new.kind))
    sayings, unit = _sayings(new), _unit(new)
    draft = photos.draft_of(new.draft_id, actor=actor, at=at)
    policies.require(policies.can_create(actor, new.kind, unit, new.reporter_subject))
    ticket = _ticket(new, unit, at)
    return Matter(
        new=new,
        actor=actor,
        at=at,
        ticket=ticket,
        sayings=sayings,
        danger=danger_of(new),
        reporter=_reporter(new, ticket),
        named=_named(new, ticket, sayings, at),
        suppliers=suppliers.about(new.supplier, ticket),
        draft=draft,
    )


def _sayings(new: NewTicket) -> list[Saying]:
    body = texts.clean(new.body, TextRole.BODY, field="body", required=not new.summary.strip())
    summary = texts.clean(new.summary, TextRole.SUMMARY, field="summary", required=False)
    place = texts.clean(new.place, TextRole.PLACE, field="place", required=False)
    written = {
        TextRole.SUMMARY: summary or _beginning(body),
        TextRole.BODY: body,
        TextRole.PLACE: place,
    }
    return [Saying(role, Visibility.PUBLIC, text) for role, text in written.items() if text]


def _beginning(body: str) -> str:
    first = body.splitlines()[0]
    cut = len(first) > SUMMARY_FROM_BODY or first != body
    return first[:SUMMARY_FROM_BODY] + ("…" if cut else "")


def _unit(new: NewTicket) -> Unit:
    """Where it belongs. Raises InvalidInput when nothing says so, or when two places disagree."""
    building = new.dwelling.building if new.dwelling else new.building
    if new.dwelling and new.building and new.building.pk != new.dwelling.building_id:
        raise InvalidInput(fields={"building": [_("楼栋与房屋不一致。")]})
    if building and new.unit and building.unit_id != new.unit.pk:
        raise InvalidInput(fields={"unit": [_("小区与房屋不一致。")]})
    unit = new.unit or (building.unit if building else None)
    if unit is None:
        raise InvalidInput(fields={"unit": [_("请选择小区。")]})
    return unit


def danger_of(new: NewTicket) -> Danger | None:
    """Danger to life in what is told of it."""
    kind = KIND_OF_CATEGORY.get(new.category_code, new.kind)
    return gravity.danger_in(kind, (new.summary, new.body))


def _ticket(new: NewTicket, unit: Unit, at: datetime) -> Ticket:
    return Ticket(
        kind=one_of(Kind, new.kind, "kind"),
        channel=one_of(Channel, new.channel, "channel"),
        unit=unit,
        building=new.dwelling.building if new.dwelling else new.building,
        dwelling=new.dwelling,
        received_at=at,
    )


def one_of(choices: type[TextChoices], value: str, field: str) -> str:
    """Raises InvalidInput for what is none of them."""
    if value not in choices:
        raise InvalidInput(fields={field: [_("请选择列出的选项。")]})
    return value


def _reporter(new: NewTicket, ticket: Ticket) -> TicketReporter | None:
    """Nobody for an unknown caller. Who complains about staff is protected without asking."""
    anonymous = new.protection == Protection.ANONYMOUS
    if new.reporter_subject is None and not anonymous:
        return None
    delicate = bool(new.named_staff) or ticket.kind == Kind.INTEGRITY
    delicate = delicate or new.category_code == STAFF_CONDUCT
    raised = Protection.PROTECTED if delicate and not anonymous else new.protection
    subject_id = None if anonymous else new.reporter_subject
    return TicketReporter(ticket=ticket, subject_id=subject_id, protection=raised)


def _named(
    new: NewTicket, ticket: Ticket, sayings: Collection[Saying], at: datetime
) -> list[TicketParty]:
    """Whom the ticket names, of what is about conduct also in words, and, of an integrity report,
    who could shield them.

    Raises InvalidInput for somebody who does not work here.
    """
    said = "\n".join(saying.body for saying in sayings)
    named = parties.check(new.named_staff)
    named |= parties.in_words(said, ticket.kind, new.category_code, ticket.unit, at=at)
    rows = parties.named(ticket, named)
    if ticket.kind == Kind.INTEGRITY:
        rows += parties.connected(ticket, named, at=at)
    return rows
