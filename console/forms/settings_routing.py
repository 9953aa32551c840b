"""A routing rule, and a ticket described for the dry run."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import Channel, Kind, Severity
from complaints.models import Category, Policy, RoutingRule
from console.forms.fields import NAMES_OF_PLACES, SearchedInput, UnitField, search
from console.units import Units
from console.words import category_name
from organisation.models import Role, Unit
from residents.enums import AccountTier

ANY: Final = ("", gettext_lazy("任何"))


class RuleForm(forms.ModelForm):
    #: what is left open matches everything
    asks_nothing = True

    unit = UnitField(
        label=gettext_lazy("组织单元"),
        required=False,
        help_text=gettext_lazy("输入名称、拼音首字母或编号；连同其下级，不填为全部"),
    )

    class Meta:
        model = RoutingRule
        fields = ("kind", "category_code", "severity", "channel", "tier", "role", "policy_code")

    def __init__(self, *args: Any, units: Units, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        search(self, "unit", units)
        self.initial["unit"] = self.instance.unit
        self._choose("kind", _("类型"), [ANY, *Kind.choices])
        self._choose("category_code", _("类别"), [ANY, *_categories()])
        self._choose("severity", _("级别"), [ANY, *Severity.choices])
        self._choose("channel", _("渠道"), [ANY, *Channel.choices])
        self._choose("tier", _("大客户等级"), [ANY, *AccountTier.choices])
        self._choose("policy_code", _("时限政策"), _policies())
        self.fields["role"] = forms.ModelChoiceField(
            Role.objects.order_by("name"),
            label=_("派给"),
            required=False,
            empty_label=_("按类别"),
        )

    def _choose(self, name: str, label: str, choices: list[Any]) -> None:
        required = name == "policy_code"
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=required)

    def clean_unit(self) -> Unit | None:
        self.instance.unit = self.cleaned_data["unit"]
        return self.instance.unit


class DescribedForm(forms.Form):
    """A matter as it could be told, for the dry run of who sees no tickets."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Kind.choices)
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("类别"),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("级别"),
        choices=[("", gettext_lazy("按类别")), *Severity.choices],
        required=False,
    )
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), choices=Channel.choices)
    tier = forms.ChoiceField(
        label=gettext_lazy("大客户等级"),
        choices=[("", gettext_lazy("不是大客户")), *AccountTier.choices],
        required=False,
    )
    community = forms.CharField(
        label=gettext_lazy("小区"),
        widget=SearchedInput("console:settings_communities"),
        help_text=NAMES_OF_PLACES,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = _active()
            field.label_from_instance = category_name  # type: ignore[method-assign,assignment]


class DryRunForm(DescribedForm):
    """The same, or a ticket that is there."""

    reference = forms.CharField(
        label=gettext_lazy("已有工单"),
        required=False,
        help_text=gettext_lazy("填工单号，或在下面描述一件"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("reference"):
            for name in ("kind", "category", "channel", "community"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("请填写，或在上面填工单号。"))
        return values


def _active() -> QuerySet[Category]:
    return Category.objects.filter(active=True).order_by("position", "code")


def _categories() -> list[tuple[str, str]]:
    return [(row.code, category_name(row)) for row in _active()]


def _policies() -> list[tuple[str, str]]:
    rows = Policy.objects.filter(effective_from__isnull=False).order_by("code", "-version")
    return [(row.code, row.name) for row in rows.distinct("code")]
