from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from privacy.vault.models import ConsentEvent, DataSubject, PolicyDocument  # noqa: F401

# UNION drops rows already seen, so a circle of merges ends as well.
CLOSURE = """
WITH RECURSIVE kin (id) AS (
    SELECT id FROM vault_datasubject WHERE id = ANY(%s)
    UNION
    SELECT other.id
    FROM kin
    JOIN vault_datasubject mine ON mine.id = kin.id
    JOIN vault_datasubject other
      ON other.merged_into_id = mine.id OR other.id = mine.merged_into_id
)
SELECT id FROM kin
"""


class DataSubjectQuerySet(models.QuerySet["DataSubject"]):
    def closure_of(self, subject_ids: Iterable[UUID]) -> DataSubjectQuerySet:
        """Every subject that is the same person by merging, the given ones included."""
        return self.filter(pk__in=RawSQL(CLOSURE, [list(subject_ids)]))


class PolicyDocumentQuerySet(models.QuerySet["PolicyDocument"]):
    def in_force(self, at: datetime) -> PolicyDocumentQuerySet:
        """Published by then, newest version first."""
        return self.filter(published_at__lte=at).order_by("-version")


class ConsentEventQuerySet(models.QuerySet["ConsentEvent"]):
    def latest_per_purpose(self) -> ConsentEventQuerySet:
        return self.order_by("purpose_id", "-at", "-id").distinct("purpose_id")
