"""The promises of a policy as one form: a line for each clock, a table for each ladder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import Basis, ClockKind, StepEffect
from complaints.models import LadderStep, Policy, PolicyDuration
from complaints.policy_rules import LONGEST, REQUIRED
from core.errors import InvalidInput
from organisation.models import Role

#: an acknowledgement is given by intake itself and climbs nowhere
CLIMBING: Final = (
    ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.SEGMENT, ClockKind.CALL_BACK,
)  # fmt: skip
LEVELS: Final = range(6)
PERCENT, AFTER = "percent", "after"
WHEN: Final = (
    ("", "—"),
    (PERCENT, gettext_lazy("到期前，已过 %")),
    (AFTER, gettext_lazy("到期后，分钟")),
)


class PolicyForm(forms.Form):
    #: a ladder is as long as somebody fills it: what may be left out stands beside the form, once
    asks_nothing = True

    def __init__(self, data: Any, *, policy: Policy) -> None:
        super().__init__(data, initial=_initial(policy))
        roles = Role.objects.order_by("name")
        for kind in ClockKind:
            self.fields[f"{kind}-minutes"] = forms.IntegerField(
                label=kind.label,
                min_value=1,
                max_value=LONGEST,
                required=kind in REQUIRED,
                error_messages={"required": _("请填写时长。")},
            )
            self.fields[f"{kind}-basis"] = forms.ChoiceField(label=_("单位"), choices=Basis.choices)
        for kind in CLIMBING:
            for level in LEVELS:
                self._add_level(f"{kind}-{level}", level, roles)

    def _add_level(self, name: str, level: int, roles: Any) -> None:
        said = _("%(level)d 级") % {"level": level}
        self.fields[f"{name}-when"] = forms.ChoiceField(label=said, choices=WHEN, required=False)
        self.fields[f"{name}-number"] = forms.IntegerField(
            label=_("数值"), min_value=0, max_value=LONGEST, required=False
        )
        self.fields[f"{name}-role"] = forms.ModelChoiceField(
            roles, label=_("角色"), required=False, empty_label=_("经办岗位")
        )
        self.fields[f"{name}-effect"] = forms.ChoiceField(
            label=_("作用"), choices=StepEffect.choices, required=False
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for kind in CLIMBING:
            for level in LEVELS:
                name = f"{kind}-{level}"
                if values.get(f"{name}-when") and values.get(f"{name}-number") is None:
                    self.add_error(f"{name}-number", _("请填写数值。"))
        return values

    def durations(self) -> list[PolicyDuration]:
        return [
            PolicyDuration(
                clock_kind=kind,
                duration_minutes=self.cleaned_data[f"{kind}-minutes"],
                basis=self.cleaned_data[f"{kind}-basis"],
            )
            for kind in ClockKind
            if self.cleaned_data[f"{kind}-minutes"]
        ]

    def ladder(self) -> list[LadderStep]:
        return [step for kind in CLIMBING for step in self._ladder_of(kind)]

    def _ladder_of(self, kind: ClockKind) -> Iterator[LadderStep]:
        for level in LEVELS:
            name = f"{kind}-{level}"
            when, number = (self.cleaned_data[f"{name}-{part}"] for part in ("when", "number"))
            if when:
                yield LadderStep(
                    clock_kind=kind,
                    level=level,
                    percent=number if when == PERCENT else None,
                    after_minutes=number if when == AFTER else None,
                    role=self.cleaned_data[f"{name}-role"],
                    effect=self.cleaned_data[f"{name}-effect"] or StepEffect.INFORM,
                )

    def refuse(self, error: InvalidInput) -> None:
        """What the service refuses, beside the level or the duration that it names."""
        for place, messages in error.fields.items():
            kind, _dot, level = place.partition(".")
            field = f"{kind}-{level}-number" if level else f"{kind}-minutes"
            for message in messages:
                self.add_error(field if field in self.fields else None, str(message))

    def promises(self) -> list[dict[str, Any]]:
        """Durations in the order of the clocks, for the template."""
        return [
            {"kind": kind, "minutes": self[f"{kind}-minutes"], "basis": self[f"{kind}-basis"]}
            for kind in ClockKind
        ]

    def ladders(self) -> list[dict[str, Any]]:
        return [
            {
                "kind": kind,
                "rows": [
                    {part: self[f"{kind}-{level}-{part}"] for part in PARTS} | {"level": level}
                    for level in LEVELS
                ],
            }
            for kind in CLIMBING
        ]


PARTS: Final = ("when", "number", "role", "effect")


class ApplyForm(forms.Form):
    scope = forms.ChoiceField(
        label=gettext_lazy("适用于"),
        choices=(
            ("open", gettext_lazy("新工单和所有未结工单（按新时限重算）")),
            ("new", gettext_lazy("仅新工单（未结工单仍按原时限）")),
        ),
        widget=forms.RadioSelect,
        initial="open",
    )
    looked = forms.BooleanField(
        label=gettext_lazy("我已核对上面的影响"),
        error_messages={"required": gettext_lazy("请先核对影响，再勾选此项。")},
    )


def _initial(policy: Policy) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for each in policy.durations.all():
        values[f"{each.clock_kind}-minutes"] = each.duration_minutes
        values[f"{each.clock_kind}-basis"] = each.basis
    for step in policy.ladder.all():
        name = f"{step.clock_kind}-{step.level}"
        before = step.percent is not None
        values[f"{name}-when"] = PERCENT if before else AFTER
        values[f"{name}-number"] = step.percent if before else step.after_minutes
        values[f"{name}-role"] = step.role_id
        values[f"{name}-effect"] = step.effect
    return values
