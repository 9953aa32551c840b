"""Registering suppliers, their contracts and grades, and what a project lead decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.services.suppliers import LONGEST_MEASURE
from organisation.enums import GradeReason, SupplierGrade, SupplierService
from organisation.models import Post


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class Plain(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class SupplierForm(Plain):
    code = forms.CharField(label=_("编号"), max_length=20)
    name = forms.CharField(label=_("名称"), max_length=120)
    service = forms.ChoiceField(label=_("服务类别"), choices=SupplierService.choices)


class ContractForm(Plain):
    number = forms.CharField(label=_("合同编号"), max_length=40)
    community = forms.CharField(
        label=_("小区"), max_length=200, help_text=_("名称、编号或拼音首字母")
    )
    from_on = _day(_("自"))
    until_on = _day(_("至（这一天起不再有效）"))


class ContactForm(Plain):
    name = forms.CharField(label=_("联系人"), max_length=60)
    phone = forms.CharField(
        label=_("电话"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )


class GradeForm(Plain):
    grade = forms.ChoiceField(label=_("新评级"), choices=SupplierGrade.choices)
    reason = forms.ChoiceField(label=_("依据"), choices=GradeReason.choices)


class FollowUpForm(Plain):
    measure = forms.CharField(
        label=_("措施"),
        max_length=LONGEST_MEASURE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("谁做什么。不要写住户的姓名和房号"),
    )
    owner = forms.ModelChoiceField(
        label=_("负责岗位"), queryset=Post.objects.none(), empty_label=None
    )
    due_on = _day(_("完成期限"))

    def __init__(self, *args: Any, owners: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(owners)
        field = self.fields["owner"]
        field.queryset = Post.objects.filter(pk__in=[post.pk for post in offered])  # type: ignore[attr-defined]
        field.choices = [(post.pk, f"{post} · {post.holder or ''}") for post in offered]  # type: ignore[attr-defined]
