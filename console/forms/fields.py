"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from console import units
from console.units import Units
from core.errors import InvalidInput
from organisation.models import Unit

NAMES_OF_PLACES = gettext_lazy("名称、编号或拼音首字母")


class SearchedInput(forms.TextInput):
    """A field to type in, with a short list that follows what is typed. Without script it is typed
    in full or in part, and the form says which ones fit."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        wanted = {**(attrs or {}), "list": f"{name}_found", "autocomplete": "off"}
        found = format_html(
            '<datalist id="{0}_found" hx-get="{1}" hx-include="#{2}" hx-target="this"'
            ' hx-trigger="focus once from:#{2}, input delay:200ms from:#{2}"'
            ' hx-swap="innerHTML"></datalist>',
            name,
            reverse(self.page),
            wanted.get("id", name),
        )
        return super().render(name, value, wanted, renderer) + found


class UnitField(forms.CharField):
    """A unit of the company, by what somebody types; its value is the unit or None."""

    units: Units

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": SearchedInput("console:settings_units"), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return units.said(value) if isinstance(value, Unit) else value

    def clean(self, value: Any) -> Unit | None:
        try:
            return self.units.meant(super().clean(value))
        except InvalidInput as refused:
            raise ValidationError([str(said) for said in refused.fields["unit"]]) from None


def search(form: forms.Form | forms.ModelForm, name: str, reach: Units) -> None:
    """Where one of the form's `UnitField`s looks."""
    field = form.fields[name]
    if isinstance(field, UnitField):
        field.units = reach
