"""The floor of the sweep: `sweep.sql` until nothing is due."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

_SEATS = """
CREATE TEMPORARY TABLE IF NOT EXISTS seat AS
SELECT post.unit_id, min(post.id) AS post_id, min(post.holder_id) AS staff_id
FROM organisation_post post JOIN organisation_role role ON role.id = post.role_id
WHERE role.code = 'project_manager'
GROUP BY post.unit_id
"""


def seat_everybody() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SEATS)
        cursor.execute("ANALYZE seat")


def sweep(at: datetime, batch: int, names: dict[str, Any]) -> int:
    """Escalate what is due at its first level; returns how many tickets."""
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SQL, {"at": at, "batch": batch, **names})
            moved = cursor.rowcount
        if not moved:
            return done
        done += moved
