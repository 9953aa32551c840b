from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models.unit import Unit


class Building(models.Model):
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="buildings", verbose_name=_("单位"))
    name = models.CharField(_("楼栋"), max_length=60)

    class Meta:
        verbose_name = _("楼栋")
        verbose_name_plural = pgettext_lazy("plural", "楼栋")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], name="a_building_name_is_unique_in_its_unit"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Dwelling(models.Model):
    """A home. Its id and public id are personal data: they lead to who lives there."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="dwellings", verbose_name=_("楼栋")
    )
    room = models.CharField(_("房号"), max_length=30)

    class Meta:
        verbose_name = _("房屋")
        verbose_name_plural = pgettext_lazy("plural", "房屋")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "room"], name="a_room_is_unique_in_its_building"
            )
        ]

    def __str__(self) -> str:
        return f"{self.building.name} {self.room}"
