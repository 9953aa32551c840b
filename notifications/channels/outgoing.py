"""What is handed over to a channel, and what comes back when it was not taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint with its secrets opened."""

    address: str
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in words. `delivery_id` is the same at every attempt, `at` is the attempt's.

    `wishes` is the page on which its recipient may turn such messages off.
    `template` and `values` are for gateways that know texts by number; `payload` is for machines.
    """

    delivery_id: str
    at: datetime
    address: str = ""
    subject: str = ""
    body: str = ""
    wishes: str = ""
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""
    target: Target | None = None


Send = Callable[[Outgoing], None]


class Fault(Enum):
    """Whose fault it is, and so what else would fail now."""

    MESSAGE = "message"
    """This message alone: the next one may well go."""
    CHANNEL = "channel"
    """Whatever goes to the same server: stop, and begin anew at the next pass."""
    GONE = "gone"
    """The receiver wants nothing any more."""


class NotDelivered(Exception):
    """`code` says what went wrong, without the server's words: they quote addresses."""

    def __init__(
        self, code: str, fault: Fault = Fault.MESSAGE, wait: timedelta | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.fault, self.wait = code, fault, wait
