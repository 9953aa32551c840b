from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Dwelling
from privacy.vault.models import DataSubject
from residents.enums import OccupancyRole
from residents.querysets import OccupancyQuerySet


class Occupancy(models.Model):
    """Who lives in or owns which dwelling, from when until when."""

    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="occupancies")
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="occupancies")
    role = models.CharField(max_length=10, choices=OccupancyRole.choices)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("居住关系")
        verbose_name_plural = pgettext_lazy("plural", "居住关系")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="an_occupancy_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["subject", "dwelling", "role"],
                condition=Q(until_on__isnull=True),
                name="a_subject_lives_in_a_dwelling_once",
            ),
        ]
