from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.vault.querysets import DataSubjectQuerySet


class DataSubject(models.Model):
    """A person, as a number and nothing else. Written by `services.subjects` alone.

    `trace` is how append-only rows (consents, reveals) know the subject. Nothing but this row ties
    it to `id`, so deleting the row makes them anonymous without changing them (docs/adr/0010).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    trace = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = DataSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人信息主体")
        verbose_name_plural = _("个人信息主体")
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="a_subject_is_not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
