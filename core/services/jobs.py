"""Long work that survives its process: a row says how far it came, a lock says who is at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.errors import DeskError
from core.models import Job
from core.models.job import JobState


class JobIsRunning(DeskError):
    code = "job_is_running"
    message = _("同一项工作正在另一个进程中进行。")


@contextmanager
def exclusive(kind: str, fingerprint: str) -> Iterator[None]:
    """Raises JobIsRunning while another process is at the same work.

    The lock belongs to the connection, so it ends with the process, however that ends.
    """
    lock = f"job:{kind}:{fingerprint}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [lock])
        if cursor.fetchone() != (True,):
            raise JobIsRunning
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [lock])


def start_or_resume(kind: str, fingerprint: str, *, total: int, at: datetime) -> Job:
    job, created = Job.objects.get_or_create(
        kind=kind,
        fingerprint=fingerprint,
        defaults={"total": total, "started_at": at, "updated_at": at},
    )
    if not created and job.state == JobState.FAILED:
        _save(job, at, state=JobState.RUNNING, error_code="")
    return job


def advance(job: Job, *, cursor: int, counts: dict[str, Any], at: datetime) -> None:
    """Call inside the transaction of the work itself, so that both stand or fall together."""
    _save(job, at, cursor=cursor, done=cursor, counts=counts)


def finish(job: Job, *, at: datetime) -> None:
    _save(job, at, state=JobState.DONE)


def fail(job: Job, *, error_code: str, at: datetime) -> None:
    _save(job, at, state=JobState.FAILED, error_code=error_code)


def _save(job: Job, at: datetime, **values: Any) -> None:
    for name, value in values.items():
        setattr(job, name, value)
    job.updated_at = at
    job.save(update_fields=[*values, "updated_at"])
