from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CatalogueStamp(models.Model):
    """The one row that changes whenever a category, rule or policy does.

    Triggers write it in the changing transaction, so that every process notices that its copy is
    old as soon as the change is there to be read, and not before.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    stamp = models.UUIDField()

    class Meta:
        verbose_name = _("目录版本")
        verbose_name_plural = pgettext_lazy("plural", "目录版本")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_catalogue")
        ]
