"""Figures of the sweep. What happened in this process is counted; how the desk stands is read from
the database when Prometheus asks, and so is true whichever process is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from prometheus_client import REGISTRY, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from complaints.services.escalation import SweepResult

FIRED = Counter("desk_escalations_fired", "Levels fired by this process")
FAILED = Counter("desk_sweep_tickets_failed", "Tickets whose step raised in this process")
SWEEPS = Counter("desk_sweeps", "Sweeps this process brought to an end")

_STANDING = """
SELECT (SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(next_step_at)), 0), 0)
        FROM complaints_ticket WHERE next_step_at IS NOT NULL),
       (SELECT count(*) FROM complaints_sweepfailure),
       (SELECT coalesce(extract(epoch FROM max(last_at)), 0) FROM complaints_sweepbeat)
"""


def note_sweep(result: SweepResult) -> None:
    SWEEPS.inc()
    FIRED.inc(result.fired)
    FAILED.inc(result.failed)


def standing() -> tuple[float, int, float]:
    """Seconds the longest due ticket has waited for a sweep, failures that wait for their retry,
    and when a sweep last came to its end (seconds since 1970)."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        backlog, failures, last = cursor.fetchone()
    return float(backlog), failures, float(last)


class SweepCollector(Collector):
    def describe(self) -> list[GaugeMetricFamily]:
        """Known without a database, so that registering asks none."""
        return _families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            values = standing()
        except DatabaseError:
            return  # no figure is better than an old one; readiness tells of the database
        for family, value in zip(_families(), values, strict=True):
            family.add_metric([], value)
            yield family


def _families() -> list[GaugeMetricFamily]:
    return [
        GaugeMetricFamily("desk_sweep_backlog_seconds", "Age of the oldest step not taken"),
        GaugeMetricFamily("desk_sweep_failures", "Steps that raised and wait for their retry"),
        GaugeMetricFamily("desk_sweep_last_timestamp_seconds", "When a sweep last ended"),
    ]


_collector = SweepCollector()


def register() -> None:
    if _collector not in REGISTRY._collector_to_names:
        REGISTRY.register(_collector)
