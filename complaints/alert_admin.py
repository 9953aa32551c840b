"""What alarms mean and where devices stand, for those who keep the desk."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models import AlertRule, BuildingDevice
from organisation.admin_site import PermittedAdmin, ScopedAdmin
from organisation.models import Unit

_NUMBER: Final = ("source", "system_kind", "device_id")


@admin.register(AlertRule)
class AlertRuleAdmin(PermittedAdmin):
    """A rule without a code is the system's own and catches every other alarm."""

    concerns_everybody = True
    list_display = ("system_kind", "alarm_code", "name", "category", "severity", "window_minutes")
    list_display_links = ("name",)
    list_filter = ("system_kind",)
    list_select_related = ("category",)
    autocomplete_fields = ("category",)
    ordering = ("system_kind", "alarm_code")


class DeviceForm(forms.ModelForm):
    class Meta:
        model = BuildingDevice
        fields = ("source", "device_id", "system_kind", "unit", "building", "place")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        unit, building = values.get("unit"), values.get("building")
        if unit and building and building.unit_id != unit.pk:
            raise ValidationError({"building": _("楼栋不在这个小区。")})
        if unit and self._names_another(unit):
            message = _("这个小区已有此编号的设备，它现在可能登记在别处。")
            raise ValidationError({"device_id": message})
        return values

    def _names_another(self, unit: Unit) -> bool:
        """Whether its system could mean another device. The constraints are not asked by the form:
        it leaves out `said_unit`. A number that is given anew must be free, where the device stands
        and where its system says; one that merely moves is known by what its system says."""
        said = self.instance.said_unit_id
        number = {name: self.cleaned_data.get(name) for name in _NUMBER}
        same = BuildingDevice.objects.exclude(pk=self.instance.pk).filter(**number)
        if set(_NUMBER).isdisjoint(self.changed_data):
            return said is None and same.filter(said_unit=None, unit=unit).exists()
        places = [unit.pk] if said is None else [unit.pk, said]
        return same.filter(Q(unit__in=places) | Q(said_unit__in=places)).exists()


@admin.register(BuildingDevice)
class BuildingDeviceAdmin(ScopedAdmin):
    """Devices write themselves down at their first alarm; here they are put right, or named
    before."""

    unit_path = "unit"
    form = DeviceForm
    list_display = ("device_id", "system_kind", "unit", "building", "place", "source")
    list_filter = ("system_kind",)
    list_select_related = ("unit", "building", "source")
    search_fields = ("device_id", "place")
    autocomplete_fields = ("unit", "building")
    ordering = ("unit__path", "device_id")
