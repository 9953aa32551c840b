"""Sending what is due, each channel in a lane of its own. At least once: a crash between sending
and noting it sends again, under the same id, by which a receiver may know the repeat
(docs/adr/0034, 0060)."""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from core.models import Installation
from notifications import backoff
from notifications.channels import ADAPTERS, sms
from notifications.channels.outgoing import Fault, NotDelivered, Outgoing, Send
from notifications.channels.robots import A_MINUTE
from notifications.enums import LANES, ROBOTS, Channel, MessageState
from notifications.models import Message
from notifications.quiet import held_until
from notifications.services import composing, digests, endpoints, queue
from notifications.services.composing import Composed, Elsewhere, NothingToRender, NotToSend
from notifications.services.queue import Claim, PutOff
from privacy.vault import purposes
from privacy.vault.errors import RecipientNotRegistered, VaultError
from privacy.vault.services import recipients

logger = logging.getLogger(__name__)

A_PASS: Final = 500
#: A pass has one moment for all it sends, and signatures say it: receivers refuse what is minutes
#: old. It ends well below the time limit of its task, too.
PASS_SECONDS: Final = 60.0
MINUTE: Final = timedelta(minutes=1)
#: nothing was noted of its last attempt: its sender died, as often as a message is tried
NEVER_NOTED: Final = "sender_died"


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    sent: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0
    postponed: int = 0


class LaneBlocked(Exception):
    """Nothing of this lane will go now: the next pass begins anew."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def deliver_due(
    at: datetime, limit: int = A_PASS, lanes: Iterable[Channel] = LANES
) -> DeliveryResult:
    """Send due messages of these lanes, one lease at a time, until none is due or `limit` of a lane
    were tried.

    A server that hangs costs its own lane one timeout a pass; the workers run each lane by itself.
    A virtual database sends nothing.
    """
    if Installation.objects.filter(virtual=True).exists():
        return DeliveryResult()
    counts: Counter[str] = Counter()
    for lane in lanes:
        counts += _deliver_lane(lane, at, limit)
    return DeliveryResult(**counts)


def _deliver_lane(lane: Channel, at: datetime, limit: int) -> Counter[str]:
    put_off = digests.put_off_due(at, lane)
    queue.fold(at, lane)
    counts: Counter[str] = Counter()
    ends_at = time.monotonic() + PASS_SECONDS
    with ADAPTERS[lane].opened() as send:
        try:
            while counts.total() < limit and (claim := queue.claim(at, lane)):
                counts[_deliver(claim, send, at)] += 1
                if time.monotonic() >= ends_at:
                    break
        except LaneBlocked as lane_end:
            counts[lane_end.outcome] += 1
    counts["postponed"] += put_off
    return counts


def _deliver(claim: Claim, send: Send, at: datetime) -> str:
    """What nobody foresaw is this message's own fault: the next ones still go."""
    if claim.message.attempts > backoff.MOST_ATTEMPTS:
        return _failed(claim, NEVER_NOTED, at)
    try:
        return _attempt(claim, send, at)
    except (LaneBlocked, DatabaseError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  # it would end every pass at the same message
        _log_where(error, claim)
        return _failed(claim, f"raised_{type(error).__name__.lower()}"[:60], at)


def _log_where(error: Exception, claim: Claim) -> None:
    """The place, which is ours; not the words, which may hold what was to be sent."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind, where = type(error).__name__, f"{place.filename}:{place.lineno}"
    logger.error("message %s raised %s at %s", claim.message.delivery_id, kind, where)


def _attempt(claim: Claim, send: Send, at: datetime) -> str:
    try:
        composed = composing.compose(claim.message, at)
    except NotToSend as reason:
        queue.dropped(claim, reason.code)
        return "dropped"
    except Elsewhere as other:
        queue.carried_by(claim, other.channel)
        return "postponed"
    except NothingToRender:
        return _failed(claim, "not_rendered", at)
    except VaultError as error:
        return _failed(claim, error.code, at)
    if composed.later:
        _put_off(claim.message, composed, at)
    if composed.outgoing is None:
        queue.postponed(claim, at + MINUTE)  # what is left of it, if anything
        return "postponed"
    until = _wait_until(claim.message, composed, at)
    if until is not None:
        queue.postponed(claim, until)
        return "postponed"
    return _hand_over(claim, composed.outgoing, send, at)


def _put_off(message: Message, composed: Composed, at: datetime) -> None:
    """A wish that came after the others of the lane were put off."""
    if message.staff_id is None:
        return
    waiting = [
        PutOff(message.pk, notice_id, message.staff_id, digest_at)
        for digest_at, notice_ids in composed.later.items()
        for notice_id in notice_ids
    ]
    queue.put_off(waiting, message.channel, at)


def _hand_over(claim: Claim, outgoing: Outgoing, send: Send, at: datetime) -> str:
    try:
        _disclose(claim.message, at)
        send(outgoing)
    except RecipientNotRegistered as refused:
        return _failed(claim, refused.code, at)
    except NotDelivered as fault:
        return _not_delivered(claim, fault, at)
    queue.sent(claim, at)
    if claim.message.endpoint is not None:
        endpoints.worked(claim.message.endpoint)
    return "sent"


def _disclose(message: Message, at: datetime) -> None:
    """A telephone number goes to a third party: on record before it does, or not at all."""
    if message.channel == Channel.SMS and message.subject_id is not None:
        recipients.disclose(
            sms.RECIPIENT,
            message.subject_id,
            kind="phone",
            purpose=purposes.TICKET_HANDLING,
            reference=message.delivery_id,
            at=at,
        )


def _not_delivered(claim: Claim, fault: NotDelivered, at: datetime) -> str:
    """What else would fail now is not tried: the lane ends, or the one endpoint rests."""
    outcome = _failed(claim, fault.code, at, fault.wait)
    endpoint = claim.message.endpoint
    if endpoint is None:
        if fault.fault is Fault.CHANNEL:
            raise LaneBlocked(outcome) from fault
    elif fault.fault is Fault.GONE:
        endpoints.gone(endpoint)
    elif fault.fault is Fault.CHANNEL:
        endpoints.hold(endpoint, fault.wait, at)
    return outcome


def _failed(claim: Claim, code: str, at: datetime, patience: timedelta | None = None) -> str:
    state = queue.failed(claim, code, at, patience)
    logger.warning("message %s not delivered: %s", claim.message.delivery_id, code)
    return "dead" if state is MessageState.DEAD else "failed"


def _wait_until(message: Message, composed: Composed, at: datetime) -> datetime | None:
    """The end of the quiet hours, or of the minute in which a robot has said enough."""
    if not composed.urgent:
        quiet = held_until(at, settings.QUIET_HOURS, ZoneInfo(settings.TIME_ZONE))
        if quiet is not None:
            return quiet
    if message.channel in ROBOTS and _said_enough(message, at):
        return at + MINUTE
    return None


def _said_enough(message: Message, at: datetime) -> bool:
    """What is noted at the moment of a pass went while it lasted."""
    since = at - MINUTE - timedelta(seconds=PASS_SECONDS)
    lately = Message.objects.filter(endpoint=message.endpoint_id, sent_at__gt=since)
    return lately.count() >= A_MINUTE
