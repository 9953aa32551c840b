"""Each level is a task with an `eta`. The broker keeps what the future owes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import psycopg
from celery import Celery

from benchmarks.chaos.naive import LEVELS

app = Celery("naive", broker=os.environ["NAIVE_REDIS_URL"])
app.conf.update(
    task_ignore_result=True,
    # Levels here fall after seconds instead of hours and days; the broker's patience with a task
    # that nobody has acknowledged is shortened alike. Its default, an hour, is a quarter of the
    # four hours after which the shipped ladder's second level falls.
    broker_transport_options={"visibility_timeout": 8},
    # what many switch on so that a killed worker loses nothing
    task_acks_late=True,
)


def plan(ticket_id: int, reported_at: datetime) -> None:
    for level, seconds in enumerate(LEVELS):
        eta = reported_at + timedelta(seconds=seconds)
        escalate.apply_async((ticket_id, level), eta=eta)


@app.task(name="naive.escalate")
def escalate(ticket_id: int, level: int) -> None:
    with psycopg.connect(os.environ["NAIVE_DATABASE_URL"], connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT resolved_at FROM ticket WHERE id = %s", [ticket_id]
        ).fetchone()
        if row is not None and row[0] is None:
            connection.execute(
                "INSERT INTO event (ticket_id, level, fired_at) VALUES (%s, %s, %s)",
                [ticket_id, level, datetime.now(UTC)],
            )
