"""The sweeper: escalates and delivers with nothing but PostgreSQL.

Threads, because a mail server that hangs must hold up neither an escalation nor another channel,
and because after an outage the database writes one batch while Python decides on another. None ends
for an error: a database that went away is asked again, ever more slowly.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, Final

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from complaints.services import heartbeats, remedies, tenures
from complaints.services.escalation import sweep
from core.clock import database_now
from notifications.enums import LANES as MESSAGE_LANES
from notifications.enums import Channel
from notifications.services.delivery import deliver_due

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 5.0
LANES: Final = 2
LONGEST_PAUSE: Final = 30.0
LAST_WORDS_SECONDS: Final = 20.0
#: all but those that load every page and the admin, which a sweeper never shows (24 MB)
CHECKED: Final = (
    *(Tags.caches, Tags.compatibility, Tags.files, Tags.models, Tags.security, Tags.translation),
    "channels",
)


class Command(BaseCommand):
    help = "Sweep and deliver every few seconds until SIGTERM. Needs no Redis."
    requires_system_checks = CHECKED

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=EVERY_SECONDS, metavar="SECONDS")
        parser.add_argument("--lanes", type=int, default=LANES, metavar="NUMBER")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        _stop_on_signals(stop)
        sweeps = [partial(sweep_once, stop)] * max(options["lanes"], 1)
        works: list[Callable[[], object]] = [
            *sweeps,
            *(partial(deliver, lane) for lane in MESSAGE_LANES),
            tell_late,
            tell_new_holders,
        ]
        threads = [
            threading.Thread(target=repeat, args=(work, stop, options["every"]), daemon=True)
            for work in works
        ]
        gc.freeze()  # what is loaded by now stays, and need not be searched after every batch
        for thread in threads:
            thread.start()
        logger.info("sweeper started")
        stop.wait()
        # a batch rolls back, a letter that hangs has a lease: the next process takes both over
        ends_at = time.monotonic() + LAST_WORDS_SECONDS
        for thread in threads:
            thread.join(max(ends_at - time.monotonic(), 0))
        logger.info("sweeper stopped")


def sweep_once(stop: threading.Event) -> None:
    at = database_now()
    heartbeats.beat("sweeper", sweep(at, stopping=stop.is_set), at=at)


def deliver(lane: Channel) -> None:
    deliver_due(database_now(), lanes=[lane])


def tell_late() -> None:
    remedies.tell_late(database_now())


def tell_new_holders() -> None:
    tenures.look(database_now())


def repeat(work: Callable[[], object], stop: threading.Event, every: float) -> None:
    """Do it again and again until told to stop, waiting twice as long after each failure."""
    wait = every
    while not stop.is_set():
        try:
            work()
            wait = every
        except Exception as error:  # noqa: BLE001  # the loop outlives whatever breaks
            # without the traceback: the database quotes values in what it says
            name = threading.current_thread().name
            logger.error("round of %s failed: %s", name, type(error).__name__)
            wait = min(wait * 2, LONGEST_PAUSE)
            connections.close_all()
        stop.wait(wait)
    connections.close_all()


def _stop_on_signals(stop: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
