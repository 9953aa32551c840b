"""People at the same ticket in the same moment, each on a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Model

from core.errors import DeskError

Call = Callable[[], Any]


def at_once(*calls: Call) -> list[Any]:
    """Run the calls in threads that start together; what each returned, or how it was refused.
    Anything else that was raised is raised here: nobody outside may ever see it."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(place: int, call: Call) -> None:
        try:
            barrier.wait(timeout=60)
            outcomes[place] = call()
        except Exception as error:  # noqa: BLE001  # raised by who began it
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return [_seen(outcome) for outcome in outcomes]


def overtaken(first: Call, second: Call) -> tuple[Any, Any]:
    """`second` begins while `first` has not committed, and waits for it; what came of each."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(second())
        except Exception as error:  # noqa: BLE001  # raised by who began it
            outcome.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        done = first()
        thread.start()
        wait_until_somebody_waits()
    thread.join(timeout=60)
    return done, _seen(outcome[0])


@contextmanager
def kept(*rows: Model) -> Iterator[None]:
    """Somebody else's transaction locks these rows, and says no more."""
    locked, done = threading.Event(), threading.Event()

    def keep() -> None:
        with transaction.atomic():
            for row in rows:
                type(row)._base_manager.select_for_update().get(pk=row.pk)
            locked.set()
            done.wait(timeout=60)
        connections.close_all()

    thread = threading.Thread(target=keep)
    thread.start()
    assert locked.wait(timeout=60)
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=60)


def codes(outcomes: list[Any]) -> list[str]:
    return sorted(getattr(outcome, "code", "done") for outcome in outcomes)


def wait_until_somebody_waits() -> None:
    """At most a minute. Others may wait in other databases of the same server."""
    with connection.cursor() as cursor:
        for _ in range(3_000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waits for the lock")


def _seen(outcome: Any) -> Any:
    if isinstance(outcome, Exception) and not isinstance(outcome, DeskError):
        raise outcome
    return outcome
