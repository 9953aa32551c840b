"""A transaction that loses a deadlock is begun anew.

Rows are locked in one order everywhere, so that two who want the same ones wait for each other and
no more. Where that does not hold – who belongs together may change between looking and locking –
PostgreSQL ends the embrace by refusing one of the two. Nothing of it was written: it is done again.

Whoever has waited for a lock as long as the connection allows is not begun anew: the database
backend raises Busy, and another wait would hold up whoever asked for as long again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from core.errors import Busy

P = ParamSpec("P")
Result = TypeVar("Result")

TRIES: Final = 5
#: seconds, at most, between two tries: the two do not meet in step again
PAUSE: Final = 0.05
DEADLOCK: Final = "40P01"


def atomic(work: Callable[P, Result]) -> Callable[P, Result]:
    """`transaction.atomic` for functions, which may be called again from the beginning.

    Inside another transaction it is a part of that one, and whoever began it begins anew. Raises
    Busy when others were faster every time.
    """

    @wraps(work)
    def whole(*args: P.args, **kwargs: P.kwargs) -> Result:
        outermost = not connection.in_atomic_block
        for _ in range(TRIES):
            try:
                with transaction.atomic():
                    return work(*args, **kwargs)
            except OperationalError as error:
                if not outermost or not is_deadlock(error):
                    raise
            time.sleep(random.uniform(0, PAUSE))  # noqa: S311  # no secret
        raise Busy

    return whole


def wait_at_most(milliseconds: int) -> None:
    """For locks, from here to the end of this transaction; 0 is for as long as it takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])


def is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == DEADLOCK
