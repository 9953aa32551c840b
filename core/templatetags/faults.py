"""What is wrong with a field, in sentences of our own: what is missing is called by its name."""

from __future__ import annotations

from django import forms, template
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def faults(bound: BoundField) -> list[str]:
    """The sentences of one field, in order."""
    found: list[ValidationError] = bound.errors.as_data()
    return [_said(bound, error) for error in found]


def _said(bound: BoundField, error: ValidationError) -> str:
    """A field that has words of its own for being empty keeps them."""
    if error.message is not forms.Field.default_error_messages["required"]:
        return str(error.messages[0])
    values = {"field": bound.label}
    if isinstance(bound.field, forms.FileField):
        return _("请选择文件：%(field)s。") % values
    if isinstance(bound.field, forms.BooleanField):
        return _("请勾选“%(field)s”。") % values
    if isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField):
        return _("请选择“%(field)s”。") % values
    return _("请填写“%(field)s”。") % values
