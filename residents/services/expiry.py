from __future__ import annotations

from datetime import datetime, timedelta

from residents.services import call_drafts, devices, sign_in

CODES_KEPT = timedelta(hours=1)
ENDED_DEVICES_KEPT = timedelta(days=30)


def delete_expired(at: datetime) -> int:
    """Delete codes an hour and sign-ins a month after they ended, and empty old calls; returns how
    many rows it was."""
    codes = sign_in.delete_expired(before=at - CODES_KEPT)
    ended = devices.delete_ended(before=at - ENDED_DEVICES_KEPT)
    return codes + ended + call_drafts.delete_expired(at)
