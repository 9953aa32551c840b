"""E-mail over the server of EMAIL_URL: one connection for a pass."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.outgoing import Fault, NotDelivered, Outgoing, Send

logger = logging.getLogger(__name__)

#: the letter is refused, not the connection
_OF_THE_LETTER: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    ValueError,  # a header or address that cannot be written
)


@contextmanager
def opened() -> Iterator[Send]:
    mailer = get_connection()
    try:
        yield lambda outgoing: _send(outgoing, mailer)
    finally:
        _close(mailer)


def message_id(delivery_id: str) -> str:
    """The same at every attempt, by which a mailbox may know a repeat."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{delivery_id}@{host}>"


def _send(outgoing: Outgoing, mailer: BaseEmailBackend) -> None:
    try:
        mailer.open()
        EmailMessage(
            subject=outgoing.subject,
            body=outgoing.body,
            to=[outgoing.address],
            headers=_headers(outgoing),
            connection=mailer,
        ).send()
    except _OF_THE_LETTER as error:
        raise NotDelivered(code_of(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(code_of(error), Fault.CHANNEL) from error


def _headers(outgoing: Outgoing) -> dict[str, str]:
    kept = {
        "Message-ID": message_id(outgoing.delivery_id),
        "Auto-Submitted": "auto-generated",
    }
    if outgoing.wishes:
        kept["List-Unsubscribe"] = f"<{outgoing.wishes}>"
    return kept


def code_of(error: Exception) -> str:
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


def _close(mailer: BaseEmailBackend) -> None:
    try:
        mailer.close()
    except (smtplib.SMTPException, OSError):
        logger.info("the mail server had gone before the connection was closed")
