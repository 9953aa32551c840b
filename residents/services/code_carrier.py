"""The way of a code to a telephone. The door never waits for it: how long a gateway takes would
tell a known number from an unknown one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

Carrier = Callable[[str, str], None]
"""Takes an E.164 number and a text; must give up by itself after some seconds."""


def send_soon(number: str, text: str) -> Future[None]:
    """Hand a text over to `settings.CODE_CARRIER` on a thread of its own. Nothing is tried again:
    a code lives for minutes, and people ask for another one."""
    return _threads().submit(_carry, number, text)


@cache
def _threads() -> ThreadPoolExecutor:
    """Made at the first code, after a server has forked. Python waits for it before it exits."""
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="code-carrier")


def _carry(number: str, text: str) -> None:
    try:
        carrier: Carrier = import_string(settings.CODE_CARRIER)
        carrier(number, text)
    except Exception as error:  # noqa: BLE001  # any carrier; its words may carry the number
        logger.error("a sign-in code was not carried: %s", type(error).__name__)
