"""How the outbox stands, read from the database when Prometheus asks: true in every process."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_STANDING = """
SELECT (SELECT count(*) FROM notifications_message
        WHERE state = 'queued' AND due_at <= clock_timestamp()),
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0)
        FROM notifications_message WHERE state = 'queued'),
       (SELECT count(*) FROM notifications_message WHERE state = 'dead')
"""


def standing() -> tuple[int, float, int]:
    """Messages due and not sent, seconds the oldest has waited past its time, dead letters."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        due, age, dead = cursor.fetchone()
    return due, max(float(age), 0.0), dead


class OutboxCollector(Collector):
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
        GaugeMetricFamily("desk_messages_due", "Messages that should have been sent by now"),
        GaugeMetricFamily("desk_messages_oldest_seconds", "Wait of the oldest due message"),
        GaugeMetricFamily("desk_messages_dead", "Dead letters waiting for a person"),
    ]


_collector = OutboxCollector()


def register() -> None:
    if _collector not in REGISTRY._collector_to_names:
        REGISTRY.register(_collector)
