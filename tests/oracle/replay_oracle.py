"""What the replay of the citizens' messages must come to, worked out another way.

Imports nothing from the product.  Reads the CSV, walks every ticket's time minute by
minute over the list of days below, and says which levels fire and which clocks are kept.

Policy "complaint, ordinary" (w = wall minutes, o = working minutes):
acknowledge 5 w, first response 60 o, resolve 1,350 o.  A message is received and
acknowledged at ``created_at``; ``replied_at`` is its first response and its resolution.
Levels of the first-response and the resolve clock: 0 when 80 % of the duration has
passed, 1 at due, 2 at due + 240 w, 3 at due + 1,440 w, 4 at due + 2,880 w.  A level fires
only before the answer: a clock stopped exactly at due is kept, and no level fires.

The days are typed from the yearly holiday notices of the General Office of the State
Council, with the extra days of September 2015 (70 years of victory), May 2019 and the
longer Spring Festival of 2020.
"""

import csv
import gzip
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

# Spans of days off, weekends inside them included, as "first..last" or one day.
HOLIDAYS = """
2011-01-01..2011-01-03 2011-02-02..2011-02-08 2011-04-03..2011-04-05 2011-04-30..2011-05-02
2011-06-04..2011-06-06 2011-09-10..2011-09-12 2011-10-01..2011-10-07
2012-01-01..2012-01-03 2012-01-22..2012-01-28 2012-04-02..2012-04-04 2012-04-29..2012-05-01
2012-06-22..2012-06-24 2012-09-30..2012-10-07
2013-01-01..2013-01-03 2013-02-09..2013-02-15 2013-04-04..2013-04-06 2013-04-29..2013-05-01
2013-06-10..2013-06-12 2013-09-19..2013-09-21 2013-10-01..2013-10-07
2014-01-01 2014-01-31..2014-02-06 2014-04-05..2014-04-07 2014-05-01..2014-05-03
2014-05-31..2014-06-02 2014-09-06..2014-09-08 2014-10-01..2014-10-07
2015-01-01..2015-01-03 2015-02-18..2015-02-24 2015-04-04..2015-04-06 2015-05-01..2015-05-03
2015-06-20..2015-06-22 2015-09-03..2015-09-05 2015-09-26..2015-09-27 2015-10-01..2015-10-07
2016-01-01..2016-01-03 2016-02-07..2016-02-13 2016-04-02..2016-04-04 2016-04-30..2016-05-02
2016-06-09..2016-06-11 2016-09-15..2016-09-17 2016-10-01..2016-10-07
2016-12-31..2017-01-02 2017-01-27..2017-02-02 2017-04-02..2017-04-04 2017-04-29..2017-05-01
2017-05-28..2017-05-30 2017-10-01..2017-10-08
2017-12-30..2018-01-01 2018-02-15..2018-02-21 2018-04-05..2018-04-07 2018-04-29..2018-05-01
2018-06-16..2018-06-18 2018-09-22..2018-09-24 2018-10-01..2018-10-07
2018-12-30..2019-01-01 2019-02-04..2019-02-10 2019-04-05..2019-04-07 2019-05-01..2019-05-04
2019-06-07..2019-06-09 2019-09-13..2019-09-15 2019-10-01..2019-10-07
2020-01-01 2020-01-24..2020-02-02 2020-04-04..2020-04-06 2020-05-01..2020-05-05
2020-06-25..2020-06-27 2020-10-01..2020-10-08
"""

# Saturdays and Sundays that work (调休).
MAKE_UP_DAYS = """
2011-01-30 2011-02-12 2011-04-02 2011-10-08 2011-10-09 2011-12-31
2012-01-21 2012-01-29 2012-03-31 2012-04-01 2012-04-28 2012-09-29
2013-01-05 2013-01-06 2013-02-16 2013-02-17 2013-04-07 2013-04-27 2013-04-28 2013-06-08
2013-06-09 2013-09-22 2013-09-29 2013-10-12
2014-01-26 2014-02-08 2014-05-04 2014-09-28 2014-10-11
2015-01-04 2015-02-15 2015-02-28 2015-09-06 2015-10-10
2016-02-06 2016-02-14 2016-06-12 2016-09-18 2016-10-08 2016-10-09
2017-01-22 2017-02-04 2017-04-01 2017-05-27 2017-09-30
2018-02-11 2018-02-24 2018-04-08 2018-04-28 2018-09-29 2018-09-30 2018-12-29
2019-02-02 2019-02-03 2019-04-28 2019-05-05 2019-09-29 2019-10-12
2020-01-19 2020-04-26 2020-05-09 2020-06-28 2020-09-27 2020-10-10
"""

FIRST_DAY, LAST_DAY = date(2011, 1, 1), date(2020, 12, 31)
MINUTES_A_DAY = 24 * 60
OFFICE_HOURS = ((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
WALL_SECONDS_AFTER_DUE = {2: 240 * 60, 3: 1440 * 60, 4: 2880 * 60}


class Outcome(NamedTuple):
    """Levels fired on each clock, in order, and whether each was answered by its due time."""

    levels_first: tuple[int, ...]
    levels_resolve: tuple[int, ...]
    first_kept: bool
    resolve_kept: bool
    acknowledge_kept: bool


def days_off() -> set[date]:
    days = set()
    for span in HOLIDAYS.split():
        first, _, last = span.partition("..")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return days


def make_up_days() -> set[date]:
    return {date.fromisoformat(day) for day in MAKE_UP_DAYS.split()}


def working_minutes() -> bytearray:
    """One byte for each minute from FIRST_DAY to LAST_DAY, 1 where the minute is worked."""
    off, made_up = days_off(), make_up_days()
    minutes = bytearray(((LAST_DAY - FIRST_DAY).days + 1) * MINUTES_A_DAY)
    day, offset = FIRST_DAY, 0
    while day <= LAST_DAY:
        if day in made_up or (day.weekday() < 5 and day not in off):
            for opens, closes in OFFICE_HOURS:
                for minute in range(offset + opens, offset + closes):
                    minutes[minute] = 1
        day += timedelta(days=1)
        offset += MINUTES_A_DAY
    return minutes


def seconds_since_start(moment: str) -> int:
    """Seconds of Shanghai's wall clock, which has had no summer time since 1991."""
    parsed = datetime.fromisoformat(moment)
    if parsed.utcoffset() != timedelta(hours=8):
        raise ValueError(f"not a Shanghai time: {moment}")
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
    return int((parsed.replace(tzinfo=None) - start).total_seconds())


def walk(minutes: bytearray, start: int, milestones: tuple[int, ...]) -> list[int]:
    """The second at which each number of worked minutes (ascending) has gone by."""
    reached, worked = [], 0
    minute, into_minute = divmod(start, 60)
    wanted = iter(seconds * 60 for seconds in milestones)
    target = next(wanted)
    while True:
        if minutes[minute]:
            room = 60 - into_minute
            while worked + room >= target:
                reached.append(minute * 60 + into_minute + target - worked)
                following = next(wanted, None)
                if following is None:
                    return reached
                target = following
            worked += room
        minute, into_minute = minute + 1, 0


def fired(warning: int, due: int, answered: int) -> tuple[int, ...]:
    moments = {0: warning, 1: due} | {
        level: due + seconds for level, seconds in WALL_SECONDS_AFTER_DUE.items()
    }
    return tuple(level for level, moment in sorted(moments.items()) if moment < answered)


def outcome(minutes: bytearray, created_at: str, replied_at: str) -> Outcome:
    start, answered = seconds_since_start(created_at), seconds_since_start(replied_at)
    if answered < start:
        raise ValueError("answered before it was received")
    first_warning, first_due, resolve_warning, resolve_due = walk(
        minutes, start, (48, 60, 1080, 1350)
    )
    return Outcome(
        fired(first_warning, first_due, answered),
        fired(resolve_warning, resolve_due, answered),
        answered <= first_due,
        answered <= resolve_due,
        acknowledge_kept=True,
    )


def rows_by_id(path: Path) -> dict[str, dict[str, str]]:
    """Rows of one message together: the first value that says something counts."""
    opener = gzip.open if path.suffix == ".gz" else open
    found: dict[str, dict[str, str]] = {}
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            first = found.setdefault(row["message_id"], row)
            for column, value in row.items():
                first[column] = first[column] or value
    return found


def replay(path: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, Outcome]:
    """Message id to outcome; `leave_out` names the messages that cannot be played."""
    minutes = working_minutes()
    return {
        message: outcome(minutes, row["created_at"], row["replied_at"])
        for message, row in rows_by_id(path).items()
        if message not in leave_out
    }


def totals(outcomes: dict[str, Outcome]) -> dict[str, int]:
    first = Counter(level for o in outcomes.values() for level in o.levels_first)
    resolve = Counter(level for o in outcomes.values() for level in o.levels_resolve)
    return {
        "tickets": len(outcomes),
        **{f"first_response_level_{level}": first[level] for level in range(5)},
        **{f"resolve_level_{level}": resolve[level] for level in range(5)},
        "escalations": sum(first.values()) + sum(resolve.values()),
        "acknowledge_kept": sum(o.acknowledge_kept for o in outcomes.values()),
        "first_response_kept": sum(o.first_kept for o in outcomes.values()),
        "resolve_kept": sum(o.resolve_kept for o in outcomes.values()),
    }


if __name__ == "__main__":
    for name, count in totals(replay(Path(sys.argv[1]))).items():
        print(f"{name:24} {count:6}")
