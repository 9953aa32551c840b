"""Forms of the pages for anybody."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import TextRole
from complaints.photo_form import WithPhotos
from complaints.reasons import RightKind
from complaints.services.ip_notices import LONGEST as IP_LONGEST
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
    """What is said about a report; the code comes along, since nothing else says whose it is."""

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


class IpNoticeForm(WithPhotos):
    """A notice as the Civil Code wants it: who, which right, where, and that it is meant."""

    right_kind = forms.ChoiceField(label=_("权利种类"), choices=RightKind.choices)
    right = forms.CharField(
        label=_("权利名称与登记号"),
        max_length=IP_LONGEST["right"],
        help_text=_("例如：作品名、商标注册号"),
    )
    holder = forms.CharField(label=_("权利人姓名或名称"), max_length=IP_LONGEST["holder"])
    contact = forms.CharField(
        label=_("联系方式"), max_length=254, help_text=_("电话或邮箱，填一项即可")
    )
    location = forms.CharField(
        label=_("侵权内容在哪里"),
        max_length=LONGEST[TextRole.PLACE],
        help_text=_("网页地址，或者小区、楼栋和位置"),
    )
    body = forms.CharField(
        label=_("侵权情况与初步证据"),
        max_length=LONGEST[TextRole.BODY],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    in_good_faith = forms.BooleanField(
        label=_("我声明以上属实；因错误通知造成损害的，我承担责任"),
        error_messages={"required": _("请确认声明属实：错误通知要承担责任（民法典第 1195 条）。")},
    )

    field_order = (
        "right_kind",
        "right",
        "holder",
        "contact",
        "location",
        "body",
        "photos",
        "in_good_faith",
    )
