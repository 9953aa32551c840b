"""The code by which a reporter nobody knows reads the answers, adds to their report and objects."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from complaints import opened
from complaints.models import FollowUpCode, Ticket
from core.actors import Actor
from core.errors import NotFound
from privacy.vault.keyed_hash import index_of

#: without I, L, O and U, which are misread or spell words
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS: Final = 4
GROUP: Final = 4  # 16 characters of 5 bits
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


class CodeUnknown(NotFound):
    code = "follow_up_code_unknown"
    message = _("没有这个查询码，请核对后再试。")


def issue(ticket: Ticket, *, at: datetime) -> str:
    """A new code of the ticket, to be shown once. Earlier ones stay good: a form that was sent
    twice shows two."""
    plain = "".join(secrets.choice(ALPHABET) for _place in range(GROUPS * GROUP))
    FollowUpCode.objects.create(ticket=ticket, code_hash=_hash(plain), issued_at=at)
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def open_with(typed: str) -> tuple[Ticket, Actor]:
    """The ticket of a code, and who may read it. Raises CodeUnknown."""
    found = (
        FollowUpCode.objects.select_related("ticket").filter(code_hash=_hash(_plain(typed))).first()
    )
    if found is None:
        raise CodeUnknown
    holder = Actor.code_holder(found.ticket_id)
    ticket = opened.ticket_of(holder, found.ticket.public_id)
    if ticket is None:
        raise CodeUnknown
    return ticket, holder


def _plain(typed: str) -> str:
    """As it was issued, however it was written down."""
    wide = unicodedata.normalize("NFKC", typed).upper()
    return "".join(filter(str.isalnum, wide)).translate(_MISREAD)


def _hash(plain: str) -> bytes:
    return index_of("follow_up", plain)
