"""The bell of staff and the notices of a resident. A notice is the in-app message itself."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from core.compiled import Slot
from notifications import registry
from notifications.models import Notice
from notifications.registry import Rendered

logger = logging.getLogger(__name__)

PAGE: Final = 50
COUNTED: Final = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice with its words in the language that is active."""

    notice: Notice
    rendered: Rendered


def unread(staff_id: int | Slot) -> QuerySet[Notice]:
    """What the bell counts."""
    return Notice.objects.filter(staff_id=staff_id, read_at__isnull=True)


def unread_count_of(subject_ids: Collection[UUID]) -> int:
    """What is new for a resident since they last looked; counting stops at a hundred."""
    unread = Notice.objects.filter(subject_id__in=subject_ids, read_at__isnull=True)
    return len(unread.values_list("pk")[:COUNTED])


def of_staff(staff_id: int, *, before_id: int | None = None, limit: int = PAGE) -> list[Shown]:
    """Newest first; `before_id` is the last one seen on the page before."""
    return _page(Notice.objects.filter(staff_id=staff_id), before_id, limit)


def of_subjects(
    subject_ids: Collection[UUID], *, before_id: int | None = None, limit: int = PAGE
) -> list[Shown]:
    return _page(Notice.objects.filter(subject_id__in=subject_ids), before_id, limit)


def mark_read(staff_id: int, notice_ids: Iterable[int] | None = None, *, at: datetime) -> int:
    """Mark one's own notices as read, all of them where none is named."""
    unread = Notice.objects.filter(staff_id=staff_id, read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=list(notice_ids))
    return unread.update(read_at=at)


def mark_read_of(subject_ids: Collection[UUID], *, at: datetime) -> int:
    """A resident has looked at their notices."""
    unread = Notice.objects.filter(subject_id__in=subject_ids, read_at__isnull=True)
    return unread.update(read_at=at)


def _page(notices: QuerySet[Notice], before_id: int | None, limit: int) -> list[Shown]:
    if before_id is not None:
        notices = notices.filter(pk__lt=before_id)
    found = list(notices.order_by("-pk")[:limit])
    registry.load(found)
    return [Shown(notice, rendered) for notice in found if (rendered := _render(notice))]


def _render(notice: Notice) -> Rendered | None:
    try:
        return registry.render(notice)
    except Exception as error:  # noqa: BLE001  # one bad notice must not take the list away
        logger.warning("notice %s not rendered: %s", notice.template, type(error).__name__)
        return None
