"""The ways out of the house: one file each, and here the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final, Protocol

from notifications.channels import dingtalk, email, sms, webhook, wecom
from notifications.channels.outgoing import Send
from notifications.enums import Channel


class Adapter(Protocol):
    """A module of this package: `opened` gives a function that hands over one message after
    another and raises NotDelivered."""

    def opened(self) -> AbstractContextManager[Send]: ...


ADAPTERS: Final[Mapping[str, Adapter]] = {
    Channel.EMAIL: email,
    Channel.SMS: sms,
    Channel.WECOM: wecom,
    Channel.DINGTALK: dingtalk,
    Channel.WEBHOOK: webhook,
}
