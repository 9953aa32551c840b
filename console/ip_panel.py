"""A notice about intellectual property at the side of its ticket: the right, who holds it under a
mask, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from complaints.enums import Kind
from complaints.models import IpNotice, Ticket
from complaints.services.ip_notices import CONTACT, HOLDER, masked_holder
from core.errors import NotFound

#: what can be shown in clear, as the reveal form names it
NAME, NUMBER = "ipn", "ipc"
FIELDS: Final = {NAME: (HOLDER, "holder_sealed"), NUMBER: (CONTACT, "contact_sealed")}


def shown(ticket: Ticket, revealed: Mapping[str, str]) -> dict[str, Any] | None:
    if ticket.kind != Kind.IP_NOTICE:
        return None
    notice = IpNotice.objects.filter(ticket=ticket).first()
    if notice is None:
        return None
    holder = masked_holder(notice)
    return {
        "notice": notice,
        "holder": revealed.get(NAME) or holder.name,
        "contact": revealed.get(NUMBER) or holder.contact,
    }


def sealed(ticket: Ticket, which: str) -> tuple[UUID, str, bytes]:
    """Subject, field and sealed value of one of `FIELDS`. Raises NotFound."""
    notice = IpNotice.objects.filter(ticket=ticket).first()
    field, column = FIELDS[which]
    value = getattr(notice, column, None)
    if notice is None or notice.subject_id is None or value is None:
        raise NotFound
    return notice.subject_id, field, bytes(value)
