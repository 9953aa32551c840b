"""Quarters of the company's calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

FIRST_YEAR: Final = 1901
LAST_YEAR: Final = 2199


class Quarter:
    """Three months of the company's calendar, such as 2026-4."""

    def __init__(self, year: int, number: int) -> None:
        self.year, self.number = year, number

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, code: str) -> Quarter:
        """Raises ValueError for what is no code of a quarter."""
        year, number = map(int, code.split("-"))
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 4):
            raise ValueError(code)
        return cls(year, number)

    @property
    def code(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def name(self) -> str:
        return _("%(year)d 年第 %(number)d 季度") % {"year": self.year, "number": self.number}

    @property
    def is_first(self) -> bool:
        """Nothing is asked about an earlier one."""
        return (self.year, self.number) == (FIRST_YEAR, 1)

    @property
    def starts_at(self) -> datetime:
        first = date(self.year, 3 * self.number - 2, 1)
        return datetime.combine(first, time.min, ZoneInfo(settings.TIME_ZONE))

    @property
    def ends_at(self) -> datetime:
        return self.shifted(1).starts_at

    def shifted(self, by: int) -> Quarter:
        count = self.year * 4 + self.number - 1 + by
        return Quarter(count // 4, count % 4 + 1)
