"""Who speaks for a key account, looked for by a number."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ContactForm(forms.Form):
    phone = forms.CharField(
        label=_("联系人电话"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
        help_text=_("已登记的住户或来电人的号码。没有登记的，请先在工作台登记。"),
    )
