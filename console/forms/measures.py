"""The forms of time, pressure and asking back."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.clock_math import Duration
from complaints.enums import Basis, CallResult, Severity, TextRole
from complaints.photo_form import PhotosField, WithPhotos
from complaints.reasons import ExtensionReason, RegradeReason, ReturnReason
from complaints.services import extensions, grading
from complaints.services.merging import PRESSING
from complaints.spans import MOST_EXTENSIONS
from console import words
from console.forms.acts import HIDDEN, ActForm, text_field
from residents.models import KeyAccount
from residents.services import accounts

MINUTES_AN_HOUR: Final = 60


class ReturnForm(ActForm, WithPhotos):
    internal = True
    argument = "note"
    reason_code = forms.ChoiceField(
        label=gettext_lazy("为什么退单"), choices=ReturnReason.choices, widget=forms.RadioSelect
    )
    text = text_field(
        gettext_lazy("依据"),
        TextRole.NOTE,
        hint=gettext_lazy("看到了什么、应由谁处理，并附照片或截图。只有同事看得到"),
    )
    photos = PhotosField(required=True, help_text=gettext_lazy("照片里的拍摄地点会被去掉"))
    field_order = ("reason_code", "text", "photos")


class AskExtensionForm(ActForm):
    internal = True
    argument = "note"
    reason_code = forms.ChoiceField(
        label=gettext_lazy("为什么需要更多时间"),
        choices=ExtensionReason.choices,
        widget=forms.RadioSelect,
    )
    hours = forms.DecimalField(
        label=gettext_lazy("延长多少小时"), max_digits=5, decimal_places=1, min_value=0
    )
    text = text_field(
        gettext_lazy("说明"), TextRole.NOTE, hint=gettext_lazy("给审批人看：卡在哪里、何时能好")
    )
    field_order = ("reason_code", "hours", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].help_text = _limit(extensions.longest(self.ticket))

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        minutes = round(data.pop("hours") * MINUTES_AN_HOUR)
        return {**data, "minutes": minutes}

    @property
    def names(self) -> dict[str, str]:
        return {**super().names, "minutes": "hours"}


class DecideExtensionForm(ActForm):
    internal = True

    @property
    def lead(self) -> str:
        """What is decided on, so that nobody has to look for it in the timeline."""
        wish = extensions.wish(self.ticket)
        if wish is None:
            return ""
        by = wish.asked.asked_by
        asked = {"who": by.name if by else _("系统"), "much": words.how_much(wish.asked)}
        if wish.due_at is None or wish.would_be_due_at is None:
            return _("%(who)s申请延期 %(much)s。时限现在暂停。") % asked
        return _("%(who)s申请延期 %(much)s。解决时限现在是 %(now)s，同意后为 %(then)s。") % {
            **asked,
            "now": words.moment(wish.due_at),
            "then": words.moment(wish.would_be_due_at),
        }


class GrantExtensionForm(DecideExtensionForm):
    argument = "note"
    text = text_field(gettext_lazy("给经办的话"), TextRole.NOTE, required=False, hint=HIDDEN)


class RefuseExtensionForm(DecideExtensionForm):
    argument = "note"
    text = text_field(gettext_lazy("为什么不同意"), TextRole.NOTE, hint=HIDDEN)


class SuperviseForm(ActForm):
    internal = True
    argument = "note"
    text = text_field(
        gettext_lazy("督办要求"),
        TextRole.NOTE,
        required=False,
        hint=gettext_lazy("经办岗位会收到；升级和解决时会通知您。只有同事看得到"),
    )


class AccountForm(ActForm):
    """Accounts whose contract reaches where the matter is, but for the one that it has."""

    internal = True
    argument = "note"
    account = forms.ModelChoiceField(
        label=gettext_lazy("是哪个大客户的事项"),
        queryset=KeyAccount.objects.none(),
        empty_label="—",
    )
    text = text_field(
        gettext_lazy("说明"),
        TextRole.NOTE,
        required=False,
        rows=3,
        hint=gettext_lazy("客户经理会收到；时限政策不同的，从受理时起重算。只有同事看得到"),
    )
    field_order = ("account", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = accounts.reaching(self.ticket.unit)
        # what was sent is judged by the service: the ticket may have moved since the form was drawn
        if not self.is_bound:
            others = others.exclude(pk=self.ticket.account_id or 0)
        self.fields["account"].queryset = others.order_by("name", "pk")  # type: ignore[attr-defined]


class RegradeForm(ActForm):
    """Severities on one side of the present one. Late levels fire at once by the new one, so that
    nothing is chosen before somebody chooses it."""

    internal = True
    argument = "note"
    severity = forms.ChoiceField(label=gettext_lazy("改为"), widget=forms.RadioSelect)
    reason_code = forms.ChoiceField(label=gettext_lazy("为什么"), widget=forms.RadioSelect)
    field_order = ("severity", "reason_code", "text")

    reasons: tuple[RegradeReason, ...]
    #: 1 for what is graver, -1 for what is less grave
    direction: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # what was sent is judged by the service: the ticket may have moved since the form was drawn
        now = PRESSING.index(Severity(self.ticket.severity))
        offered = [
            one
            for rank, one in reversed(list(enumerate(PRESSING)))
            if self.is_bound or (rank - now) * self.direction > 0
        ]
        self._choose("severity", [(one.value, one.label) for one in offered])
        self._choose("reason_code", [(one.value, one.label) for one in self.reasons])

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field


class RaiseForm(RegradeForm):
    direction = 1
    reasons = (RegradeReason.DANGER, RegradeReason.WORSE, RegradeReason.MISJUDGED)
    text = text_field(
        gettext_lazy("说明"),
        TextRole.NOTE,
        required=False,
        rows=3,
        hint=gettext_lazy("时限从受理时起按新级别重算，已经超过的会马上升级。只有同事看得到"),
    )


class LowerForm(RegradeForm):
    direction = -1
    reasons = (RegradeReason.FALSE_ALARM, RegradeReason.EASED, RegradeReason.MISJUDGED)
    text = text_field(
        gettext_lazy("依据"),
        TextRole.NOTE,
        rows=3,
        hint=gettext_lazy("谁核实的、看到了什么。时限从受理时起按新级别重算。只有同事看得到"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["severity"] = grading.usual(self.ticket)


class RecordCallForm(ActForm):
    argument = "note"
    result = forms.ChoiceField(
        label=gettext_lazy("结果"), choices=CallResult.choices, widget=forms.RadioSelect
    )
    text = text_field(
        gettext_lazy("对方怎么说"),
        TextRole.COMMENT,
        required=False,
        hint=gettext_lazy("不满意时必填，住户也会看到；其他结果只有同事看得到"),
    )
    field_order = ("result", "text")


def _limit(longest: Duration | None) -> str:
    if longest is None:
        return _("没有可延长的解决时限")
    values = {
        "basis": Basis(longest.basis).label,
        "most": f"{longest.minutes / MINUTES_AN_HOUR:g}",
        "times": MOST_EXTENSIONS,
    }
    return _("按%(basis)s计，一次最多 %(most)s 小时，每轮最多 %(times)d 次") % values
