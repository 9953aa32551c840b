"""The one place that asks what time it is: the database, so that all processes agree."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import DateTimeField, Func

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999


class DatabaseNow(Func):
    """The same clock as a column, where a door reads something anyway."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def database_now() -> datetime:
    """The database's clock, aware. Doors call it; services take `at` (docs/adr/0003)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment


def is_plausible(moment: datetime) -> bool:
    """Whether it can be reckoned with: near an end of the calendar a time zone leads past it."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR
