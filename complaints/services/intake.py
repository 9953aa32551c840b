"""Taking in a ticket: one transaction, after which it has a number, somebody who answers for it,
clocks that run, and a receipt for who reported it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Model, TextChoices
from django.utils.translation import gettext as _

from complaints import gravity, policies
from complaints.danger import Danger
from complaints.enums import (
    KIND_OF_CATEGORY,
    Action,
    Channel,
    EventKind,
    Kind,
    Protection,
    Severity,
    State,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import (
    Category,
    TextEntry,
    Ticket,
    TicketEvent,
    TicketParty,
    TicketReporter,
)
from complaints.querysets import GATED
from complaints.reasons import GradeReason
from complaints.services import (
    announcing,
    catalogue,
    clocks,
    parties,
    photos,
    records,
    references,
    routing,
    suppliers,
    telling,
    texts,
)
from complaints.services.catalogue import Catalogue
from complaints.services.routing import Facts, Route
from complaints.services.texts import Saying
from core import reference
from core.actors import SYSTEM, Actor
from core.batch import Batch
from core.errors import InvalidInput
from notifications.services import notices
from notifications.services.notices import Telling
from organisation.models import Building, Dwelling, Post, Supplier, Unit
from residents.models import KeyAccount
from residents.services import accounts
from residents.services.accounts import Spoken

SUMMARY_FROM_BODY: Final = 30
RECORDED_AT: Final = "clock_timestamp()"
STAFF_CONDUCT: Final = "staff_conduct"


#: rows that a door writes about a ticket that is complete but not yet stored
Beside = Callable[[Ticket], Iterable[Model]]


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


def nothing_beside(ticket: Ticket) -> tuple[Model, ...]:
    return ()


def submit(
    new: NewTicket, *, actor: Actor, at: datetime, beside: Beside = nothing_beside
) -> Ticket:
    """Take in a ticket and send it on its way.

    Its rows and notices are one statement, with the rows that the door wants `beside` them; the
    photos of the draft become part of it.
    Raises InvalidInput, NotAllowed, or NotFound for the draft; then nothing is kept but a gap in
    the numbers.
    """
    new = replace(new, kind=KIND_OF_CATEGORY.get(new.category_code, new.kind))
    sayings, unit = _sayings(new), _unit(new)
    danger = danger_of(new)
    draft = photos.draft_of(new.draft_id, actor=actor, at=at)
    batch = Batch()
    speaker = [] if _knows_account(new) else [accounts.SPEAKER]
    stamp, number, recorded_at, *speaks_for = batch.reserve(
        {Ticket: 1, TicketEvent: 3 if danger else 2, TextEntry: len(sayings)},
        also=[catalogue.STAMP, references.NEXT, RECORDED_AT, *speaker],
        parameters=[new.reporter_subject, unit.path, unit.path] if speaker else [],
    )
    account = _account(new, *speaks_for)
    rules = catalogue.at_stamp(stamp)
    policies.require(policies.can_create(actor, new.kind, unit, new.reporter_subject))
    category = rules.category(new.category_code)
    grade = gravity.first(
        danger,
        stated=new.severity,
        usual=category.severity,
        proposed=new.safety_proposed,
        by=actor.kind,
    )
    ticket = batch.number(_ticket(new, unit, category, grade.severity, at))
    ticket.account_id = account.account_id if account else None
    ticket.reference, ticket.recorded_at = reference.make(number), recorded_at
    reporter = _reporter(new, ticket)
    named = _named(new, ticket, sayings, at)
    batch.add(*named, *([reporter] if reporter else []), *suppliers.about(new.supplier, ticket))
    subject_id = reporter.subject_id if reporter else None

    received = batch.number(_received(ticket, actor, at))
    texts.compose(batch, received, sayings, actor=actor, subject_id=subject_id, at=at)
    graded = [batch.number(_graded(ticket, grade.reason, actor, at))] if grade.reason else []
    # the post that is chosen stays chosen until the ticket counts as its work. No savepoint: what
    # is to be refused was refused above, and whoever opened a transaction around this one must not
    # go on in it after a failure
    with transaction.atomic(savepoint=False):
        without = [party.staff_id for party in named]
        route = _route(ticket, rules, without, account, at)
        assigned = batch.number(_assign(ticket, route, at))
        running = clocks.start(ticket, route.terms, at=at)
        ticket.next_step_at = clocks.next_step(ticket, running, at=at)
        manager = routing.manager_to_tell(route, account, unit, at=at, without=without)
        history = records.history_row(ticket, records.CREATED, actor=actor, reason="submit")
        batch.add(*running, history, *beside(ticket))
        tellings = _tellings(ticket, received, assigned, subject_id, manager)
        notices.tell_with(batch, tellings, at=at)
        batch.write()
        photos.attach(draft, received)
        announcing.announce(ticket, [received, *graded, assigned], at=at)
    return ticket


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


def _ticket(new: NewTicket, unit: Unit, category: Category, severity: str, at: datetime) -> Ticket:
    return Ticket(
        kind=_one_of(Kind, new.kind, "kind"),
        channel=_one_of(Channel, new.channel, "channel"),
        severity=_one_of(Severity, severity, "severity"),
        category=category,
        unit=unit,
        building=new.dwelling.building if new.dwelling else new.building,
        dwelling=new.dwelling,
        received_at=at,
    )


def _knows_account(new: NewTicket) -> bool:
    """Whether it is known for which key account the reporter speaks, or that it is for none: what
    only its own people may know of is nobody's account's, whichever line it came over."""
    known = new.account is not None or new.reporter_subject is None
    return known or _is_nobodys(new)


def _is_nobodys(new: NewTicket) -> bool:
    """Of a small company its account would name an anonymous reporter."""
    return new.kind in GATED or new.protection == Protection.ANONYMOUS


def _account(new: NewTicket, speaks_for: list[str] | None = None) -> Spoken | None:
    if new.account is not None and not _is_nobodys(new):
        return Spoken(new.account.pk, new.account.tier, new.account.manager_id)
    return accounts.spoken(speaks_for)


def _one_of(choices: type[TextChoices], value: str, field: str) -> str:
    if value not in choices:
        raise InvalidInput(fields={field: [_("请选择列出的选项。")]})
    return value


def _reporter(new: NewTicket, ticket: Ticket) -> TicketReporter | None:
    """Nobody for an unknown caller. Who complains about staff is protected without asking."""
    anonymous = new.protection == Protection.ANONYMOUS
    if new.reporter_subject is None and not anonymous:
        return None
    delicate = bool(new.named_staff) or ticket.kind == Kind.INTEGRITY
    delicate = delicate or ticket.category.code == STAFF_CONDUCT
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
    named, said = parties.check(new.named_staff), "\n".join(saying.body for saying in sayings)
    if ticket.kind != Kind.INTEGRITY:
        if ticket.category.code == STAFF_CONDUCT:
            named |= parties.colleagues_in(said, ticket.unit, at=at)
        return parties.named(ticket, named)
    named |= parties.confidants_in(said)
    return [*parties.named(ticket, named), *parties.connected(ticket, named, at=at)]


def _received(ticket: Ticket, actor: Actor, at: datetime) -> TicketEvent:
    return records.new_event(
        ticket, EventKind.RECEIVED, actor=actor, at=at, to_state=State.RECEIVED
    )


def _graded(ticket: Ticket, reason: GradeReason, actor: Actor, at: datetime) -> TicketEvent:
    """That words of danger had a part in the severity, told to colleagues alone; never which."""
    return records.new_event(
        ticket,
        EventKind.GRADED,
        actor=SYSTEM if reason == GradeReason.WORDS else actor,
        at=at,
        visibility=Visibility.INTERNAL,
        reason_code=reason,
        to_severity=ticket.severity,
    )


def _route(
    ticket: Ticket,
    rules: Catalogue,
    without: Collection[int],
    account: Spoken | None,
    at: datetime,
) -> Route:
    facts = Facts(
        kind=ticket.kind,
        category=ticket.category,
        severity=ticket.severity,
        channel=ticket.channel,
        tier=account.tier if account else "",
        unit=ticket.unit,
        account_manager=account.manager_id if account else None,
    )
    return routing.route(facts, rules, at=at, named_staff=without)


def _assign(ticket: Ticket, route: Route, at: datetime) -> TicketEvent:
    """Give it to the post that the rules found; the event is the system's."""
    ticket.policy, ticket.post, ticket.state = route.terms.policy, route.post, State.ASSIGNED
    return records.new_event(
        ticket,
        EventKind.ASSIGNED,
        actor=SYSTEM,
        at=at,
        action=Action.ASSIGN,
        from_state=State.RECEIVED,
        to_state=State.ASSIGNED,
        post=route.post,
    )


def _tellings(
    ticket: Ticket,
    received: TicketEvent,
    assigned: TicketEvent,
    subject_id: UUID | None,
    manager: Post | None,
) -> list[Telling]:
    return [
        *telling.to_post(ticket, assigned, Template.TICKET_ASSIGNED),
        *([telling.to(manager.pk, assigned, Template.TICKET_OF_ACCOUNT)] if manager else []),
        *telling.to_subject(subject_id, received, Template.TICKET_RECEIVED),
    ]
