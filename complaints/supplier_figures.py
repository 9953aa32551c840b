"""What residents said about suppliers, per contract and period, and the tickets behind each number.

Read from tickets and their events within the actor's scope; a ticket counts in the period in which
it was received, under the contract that served its unit at that time; where none of the supplier's
did any more, under the one that ended last, so lately that its work is still spoken of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import TruncDate

from complaints.enums import EventKind, Kind, SupplierRole, Visibility
from complaints.link_querysets import SupplierLinkQuerySet
from complaints.models import Ticket, TicketEvent, TicketSupplier
from complaints.periods import Period
from complaints.querysets import VIEW as TICKETS
from complaints.querysets import TicketQuerySet
from core.actors import Actor
from organisation import access
from organisation.models import SupplierContract
from organisation.services.posts import local_date
from organisation.supplier_querysets import SPOKEN_OF_FOR

ANSWERS: Final = (EventKind.REPLIED, EventKind.RESOLVED, EventKind.REJECTED)
#: the numbers that are counted, each with its list
COUNTED: Final = ("complaints", "suggestions", "answered", "reopened")
#: of figures: the most complained about first
ORDER: Final = ("-complaints", "-said", "number")


@dataclass(frozen=True, slots=True)
class Said:
    """One ticket about a supplier."""

    supplier_id: int
    unit_path: str
    kind: str
    received_at: datetime
    answered_at: datetime | None
    reopened: bool
    #: of the supplier's contracts that had begun to serve the unit by then, the one that ends last
    last_id: int | None

    @property
    def response(self) -> timedelta | None:
        return self.answered_at - self.received_at if self.answered_at else None


@dataclass(frozen=True, slots=True)
class Figures:
    """`trend` is complaints against the period before; `response` the mean first answer."""

    contract: SupplierContract
    complaints: int = 0
    suggestions: int = 0
    answered: int = 0
    reopened: int = 0
    response: timedelta | None = None
    before: int = 0

    @property
    def number(self) -> str:
        return self.contract.number

    @property
    def trend(self) -> int:
        return self.complaints - self.before

    @property
    def said(self) -> int:
        return self.complaints + self.suggestions


def per_contract(period: Period, *, actor: Actor) -> list[Figures]:
    """Of every visible contract that ran in the period or was still spoken of in it, the most
    complained about first; three statements beside the actor's rights."""
    contracts = contracts_in(period, actor=actor)
    now = _said(period, actor=actor)
    before = _said(period.shifted(-1), actor=actor)
    starts_on = local_date(_bounds(period)[0])
    every = [
        _figures(contract, _of(contract, now), _of(contract, before)) for contract in contracts
    ]
    found = [each for each in every if each.said or each.contract.until_on > starts_on]
    return sorted(found, key=lambda each: (-each.complaints, -each.said, each.contract.number))


def contracts_in(period: Period, *, actor: Actor) -> list[SupplierContract]:
    starts_at, ends_at = _bounds(period)
    running = SupplierContract.objects.visible_to(actor).filter(
        from_on__lt=local_date(ends_at), until_on__gt=local_date(starts_at) - SPOKEN_OF_FOR
    )
    undone = Count("follow_ups", filter=Q(follow_ups__done_at=None))
    rows = running.annotate(open_follow_ups=undone).select_related("supplier", "unit")
    return list(rows.order_by("number"))


def behind(
    contract: SupplierContract, period: Period, what: str, *, actor: Actor
) -> TicketQuerySet:
    """The tickets of one number; those of `said` for a number that is not counted."""
    starts_at, ends_at = _bounds(period)
    about = TicketSupplier.objects.filter(
        ticket=OuterRef("pk"), supplier=contract.supplier_id, role=SupplierRole.ABOUT
    )
    rows = Ticket.objects.visible_to(actor).filter(
        Exists(about),
        unit__path__startswith=contract.unit.path,
        kind__in=(Kind.COMPLAINT, Kind.SUGGESTION),
        received_at__gte=max(starts_at, _first_moment(contract)),
        received_at__lt=min(ends_at, _last_moment(contract) + SPOKEN_OF_FOR),
    )
    last_id = _last(contract.supplier_id, "unit__path")
    rows = rows.alias(day=_day_of("received_at")).alias(last_id=last_id)
    rows = rows.filter(Q(received_at__lt=_last_moment(contract)) | Q(last_id=contract.pk))
    match what:
        case "complaints":
            rows = rows.filter(kind=Kind.COMPLAINT)
        case "suggestions":
            rows = rows.filter(kind=Kind.SUGGESTION)
        case "answered":
            rows = rows.filter(Exists(_answers()))
        case "reopened":
            rows = rows.filter(Exists(_events(EventKind.REOPENED)))
    return rows


def _figures(contract: SupplierContract, said: Sequence[Said], before: Sequence[Said]) -> Figures:
    responses = [each.response for each in said if each.response is not None]
    return Figures(
        contract=contract,
        complaints=_count(said, Kind.COMPLAINT),
        suggestions=_count(said, Kind.SUGGESTION),
        answered=len(responses),
        reopened=sum(each.reopened for each in said),
        response=sum(responses, timedelta()) / len(responses) if responses else None,
        before=_count(before, Kind.COMPLAINT),
    )


def _count(said: Iterable[Said], kind: Kind) -> int:
    return sum(each.kind == kind for each in said)


def _of(contract: SupplierContract, said: dict[int, list[Said]]) -> list[Said]:
    first, last = _first_moment(contract), _last_moment(contract)
    spoken_of = last + SPOKEN_OF_FOR
    return [
        each
        for each in said.get(contract.supplier_id, ())
        if each.unit_path.startswith(contract.unit.path)
        and first <= each.received_at < (spoken_of if each.last_id == contract.pk else last)
    ]


def _said(period: Period, *, actor: Actor) -> dict[int, list[Said]]:
    starts_at, ends_at = _bounds(period)
    rows = (
        _links(actor)
        .alias(day=_day_of("ticket__received_at"))
        .filter(
            role=SupplierRole.ABOUT,
            ticket__kind__in=(Kind.COMPLAINT, Kind.SUGGESTION),
            ticket__received_at__gte=starts_at,
            ticket__received_at__lt=ends_at,
        )
        .annotate(
            answered_at=Subquery(
                _answers("ticket_id").order_by("occurred_at").values("occurred_at")[:1]
            ),
            reopened=Exists(_events(EventKind.REOPENED, ticket="ticket_id")),
            last_id=_last(OuterRef("supplier"), "ticket__unit__path"),
        )
        .values_list(
            "supplier_id",
            F("ticket__unit__path"),
            F("ticket__kind"),
            F("ticket__received_at"),
            "answered_at",
            "reopened",
            "last_id",
        )
    )
    found: dict[int, list[Said]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Said(*row))
    return found


def _links(actor: Actor) -> SupplierLinkQuerySet:
    """Who looks after suppliers and sees no tickets counts them all the same, and opens none."""
    if access.has(actor, TICKETS):
        return TicketSupplier.objects.visible_to(actor)
    return TicketSupplier.objects.all()


def _answers(ticket: str = "pk") -> QuerySet[TicketEvent]:
    return _events(*ANSWERS, ticket=ticket).filter(visibility=Visibility.PUBLIC)


def _events(*kinds: EventKind, ticket: str = "pk") -> QuerySet[TicketEvent]:
    return TicketEvent.objects.filter(ticket=OuterRef(ticket), kind__in=kinds)


def _last(supplier: Any, unit_path: str) -> Subquery:
    """Of a supplier's contracts for the unit of a row that had begun on its `day`, the one that
    ends last: a running one before any that has ended."""
    theirs = ExpressionWrapper(OuterRef(unit_path), output_field=CharField())
    rows = SupplierContract.objects.filter(supplier=supplier).alias(served=theirs)
    begun = rows.filter(served__startswith=F("unit__path"), from_on__lte=OuterRef("day"))
    return Subquery(begun.order_by("-until_on", "-from_on", "-pk").values("pk")[:1])


def _day_of(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _bounds(period: Period) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return period.starts_at(zone), period.ends_at(zone)


def _first_moment(contract: SupplierContract) -> datetime:
    return _midnight(contract.from_on)


def _last_moment(contract: SupplierContract) -> datetime:
    return _midnight(contract.until_on)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))
