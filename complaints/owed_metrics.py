"""What the auditor finds missing, read from the database when Prometheus asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import DatabaseError
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from complaints.services import owed
from core.clock import database_now

#: the ladder of a shipped policy ends there; each is shown, so that a new one stands out from none
LEVELS: Final = range(5)
#: more than that is as bad
COUNTED: Final = 10_000


class OwedCollector(Collector):
    def describe(self) -> list[GaugeMetricFamily]:
        """Known without a database, so that registering asks none."""
        return [_family()]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            found = owed.by_level(database_now(), most=COUNTED)
        except DatabaseError:
            return  # no figure is better than an old one; readiness tells of the database
        family = _family()
        for level in sorted({*LEVELS, *found}):
            family.add_metric([str(level)], found[level])
        yield family


def _family() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "desk_levels_missing",
        "Clocks that owe a level longer than the grace, by the lowest they owe; 0 is the warning",
        labels=["level"],
    )


_collector = OwedCollector()


def register() -> None:
    if _collector not in REGISTRY._collector_to_names:
        REGISTRY.register(_collector)
