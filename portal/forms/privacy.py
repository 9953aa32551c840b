from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.rights.enums import CorrectableField

#: the language is no matter of a request: everybody changes it themselves
ASKED: Final = (CorrectableField.NAME, CorrectableField.PHONE, CorrectableField.EMAIL)


class CorrectForm(forms.Form):
    field = forms.ChoiceField(
        label=_("更正什么"),
        choices=[(each.value, each.label) for each in ASKED],
        widget=forms.RadioSelect,
        initial=CorrectableField.NAME,
    )
    value = forms.CharField(
        label=_("正确的内容"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-draft-skip": True}),
    )


class DeleteForm(forms.Form):
    sure = forms.BooleanField(
        label=_("我知道删除之后不能恢复"),
        error_messages={"required": _("请先确认您知道删除之后不能恢复。")},
    )
