"""How the outbox stands, read from the database when Prometheus asks: true in every process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db import DatabaseError, connection
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from notifications.enums import LANES

_STANDING = """
SELECT channel, due, age, dead, resting FROM (
    SELECT channel,
           count(*) FILTER (WHERE state = 'queued' AND due_at <= clock_timestamp()) AS due,
           coalesce(extract(epoch FROM clock_timestamp()
                    - min(due_at) FILTER (WHERE state = 'queued')), 0) AS age,
           count(*) FILTER (WHERE state = 'dead') AS dead
    FROM notifications_message WHERE state IN ('queued', 'dead') GROUP BY channel
) outbox
FULL JOIN (
    SELECT channel, count(*) AS resting FROM notifications_endpoint
    WHERE active AND held_until > clock_timestamp() GROUP BY channel
) endpoints USING (channel)
"""


class Standing(NamedTuple):
    """Of one channel: messages due and not sent, seconds the oldest has waited past its time, dead
    letters, and endpoints that rest after a failure."""

    due: int = 0
    oldest_seconds: float = 0.0
    dead: int = 0
    resting: int = 0


def standing() -> dict[str, Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        rows = cursor.fetchall()
    found = {
        channel: Standing(due or 0, max(float(age or 0), 0.0), dead or 0, resting or 0)
        for channel, due, age, dead, resting in rows
    }
    return {lane: found.get(lane, Standing()) for lane in LANES}


class OutboxCollector(Collector):
    def describe(self) -> list[GaugeMetricFamily]:
        """Known without a database, so that registering asks none."""
        return _families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            lanes = standing()
        except DatabaseError:
            return  # no figure is better than an old one; readiness tells of the database
        for place, family in enumerate(_families()):
            for lane, values in lanes.items():
                family.add_metric([lane], values[place])
            yield family


def _families() -> list[GaugeMetricFamily]:
    words = {
        "desk_messages_due": "Messages that should have been sent by now",
        "desk_messages_oldest_seconds": "Wait of the oldest due message",
        "desk_messages_dead": "Dead letters waiting for a person",
        "desk_message_endpoints_resting": "Robots and webhooks that rest after a failure",
    }
    return [GaugeMetricFamily(name, text, labels=["channel"]) for name, text in words.items()]


_collector = OutboxCollector()


def register() -> None:
    if _collector not in REGISTRY._collector_to_names:
        REGISTRY.register(_collector)
