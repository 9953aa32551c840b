"""Blocks that PostgreSQL looks at for one call, by table with its indexes, found in memory or not:
a cost that neither a cold cache nor a busy machine changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

_LOOKED_AT = """
SELECT relname, heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0)
       + coalesce(toast_blks_read + toast_blks_hit + tidx_blks_read + tidx_blks_hit, 0)
FROM pg_statio_user_tables
"""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Of both databases, as long as nobody else is at work in them."""
    found: Counter[str] = Counter()
    before = _so_far()
    yield found
    found.update(_so_far() - before)


def _so_far() -> Counter[str]:
    """A connection tells what it counted when it is idle, unless it is told to."""
    counts: Counter[str] = Counter()
    for alias in connections:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(_LOOKED_AT)
            counts.update(dict(cursor.fetchall()))
    return counts
