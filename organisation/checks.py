"""Says at `migrate` and `check --database default` what the desk would otherwise guess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction
from django.utils import timezone

from organisation.services import calendars

#: the State Council announces the next year between October and December
WANTED_FROM_MONTH = 10


def check_calendar_years(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    if DEFAULT_DB_ALIAS not in (databases or ()) or not _calendars_exist():
        return []
    return list(missing_years(calendars.known_years(), timezone.localdate()))


def missing_years(known: set[int], today: date) -> list[CheckMessage]:
    """Years that deadlines of today reach into and that nobody has told the desk about."""
    return [
        checks.Warning(
            f"The work calendar does not know {year}: deadlines in it are provisional.",
            hint=f"Run: manage.py import_calendar FILE --source NOTICE, once {year} is announced.",
            id="organisation.W001",
        )
        for year in years_wanted(today)
        if year not in known
    ]


def years_wanted(today: date) -> list[int]:
    following = [today.year + 1] if today.month >= WANTED_FROM_MONTH else []
    return [today.year, *following]


def _calendars_exist() -> bool:
    """Before the first `migrate` there is neither a table nor anything to warn of."""
    try:
        with transaction.atomic():
            return "organisation_workcalendar" in connection.introspection.table_names()
    except DatabaseError:
        return False
