"""Letters that were taken and came back: reports of non-delivery (RFC 3464).

A server may take a letter and find later that nobody can read it. The report names the letter by
the Message-ID we gave it; nothing else of it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message as Letter
from typing import Final
from uuid import UUID

from notifications.channels import email
from notifications.enums import Channel, MessageState
from notifications.models import Message

_STATUS: Final = re.compile(r"5\.\d{1,3}\.\d{1,3}")
_ID: Final = re.compile(r"<([0-9a-f-]{36})@[^<>@\s]+>")


def note(report: bytes) -> bool:
    """Turn the sent letter that a report is about into a dead one; False where it is about none of
    ours, or not about a failure for good."""
    parts = list(message_from_bytes(report, policy=policy.compat32).walk())
    status, delivery_id = _failure(parts), _returned(parts)
    if status is None or delivery_id is None:
        return False
    sent = Message.objects.filter(
        delivery_id=delivery_id, channel=Channel.EMAIL, state=MessageState.SENT
    )
    return bool(sent.update(state=MessageState.DEAD, error_code=f"bounced_{status}"))


def _failure(parts: list[Letter]) -> str | None:
    for part in parts:
        status = _STATUS.fullmatch(str(part.get("Status", "")).strip())
        if status and str(part.get("Action", "")).strip().lower() == "failed":
            return status[0]
    return None


def _returned(parts: list[Letter]) -> UUID | None:
    """The number of the letter; a report has an id of its own, and it comes first."""
    for said in _ids(parts[1:]):
        found = _ID.fullmatch(said.strip())
        if found and said.strip() == email.message_id(found[1]):
            return UUID(found[1])
    return None


def _ids(parts: list[Letter]) -> Iterator[str]:
    for part in parts:
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/rfc822-headers" and isinstance(content, bytes):
            part = message_from_bytes(content)
        if "Message-ID" in part:
            yield str(part["Message-ID"])
