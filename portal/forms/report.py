from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.enums import TextRole
from complaints.photo_form import WithPhotos
from complaints.services.texts import LONGEST
from organisation.models import Dwelling
from portal.homes import written
from residents.models import Occupancy


class Place(TextChoices):
    HOME = "home", _("我家里")
    BUILDING = "building", _("本栋楼公共区域")
    ESTATE = "estate", _("小区公共区域")


class WhereForm(forms.Form):
    """The second step. One home is not asked for."""

    place = forms.ChoiceField(
        label=_("在哪里"), choices=Place.choices, widget=forms.RadioSelect, initial=Place.HOME
    )
    detail = forms.CharField(
        label=_("具体位置"),
        required=False,
        max_length=LONGEST[TextRole.PLACE],
        help_text=_("例如：7 楼电梯口、地下车库 16 号柱旁"),
    )

    def __init__(self, *args: Any, homes: Sequence[Occupancy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dwellings: dict[str, Dwelling] = {
            str(row.dwelling.public_id): row.dwelling for row in homes
        }
        offered = [(key, written(dwelling)) for key, dwelling in self.dwellings.items()]
        self.fields["home"] = forms.ChoiceField(label=_("哪一套房屋"), choices=offered)
        if len(offered) == 1:
            self.fields["home"].widget = forms.HiddenInput()
            self.fields["home"].initial = offered[0][0]

    @property
    def dwelling(self) -> Dwelling:
        return self.dwellings[self.cleaned_data["home"]]


class SayForm(WithPhotos):
    """The third step."""

    body = forms.CharField(
        label=_("说一说"),
        max_length=LONGEST[TextRole.BODY],
        help_text=_("什么时候开始的、现在怎么样。请不要写身份证号和银行卡号。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    protected = forms.BooleanField(label=_("不让被投诉的人和小区现场人员知道是我"), required=False)

    field_order = ("body", "photos", "protected")
