"""A group robot of WeCom (企业微信): the key in its address is its credential.

Protocol: https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from notifications.channels import http, robots
from notifications.channels.outgoing import Fault, NotDelivered, Outgoing, Send

MOST_BYTES: Final = 2048
TOO_FAST: Final = frozenset({45009, 45033})
#: the key is wrong, or the robot was taken out of its group
GONE: Final = frozenset({93000})
#: they are overloaded: whatever else is sent there now fails as well
BUSY: Final = -1


@contextmanager
def opened() -> Iterator[Send]:
    with http.client() as client:

        def send(outgoing: Outgoing) -> None:
            text = robots.text_of(outgoing, MOST_BYTES)
            message = {"msgtype": "text", "text": {"content": text}}
            said = robots.ask(client, robots.target_of(outgoing).address, message)
            _check(said["errcode"])

        yield send


def _check(code: int) -> None:
    if code in TOO_FAST:
        raise NotDelivered(f"wecom_{code}", Fault.CHANNEL, timedelta(minutes=1))
    if code in GONE:
        raise NotDelivered(f"wecom_{code}", Fault.GONE)
    if code == BUSY:
        raise NotDelivered(f"wecom_{code}", Fault.CHANNEL)
    if code:
        raise NotDelivered(f"wecom_{code}")
