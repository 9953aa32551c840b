"""Planning a round and scoring its cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.words import in_english
from core.quarters import Quarter
from quality.enums import Allocation, Answer, NonResponse
from quality.models import Checklist, ChecklistItem
from quality.services.rounds import Plan

QUARTERS_BACK: Final = 8
#: answers that came late in a quarter still need a few days to be solved
CUT_OFF_AFTER: Final = timedelta(days=10)
SOON: Final = timedelta(minutes=10)
CONFIDENCES: Final = ((900, "90 %"), (950, "95 %"), (990, "99 %"))
MARGINS: Final = tuple((each, f"± {each / 10:g} %") for each in (20, 30, 40, 50, 75, 100))
SHARES: Final = tuple((each, f"{each // 10} %") for each in (500, 700, 800, 900, 950))
MOMENT: Final = "%Y-%m-%dT%H:%M"


class PlanForm(forms.Form):
    quarter = forms.CharField(
        label=gettext_lazy("哪一季度"),
        widget=forms.Select,
    )
    cut_off_at = forms.DateTimeField(
        label=gettext_lazy("截止时间"),
        help_text=gettext_lazy("种子在此之前封存，名单在此之后冻结"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format=MOMENT),
    )
    checklist = forms.ModelChoiceField(
        label=gettext_lazy("检查表"), queryset=Checklist.objects.none(), empty_label=None
    )
    confidence_permille = forms.TypedChoiceField(
        label=gettext_lazy("把握"), choices=CONFIDENCES, coerce=int, initial=950
    )
    margin_permille = forms.TypedChoiceField(
        label=gettext_lazy("误差"), choices=MARGINS, coerce=int, initial=50
    )
    share_permille = forms.TypedChoiceField(
        label=gettext_lazy("预计合格比例"),
        choices=SHARES,
        coerce=int,
        initial=500,
        help_text=gettext_lazy("没有把握就选 50%：样本最多，最稳妥"),
    )
    allocation = forms.ChoiceField(
        label=gettext_lazy("各层怎么分"), choices=Allocation.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "plan_%s", "label_suffix": "", **kwargs})
        this = Quarter.of(at.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
        offered = [this.shifted(-back) for back in range(-1, QUARTERS_BACK)]
        self.fields["quarter"].widget.choices = [(each.code, each.name) for each in offered]
        self.fields["checklist"].queryset = Checklist.objects.order_by(  # type: ignore[attr-defined]
            "code", "-version"
        )
        self.initial.setdefault("quarter", this.code)
        self.initial.setdefault("allocation", Allocation.PROPORTIONAL)
        self.initial.setdefault("cut_off_at", max(this.ends_at + CUT_OFF_AFTER, at + SOON))

    def clean_quarter(self) -> Quarter:
        try:
            return Quarter.parse(self.cleaned_data["quarter"])
        except ValueError:
            raise forms.ValidationError(_("请选择列出的选项。")) from None

    def plan(self) -> Plan:
        data = self.cleaned_data
        quarter: Quarter = data["quarter"]
        return Plan(
            name=quarter.name,
            starts_at=quarter.starts_at,
            ends_at=quarter.ends_at,
            cut_off_at=data["cut_off_at"],
            checklist=data["checklist"],
            confidence_permille=data["confidence_permille"],
            margin_permille=data["margin_permille"],
            share_permille=data["share_permille"],
            allocation=Allocation(data["allocation"]),
        )


class ScoreForm(forms.Form):
    """One field for each question, named by its code."""

    def __init__(self, *args: Any, items: Iterable[ChecklistItem], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "score_%s", "label_suffix": "", **kwargs})
        for item in items:
            self.fields[item.code] = forms.ChoiceField(
                label=item.question_en if in_english() else item.question,
                help_text="" if item.required else _("不影响结论"),
                choices=Answer.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请回答这个问题。")},
            )


class NonResponseForm(forms.Form):
    #: an erasure says so itself
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么无法检查"),
        choices=[
            (reason.value, reason.label)
            for reason in (NonResponse.RECORD_MISSING, NonResponse.NOT_REACHED)
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "absent_%s", "label_suffix": "", **kwargs})
