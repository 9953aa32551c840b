"""Who saw what of a resident: by role and date, never by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation.models import Post
from organisation.services.posts import local_date
from privacy.vault.enums import RevealReason
from privacy.vault.models import RevealLog
from privacy.vault.services import disclosure

FIELDS: Final[dict[str, Promise]] = {
    "residents.person.name_sealed": gettext_lazy("姓名"),
    "residents.contactpoint.sealed": gettext_lazy("联系方式"),
    "complaints.sealedfragment.sealed": gettext_lazy("您写下的号码"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    role: str
    field: str
    reason: str


def seen(subject_ids: Collection[UUID], *, most: int) -> list[Seen]:
    """The last ones first; two statements, however many there are."""
    logs = list(disclosure.seen_by(subject_ids).order_by("-at", "-pk")[:most])
    posts = _posts({log.actor_id for log in logs})
    return [
        Seen(log.at, _role(log, posts), _field(log), str(RevealReason(log.reason_code).label))
        for log in logs
    ]


def _posts(staff_ids: Collection[int]) -> list[Post]:
    held = Q(holder_id__in=staff_ids) | Q(stand_in_id__in=staff_ids)
    return (
        list(Post.objects.filter(held).select_related("role").order_by("pk")) if staff_ids else []
    )


def _role(log: RevealLog, posts: Iterable[Post]) -> str:
    """The role on that day; who has left since is a member of staff."""
    day = local_date(log.at)
    for post in posts:
        theirs = log.actor_id in (post.holder_id, post.stand_in_id)
        if theirs and post.valid_from <= day and (not post.valid_until or day < post.valid_until):
            return str(post.role)
    return _("工作人员")


def _field(log: RevealLog) -> str:
    return str(FIELDS.get(log.field) or _("个人信息"))
