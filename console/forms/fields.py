"""Fields that several forms share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from console import units
from core.errors import InvalidInput
from organisation.models import Unit

NAMES_OF_PLACES = gettext_lazy("名称、编号或拼音首字母")


class ListedInput(forms.TextInput):
    """A field to type in, with a list to choose from that the browser narrows without script."""

    listed: Iterable[str] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        wanted = {**(attrs or {}), "list": f"{name}_listed", "autocomplete": "off"}
        options = format_html_join(
            "", '<option value="{}"></option>', ((one,) for one in self.listed)
        )
        box = super().render(name, value, wanted, renderer)
        return format_html('{}<datalist id="{}_listed">{}</datalist>', box, name, options)


def suggest(form: forms.Form | forms.ModelForm, name: str, listed: Iterable[str]) -> None:
    """Fill the list of one of the form's `ListedInput`s."""
    widget = form.fields[name].widget
    if isinstance(widget, ListedInput):
        widget.listed = list(listed)


def offer(form: forms.Form | forms.ModelForm, name: str, offered: units.Units) -> None:
    """The units that one of the form's `UnitField`s knows."""
    field = form.fields[name]
    if isinstance(field, UnitField):
        field.units = offered
    suggest(form, name, offered)


class UnitField(forms.CharField):
    """A unit of the company, chosen from a list of path names; its value is the unit or None."""

    widget = ListedInput
    units: units.Units = {}

    def prepare_value(self, value: Any) -> Any:
        return units.said(value, self.units) if isinstance(value, Unit) else value

    def clean(self, value: Any) -> Unit | None:
        try:
            return units.meant(super().clean(value), self.units)
        except InvalidInput as refused:
            raise ValidationError([str(said) for said in refused.fields["unit"]]) from None
