"""Forms of the pages for anybody."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import TextRole
from complaints.photo_form import WithPhotos
from complaints.services.open_reports import KINDS
from complaints.services.texts import LONGEST

LONGEST_CODE: Final = 40


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("查询码"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class MoreForm(WithPhotos):
    """What is added to a report; the code comes along, since nothing else says whose it is."""

    code = forms.CharField(max_length=LONGEST_CODE, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("补充情况"),
        max_length=LONGEST[TextRole.BODY],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    field_order = ("text", "photos")


class OpenReportForm(WithPhotos):
    """About the environment of a community."""

    kind = forms.ChoiceField(
        label=_("这是"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=forms.RadioSelect,
        initial=KINDS[0],
    )
    body = forms.CharField(
        label=_("说一说"),
        max_length=LONGEST[TextRole.BODY],
        help_text=_("什么时候、什么情况。不用写姓名和电话。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    place = forms.CharField(label=_("具体位置"), required=False, max_length=LONGEST[TextRole.PLACE])

    field_order = ("kind", "body", "place", "photos")
