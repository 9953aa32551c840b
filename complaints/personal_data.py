"""The data map of tickets: which columns hold something of a person, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from complaints.models import (
    AlertReport,
    AlertRule,
    Attachment,
    BuildingDevice,
    Category,
    DeviceAlert,
    Draft,
    FollowUpCode,
    IpNotice,
    Policy,
    PublicSummary,
    RoutingRule,
    SealedFragment,
    SupplierFollowUp,
    SweepBeat,
    SweepFailure,
    TextEntry,
    Ticket,
    TicketEvent,
    TicketReporter,
)
from complaints.services import erasing, ip_notices
from complaints.services.texts import SEALED_FRAGMENT
from privacy.vault.registry import (
    ErasurePlan,
    Holding,
    Needles,
    Record,
    SubjectIds,
    declare,
    declare_clear,
    hold,
)
from privacy.vault.services import sealing
from privacy.vault.terms import (
    CONTACT,
    CREDENTIAL,
    DWELLING_LINK,
    FILE,
    FREE_TEXT,
    LOOKUP,
    NAME,
    SUBJECT_LINK,
    Erasure,
    Sensitivity,
)
from privacy.vault.terms import (
    TICKET as TICKET_KEPT,
)
from privacy.vault.terms import (
    Category as DataCategory,
)

REFERENCE_DATA = "reference data of the company"
CODES = "codes of the workflow"
HistoricalTicket: Any = Ticket.history.model
HistoricalPolicy: Any = Policy.history.model

declare(TicketReporter, "subject", like=SUBJECT_LINK)
declare(Ticket, "dwelling", like=DWELLING_LINK)
declare(TextEntry, "body", like=FREE_TEXT)
declare(TextEntry, "tokens", like=LOOKUP, category=DataCategory.FREE_TEXT, erased=Erasure.OVERWRITE)
declare(SealedFragment, "subject", like=SUBJECT_LINK, erased=Erasure.DELETE_ROW)
declare(
    SealedFragment,
    "sealed",
    like=FREE_TEXT,
    category=DataCategory.IDENTITY,
    sensitivity=Sensitivity.SENSITIVE,
    erased=Erasure.KEY_AND_DELETE,
)
declare(Attachment, "file", "thumbnail", like=FILE)
declare(FollowUpCode, "code_hash", like=CREDENTIAL, retention=TICKET_KEPT, erased=Erasure.EXPIRY)
declare(Draft, "subject", like=SUBJECT_LINK, erased=Erasure.DELETE_ROW)

declare(IpNotice, "subject", like=SUBJECT_LINK)
declare(IpNotice, "holder_sealed", like=NAME, erased=Erasure.NULL)
declare(IpNotice, "contact_sealed", like=CONTACT, erased=Erasure.NULL)
declare_clear(IpNotice, "right", reason="the name and number of a right in a public register")
declare_clear(
    PublicSummary, "raised", "done", reason="written for everybody, read by a second person before"
)
declare_clear(
    SupplierFollowUp, "period", "measure", reason="about a company's work; numbers in it are masked"
)

TICKET_CODES = ("reference",)
declare_clear(Ticket, *TICKET_CODES, reason="a number drawn from a sequence, said to anybody")
declare_clear(HistoricalTicket, *TICKET_CODES, reason="as on the ticket")
declare_clear(Ticket, "source", "source_key", reason="a file's name and its row's number in it")
declare_clear(TicketEvent, "reason_code", reason=CODES)
declare_clear(Category, "code", "name", "name_en", "keywords", reason=REFERENCE_DATA)
declare_clear(Policy, "code", "name", "name_en", reason=REFERENCE_DATA)
declare_clear(HistoricalPolicy, "code", "name", "name_en", reason=REFERENCE_DATA)
declare_clear(RoutingRule, "category_code", "policy_code", reason=REFERENCE_DATA)
declare_clear(AlertRule, "alarm_code", "name", "name_en", reason=REFERENCE_DATA)
declare_clear(BuildingDevice, "device_id", "place", reason="a machine of a building, and where")
declare_clear(DeviceAlert, "alarm_code", reason="a code of a building's system")
declare_clear(AlertReport, "alarm_code", reason="a code of a building's system")
declare_clear(SweepFailure, "error_code", reason="the name of an exception, never its text")
declare_clear(SweepBeat, "waker", reason="the name of a process")

Locate = Callable[[SubjectIds], QuerySet[Any]]


def _left(locate: Locate) -> Callable[[SubjectIds, Needles], int]:
    """Rows that still lead to the person. Needles are looked for in texts alone."""

    def verify(subject_ids: SubjectIds, needles: Needles) -> int:
        return locate(subject_ids).count()

    return verify


def _texts_left(subject_ids: SubjectIds, needles: Needles) -> int:
    """Their words, and words on erased tickets that name them. A namesake's ticket is not theirs,
    and what others wrote is looked for before anything is erased (`erasing.mentions`)."""
    return erasing.texts(subject_ids).count() + erasing.still_named(needles).count()


def _copy_of_texts(subject_ids: SubjectIds) -> Iterator[Record]:
    """What they said and what they were answered; notes among staff are not their data to have."""
    rows = TextEntry.objects.public().filter(
        ticket__reporter__subject_id__in=subject_ids, erased_at=None
    )
    for row in rows.select_related("ticket").order_by("ticket_id", "pk"):
        yield {
            "ticket": row.ticket.reference,
            "role": row.role,
            "author": row.author_kind,
            "text": row.body,
            "written_at": row.created_at,
        }


def _copy_of_reports(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = Ticket.objects.filter(reporter__subject_id__in=subject_ids)
    for row in rows.select_related("category", "unit", "dwelling__building").order_by("pk"):
        yield {
            "ticket": row.reference,
            "kind": row.kind,
            "category": row.category.name,
            "community": row.unit.name,
            "dwelling": str(row.dwelling) if row.dwelling else None,
            "state": row.state,
            "received_at": row.received_at,
            "resolved_at": row.resolved_at,
            "ended_at": row.ended_at,
        }


def _copy_of_fragments(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = list(
        erasing.fragments(subject_ids).select_related("entry__ticket").order_by("entry_id", "pk")
    )
    opened = sealing.reveal_many((row.subject_id, SEALED_FRAGMENT, row.sealed) for row in rows)
    for row, text in zip(rows, opened, strict=True):
        yield {"ticket": row.entry.ticket.reference, "kind": row.kind, "number": text}


def _copy_of_pictures(subject_ids: SubjectIds) -> Iterator[Record]:
    for row in erasing.pictures(subject_ids).select_related("event__ticket").order_by("pk"):
        if row.event is not None:
            yield {
                "ticket": row.event.ticket.reference,
                "file": row.file.name,
                "added_at": row.created_at,
            }


def _notices(subject_ids: SubjectIds) -> QuerySet[IpNotice]:
    return IpNotice.objects.filter(subject_id__in=subject_ids)


def _erase_notices(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    label = IpNotice._meta.label_lower
    free = [row.pk for row in _notices(subject_ids) if not plan.holds(label, row.pk)]
    rows = IpNotice.objects.filter(pk__in=free)
    return rows.update(subject=None, holder_sealed=None, contact_sealed=None)


def _copy_of_notices(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = list(_notices(subject_ids).select_related("ticket").order_by("pk"))
    sealed = [(row.subject_id, ip_notices.HOLDER, row.holder_sealed) for row in rows]
    sealed += [(row.subject_id, ip_notices.CONTACT, row.contact_sealed) for row in rows]
    opened = sealing.reveal_many(sealed)
    for place, row in enumerate(rows):
        yield {
            "ticket": row.ticket.reference,
            "right": row.right,
            "holder": opened[place],
            "contact": opened[place + len(rows)],
        }


def _hold(
    name: str,
    order: int,
    models: tuple[Any, ...],
    locate: Locate,
    erase: Callable[[SubjectIds, ErasurePlan], int],
    export: Callable[[SubjectIds], Iterator[Record]] | None = None,
    verify: Callable[[SubjectIds, Needles], int] | None = None,
) -> None:
    hold(
        Holding(
            name=f"complaints.{name}",
            order=order,
            models=tuple(model._meta.label for model in models),
            locate=locate,
            erase=erase,
            verify=verify or _left(locate),
            export=export,
        )
    )


_hold("drafts", 30, (Draft,), erasing.drafts, erasing.erase_drafts)
_hold("pictures", 31, (Attachment,), erasing.pictures, erasing.erase_pictures, _copy_of_pictures)
_hold(
    "fragments", 32, (SealedFragment,), erasing.fragments, erasing.erase_fragments,
    _copy_of_fragments,
)  # fmt: skip
_hold(
    "texts", 33, (TextEntry,), erasing.texts, erasing.erase_texts, _copy_of_texts, _texts_left
)  # fmt: skip
_hold("homes", 34, (Ticket,), erasing.homes, erasing.erase_homes)
_hold("reports", 35, (TicketReporter,), erasing.reports, erasing.erase_reports, _copy_of_reports)
_hold("ip_notices", 36, (IpNotice,), _notices, _erase_notices, _copy_of_notices)
