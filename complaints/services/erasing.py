"""Ends what tickets hold about a person. The tickets, their events and their figures stay.

Everything the person said, and what was written down for them, is emptied; photos go with their
files; the dwelling and the reporter are unlinked. Answers and notes of staff stay, unless somebody
finds the person named in them (`mentions`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

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
from complaints.services import photos, records
from core import bigrams
from core.actors import SYSTEM, ActorKind
from privacy.vault.registry import ErasurePlan

SubjectIds = tuple[UUID, ...]

#: what is the person's own, whoever typed it
OWN_WORDS: Final = (TextRole.SUMMARY, TextRole.BODY, TextRole.PLACE, TextRole.COMMENT)


def tickets_of(ids: SubjectIds) -> QuerySet[Ticket]:
    return Ticket.objects.filter(reporter__subject__in=ids)


def erase_tickets(ids: SubjectIds, plan: ErasurePlan) -> int:
    """Empty and unlink every ticket of these people that is not held; returns how many.

    Files go first: a row without its file is found again, a file without its row never.
    """
    wanted = [pk for pk in tickets_of(ids).values_list("pk", flat=True) if not _held(plan, pk)]
    tickets = list(Ticket.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    _erase_photos(Attachment.objects.filter(event__ticket__in=tickets))
    SealedFragment.objects.filter(entry__ticket__in=tickets).delete()
    _empty(own_words().filter(ticket__in=tickets), plan.at)
    Ticket.objects.filter(pk__in=wanted).update(dwelling=None)
    TicketReporter.objects.filter(ticket__in=tickets).update(subject=None, erased_at=plan.at)
    TicketEvent.objects.bulk_create(
        [
            records.new_event(
                ticket,
                EventKind.ERASED,
                actor=SYSTEM,
                at=plan.at,
                visibility=Visibility.INTERNAL,
            )
            for ticket in tickets
        ]
    )
    return len(tickets)


def erase_drafts(ids: SubjectIds, plan: ErasurePlan) -> int:
    drafts = Draft.objects.filter(subject__in=ids)
    _erase_photos(Attachment.objects.filter(draft__in=drafts))
    return drafts.delete()[1].get(Draft._meta.label, 0)


def left_in_tickets(ids: SubjectIds, needles: Iterable[str]) -> int:
    """Rows that still lead to these people, and own words on erased tickets that name them."""
    linked = TicketReporter.objects.filter(subject__in=ids).count()
    fragments = SealedFragment.objects.filter(subject__in=ids).count()
    return (
        linked
        + fragments
        + _naming(own_words(), needles).filter(ticket__reporter__erased_at__isnull=False).count()
    )


def mentions(ids: SubjectIds, needles: Iterable[str]) -> QuerySet[TextEntry]:
    """Answers and notes on these people's tickets, and on others of their homes, that name them."""
    touched = Q(ticket__reporter__subject__in=ids) | Q(
        ticket__dwelling__in=tickets_of(ids).exclude(dwelling=None).values("dwelling")
    )
    others = TextEntry.objects.filter(touched, erased_at__isnull=True).exclude(
        Q(role__in=OWN_WORDS, ticket__reporter__subject__in=ids)
        | Q(author_kind=ActorKind.REPORTER, ticket__reporter__subject__in=ids)
    )
    return _naming(others, needles).distinct()


def overwrite(entry: TextEntry, *, at: datetime) -> None:
    """Empty one text that names somebody who has been erased."""
    entry.fragments.all().delete()
    _empty(TextEntry.objects.filter(pk=entry.pk), at)


def own_words() -> QuerySet[TextEntry]:
    return TextEntry.objects.filter(
        Q(role__in=OWN_WORDS) | Q(author_kind=ActorKind.REPORTER), erased_at__isnull=True
    )


def _held(plan: ErasurePlan, pk: int) -> bool:
    return plan.holds(Ticket._meta.label, pk)


def _empty(entries: QuerySet[TextEntry], at: datetime) -> int:
    return entries.filter(erased_at__isnull=True).update(body="", tokens=None, erased_at=at)


def _erase_photos(attachments: QuerySet[Attachment]) -> None:
    photos.remove_files(attachments)
    attachments.delete()


def _naming(entries: QuerySet[TextEntry], needles: Iterable[str]) -> QuerySet[TextEntry]:
    """Those with one of the needles: found by the index of word pairs, then read to be sure."""
    found = [_one(needle) for needle in needles]
    return entries.filter(reduce(or_, found)) if found else entries.none()


def _one(needle: str) -> Q:
    words = bigrams.query(needle)
    read = Q(body__contains=needle)
    return (
        read & Q(tokens=SearchQuery(words, search_type="raw", config="simple")) if words else read
    )
