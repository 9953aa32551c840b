"""Categories, rules and policies for those who keep the desk; tickets to look at, with history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.alert_admin import AlertRuleAdmin, BuildingDeviceAdmin
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
        asked = RoutingRule(
            kind=values.get("kind", ""),
            category_code=values.get("category_code", ""),
            policy_code=values.get("policy_code", ""),
            role=values.get("role"),
        )
        try:
            rules.check(asked)
        except InvalidInput as error:
            refused = {name: [str(each) for each in said] for name, said in error.fields.items()}
            raise ValidationError(refused) from None
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
    ordering = ("clock_kind", "level")


@admin.register(Policy)
class PolicyAdmin(PermittedAdmin, HistoryAdmin):
    """A version that clocks run on is read; to change a promise, make the next version of it."""

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
