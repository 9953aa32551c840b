from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.services.summaries import LONGEST


class SummaryForm(forms.Form):
    """Two texts that everybody of the community will read."""

    raised = forms.CharField(label=_("反映了什么"), max_length=LONGEST["raised"])
    done = forms.CharField(
        label=_("做了什么"),
        max_length=LONGEST["done"],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("用自己的话写，不抄住户原话；不写姓名、房号和号码。由另一个人发布"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
