"""What of a person is in tickets: found, emptied, and looked for again afterwards.

A ticket outlives who reported it: its events, clocks and figures stay, its words, pictures and the
ways to the person go. What others wrote cannot be told from the matter by a machine, so that a text
of somebody else that names the person goes to a reader (`mentions`). The person is reached over the
reporter row, which is therefore the last to go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from complaints.enums import EventKind, TextRole, Visibility
from complaints.models import (
    Attachment,
    Draft,
    SealedFragment,
    TextEntry,
    Ticket,
    TicketEvent,
    TicketReporter,
)
from complaints.querysets import AttachmentQuerySet, TextQuerySet
from complaints.services import photos, records
from complaints.word_search import has_words
from core import bigrams
from core.actors import SYSTEM, ActorKind
from privacy.vault.registry import ErasurePlan, Needles, SubjectIds

#: whoever typed them, these say what the reporter said and where they live
OF_THE_REPORTER: Final = (TextRole.SUMMARY, TextRole.BODY, TextRole.PLACE, TextRole.COMMENT)
#: more than there are: what has a limit PostgreSQL plans by itself
_ALL: Final = 2**31


def reports(subject_ids: SubjectIds) -> QuerySet[TicketReporter]:
    return TicketReporter.objects.filter(subject_id__in=subject_ids)


def homes(subject_ids: SubjectIds) -> QuerySet[Ticket]:
    """Tickets that still lead to the dwelling."""
    return Ticket.objects.filter(reporter__subject_id__in=subject_ids, dwelling__isnull=False)


def texts(subject_ids: SubjectIds) -> TextQuerySet:
    """What the person said, by their own hand or by that of who took it down."""
    return TextEntry.objects.filter(
        _said_by_the_reporter(), ticket__reporter__subject_id__in=subject_ids, erased_at=None
    )


def fragments(subject_ids: SubjectIds) -> QuerySet[SealedFragment]:
    return SealedFragment.objects.filter(subject_id__in=subject_ids)


def pictures(subject_ids: SubjectIds) -> AttachmentQuerySet:
    """All pictures on the person's tickets: what staff took as proof shows the person's home."""
    return Attachment.objects.filter(event__ticket__reporter__subject_id__in=subject_ids)


def drafts(subject_ids: SubjectIds) -> QuerySet[Draft]:
    return Draft.objects.filter(subject_id__in=subject_ids)


def erase_texts(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    free = _free(texts(subject_ids), "ticket_id", plan)
    return TextEntry.objects.filter(pk__in=free).update(body="", tokens=None, erased_at=plan.at)


def erase_fragments(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Also those in texts of others, whose words stay: there the digits are masked for good."""
    free = _free(fragments(subject_ids), "entry__ticket_id", plan)
    return SealedFragment.objects.filter(pk__in=free).delete()[0]


def erase_pictures(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Files first: a row whose file is gone is found by the next run, a file without row never."""
    free = _free(pictures(subject_ids), "event__ticket_id", plan)
    found = Attachment.objects.filter(pk__in=free)
    photos.remove_files(found)
    return found.delete()[0]


def erase_drafts(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """What was never sent belongs to no ticket and is never held."""
    unsent = Attachment.objects.filter(draft__subject_id__in=subject_ids)
    photos.remove_files(unsent)
    return unsent.delete()[0] + drafts(subject_ids).delete()[0]


def erase_homes(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Unit and building stay: strata need them, and neither leads to a door."""
    free = _free(homes(subject_ids), "pk", plan)
    _lock(free)
    return Ticket.objects.filter(pk__in=free).update(dwelling=None)


def erase_reports(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Cut the way from each ticket to the person, and say on the ticket that it was done.

    Under the lock of every ticket: what somebody was just writing down of the person is emptied
    with it, since nothing leads there afterwards.
    """
    free = _free(reports(subject_ids), "ticket_id", plan)
    tickets = TicketReporter.objects.filter(pk__in=free).values_list("ticket_id", flat=True)
    _lock(tickets)
    # changes nothing, and tells whoever waits that what hangs on it does (core.rewritten)
    Ticket.objects.filter(pk__in=tickets).update(version=F("version"))
    erase_texts(subject_ids, plan)
    erase_fragments(subject_ids, plan)
    rows = TicketReporter.objects.filter(pk__in=free).select_related("ticket")
    TicketEvent.objects.bulk_create([_erased(row.ticket, plan.at) for row in rows])
    return TicketReporter.objects.filter(pk__in=free).update(subject=None, erased_at=plan.at)


def still_named(needles: Needles) -> TextQuerySet:
    """What reporters said on tickets whose reporter was erased, with a needle in it.

    The texts that hold it are found first, by themselves: left to choose, PostgreSQL begins with
    the tickets of everybody who was ever erased.
    """
    said = TextEntry.objects.filter(_said_by_the_reporter(), erased_at=None)
    named = said.filter(_by_word_pairs(needles)).order_by()[:_ALL]
    return TextEntry.objects.filter(
        pk__in=named.values("pk"), ticket__reporter__erased_at__isnull=False
    )


def mentions(subject_ids: SubjectIds, needles: Needles) -> TextQuerySet:
    """Texts of others that name the person, on the tickets the person touched.

    Touched are those they reported and those of a dwelling they live or lived in or reported from,
    whoever reported those. Asked before anything is erased: afterwards nothing leads there.
    """
    rows = TextEntry.objects.filter(_holding(needles), ticket__in=_touched(subject_ids))
    return rows.filter(erased_at=None).exclude(pk__in=texts(subject_ids).values("pk"))


def overwrite(entry: TextEntry, *, at: datetime) -> None:
    """Erase one text of somebody else, as the reader of a mention decided."""
    entry.fragments.all().delete()
    TextEntry.objects.filter(pk=entry.pk, erased_at=None).update(body="", tokens=None, erased_at=at)


def _said_by_the_reporter() -> Q:
    return Q(author_kind=ActorKind.REPORTER) | Q(role__in=OF_THE_REPORTER)


def _holding(needles: Needles) -> Q:
    """Any needle as it is written."""
    found = Q(pk__in=[])
    for needle in needles:
        found |= Q(body__icontains=needle)
    return found


def _by_word_pairs(needles: Needles) -> Q:
    """What the texts of the company are sieved by before they are looked at: a needle's pairs, and
    where it has none, nothing."""
    found = Q(pk__in=[])
    for needle in needles:
        words = bigrams.query(needle)
        found |= Q(body__icontains=needle) & (Q(has_words(words)) if words else Q())
    return found


def _touched(subject_ids: SubjectIds) -> list[int]:
    """Joined of three, of which each has its index. Read before their texts are asked for, and
    these without word pairs: PostgreSQL, which keeps no statistics of words, would begin with every
    text that holds the name, and a name is borne by thousands."""
    mine = reports(subject_ids).values_list("ticket_id", flat=True)
    lived_in = Ticket.objects.filter(dwelling__occupancies__subject_id__in=subject_ids)
    reported_from = Ticket.objects.filter(dwelling__in=homes(subject_ids).values("dwelling"))
    return list(mine.union(lived_in.values_list("pk"), reported_from.values_list("pk")))


def _lock(ticket_ids: Iterable[int]) -> None:
    """In the order in which everybody does."""
    tickets = Ticket.objects.filter(pk__in=list(ticket_ids)).order_by("pk")
    list(tickets.select_for_update().values_list("pk", flat=True))


def _free(rows: QuerySet[Any], ticket: str, plan: ErasurePlan) -> list[int]:
    """Keys of the rows whose ticket the plan does not hold back."""
    return [
        pk
        for pk, ticket_id in rows.values_list("pk", ticket)
        if not plan.holds(Ticket._meta.label_lower, ticket_id)
    ]


def _erased(ticket: Ticket, at: datetime) -> TicketEvent:
    return records.new_event(
        ticket, EventKind.ERASED, actor=SYSTEM, at=at, visibility=Visibility.INTERNAL
    )
