from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import TextRole
from complaints.photo_form import WithPhotos
from complaints.services.texts import LONGEST

STARS = (
    ("1", _("很差")),
    ("2", _("较差")),
    ("3", pgettext_lazy("rating", "一般")),
    ("4", _("满意")),
    ("5", _("很满意")),
)


class AddForm(WithPhotos):
    text = forms.CharField(
        label=_("补充什么"),
        max_length=LONGEST[TextRole.BODY],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    field_order = ("text", "photos")


class ReopenForm(WithPhotos):
    text = forms.CharField(
        label=_("哪里还没有解决"),
        max_length=LONGEST[TextRole.COMMENT],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    field_order = ("text", "photos")


class WithdrawForm(forms.Form):
    text = forms.CharField(
        label=_("为什么撤回"),
        required=False,
        max_length=LONGEST[TextRole.COMMENT],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RateForm(forms.Form):
    handling = forms.TypedChoiceField(
        label=_("处理过程怎么样"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    outcome = forms.TypedChoiceField(
        label=_("问题解决得怎么样"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("还想说什么"),
        required=False,
        max_length=LONGEST[TextRole.COMMENT],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
