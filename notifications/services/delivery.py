"""Sending what is due. At least once: a crash between sending and noting it sends again, under the
same Message-ID, by which a mailbox may know the repeat (docs/adr/0034)."""

from __future__ import annotations

import logging
import smtplib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from core.models import Installation
from notifications.enums import MessageState
from notifications.quiet import held_until
from notifications.services import composing, queue
from notifications.services.composing import Letter, NothingToRender, NotToSend
from notifications.services.queue import Claim

logger = logging.getLogger(__name__)

A_PASS: Final = 500

#: the letter is refused, not the connection: the next one may well go
_OF_THE_LETTER = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    ValueError,  # a header or address that cannot be written
)


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    sent: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0
    postponed: int = 0


class Unreachable(Exception):
    """The mail server does not answer as it should: stop this pass, the next one begins anew."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def deliver_due(at: datetime, limit: int = A_PASS) -> DeliveryResult:
    """Send due messages, one lease at a time, until none is due or `limit` were tried.

    A server that hangs costs one timeout a pass. A virtual database sends nothing.
    """
    if Installation.objects.filter(virtual=True).exists():
        return DeliveryResult()
    queue.fold(at)
    counts: Counter[str] = Counter()
    mailer = get_connection()
    try:
        while counts.total() < limit and (claim := queue.claim(at)):
            counts[_deliver(claim, mailer, at)] += 1
    except Unreachable as server:
        counts[server.outcome] += 1
    finally:
        _close(mailer)
    return DeliveryResult(**counts)


def _deliver(claim: Claim, mailer: BaseEmailBackend, at: datetime) -> str:
    try:
        letter = composing.compose(claim.message, at)
    except NotToSend as reason:
        queue.dropped(claim, reason.code)
        return "dropped"
    except NothingToRender:
        return _failed(claim, "not_rendered", at)
    until = None if letter.urgent else _quiet_until(at)
    if until is not None:
        queue.postponed(claim, until)
        return "postponed"
    try:
        _send(claim, letter, mailer)
    except _OF_THE_LETTER as error:
        return _failed(claim, code_of(error), at)
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(_failed(claim, code_of(error), at)) from error
    queue.sent(claim, at)
    return "sent"


def _failed(claim: Claim, code: str, at: datetime) -> str:
    state = queue.failed(claim, code, at)
    logger.warning("message %s not delivered: %s", claim.message.delivery_id, code)
    return "dead" if state is MessageState.DEAD else "failed"


def _send(claim: Claim, letter: Letter, mailer: BaseEmailBackend) -> None:
    mailer.open()
    EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[letter.address],
        headers={"Message-ID": message_id(claim), "Auto-Submitted": "auto-generated"},
        connection=mailer,
    ).send()


def message_id(claim: Claim) -> str:
    """The same at every attempt."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{claim.message.delivery_id}@{host}>"


def code_of(error: Exception) -> str:
    """What went wrong, without the server's words: they quote addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return f"smtp_{codes[0]}" if codes else "smtp_refused"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "disconnected"  # smtplib says so of a time-out, too
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return "no_connection"
    return type(error).__name__.lower()


def _quiet_until(at: datetime) -> datetime | None:
    return held_until(at, settings.QUIET_HOURS, ZoneInfo(settings.TIME_ZONE))


def _close(mailer: BaseEmailBackend) -> None:
    try:
        mailer.close()
    except (smtplib.SMTPException, OSError):
        logger.info("the mail server had gone before the connection was closed")
