"""How long a ticket may wait for the resident or a supplier: each time, and altogether. Who could
wait again and again would never be late (docs/adr/0112)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.models import Ticket
from complaints.spans import ALL_WAITS, DEFAULT_WAIT, LONGEST_WAIT
from complaints.workflow import WAITING
from core.errors import InvalidInput


def end_of(ticket: Ticket, at: datetime, until: datetime | None) -> datetime:
    """When a wait that begins now ends at the latest. The caller holds the ticket locked.

    Raises InvalidInput for an end that is past or too far away, and where nothing of the cycle's
    time for waiting is left.
    """
    left = ALL_WAITS - waited(ticket)
    ends_at = until or at + min(DEFAULT_WAIT, left)
    if at < ends_at <= at + min(LONGEST_WAIT, left):
        return ends_at
    if left <= timedelta() or at + left < ends_at <= at + LONGEST_WAIT:
        message = _("本轮处理的等待合计最多 %(days)d 天，已所剩不足；还需时间请申请延期。")
        raise InvalidInput(fields={"until": [message % {"days": ALL_WAITS.days}]})
    message = _("请选择今后 %(days)d 天以内的时间。") % {"days": LONGEST_WAIT.days}
    raise InvalidInput(fields={"until": [message]})


def waited(ticket: Ticket) -> timedelta:
    """In the waits of the ticket's cycle that are over."""
    rows = (
        ticket.events.filter(cycle=ticket.cycle)
        .filter(Q(from_state__in=WAITING) | Q(to_state__in=WAITING))
        .order_by("occurred_at", "id")
        .values_list("occurred_at", "to_state")
    )
    total, since = timedelta(), None
    for at, to_state in rows:
        if to_state in WAITING:
            since = since or at
        elif since is not None:
            total, since = total + (at - since), None
    return total
