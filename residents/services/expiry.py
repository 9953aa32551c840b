from __future__ import annotations

from datetime import datetime, timedelta

from residents.services import devices, sign_in

CODES_KEPT = timedelta(hours=1)
ENDED_DEVICES_KEPT = timedelta(days=30)


def delete_expired(at: datetime) -> int:
    """Delete codes an hour and sign-ins a month after they ended; returns how many rows went."""
    codes = sign_in.delete_expired(before=at - CODES_KEPT)
    return codes + devices.delete_ended(before=at - ENDED_DEVICES_KEPT)
