"""What notices and messages know of people: that this one was to be told of that event."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from notifications.models import (
    Endpoint,
    Message,
    MessageNotice,
    Notice,
    Occurrence,
    Preference,
    WordingVersion,
)
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
declare(Preference, "subject", like=SUBJECT_LINK, erased=Erasure.DELETE_ROW)
declare_clear(Endpoint, "name", "host", "event_kinds", "key_id", reason="about a system")
declare_clear(
    Endpoint,
    "address_sealed",
    "secret_sealed",
    "former_secret_sealed",
    reason="credentials of a system, sealed under the key-encryption key",
)
declare_clear(Occurrence, "kind", "source_kind", "object_kind", reason="names of events and models")
declare_clear(WordingVersion, "template", "text", reason="a text of the company to everybody")
declare_clear(Notice, "source_kind", "object_kind", reason="names of models")
declare_clear(Notice, "template", reason="a code; the text is made when it is shown")
declare_clear(Message, "error_code", reason="a code; the server's words are not kept")


def _notices(subject_ids: SubjectIds) -> QuerySet[Notice]:
    return Notice.objects.filter(subject_id__in=subject_ids)


def _messages(subject_ids: SubjectIds) -> QuerySet[Message]:
    return Message.objects.filter(subject_id__in=subject_ids)


def _erase(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Queued messages go unsent. Links first: they belong to both."""
    chosen, _ = Preference.objects.filter(subject_id__in=subject_ids).delete()
    messages = _messages(subject_ids)
    MessageNotice.objects.filter(message__in=messages).delete()
    gone, _ = messages.delete()
    return chosen + gone + _notices(subject_ids).delete()[0]


def _left(subject_ids: SubjectIds, needles: Needles) -> int:
    """No needle can be here: neither table holds a word that anybody wrote."""
    chosen = Preference.objects.filter(subject_id__in=subject_ids).count()
    return chosen + _messages(subject_ids).count() + _notices(subject_ids).count()


def _copy(subject_ids: SubjectIds) -> Iterable[Record]:
    columns = ("template", "object_kind", "object_id", "created_at", "read_at")
    for row in _notices(subject_ids).order_by("pk").values_list(*columns).iterator():
        yield dict(zip(columns, row, strict=True))


hold(
    Holding(
        name="notifications.messages",
        order=20,
        models=("notifications.Notice", "notifications.Message", "notifications.Preference"),
        locate=_notices,
        erase=_erase,
        verify=_left,
        export=_copy,
    )
)
