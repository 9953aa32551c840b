"""What every page of the workbench needs around its middle pane."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from complaints.models import Ticket
from console.bench import bench
from console.door import StaffRequest
from organisation import access

VIEW: Final = ("tickets.view", "integrity.view")


def frame(request: StaffRequest, *, at: datetime, current: Ticket | None = None) -> dict[str, Any]:
    held = access.permissions_of(request.actor)
    return {
        "bench": bench(request, at=at, current=current),
        "may_create": "tickets.create" in held,
        "may_look_up": "callers.lookup" in held,
        "at": at,
    }
