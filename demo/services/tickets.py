"""A year of tickets with a natural rhythm, by COPY: what services would have written, in bulk.

Written here and not by the services, since those would take minutes for what takes seconds; how one
ticket goes is `demo.services.past`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from complaints.enums import ClockKind
from complaints.models import (
    Attachment,
    CallBack,
    CoOwnership,
    TextEntry,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketReporter,
)
from complaints.services import records, references
from core.copying import copy_rows, draw_keys
from demo.services import pictures
from demo.services.past import CLOCK, EVENT, TEXT, TICKET, Past, Rows
from demo.services.people import Resident
from demo.services.setting import Setting
from demo.stories import STORIES

BATCH = 5_000
YEAR = timedelta(days=365)
#: share of calls by hour of the day, Shanghai time
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 15, 12, 9, 9, 12, 13, 12, 11, 12, 14, 13, 9, 5, 2)
MOST_EVENTS = 30
CALL_BACK = ("ticket_id", "cycle", "post_id", "reason", "state", "opened_at", "due_at", "ended_at")
OWN = ("public_id", "dwelling_id", "recorded_at", "source", "source_key")


def build_tickets(
    residents: Sequence[Resident],
    count: int,
    *,
    setting: Setting,
    say: Callable[[str], object],
) -> None:
    moments = sorted(_moment(setting) for _ in range(count))
    for begin in range(0, count, BATCH):
        _store(residents, moments[begin : begin + BATCH], setting)
        if count > BATCH:
            say(f"  {min(begin + BATCH, count):,} / {count:,}")


def _moment(setting: Setting) -> datetime:
    """Any day of the last year, at an hour when people call; nothing from the last ten minutes."""
    random = setting.random
    day = setting.at - YEAR * random.random()
    hour = random.choices(range(24), HOURS)[0]
    start = day.replace(minute=0, second=0, microsecond=0) - timedelta(hours=day.hour)
    moment = start + timedelta(hours=hour - 8, seconds=random.randrange(3600))
    return min(moment, setting.at - timedelta(minutes=10 + random.randrange(2_000)))


def _store(residents: Sequence[Resident], moments: Sequence[datetime], setting: Setting) -> None:
    ids = draw_keys(Ticket, len(moments))
    numbers = references.draw(len(moments))
    keys = iter(draw_keys(TicketEvent, len(moments) * MOST_EVENTS))
    clock_ids = iter(draw_keys(TicketClock, len(moments) * len(ClockKind)))
    rows = Rows()
    for pk, number, received in zip(ids, numbers, moments, strict=True):
        resident = setting.random.choice(residents)
        story = setting.random.choices(STORIES, [each.weight for each in STORIES])[0]
        Past(rows, setting, keys, clock_ids, pk, resident, story).write(number, received)
    _copy(rows, setting.at)


def _copy(rows: Rows, at: datetime) -> None:
    tickets = ((*ticket, *own) for ticket, own in zip(rows.tickets, rows.owners, strict=True))
    copy_rows(Ticket, (*TICKET, *OWN), tickets)
    history = Ticket.history.model
    tracked = {column.attname for column in history._meta.concrete_fields}
    kept = [name for name in TICKET if name in tracked]
    places = [TICKET.index(name) for name in kept]
    copy_rows(
        history,
        (*kept, "history_date", "history_change_reason", "history_type"),
        ((*(row[place] for place in places), at, "demo", records.CREATED) for row in rows.tickets),
    )
    copy_rows(TicketReporter, ("ticket_id", "subject_id", "protection"), rows.reporters)
    copy_rows(TicketClock, CLOCK, rows.clocks)
    copy_rows(TicketEvent, EVENT, rows.events)
    copy_rows(TextEntry, TEXT, rows.texts)
    copy_rows(CallBack, CALL_BACK, rows.call_backs)
    copy_rows(
        CoOwnership,
        ("ticket_id", "post_id", "cycle", "since_id"),
        ((ticket_id, post_id, 1, since) for (ticket_id, post_id), since in rows.co_owners.items()),
    )
    Attachment.objects.bulk_create(
        [pictures.shown(event, story, moment) for event, story, moment in rows.photos]
    )
