from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections, models
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from privacy.vault.models import ConsentEvent, DataSubject, PolicyDocument  # noqa: F401

# UNION drops rows already seen, so a circle of merges ends as well. Both branches walk an index;
# one join with OR would read the whole table.
KIN = """
WITH RECURSIVE kin (start, id) AS (
    SELECT id, id FROM vault_datasubject WHERE id = ANY(%s)
    UNION
    SELECT kin.start, next.id
    FROM kin
    CROSS JOIN LATERAL (
        SELECT merged_into_id FROM vault_datasubject WHERE id = kin.id
        UNION ALL
        SELECT id FROM vault_datasubject WHERE merged_into_id = kin.id
    ) AS next (id)
    WHERE next.id IS NOT NULL
)
"""
KIN_IDS = KIN + "SELECT id FROM kin"  # noqa: S608  # constants
# PostgreSQL takes a list that it cannot see for a long one, and plans anew each time to look at it;
# of one it sees the length, and keeps the plan
KIN_IDS_OF_ONE = KIN_IDS.replace("ANY(%s)", "ANY(ARRAY[%s])")
KIN_TRACES = KIN + "SELECT start, trace FROM kin JOIN vault_datasubject USING (id)"  # noqa: S608


class DataSubjectQuerySet(models.QuerySet["DataSubject"]):
    def closure_of(self, subject_ids: Iterable[UUID]) -> DataSubjectQuerySet:
        """Every subject that is the same person by merging, the given ones included."""
        ids = list(subject_ids)
        sql, values = (KIN_IDS_OF_ONE, ids) if len(ids) == 1 else (KIN_IDS, [ids])
        return self.filter(pk__in=RawSQL(sql, values))  # noqa: S611  # constants

    def traces_of(self, subject_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """The traces of each given subject's closure, by that subject, in one query."""
        found = defaultdict(list)
        with connections[self.db].cursor() as cursor:
            cursor.execute(KIN_TRACES, [list(subject_ids)])
            for start, trace in cursor.fetchall():
                found[start].append(trace)
        return dict(found)


class PolicyDocumentQuerySet(models.QuerySet["PolicyDocument"]):
    def in_force(self, at: datetime) -> PolicyDocumentQuerySet:
        """Published by then, newest version first."""
        return self.filter(published_at__lte=at).order_by("-version")


class ConsentEventQuerySet(models.QuerySet["ConsentEvent"]):
    def latest_of_each(self) -> ConsentEventQuerySet:
        """The last event of each trace and purpose."""
        return self.order_by("trace", "purpose_id", "-at", "-id").distinct("trace", "purpose_id")
