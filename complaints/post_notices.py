"""What a notice to somebody who has come to a post says: how much lies with it, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.services.tenures import LYING, NOT_NAMED, OBJECT, POST_TAKEN
from complaints.workflow import UNSOLVED
from notifications import registry, wordings
from notifications.enums import Audience, Part
from notifications.models import Notice
from notifications.registry import Rendered
from notifications.services.wordings import in_force
from notifications.wordings import Key, Wording
from organisation.models import Post

_SENTENCE: Final = gettext_lazy(
    "您接手的岗位 %(post)s 有 %(tickets)s 张未解决工单、%(call_backs)s 项待回访、"
    "%(actions)s 项整改措施。"
)
_LINK: Final = "%(link)s"
_NAMES: Final[Mapping[str, Promise]] = {
    "post": pgettext_lazy("placeholder", "岗位"),
    "tickets": pgettext_lazy("placeholder", "工单数"),
    "call_backs": pgettext_lazy("placeholder", "回访数"),
    "actions": pgettext_lazy("placeholder", "整改数"),
    "link": pgettext_lazy("placeholder", "链接"),
}
_PARTS: Final = (Part.SENTENCE, Part.EMAIL_SUBJECT, Part.EMAIL_BODY, Part.ROBOT)

# whoever answers for the post no more learns nothing more of it
_COUNTS: Final = f"""
WITH lying AS ({LYING})
SELECT answering.notice_id, count(*) FILTER (WHERE lying.kind = 'ticket'),
       count(*) FILTER (WHERE lying.kind = 'call_back'),
       count(*) FILTER (WHERE lying.kind = 'action'),
       bool_or(ticket.severity = 'safety' AND lying.kind = 'ticket')
FROM unnest(%(notices)s::bigint[], %(posts)s::bigint[], %(staff)s::bigint[])
     AS answering (notice_id, post_id, staff_id)
JOIN LATERAL (SELECT staff_id FROM complaints_tenure tenure
              WHERE tenure.post_id = answering.post_id ORDER BY tenure.id DESC LIMIT 1
             ) now ON now.staff_id = answering.staff_id
JOIN lying USING (post_id)
JOIN complaints_ticket ticket ON ticket.id = lying.ticket_id
WHERE {NOT_NAMED}
GROUP BY answering.notice_id
"""  # noqa: S608  # constants


NOTHING: Final = (0, 0, 0, False)


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies with a post just now, as far as its holder may know."""

    post: Post
    tickets: int
    call_backs: int
    actions: int
    urgent: bool
    own: Mapping[Key, str]


class PostGone(Exception):
    """The post of a notice is not there."""


def register() -> None:
    registry.register_loader(OBJECT, load)
    registry.register_template(POST_TAKEN, _render)
    wordings.register(
        Wording(
            code=POST_TAKEN,
            audience=Audience.POST,
            label=gettext_lazy("接手岗位"),
            sentence=_SENTENCE,
            lines=(_LINK,),
            names=_NAMES,
            parts=_PARTS,
            sample_values=_sample_values,
        )
    )


def load(notices: Sequence[Notice]) -> Mapping[int, Lying]:
    """Three statements for any number of notices, their sentences included."""
    own, counts = in_force(), _counts(notices)
    ids = {notice.object_id for notice in notices}
    posts = Post.objects.select_related("unit", "role").in_bulk(ids)
    return {
        notice.pk: Lying(posts[notice.object_id], *counts.get(notice.pk, NOTHING), own)
        for notice in notices
        if notice.object_id in posts
    }


def _counts(notices: Sequence[Notice]) -> dict[int, tuple[int, int, int, bool]]:
    values: dict[str, Any] = {
        "notices": [notice.pk for notice in notices],
        "posts": [notice.object_id for notice in notices],
        "staff": [notice.staff_id for notice in notices],
        "unsolved": list(UNSOLVED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _render(notice: Notice) -> Rendered:
    about = notice.about
    if not isinstance(about, Lying):
        raise PostGone
    link = registry.link(notice, about.post)
    values = {
        "post": f"{about.post.unit.name} · {about.post.role}",
        "tickets": str(about.tickets),
        "call_backs": str(about.call_backs),
        "actions": str(about.actions),
        "link": link,
    }
    parts = wordings.say(POST_TAKEN, Audience.POST, values, about.own)
    return Rendered(
        subject=parts[Part.SENTENCE],
        body="",
        url=link,
        urgent=about.urgent,
        values=values,
        parts=parts,
    )


def _sample_values() -> Mapping[str, str]:
    return {
        "post": _("示例小区"),
        "tickets": "3",
        "call_backs": "1",
        "actions": "0",
        "link": f"{settings.PUBLIC_URL.rstrip('/')}/…",
    }
