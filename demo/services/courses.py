"""How long one matter takes from call to close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from complaints.enums import ClockKind
from complaints.services.catalogue import Terms
from complaints.spans import CONFIRM_WINDOW
from core.business_time import Basis

OPEN_WITHIN = timedelta(days=2)
SHARE_FRESH = 0.7
#: nine in ten are done well within the time; the others go up, fewer at each level
SPREAD = 0.65
SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN, END = 8, 20


@dataclass(frozen=True, slots=True)
class Course:
    """How one matter went; moments are None where it has not come so far. `lapsed` is one that
    nobody confirmed, which the system closed at the end of the resident's time."""

    received: datetime
    accepted: datetime | None
    replied: datetime | None
    resolved: datetime | None
    called: datetime | None
    closed: datetime | None
    rated: bool
    lapsed: bool


def course(received: datetime, terms: Terms, *, at: datetime, random: Random) -> Course:
    pace = random.lognormvariate(0, SPREAD)
    first, resolve = terms.durations[ClockKind.FIRST_RESPONSE], terms.durations[ClockKind.RESOLVE]
    waking = resolve.basis is Basis.WORKING

    def when(moment: datetime) -> datetime:
        return _in_hours(moment, random) if waking else moment

    replied = when(received + timedelta(minutes=max(2.0, 0.5 * first.minutes * pace)))
    stretch = 2.2 if waking else 0.7
    resolved = when(replied + timedelta(minutes=0.6 * stretch * resolve.minutes * pace))
    called = _in_hours(resolved + timedelta(hours=random.uniform(2, 22)), random)
    asked = ClockKind.CALL_BACK in terms.durations
    silence = timedelta(days=random.choice((1, 2, 7)))
    end = called + timedelta(hours=random.uniform(1, 20)) if asked else resolved + silence
    fresh = at - received < OPEN_WITHIN and random.random() < SHARE_FRESH

    def past(moment: datetime, after: object = True) -> datetime | None:
        return moment if after and moment < at else None

    done = past(resolved, not fresh)
    heard = past(called, done) if asked else None
    return Course(
        received=received,
        accepted=past(received + (replied - received) * 0.4),
        replied=past(replied),
        resolved=done,
        called=heard,
        closed=past(end, heard if asked else done),
        rated=random.random() < 0.35,
        lapsed=not asked and silence == CONFIRM_WINDOW,
    )


def _in_hours(moment: datetime, random: Random) -> datetime:
    """Nobody repairs a tap at night: what falls there is done the next morning."""
    local = moment.astimezone(SHANGHAI)
    if BEGIN <= local.hour < END:
        return moment
    day = local if local.hour < BEGIN else local + timedelta(days=1)
    return day.replace(hour=BEGIN, minute=random.randrange(60))
