"""Sign-in codes over the gateway that carries short messages (`settings.CODE_CARRIER`)."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import connections

from core.clock import database_now
from notifications.channels import sms
from notifications.channels.outgoing import Outgoing
from privacy.vault import purposes
from privacy.vault.services import recipients
from residents.services import contacts

TEMPLATE: Final = "sign_in_code"
_CODE: Final = re.compile(r"\d{6}")


def send(number: str, text: str) -> None:
    """Carry one text. Runs on a thread of its own, which gives its connections back.

    That the gateway is given the number is on record first. Raises NotDelivered, or
    RecipientNotRegistered.
    """
    try:
        _send(number, text)
    finally:
        connections.close_all()


def _send(number: str, text: str) -> None:
    at, delivery_id = database_now(), uuid4()
    holder = contacts.login_contact(contacts.phone_address(number))
    if holder is not None:
        recipients.disclose(
            sms.RECIPIENT,
            holder.subject_id,
            kind="phone",
            purpose=purposes.SECURITY,
            reference=delivery_id,
            at=at,
        )
    found = _CODE.search(text)
    values = {
        "code": found[0] if found else "",
        "minutes": str(settings.CODE_LIFETIME_MINUTES),
    }
    with sms.opened() as deliver:
        deliver(
            Outgoing(
                str(delivery_id), at, address=number, body=text, template=TEMPLATE, values=values
            )
        )
