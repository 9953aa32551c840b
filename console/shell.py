"""What rail and bell count. It is asked with every page, so that its SQL is kept, that of the lists
for each shape of scope."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final

from django.db.models import BigIntegerField, QuerySet

from complaints import queues
from complaints.call_back_queries import CALLED_BY
from complaints.models import CallBack, Ticket
from complaints.querysets import PRESENT
from complaints.scoped import Scoped, Seen
from console.counting import Counted, to_count
from core.compiled import Compiled, Slot
from notifications import inbox
from organisation.models import Staff

#: the name of the bell's count
BELL: Final = "bell"


def rows(user: Staff, places: Collection[str]) -> dict[str, Counted]:
    """To be counted, by name: of `places` those whose lists these posts can have, and the bell."""
    posts = [post.pk for post in user.posts_in_force]
    lists = {
        name: partial(question.asked, user.actor, who=user.pk, posts=posts)
        for name, question in COUNTED.items()
        if posts and name in places
    }
    return {**lists, BELL: partial(_unread.asked, who=user.pk)}


def _work(seen: Seen, who: Any, posts: Any) -> QuerySet[Any, Any]:
    return queues.lying_with(seen(Ticket.objects.all()), posts).filter(state__in=queues.TO_DO)


def _escalated(seen: Seen, who: Any, posts: Any) -> QuerySet[Any, Any]:
    return queues.gone_up_to(seen(Ticket.objects.all()), posts)


def _call_backs(seen: Seen, who: Any, posts: Any) -> QuerySet[Any, Any]:
    return CallBack.objects.callable_for(seen, who, PRESENT)


def _counted(listed: Callable[..., QuerySet[Any, Any]]) -> Scoped[Any]:
    return Scoped(
        lambda seen, **asked: to_count(listed(seen, **asked)),
        by=CALLED_BY,
        who=BigIntegerField(),
        posts=queues.POST_IDS,
    )


COUNTED: Final = {
    "work": _counted(_work),
    "escalated": _counted(_escalated),
    "call_backs": _counted(_call_backs),
}
_unread: Final = Compiled(lambda: to_count(inbox.unread(Slot("who", BigIntegerField()))))
