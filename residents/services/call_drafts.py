"""What an agent has typed during a call, kept with the call until its ticket is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from privacy.vault.registry import field_label
from privacy.vault.services import envelopes
from residents.models import Call
from residents.services import calls

DRAFT: Final = field_label(Call, "draft_sealed")
LONGEST: Final = 12_000
NUMBERS_KEPT: Final = timedelta(days=30)

Typed = Mapping[str, list[str]]
"""The fields of a form by name, as they were sent."""


def keep(call: Call, typed: Typed, *, at: datetime) -> None:
    """The latest wins: one agent has two hands. A call that was settled meanwhile keeps nothing.

    Raises InvalidInput for what no form could send.
    """
    text = json.dumps(typed, ensure_ascii=False)
    if len(text) > LONGEST:
        raise InvalidInput(_("草稿过长，未保存。"))
    call.draft_sealed = envelopes.seal(call.public_id, DRAFT, text)
    Call.objects.filter(pk=call.pk).waiting(at).update(
        draft_sealed=call.draft_sealed,
        subject=call.subject_id,
        expires_at=max(calls.expiry(call), call.expires_at),
    )


def typed_so_far(call: Call) -> dict[str, list[str]]:
    if call.draft_sealed is None:
        return {}
    kept: dict[str, list[str]] = json.loads(
        envelopes.reveal(call.public_id, DRAFT, call.draft_sealed)
    )
    return kept


def delete_expired(at: datetime) -> int:
    """End drafts whose call waits no longer, and numbers a month old; returns how many rows."""
    drafts = Call.objects.filter(draft_sealed__isnull=False, expires_at__lte=at)
    old = Call.objects.filter(number_index__isnull=False, began_at__lte=at - NUMBERS_KEPT)
    return drafts.update(draft_sealed=None) + forget(old)


def forget(rows: QuerySet[Call]) -> int:
    """Nothing of a person stays; that there was a call does."""
    return rows.update(number_sealed=None, number_index=None, draft_sealed=None, subject=None)
