"""What a notice to somebody who has come to a post says: how much lies with it, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.querysets import GATED
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
    "%(actions)s 项整改措施，另有 %(co_owned)s 张工单由其共同负责。"
)
_LINK: Final = "%(link)s"
_NAMES: Final[Mapping[str, Promise]] = {
    "post": pgettext_lazy("placeholder", "岗位"),
    "tickets": pgettext_lazy("placeholder", "工单数"),
    "call_backs": pgettext_lazy("placeholder", "回访数"),
    "actions": pgettext_lazy("placeholder", "整改数"),
    "co_owned": pgettext_lazy("placeholder", "共同负责数"),
    "link": pgettext_lazy("placeholder", "链接"),
}
_PARTS: Final = (Part.SENTENCE, Part.EMAIL_SUBJECT, Part.EMAIL_BODY, Part.ROBOT)

# Whoever answers for the post no more learns nothing more of it. What a group is not told of is
# counted by itself: kinds that only some may see, and what names somebody, who may be one of it.
_COUNTS: Final = f"""
WITH lying AS ({LYING})
SELECT answering.notice_id,
       ticket.kind = ANY(%(gated)s)
       OR EXISTS (SELECT FROM complaints_ticketparty WHERE ticket_id = ticket.id) AS closed,
       count(*) FILTER (WHERE lying.kind = 'ticket'),
       count(*) FILTER (WHERE lying.kind = 'call_back'),
       count(*) FILTER (WHERE lying.kind = 'action'),
       count(*) FILTER (WHERE lying.kind = 'co_owned'),
       bool_or(ticket.severity = 'safety' AND lying.kind IN ('ticket', 'co_owned'))
FROM unnest(%(notices)s::bigint[], %(posts)s::bigint[], %(staff)s::bigint[])
     AS answering (notice_id, post_id, staff_id)
JOIN LATERAL (SELECT staff_id FROM complaints_tenure tenure
              WHERE tenure.post_id = answering.post_id ORDER BY tenure.id DESC LIMIT 1
             ) now ON now.staff_id = answering.staff_id
JOIN lying USING (post_id)
JOIN complaints_ticket ticket ON ticket.id = lying.ticket_id
WHERE {NOT_NAMED}
GROUP BY answering.notice_id, closed
"""  # noqa: S608  # constants


class Count(NamedTuple):
    """How much lies with a post, and whether a matter of safety is among it."""

    tickets: int = 0
    call_backs: int = 0
    actions: int = 0
    co_owned: int = 0
    urgent: bool = False

    def and_also(self, other: Count) -> Count:
        return Count(
            self.tickets + other.tickets,
            self.call_backs + other.call_backs,
            self.actions + other.actions,
            self.co_owned + other.co_owned,
            self.urgent or other.urgent,
        )


NOTHING: Final = Count()


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies with a post just now, as far as its holder may know, and what of it a group."""

    post: Post
    everything: Count
    to_group: Count
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
    found = {}
    for notice in notices:
        closed, to_group = (counts.get((notice.pk, each), NOTHING) for each in (True, False))
        if post := posts.get(notice.object_id):
            found[notice.pk] = Lying(post, to_group.and_also(closed), to_group, own)
    return found


def _counts(notices: Sequence[Notice]) -> dict[tuple[int, bool], Count]:
    """By notice and whether it is of what a group is not told of."""
    values: dict[str, Any] = {
        "notices": [notice.pk for notice in notices],
        "posts": [notice.object_id for notice in notices],
        "staff": [notice.staff_id for notice in notices],
        "unsolved": list(UNSOLVED),
        "gated": list(GATED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return {(pk, closed): Count(*counted) for pk, closed, *counted in cursor.fetchall()}


def _render(notice: Notice) -> Rendered:
    """A group reads of what everybody may know of, and is woken by that alone; of nothing of that
    kind it reads nothing, be there something else or not."""
    about = notice.about
    if not isinstance(about, Lying):
        raise PostGone
    link = registry.link(notice, about.post)
    values = _values(about.post, about.everything, link)
    parts = wordings.say(POST_TAKEN, Audience.POST, values, about.own)
    to_group = _values(about.post, about.to_group, link)
    said_to_group = wordings.say(POST_TAKEN, Audience.POST, to_group, about.own)
    return Rendered(
        subject=parts[Part.SENTENCE],
        body="",
        url=link,
        urgent=about.everything.urgent,
        confidential=about.to_group == NOTHING,
        quiet_in_group=not about.to_group.urgent,
        values=values,
        parts={**parts, Part.ROBOT: said_to_group[Part.ROBOT]},
    )


def _values(post: Post, count: Count, link: str) -> dict[str, str]:
    return {
        "post": f"{post.unit.name} · {post.role}",
        "tickets": str(count.tickets),
        "call_backs": str(count.call_backs),
        "actions": str(count.actions),
        "co_owned": str(count.co_owned),
        "link": link,
    }


def _sample_values() -> Mapping[str, str]:
    return {
        "post": _("示例小区"),
        "tickets": "3",
        "call_backs": "1",
        "actions": "0",
        "co_owned": "1",
        "link": f"{settings.PUBLIC_URL.rstrip('/')}/…",
    }
