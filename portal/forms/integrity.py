from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import TextRole
from complaints.photo_form import WithPhotos
from complaints.services.texts import LONGEST
from organisation.models import Unit

LONGEST_ABOUT: Final = 200


class ReportForm(WithPhotos):
    unit = forms.ModelChoiceField(
        label=_("涉及哪个单位"), queryset=Unit.objects.none(), empty_label=None
    )
    about = forms.CharField(
        label=_("涉及谁"),
        required=False,
        max_length=LONGEST_ABOUT,
        help_text=_("姓名、岗位或公司。您写到的纪检人员不会看到这份举报"),
    )
    body = forms.CharField(
        label=_("发生了什么"),
        max_length=LONGEST[TextRole.BODY] - LONGEST_ABOUT - 10,
        help_text=_("时间、地点、经过、金额。不想被认出来，就不要写只有您知道的细节。"),
        widget=forms.Textarea(attrs={"rows": 7}),
    )

    field_order = ("unit", "about", "body", "photos")

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = _("照片会重新生成，拍摄地点、时间和设备都会去掉")
        field = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        field.choices = [(unit.pk, str(unit)) for unit in units]  # type: ignore[attr-defined]
