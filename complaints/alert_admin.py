"""What alarms mean and where devices stand, for those who keep the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from complaints.models import AlertRule, BuildingDevice
from organisation.admin_site import PermittedAdmin, ScopedAdmin


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
        return values


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
