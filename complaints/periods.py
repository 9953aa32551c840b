"""Months and quarters of the company's calendar. Pure arithmetic; `2026-11` and `2026-4q`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

MONTHS: Final = 12
#: near either end of the calendar the period before or after is none
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999
_CODE: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2]|[1-4]q)")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first month, so many months long: one, or three."""

    year: int
    month: int
    months: int = 1

    @classmethod
    def month_of(cls, day: date) -> Period:
        return cls(day.year, day.month)

    @classmethod
    def quarter_of(cls, day: date) -> Period:
        return cls(day.year, (day.month - 1) // 3 * 3 + 1, 3)

    @classmethod
    def parse(cls, code: str) -> Period:
        """Raises ValueError for what is no code of a period."""
        found = _CODE.fullmatch(code)
        if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise ValueError(code)
        if found[2].endswith("q"):
            return cls(int(found[1]), int(found[2][0]) * 3 - 2, 3)
        return cls(int(found[1]), int(found[2]))

    @property
    def is_quarter(self) -> bool:
        return self.months > 1

    @property
    def number(self) -> int:
        """Of the month or of the quarter in its year."""
        return (self.month + 2) // 3 if self.is_quarter else self.month

    @property
    def code(self) -> str:
        return f"{self.year:04d}-{self.number}q" if self.is_quarter else self._month_code

    @property
    def _month_code(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def shifted(self, by: int) -> Period:
        count = self.year * MONTHS + self.month - 1 + by * self.months
        return Period(count // MONTHS, count % MONTHS + 1, self.months)

    def starts_at(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(date(self.year, self.month, 1), time.min, zone)

    def ends_at(self, zone: ZoneInfo) -> datetime:
        return self.shifted(1).starts_at(zone)
