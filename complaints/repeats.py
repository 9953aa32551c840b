"""What comes again and what many have: repeats of one home, group matters of one building.

Asked when a ticket or a list is shown, not when it is taken in: the answer is always today's, costs
the intake nothing, and no row has to be forgotten when a home is erased (docs/adr/0054).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from complaints.enums import State
from complaints.models import Ticket, TicketLink, TicketReporter
from complaints.querysets import GATED, TicketQuerySet
from complaints.scoped import Scoped, Seen, seen_by
from complaints.workflow import UNSOLVED
from core.actors import Actor
from core.compiled import AnyOf
from organisation.models import Dwelling

#: further back nobody may ask; each day makes the question dearer
MOST_DAYS: Final = 90
#: of the like from one home, beside a ticket
MOST_BESIDE: Final = 8
#: those with most homes first; building and category tell one group from the other
GROUP_ORDER: Final = ("-homes", "-tickets", "building_id", "category_id")
_OF_GROUP: Final = (
    *("building_id", "building__name", "building__unit__name"),
    *("category_id", "category__code", "category__name", "category__name_en"),
)
_COUNTED: Final = ("homes", "tickets", "open", "first_at", "last_at")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a row of a list says: how often this home reported the like before, and from how many
    homes of the building the same is reported; 0 where it is nothing to speak of."""

    earlier: int
    homes: int


@dataclass(frozen=True, slots=True)
class Group:
    """Many dwellings of one building report the same."""

    building_id: int
    building: str
    unit: str
    category_id: int
    category_code: str
    category: str
    category_en: str
    homes: int
    tickets: int
    open: int
    first_at: datetime
    last_at: datetime


def repeat_span() -> timedelta:
    """How far apart reports of one home may lie to be the like again."""
    return timedelta(days=settings.REPEAT_WITHIN_DAYS)


def group_span() -> timedelta:
    return timedelta(days=settings.GROUP_WITHIN_DAYS)


def _back(days: int | None, usual: timedelta) -> timedelta:
    return usual if days is None else timedelta(days=days)


def comparable(actor: Actor) -> TicketQuerySet:
    """What may be compared at all. Confidential kinds never are."""
    return _comparable(seen_by(actor))


def _comparable(seen: Seen) -> TicketQuerySet:
    rows: TicketQuerySet = seen(Ticket.objects.all())
    return rows.exclude(kind__in=GATED).exclude(state=State.WITHDRAWN)


def of_known_home(rows: TicketQuerySet, actor: Actor) -> TicketQuerySet:
    """Where "the same home" tells nothing of a reporter whom the actor may not know: two tickets of
    one home, one protected and one not, would name who is protected."""
    return _of_known_home(rows, seen_by(actor))


def _of_known_home(rows: TicketQuerySet, seen: Seen) -> TicketQuerySet:
    known = seen(TicketReporter.objects.all()).filter(ticket=OuterRef("pk"))
    return rows.filter(Q(reporter__isnull=True) | Exists(known))


def marks(tickets: Collection[Ticket], actor: Actor) -> dict[int, Mark]:
    """By ticket, in one statement for a whole page."""
    ids = [ticket.pk for ticket in tickets if ticket.building_id and ticket.kind not in GATED]
    if not ids:
        return {}
    found = _marked(actor, ids=ids, repeat=repeat_span(), group=group_span())
    least = settings.GROUP_FROM_HOMES
    return {
        pk: Mark(earlier, homes if homes >= least else 0)
        for pk, earlier, homes in found
        if earlier or homes >= least
    }


def _marks(seen: Seen, ids: Any, repeat: Any, group: Any) -> QuerySet[Ticket, Any]:
    around = _comparable(seen).filter(
        building=OuterRef("building"),
        category=OuterRef("category"),
        received_at__gte=OuterRef("received_at") - group,
        received_at__lte=OuterRef("received_at") + group,
    )
    known = _of_known_home(Ticket.objects.filter(pk=OuterRef("pk")), seen)
    rows = Ticket.objects.filter(AnyOf(F("pk"), ids)).annotate(
        earlier=Case(
            When(Exists(known), then=_count(_earlier(seen, repeat), "dwelling", Count("pk"))),
            default=Value(0),
            output_field=IntegerField(),
        ),
        homes=_count(around, "building", Count("dwelling", distinct=True)),
    )
    return rows.values_list("pk", "earlier", "homes")


_marked: Final[Scoped[Ticket]] = Scoped(
    _marks, ids=ArrayField(BigIntegerField()), repeat=DurationField(), group=DurationField()
)


def of_home(ticket: Ticket, actor: Actor) -> TicketQuerySet:
    """The like from the same home, within the span before and after; newest first."""
    if ticket.dwelling_id is None or ticket.kind in GATED:
        return Ticket.objects.none()
    return _of_home(seen_by(actor), **_like(ticket))


def beside(ticket: Ticket, actor: Actor) -> list[Ticket]:
    """The newest of `of_home`, as they are read for the side of a page."""
    if ticket.dwelling_id is None or ticket.kind in GATED:
        return []
    return _beside(actor, **_like(ticket))


def _like(ticket: Ticket) -> dict[str, Any]:
    return {
        "this": ticket.pk,
        "home": ticket.dwelling_id,
        "category": ticket.category_id,
        "above": ticket.category.parent_id,
        "since": ticket.received_at - repeat_span(),
        "until": ticket.received_at + repeat_span(),
    }


def _of_home(
    seen: Seen, this: Any, home: Any, category: Any, above: Any, since: Any, until: Any
) -> TicketQuerySet:
    known = _of_known_home(Ticket.objects.filter(pk=this), seen)
    rows = _of_known_home(_comparable(seen), seen).filter(
        Exists(known), dwelling=home, received_at__gte=since, received_at__lte=until
    )
    return (
        rows.filter(Q(category=category) | Q(category=above) | Q(category__parent=category))
        .exclude(pk=this)
        .order_by("-received_at", "-pk")
    )


_beside: Final[Scoped[Ticket]] = Scoped(
    lambda seen, **like: _of_home(seen, **like).for_side()[:MOST_BESIDE],
    this=BigIntegerField(),
    home=BigIntegerField(),
    category=BigIntegerField(),
    above=BigIntegerField(),
    since=DateTimeField(),
    until=DateTimeField(),
)


def of_building(ticket: Ticket, actor: Actor) -> TicketQuerySet:
    """The same from anywhere in the building, newest first. Whether it is a group matter, the
    ticket's mark says."""
    if ticket.building_id is None or ticket.kind in GATED:
        return Ticket.objects.none()
    around = (ticket.received_at - group_span(), ticket.received_at + group_span())
    rows = comparable(actor).filter(
        building=ticket.building_id, category=ticket.category_id, received_at__range=around
    )
    return _listed(rows, ticket)


def homes_with(category_code: str, dwelling: Dwelling, *, actor: Actor, at: datetime) -> int:
    """From how many homes of its building the same is reported these days, this one counted as
    well; 0 where that makes no group matter yet."""
    rows = of_these_days(actor, at).filter(
        building=dwelling.building_id, category__code=category_code
    )
    others = rows.exclude(dwelling=dwelling).aggregate(n=Count("dwelling", distinct=True))["n"]
    return others + 1 if others + 1 >= settings.GROUP_FROM_HOMES else 0


def grouped(rows: TicketQuerySet) -> QuerySet[Ticket, Any]:
    """These tickets as group matters: for each a named row, with the columns of `Group`."""
    return (
        rows.order_by()
        .values(*_OF_GROUP)
        .annotate(
            homes=Count("dwelling", distinct=True),
            tickets=Count("pk"),
            open=Count("pk", filter=Q(next_step_at__isnull=False)),
            first_at=Min("received_at"),
            last_at=Max("received_at"),
        )
        .filter(homes__gte=settings.GROUP_FROM_HOMES)
        .values_list(*_OF_GROUP, *_COUNTED, named=True)
    )


def again(actor: Actor, at: datetime, days: int | None = None) -> TicketQuerySet:
    """What homes reported once more these days, or in the last `days`; `said_before` tells how
    often, within the span. Never of a reporter whom the actor may not know."""
    known = of_known_home(comparable(actor), actor).filter(dwelling__isnull=False)
    since = at - _back(days, repeat_span())
    rows = known.filter(received_at__gte=since, received_at__lte=at)
    before = _earlier(seen_by(actor), repeat_span())
    times = {"said_before": _count(before, "dwelling", Count("pk"))}
    return rows.filter(Exists(before)).annotate(**times)


def main_of(rows: Collection[Ticket]) -> Ticket | None:
    """Of the tickets of a group matter the one that the others join: the oldest that is unsolved;
    one that others joined already comes first."""
    unsolved = [row for row in rows if row.state in UNSOLVED]
    merges = TicketLink.objects.merges().filter(target__in=[row.pk for row in unsolved])
    joined = set(merges.values_list("target_id", flat=True))
    return next(iter(sorted(unsolved, key=lambda row: row.pk not in joined)), None)


def joining(rows: Collection[Ticket], main: Ticket | None) -> list[Ticket]:
    return [row for row in rows if main is not None and row.state in UNSOLVED and row.pk != main.pk]


def members(
    actor: Actor, building_id: int, category_id: int, at: datetime, days: int | None = None
) -> TicketQuerySet:
    """The tickets of one group matter, the oldest first."""
    rows = of_these_days(actor, at, days).filter(building=building_id, category=category_id)
    return rows.order_by("received_at", "pk")


def of_these_days(actor: Actor, at: datetime, days: int | None = None) -> TicketQuerySet:
    rows = comparable(actor).filter(building__isnull=False)
    return rows.filter(received_at__gte=at - _back(days, group_span()), received_at__lte=at)


def _earlier(seen: Seen, span: Any) -> TicketQuerySet:
    """What the home of the outer ticket reported of the like before, within the span."""
    return _same_home(seen, OuterRef("dwelling")).filter(
        received_at__gte=OuterRef("received_at") - span,
        received_at__lt=OuterRef("received_at"),
    )


def _same_home(seen: Seen, dwelling: OuterRef) -> TicketQuerySet:
    """Of the same category, of the one above it, or of one below it."""
    rows = _of_known_home(_comparable(seen), seen).filter(dwelling=dwelling)
    return rows.filter(
        Q(category=OuterRef("category"))
        | Q(category=OuterRef("category__parent"))
        | Q(category__parent=OuterRef("category"))
    )


def _listed(rows: TicketQuerySet, ticket: Ticket) -> TicketQuerySet:
    return rows.exclude(pk=ticket.pk).order_by("-received_at", "-pk")


def _count(rows: TicketQuerySet, by: str, counted: Count) -> Any:
    """How many rows a correlated subquery finds, as a scalar."""
    numbers = rows.order_by().values(by).annotate(n=counted).values("n")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)
