from __future__ import annotations

from core.clock import database_now
from organisation.checks import years_wanted
from organisation.services import calendars, posts


def duty_queue() -> str:
    """Intake goes on without a duty officer, so the desk is degraded, not unready: somebody has to
    be named before the next ladder ends."""
    filled = posts.duty_queue_is_filled(at=database_now())
    return "ok" if filled else "nobody holds the duty post of the group"


def work_calendar() -> str:
    """Deadlines go on by weekdays and fixed holidays, marked provisional; somebody has to import
    the year."""
    today = posts.local_date(database_now())
    missing = [year for year in years_wanted(today) if year not in calendars.known_years()]
    return f"the work calendar does not know {missing[0]}" if missing else "ok"
