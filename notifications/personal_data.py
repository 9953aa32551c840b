"""What notices and messages know of people: that this one was to be told of that event."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from notifications.models import Message, MessageNotice, Notice
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
from privacy.vault.terms import SUBJECT_LINK, Erasure, Export

declare(Notice, "subject", like=SUBJECT_LINK, erased=Erasure.DELETE_ROW, exported=Export.CLEAR)
declare(Message, "subject", like=SUBJECT_LINK, erased=Erasure.DELETE_ROW)
declare_clear(Notice, "source_kind", "object_kind", reason="names of models")
declare_clear(Notice, "template", reason="a code; the text is made when it is shown")
declare_clear(Message, "error_code", reason="a code; the server's words are not kept")


def _notices(subject_ids: SubjectIds) -> QuerySet[Notice]:
    return Notice.objects.filter(subject_id__in=subject_ids)


def _messages(subject_ids: SubjectIds) -> QuerySet[Message]:
    return Message.objects.filter(subject_id__in=subject_ids)


def _erase(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Queued messages go unsent. Links first: they belong to both."""
    messages = _messages(subject_ids)
    MessageNotice.objects.filter(message__in=messages).delete()
    gone, _ = messages.delete()
    return gone + _notices(subject_ids).delete()[0]


def _left(subject_ids: SubjectIds, needles: Needles) -> int:
    """No needle can be here: neither table holds a word that anybody wrote."""
    return _messages(subject_ids).count() + _notices(subject_ids).count()


def _copy(subject_ids: SubjectIds) -> Iterable[Record]:
    columns = ("template", "object_kind", "object_id", "created_at", "read_at")
    for row in _notices(subject_ids).order_by("pk").values_list(*columns).iterator():
        yield dict(zip(columns, row, strict=True))


hold(
    Holding(
        name="notifications.messages",
        order=20,
        models=("notifications.Notice", "notifications.Message"),
        locate=_notices,
        erase=_erase,
        verify=_left,
        export=_copy,
    )
)
