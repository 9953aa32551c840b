"""Short messages, by the gateway that SMS_PROVIDER names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import httpx
from django.conf import settings

from notifications.channels import http, sms_gateway, sms_tencent
from notifications.channels.outgoing import Fault, NotDelivered, Outgoing, Send

#: the name of this third party in the register of recipients
RECIPIENT: Final = "sms_gateway"

PROVIDERS: Final[Mapping[str, Callable[[httpx.Client, Outgoing], None]]] = {
    "gateway": sms_gateway.send,
    "tencent": sms_tencent.send,
}


def is_configured() -> bool:
    return settings.SMS_PROVIDER in PROVIDERS


@contextmanager
def opened() -> Iterator[Send]:
    with http.client() as client:

        def send(outgoing: Outgoing) -> None:
            provider = PROVIDERS.get(settings.SMS_PROVIDER)
            if provider is None:
                raise NotDelivered("sms_not_configured", Fault.CHANNEL)
            provider(client, outgoing)

        yield send
