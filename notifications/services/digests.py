"""Putting off what people want in a digest: all that waits in a lane, in as many statements for a
thousand messages as for one.

Whether a notice may wait is known once it is in words, because safety never does; so those of a
batch are loaded and said together, and moved together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from notifications import registry
from notifications.enums import Channel, Pace
from notifications.models import MessageNotice
from notifications.querysets import never_tried
from notifications.services import composing, preferences, queue
from notifications.services.queue import PutOff

A_BATCH: Final = 5_000
#: channels over which somebody may choose a digest
LANES: Final = frozenset(channel for _topic, channel in preferences.OF_STAFF)


def put_off_due(at: datetime, lane: Channel) -> int:
    """Move what is due and never tried into the digests of those who want one; returns how many
    messages were emptied by it and are gone."""
    if lane not in LANES:
        return 0
    emptied = 0
    after: int | None = 0
    while after is not None:
        gone, after = _put_off_batch(at, lane, after)
        emptied += gone
    return emptied


@transaction.atomic
def _put_off_batch(at: datetime, lane: Channel, after: int) -> tuple[int, int | None]:
    """How many messages went, and the last link looked at; None where there are no more."""
    links = list(
        MessageNotice.objects.filter(never_tried(at, lane, "message__"), pk__gt=after)
        .filter(message__staff__in=preferences.wanting_digests(lane))
        .select_related("message", "notice")
        .select_for_update(of=("message",), skip_locked=True)
        .order_by("pk")[:A_BATCH]
    )
    if not links:
        return 0, None
    gone = queue.put_off(_to_wait(links, lane, at), lane, at)
    return gone, links[-1].pk if len(links) == A_BATCH else None


def _to_wait(links: Sequence[MessageNotice], lane: Channel, at: datetime) -> list[PutOff]:
    """Those whose recipient has a digest for such a thing, and that can wait."""
    wishes = preferences.of_many({link.message.staff_id for link in links}, lane)
    registry.load([link.notice for link in links])
    moments = {pace: preferences.next_digest(at, pace) for pace in (Pace.DAILY, Pace.WEEKLY)}
    found = []
    for link in links:
        staff_id = link.message.staff_id
        if staff_id is None:
            continue
        said = composing.say(link.notice, wishes.get(staff_id, {}))
        if said is not None and said.pace in moments:
            found.append(PutOff(link.message_id, link.notice_id, staff_id, moments[said.pace]))
    return found
