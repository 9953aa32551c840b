"""Business time: deadlines and durations in wall or working minutes.

Pure arithmetic on frozen values: no database, no clock of its own. `Calendar` says which minutes
work, the functions of `arithmetic` add and measure. Every moment is aware; results are in UTC.
"""

from __future__ import annotations

from core.business_time.arithmetic import (
    Amount,
    Basis,
    Deadline,
    add,
    between,
    deadline,
    elapsed,
    remaining,
    subtract,
    whole_minutes,
)
from core.business_time.calendar import (
    FIXED_HOLIDAYS,
    HOLIDAY,
    OFFICE_HOURS,
    WEEK,
    Calendar,
    CalendarInvalid,
    Interval,
    Intervals,
)

__all__ = [
    "FIXED_HOLIDAYS",
    "HOLIDAY",
    "OFFICE_HOURS",
    "WEEK",
    "Amount",
    "Basis",
    "Calendar",
    "CalendarInvalid",
    "Deadline",
    "Interval",
    "Intervals",
    "add",
    "between",
    "deadline",
    "elapsed",
    "remaining",
    "subtract",
    "whole_minutes",
]
