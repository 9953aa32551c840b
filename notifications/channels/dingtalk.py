"""A group robot of DingTalk (钉钉), signed: HMAC-SHA256 over the time and the secret.

Protocol: https://open.dingtalk.com/document/robots/customize-robot-security-settings
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from notifications.channels import http, robots
from notifications.channels.outgoing import Fault, NotDelivered, Outgoing, Send, Target

MOST_BYTES: Final = 18_000
TOO_FAST: Final = frozenset({130101, 410100, 90030})
#: the token is of no robot, the robot was stopped or taken out, or its group is no more
GONE: Final = frozenset({300001, 400013, 400101, 400102, 400106})
#: they are overloaded: whatever else is sent there now fails as well
BUSY: Final = -1
#: who is too fast is shut out for ten minutes
SHUT_OUT: Final = timedelta(minutes=10)


@contextmanager
def opened() -> Iterator[Send]:
    with http.client() as client:

        def send(outgoing: Outgoing) -> None:
            text = robots.text_of(outgoing, MOST_BYTES)
            # the id lets DingTalk know a repeat
            message = {
                "msgtype": "text",
                "text": {"content": text},
                "msgUuid": outgoing.delivery_id,
            }
            said = robots.ask(client, signed(robots.target_of(outgoing), outgoing.at), message)
            _check(said["errcode"])

        yield send


def signed(target: Target, at: datetime) -> str:
    """The address with the time in milliseconds and the signature, if the robot has a secret."""
    if not target.secrets:
        return target.address
    stamp = str(int(at.timestamp() * 1000))
    secret = target.secrets[0]
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": stamp, "sign": base64.b64encode(digest).decode()})
    return f"{target.address}{'&' if '?' in target.address else '?'}{query}"


def _check(code: int) -> None:
    if code in TOO_FAST:
        raise NotDelivered(f"dingtalk_{code}", Fault.CHANNEL, SHUT_OUT)
    if code in GONE:
        raise NotDelivered(f"dingtalk_{code}", Fault.GONE)
    if code == BUSY:
        raise NotDelivered(f"dingtalk_{code}", Fault.CHANNEL)
    if code:
        raise NotDelivered(f"dingtalk_{code}")
