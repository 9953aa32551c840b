"""Categories, rules and policies for those who keep the desk; tickets to look at, with history."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import construct_instance
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.alert_admin import AlertRuleAdmin, BuildingDeviceAdmin
from complaints.enums import ClockKind
from complaints.models import Category, LadderStep, Policy, PolicyDuration, RoutingRule, Ticket
from complaints.services import policy_versions, rules
from core.api.actor import actor_of
from core.clock import database_now
from core.errors import InvalidInput
from organisation.admin_site import HistoryAdmin, PermittedAdmin, ReadOnlyAdmin

__all__ = ["AlertRuleAdmin", "BuildingDeviceAdmin"]

HANDLE: Final = "tickets.handle"
#: stands where a code does in the address at which residents report
RESERVED_CODES: Final = frozenset({"danger"})
TIME_TO_CHANGE: Final = timedelta(days=1)


def check_role_handles(role: Any, kind: str = "") -> None:
    """A role without the right to handle tickets would get them and could not open them."""
    gated = kind in ("privacy", "integrity")
    if role is not None and not gated and HANDLE not in role.permissions:
        raise ValidationError({"role": _("此岗位没有处理工单的权限。")})


class CategoryForm(forms.ModelForm):
    class Meta:
        model = Category
        fields = (
            "code", "name", "name_en", "keywords", "severity", "role", "evidence_to_close",
            "round_the_clock", "position", "active",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        check_role_handles(values.get("role"))
        if values.get("code") in RESERVED_CODES:
            raise ValidationError({"code": _("此编号是系统保留字，请换一个。")})
        above = values.get("code", "").rpartition(".")[0]
        self.instance.parent = Category.objects.filter(code=above).first()
        if above and self.instance.parent is None:
            raise ValidationError({"code": _("上级类别不存在。")})
        return values


@admin.register(Category)
class CategoryAdmin(PermittedAdmin):
    """A category is retired, never renamed in its code: rules and figures name it by that."""

    form = CategoryForm
    concerns_everybody = True
    list_display = ("code", "name", "severity", "role", "evidence_to_close", "active")
    list_filter = ("active", "severity")
    list_select_related = ("role",)
    search_fields = ("code", "name", "name_en", "keywords")
    ordering = ("position", "code")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()


class RuleForm(forms.ModelForm):
    class Meta:
        model = RoutingRule
        fields = (
            "position", "kind", "category_code", "severity", "channel", "tier", "unit", "role",
            "policy_code",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        asked = construct_instance(self, copy(self.instance), self._meta.fields)
        try:
            rules.check(asked, at=database_now())
            rules.check_catching(asked)
        except InvalidInput as error:
            refused = {name: [str(each) for each in said] for name, said in error.fields.items()}
            raise ValidationError(refused) from None
        except rules.NothingWouldCatch as error:
            raise ValidationError(str(error)) from None
        return values


@admin.register(RoutingRule)
class RoutingRuleAdmin(PermittedAdmin):
    """The first matching rule decides; a rule that is to go gives way to one before it."""

    form = RuleForm
    concerns_everybody = True
    list_display = (
        "position", "kind", "category_code", "severity", "channel", "tier", "unit", "role",
        "policy_code",
    )  # fmt: skip
    list_select_related = ("unit", "role")
    autocomplete_fields = ("unit",)
    ordering = ("position",)

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        what = "changed" if change else "added"
        rules.record(what, actor=actor_of(request), at=database_now())


class StepForm(forms.ModelForm):
    """A level is before due or after it, and without a role it calls the ticket's own post."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("percent", "after_minutes", "role"):
            self.fields[name].required = False
        if isinstance(role := self.fields["role"], forms.ModelChoiceField):
            role.empty_label = _("经办岗位")


class LadderFormSet(forms.BaseInlineFormSet):
    """Looks at the ladders as a whole, beside the durations that were sent with them: each level by
    itself may be right and the way up not be one."""

    def clean(self) -> None:
        super().clean()
        promises = Promises(self.data, instance=self.instance)
        if any(self.errors) or not promises.is_valid():
            return
        try:
            policy_versions.check(_rows_of(promises), _rows_of(self))
        except InvalidInput as error:
            raise ValidationError(list(_in_words(error))) from None


Promises = forms.inlineformset_factory(
    Policy, PolicyDuration, fields=("clock_kind", "duration_minutes", "basis"), can_delete=False
)


def _rows_of(formset: forms.BaseInlineFormSet) -> list[Any]:
    """Without lines that nobody has filled in."""
    return [form.instance for form in formset.forms if form.instance.pk or form.has_changed()]


def _in_words(error: InvalidInput) -> Iterator[str]:
    """Which level of which clock is wrong, and why."""
    for place, problems in error.fields.items():
        kind, _dot, level = place.partition(".")
        said = _("%(clock)s %(level)s 级：%(problem)s") if level else _("%(clock)s：%(problem)s")
        for problem in problems:
            values = {"clock": ClockKind(kind).label, "level": level, "problem": problem}
            yield said % values


class PartInline(admin.TabularInline):
    """A part of a version follows it: open until the first clock runs on it."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return isinstance(obj, Policy) and not policy_versions.is_in_use(obj, database_now())

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)


class DurationInline(PartInline):
    model = PolicyDuration
    ordering = ("clock_kind",)


class StepInline(PartInline):
    model = LadderStep
    form = StepForm
    formset = LadderFormSet
    ordering = ("clock_kind", "level")


class PolicyForm(forms.ModelForm):
    def clean_effective_from(self) -> datetime:
        """What binds already is not looked at before: that is for the pages, which show the effect
        first."""
        chosen: datetime = self.cleaned_data["effective_from"]
        if chosen <= database_now():
            raise ValidationError(_("生效时间须晚于现在。"))
        return chosen


@admin.register(Policy)
class PolicyAdmin(PermittedAdmin, HistoryAdmin):
    """A version that clocks run on is read; to change a promise, make the next version of it."""

    form = PolicyForm
    concerns_everybody = True
    fields = ("code", "version", "name", "name_en", "calendar", "effective_from")
    readonly_fields = ("code", "version")
    list_display = ("code", "version", "name", "calendar", "effective_from")
    list_filter = ("code",)
    list_select_related = ("calendar",)
    ordering = ("code", "-version")
    inlines = (DurationInline, StepInline)
    actions = ("make_next_version",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        unused = not isinstance(obj, Policy) or not policy_versions.is_in_use(obj, database_now())
        return unused and super().has_change_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        policy_versions.record("changed", actor=actor_of(request), at=database_now())

    @admin.action(description=_("制定下一版本（次日生效，生效前可修改）"), permissions=["change"])
    def make_next_version(self, request: HttpRequest, chosen: models.QuerySet[Policy]) -> None:
        effective_from = database_now() + TIME_TO_CHANGE
        made = [
            policy_versions.renew(policy, effective_from=effective_from)
            for policy in chosen.order_by("code").distinct("code")
        ]
        message = ngettext("已制定 %(count)d 个新版本。", "已制定 %(count)d 个新版本。", len(made))
        self.message_user(request, message % {"count": len(made)})


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin, HistoryAdmin):
    """What is tracked of a ticket and when it changed; nothing that leads to a person."""

    view_permission = "history.view"
    fields = (
        "reference", "version", "kind", "category", "severity", "channel", "state", "unit",
        "building", "account", "post", "policy", "cycle", "level", "received_at", "resolved_at",
        "ended_at", "next_step_at",
    )  # fmt: skip
    list_display = ("reference", "kind", "category", "state", "unit", "received_at")
    list_filter = ("kind", "state")
    list_select_related = ("category", "unit")
    search_fields = ("reference__exact",)
    ordering = ("-received_at", "-id")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Ticket]:
        return Ticket.objects.visible_to(actor_of(request))
