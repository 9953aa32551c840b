"""Questions about tickets. `visible_to` is the first call of every view, export and count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Now

from complaints import one_ticket, pressure_queries
from complaints.enums import ClockState, Kind, Protection, Visibility
from complaints.link_querysets import awaited
from complaints.word_search import Named, has_words, tickets_of_rare_words
from complaints.workflow import DONE
from core import bigrams
from core.actors import Actor, ActorKind
from core.clock import DatabaseNow
from core.compiled import AnyOf, Slot
from organisation import access
from organisation.models import Post, Unit
from organisation.querysets import Moment
from organisation.shapes import AnyScope
from privacy.vault.models import DataSubject

if TYPE_CHECKING:
    from complaints.models import (  # noqa: F401  # type arguments below
        Attachment,
        TextEntry,
        Ticket,
        TicketClock,
        TicketEvent,
        TicketReporter,
    )

Row = TypeVar("Row", bound=models.Model)

VIEW: Final = "tickets.view"
#: kinds that the right to view tickets does not open, and the right that does
GATED: Final = {Kind.INTEGRITY: "integrity.view", Kind.PRIVACY: "privacy.view"}
#: opens matters of law, and of others what the post was given (docs/adr/0081)
LEGAL: Final = "legal.view"
LEGAL_KINDS: Final = (Kind.IP_NOTICE,)
#: kinds whose reporter is shown to nobody in clear before the reason is logged
SEALED_REPORTER: Final = frozenset({Kind.INTEGRITY})
#: any of these lets staff look at lists of tickets
LOOK: Final = (VIEW, LEGAL, *GATED.values())
VIEW_REPORTER: Final = "tickets.view_reporter"
#: those whose work is the caller, not the site: they alone see a protected reporter
LOOK_UP_CALLERS: Final = "callers.lookup"
#: all that `within` asks of a scope
SCOPED_BY: Final = (*LOOK, VIEW_REPORTER, LOOK_UP_CALLERS)

NOTHING: Final = Q(pk__in=[])
#: the moment at which a statement of a door is asked
PRESENT: Final = Now()
#: what a row of the API shows of a ticket, beside its clocks
ROW: Final = (
    *("id", "public_id", "reference", "kind", "severity", "state", "received_at"),
    *("category_code", "unit_name", "summary_text"),
)


def view_permission(kind: str) -> str:
    return GATED.get(Kind(kind), VIEW)


def opening(kind: str) -> frozenset[str]:
    """The rights of which any opens a ticket of this kind to the post that has it."""
    gate = GATED.get(Kind(kind))
    return frozenset({VIEW, LEGAL}) if gate is None else frozenset({gate})


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, actor: Actor) -> Self:
        """What the actor may know of; everything else does not exist for them.

        Staff and machines see the units of their posts, without the tickets that name them; a
        resident sees what they reported themselves, under any of their merged subjects.
        """
        if actor.kind is ActorKind.SYSTEM:
            return self.all()
        if actor.ticket_id is not None:
            return self.filter(pk=actor.ticket_id)
        if actor.kind is ActorKind.REPORTER:
            return self.reported_by(actor.subject_id)
        return self.within(access.scopes(actor, LOOK), actor.staff_id)

    def within(self, scopes: Mapping[str, AnyScope], staff_id: int | Slot | None) -> Self:
        """In the units of these scopes, of the kinds that each right opens, for somebody of the
        staff or for a machine."""
        ordinary = _open_kinds(staff_id, scopes) & ~Q(kind__in=GATED)
        opened = self.filter(ordinary | _kinds_open(scopes, "kind", "unit"))
        return opened.not_naming(staff_id)

    def reported_by(self, subject_id: UUID | None) -> Self:
        if subject_id is None:
            return self.none()
        return self.filter(reporter__subject__in=DataSubject.objects.closure_of([subject_id]))

    def not_naming(self, staff_id: int | Slot | None) -> Self:
        return self if staff_id is None else self.exclude(parties__staff_id=staff_id)

    def in_unit(self, code: str) -> Self:
        """Of this unit and all below it; none for an unknown code."""
        paths = Unit.objects.filter(code=code).values_list("path", flat=True)
        return self.filter(unit__path__startswith=paths[0]) if paths else self.none()

    def in_category(self, code: str) -> Self:
        return self.filter(Q(category__code=code) | Q(category__code__startswith=f"{code}."))

    def known_to_be_of(self, subject_ids: Collection[UUID], actor: Actor) -> Self:
        """What these people reported, as far as this actor may know that it was they."""
        from complaints.models import TicketReporter

        # first the person, then what they reported, and of that the tickets: PostgreSQL takes each
        # for many, and would begin with all that was reported where the actor looks
        kin = ArraySubquery(DataSubject.objects.closure_of(subject_ids).values("pk"))
        reports = TicketReporter.objects.visible_to(actor).filter(AnyOf(F("subject"), kin))
        return self.filter(AnyOf(F("pk"), ArraySubquery(reports.values("ticket_id"))))

    def open(self) -> Self:
        """Not ended, asked in the words of the partial indexes: a ticket has a next step until it
        ends."""
        return self.filter(next_step_at__isnull=False)

    def going_on(self) -> Self:
        """Not ended, or merged into what has not: for who reported it, the matter goes on."""
        from complaints.models import TicketLink

        followed = TicketLink.objects.merges().filter(
            source=OuterRef("pk"), target__next_step_at__isnull=False
        )
        return self.filter(Q(next_step_at__isnull=False) | Exists(followed))

    def overdue(self, at: datetime) -> Self:
        """With a running clock that should have stopped before `at`."""
        from complaints.models import TicketClock

        late = TicketClock.objects.filter(
            ticket=OuterRef("pk"), state=ClockState.RUNNING, due_at__lt=at
        )
        return self.open().filter(Exists(late))

    def urged(self) -> Self:
        """Open work that the resident pressed for in this cycle; `urged_at` says when last."""
        return self.open().filter(urged_at__isnull=False).exclude(state__in=DONE)

    def supervised(self) -> Self:
        """Open, and a manager keeps an eye on it."""
        return self.open().filter(pressure_queries.supervised())

    def not_handled_by(self, staff_id: int | Slot | None, at: Moment) -> Self:
        """Without those that this person worked on, in any cycle, or has the post of then."""
        from complaints.models import TicketEvent

        if staff_id is None:
            return self
        done = TicketEvent.objects.handling().filter(ticket=OuterRef("pk"), staff=staff_id)
        theirs = Post.objects.acted_by(staff_id, at).values("pk")
        holds = Q(post__holder=staff_id) | Q(post__in=theirs)
        return self.exclude(Exists(done)).exclude(holds)

    def matching(self, typed: str, actor: Actor) -> Self:
        """With a text that contains all that was typed. A resident's search reads what a resident
        may read: what stands in an internal note is not found either. Nothing typed finds nothing.

        For staff it asks at once how common the words are. The tickets of rare ones are named; of
        common ones, looking at one ticket after the other soon finds enough. The planner has no
        statistics of words (they would be people's words) and is wrong by seconds.
        """
        from complaints.models import TextEntry

        texts = TextEntry.objects.filter(ticket=OuterRef("pk")).containing(typed)
        if actor.kind is ActorKind.REPORTER:
            return self.filter(Exists(texts.public()))
        named = tickets_of_rare_words(bigrams.query(typed), bigrams.long_runs(typed))
        if named is not None:
            return self.filter(AnyOf(F("pk"), Named(named)))
        # a scalar subquery, since EXISTS would be turned into a join with every text found
        return self.alias(a_text=Subquery(texts.values("pk")[:1])).filter(a_text__isnull=False)

    def for_acting(self, at: Moment = PRESENT) -> Self:
        """With all that a policy asks about one ticket: who is named, who handled it, post,
        reporter, co-owning posts, what was merged into it, the extension and supervisions that
        stand; who stands in for somebody as of `at`, which pages and answers, being doors, leave to
        the clock of the database that they read from."""
        from complaints.models import CoOwnership, TicketEvent, TicketLink, TicketParty

        co_owners = CoOwnership.objects.filter(ticket=OuterRef("pk")).standing()
        events = TicketEvent.objects.filter(ticket=OuterRef("pk"))
        merged = TicketLink.objects.merges().filter(target=OuterRef("pk")).values("source_id")
        named = TicketParty.objects.filter(ticket=OuterRef("pk")).values("staff_id")
        return self.select_related(
            "category", "unit", "policy", "post__role", "post__unit", "reporter"
        ).annotate(
            named_ids=ArraySubquery(named),
            co_owner_ids=ArraySubquery(co_owners.values("post_id")),
            co_owning_staff=ArraySubquery(co_owners.held_by(at)),
            awaited_staff=ArraySubquery(awaited(events, at)),
            merged_ids=ArraySubquery(merged),
            **pressure_queries.standing(at),
        )

    def acting_on(self, pk: int) -> Ticket:
        """This ticket alone, read `for_acting`. Raises DoesNotExist."""
        return one_ticket.acting_on(pk)

    def lock(self, pk: int, at: datetime) -> Ticket:
        """This ticket alone, read `for_acting` as of `at`, nobody else changing it until the
        transaction ends."""
        return one_ticket.locked(pk, at)

    def for_page(self) -> Self:
        """`for_acting`, and with what the page of one ticket shows of itself: summary, pressure,
        place, who holds it; whether there is anything in the panels that most tickets have not."""
        from complaints.models import CatalogueStamp, CorrectiveAction, TicketClock, TicketLink

        return (
            self.for_acting()
            .select_related("account", "dwelling__building", "building", "post__holder")
            .select_related("post__stand_in")
            .annotate(
                summary_text=pressure_queries.summary(),
                supervised=pressure_queries.supervised(),
                has_remedies=Exists(CorrectiveAction.objects.filter(ticket=OuterRef("pk"))),
                has_links=Exists(TicketLink.objects.standing().of(OuterRef("pk"))),
                catalogue_stamp=Subquery(CatalogueStamp.objects.values("stamp")[:1]),
                read_at=DatabaseNow(),
            )
            .prefetch_related(Prefetch("clocks", TicketClock.objects.first_due_first()))
        )

    def for_list(self) -> Self:
        """With what a row of a list shows: `summary_text`, and `live_clocks`, first due first."""
        # people and accounts apart: with each further join, planning costs more than the page
        return self.for_queue().prefetch_related(
            Prefetch("post", Post.objects.with_people()), "account"
        )

    def for_queue(self) -> Self:
        """The same where a row says neither who holds it nor whose account it is."""
        from complaints.models import TicketClock

        return (
            self.select_related("category", "unit")
            .annotate(
                summary_text=pressure_queries.summary(),
                supervised=pressure_queries.supervised(),
            )
            .prefetch_related(Prefetch("clocks", TicketClock.objects.live(), to_attr="live_clocks"))
        )

    def for_side(self) -> Self:
        """With what a line beside another ticket shows; one statement."""
        return self.select_related("category").annotate(summary_text=pressure_queries.summary())

    def for_rows(self) -> models.QuerySet[Ticket, Any]:
        """Named tuples of what a row of the API shows, and of what these rows are annotated with:
        fifty objects with columns that nobody reads would cost more than the query itself."""
        of_the_question = tuple(self.query.annotation_select)
        return self.annotate(
            category_code=models.F("category__code"),
            unit_name=models.F("unit__name"),
            summary_text=pressure_queries.summary(),
        ).values_list(*ROW, *of_the_question, named=True)


class ReporterQuerySet(models.QuerySet["TicketReporter"]):
    def visible_to(self, actor: Actor) -> Self:
        """Seeing a ticket is not seeing who reported it. A protected reporter is seen by those who
        answer callers, never by the site whose staff may be the matter."""
        if actor.kind is ActorKind.SYSTEM:
            return self.all()
        if actor.kind is ActorKind.REPORTER:
            mine = DataSubject.objects.closure_of([actor.subject_id] if actor.subject_id else [])
            return self.filter(subject__in=mine)
        return self.within(access.scopes(actor, SCOPED_BY), actor.staff_id)

    def within(self, scopes: Mapping[str, AnyScope], staff_id: int | Slot | None) -> Self:
        unit = "ticket__unit"
        open_to = {name: where(scopes[name], unit) for name in (VIEW_REPORTER, LOOK_UP_CALLERS)}
        ordinary = ~Q(ticket__kind__in=GATED) & _open_kinds(staff_id, scopes, "ticket__")
        site = open_to[VIEW_REPORTER] & Q(protection=Protection.NONE)
        known = (ordinary & (site | open_to[LOOK_UP_CALLERS])) | _kinds_open(
            scopes, "ticket__kind", unit
        )
        rows = self.filter(known)
        return rows if staff_id is None else rows.exclude(ticket__parties__staff_id=staff_id)


class EntryQuerySet(models.QuerySet[Row]):
    """Rows of a ticket's timeline; `_ticket` and `_visibility` lead to what decides."""

    _ticket = "ticket"
    _visibility: tuple[str, ...] = ("visibility",)

    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets; a resident sees the public ones alone."""
        from complaints.models import Ticket

        rows = self._of(Ticket.objects.visible_to(actor))
        return rows.public() if actor.kind is ActorKind.REPORTER else rows

    def within(self, scopes: Mapping[str, AnyScope], staff_id: int | Slot | None) -> Self:
        from complaints.models import Ticket

        return self._of(Ticket.objects.within(scopes, staff_id))

    def _of(self, tickets: TicketQuerySet) -> Self:
        return self.filter(**{f"{self._ticket}__in": tickets.values("pk")})

    def public(self) -> Self:
        return self.filter(**dict.fromkeys(self._visibility, Visibility.PUBLIC))


class EventQuerySet(EntryQuerySet["TicketEvent"]):
    def handling(self) -> Self:
        """Acts of staff by which somebody handles a ticket, and so may neither close it nor call
        back about it."""
        return self.filter(kind__in=pressure_queries.HANDLING_ACTS, staff__isnull=False)


class TextQuerySet(EntryQuerySet["TextEntry"]):
    _visibility = ("visibility", "event__visibility")

    def current(self) -> Self:
        """Without those that a correction superseded."""
        return self.filter(superseded_by__isnull=True)

    def containing(self, typed: str) -> Self:
        """Pairs of characters find the rows by index; longer runs are looked at once more, since
        their pairs may stand apart."""
        wanted = bigrams.query(typed)
        if not wanted:
            return self.none()
        rows = self.filter(has_words(wanted))
        for run in bigrams.long_runs(typed):
            rows = rows.filter(body__icontains=run)
        return rows


class AttachmentQuerySet(EntryQuerySet["Attachment"]):
    """Attachments of entries; those still in a draft belong to its owner (`in_drafts_of`)."""

    _ticket = "event__ticket"
    _visibility = ("event__visibility",)

    def in_drafts_of(self, actor: Actor) -> Self:
        if actor.kind is ActorKind.REPORTER and actor.subject_id:
            mine = DataSubject.objects.closure_of([actor.subject_id])
            return self.filter(draft__subject__in=mine)
        if actor.unnamed:
            return self.filter(draft__isnull=False, draft__subject=None, draft__staff=None)
        if actor.staff_id is not None:
            return self.filter(draft__staff_id=actor.staff_id)
        return self.none()


def _open_kinds(staff_id: int | Slot | None, scopes: Mapping[str, AnyScope], ticket: str = "") -> Q:
    """Of the kinds without a gate, what the actor may know of; `ticket` leads to the ticket."""
    if not scopes[LEGAL]:
        return scopes[VIEW].q(f"{ticket}unit")
    given = Q(**{f"{ticket}kind__in": LEGAL_KINDS}) | _lies_with(staff_id, ticket)
    legal = where(scopes[LEGAL], f"{ticket}unit") & given
    return where(scopes[VIEW], f"{ticket}unit") | legal


def _lies_with(staff_id: int | Slot | None, ticket: str) -> Q:
    """With a post that they act for, or beside whose handler such a post answers."""
    from complaints.models import CoOwnership

    if staff_id is None:
        return NOTHING
    posts = Post.objects.in_force_for(staff_id).values("pk")
    owned = CoOwnership.objects.standing().filter(post__in=posts).values("ticket")
    return Q(**{f"{ticket}post__in": posts}) | Q(**{f"{ticket}pk__in": owned})


def where(scope: AnyScope, unit: str) -> Q:
    """Never an empty condition: beside another one in an OR it would count for nothing."""
    if scope.everything:
        return Q(pk__isnull=False)
    return scope.q(unit) if scope else NOTHING


def _kinds_open(scopes: Mapping[str, AnyScope], kind: str, unit: str) -> Q:
    """The gated kinds, each where its own right holds."""
    found = NOTHING
    for gated, permission in GATED.items():
        if scopes[permission]:
            found |= Q(**{kind: gated}) & scopes[permission].q(unit)
    return found
