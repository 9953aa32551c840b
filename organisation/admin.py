from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms.models import construct_instance
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.api.actor import actor_of
from core.clock import database_now
from core.errors import DeskError
from organisation import access
from organisation.admin_site import HistoryAdmin, PermittedAdmin, ReadOnlyAdmin, ScopedAdmin
from organisation.enums import MACHINES_ALONE, Permission, UnitLevel
from organisation.machine_key_admin import MachineKeyAdmin
from organisation.models import (
    Building,
    CalendarDay,
    CalendarInterval,
    CalendarYear,
    Dwelling,
    LegalEntity,
    Post,
    Role,
    Staff,
    Unit,
    WorkCalendar,
)
from organisation.reference_data import ROLES
from organisation.services import posts, staff, units
from organisation.services.units import NewUnit
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger

__all__ = ["MachineKeyAdmin"]

# rights are posts: groups of Django's own decide nothing here
admin.site.unregister(Group)


@contextmanager
def _beside(form: forms.ModelForm) -> Iterator[None]:
    """Show what a service refuses beside the fields it is about."""
    try:
        yield
    except DeskError as refused:
        for field, messages in (refused.fields or {"": [refused.message]}).items():
            shown = field if field in form.fields else None
            form.add_error(shown, ValidationError([str(each) for each in messages]))


class StaffForm(UserChangeForm):
    """Says beside the form that the last duty officer cannot leave."""

    @transaction.atomic
    def clean(self) -> dict[str, Any] | None:
        if self.leaves():
            with _beside(self):
                posts.check_leaving(self.instance, at=database_now())
        return super().clean()

    def leaves(self) -> bool:
        return "is_active" in self.changed_data and not self.cleaned_data.get("is_active")


class NewStaffForm(UserCreationForm):
    class Meta:
        model = Staff
        fields = ("username", "name")


@admin.register(Staff)
class StaffAdmin(PermittedAdmin, UserAdmin):
    """Rights are posts: neither groups nor flags of Django's own are offered."""

    form = StaffForm
    add_form = NewStaffForm
    add_form_template = "admin/change_form.html"
    list_display = ("username", "name", "work_phone", "is_active", "left_on")
    list_filter = ("is_active",)
    search_fields = ("username", "name")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("员工"), {"fields": ("name", "email", "work_phone", "preferred_language")}),
        (_("在职情况"), {"fields": ("is_active", "left_on", "date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "name", "password1", "password2")}),
    )

    def save_model(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.leaves():
            at = database_now()
            left_on = obj.left_on or posts.local_date(at)
            staff.leave(obj, on=left_on, actor=actor_of(request), at=at)


class RoleForm(forms.ModelForm):
    permissions = forms.MultipleChoiceField(
        label=_("权限"),
        choices=[(one.value, one.label) for one in Permission if one not in MACHINES_ALONE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Role
        fields = ("code", "name", "name_en", "permissions")


@admin.register(Role)
class RoleAdmin(PermittedAdmin, HistoryAdmin):
    """Roles of the company's own may be added; those shipped are the product's, and are put right
    with every release."""

    form = RoleForm
    concerns_everybody = True
    list_display = ("code", "name", "name_en")
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return self.get_fields(request, obj) if _is_shipped(obj) else ("code",)

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        may = "permitted" if obj is not None and _is_shipped(obj) else "permissions"
        return ("code", "name", "name_en", may)

    @admin.display(description=_("权限"))
    def permitted(self, role: Role) -> str:
        return "、".join(Permission.said(role.permissions))

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ledger.append(
            LedgerKind.PERMISSION_CHANGED,
            actor=actor_of(request),
            at=database_now(),
            object_kind=Role._meta.label_lower,
        )
        access.forget()


def _is_shipped(role: Role) -> bool:
    return role.code in {code for code, *_ in ROLES}


class PostForm(forms.ModelForm):
    """Says beside the form what the service would refuse. `actor` is whoever fills it in."""

    actor: Actor

    class Meta:
        model = Post
        fields = (
            "unit", "role", "holder", "stand_in", "holder_absent_until", "valid_from",
            "valid_until",
        )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        if not self.errors:
            post = construct_instance(self, copy(self.instance), self._meta.fields)
            with _beside(self):
                posts.check(post, at=database_now())
                posts.check_rank(post, actor=self.actor)
        return super().clean()


@admin.register(Post)
class PostAdmin(ScopedAdmin, HistoryAdmin):
    unit_path = "unit"
    form = PostForm
    list_display = ("unit", "role", "holder", "stand_in", "holder_absent_until", "valid_until")
    list_filter = ("role",)
    list_select_related = ("unit", "role", "holder", "stand_in")
    search_fields = ("unit__name", "unit__code", "holder__name")
    autocomplete_fields = ("unit", "holder", "stand_in")
    ordering = ("unit__path", "role__code")

    def get_form(
        self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = actor_of(request)  # type: ignore[attr-defined]  # a class of this request
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> tuple[str, ...]:
        return ("unit", "role") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        """Beside what cannot be changed stands what to do instead."""
        about = posts.PostIsFixed.message if obj else None
        return [(None, {"fields": PostForm.Meta.fields, "description": about})]

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        posts.put(obj, actor=actor_of(request), at=database_now())


class NewUnitForm(forms.ModelForm):
    parent = forms.ModelChoiceField(Unit.objects.all(), label=_("上级单位"), required=False)

    class Meta:
        model = Unit
        fields = ("code", "name", "level", "legal_entity")

    def new_unit(self) -> NewUnit:
        values = self.cleaned_data
        parent = values.get("parent")
        return NewUnit(
            values["code"],
            values["name"],
            UnitLevel(values["level"]),
            parent.code if parent else None,
            values.get("legal_entity"),
        )

    def clean(self) -> dict[str, Any] | None:
        if not self.errors:
            with _beside(self):
                units.check_place(self.new_unit(), self.cleaned_data.get("parent"))
        return super().clean()


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    unit_path = ""
    list_display = ("code", "indented", "level", "legal_entity")
    list_filter = ("level",)
    list_select_related = ("legal_entity",)
    search_fields = ("code", "name", "initials")
    ordering = ("path",)

    @admin.display(description=_("名称"), ordering="path")
    def indented(self, unit: Unit) -> str:
        return "　" * (unit.depth - 1) + unit.name

    def get_form(
        self, request: HttpRequest, obj: Unit | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        # the place in the tree is chosen once, when the unit is added
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, **{**kwargs, "form": NewUnitForm})
        parent = form.base_fields["parent"]
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = self.get_queryset(request)
        return form

    def get_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        own = ("code", "name", "level", "legal_entity")
        return own if obj else ("parent", *own)

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        return ("code", "level") if obj else ()

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        actor = actor_of(request)
        if change:
            units.rename(obj, obj.name, actor=actor)
            obj.save(update_fields=["legal_entity"])
            return
        created = units.add(form.new_unit(), actor=actor)
        obj.pk, obj.path, obj.depth = created.pk, created.path, created.depth


@admin.register(LegalEntity)
class LegalEntityAdmin(PermittedAdmin):
    concerns_everybody = True
    list_display = ("name", "credit_code")
    search_fields = ("name", "credit_code")


@admin.register(Building)
class BuildingAdmin(ScopedAdmin):
    unit_path = "unit"
    list_display = ("name", "unit")
    list_select_related = ("unit",)
    search_fields = ("name", "unit__name", "unit__code")
    autocomplete_fields = ("unit",)


@admin.register(Dwelling)
class DwellingAdmin(ScopedAdmin):
    unit_path = "building__unit"
    list_display = ("room", "building")
    list_select_related = ("building",)
    search_fields = ("building__name", "building__unit__code")
    autocomplete_fields = ("building",)


class ShownInline(admin.TabularInline):
    """Rows of a version; whoever may see the version sees them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class IntervalInline(ShownInline):
    model = CalendarInterval


class YearInline(ShownInline):
    model = CalendarYear


class DayInline(ShownInline):
    model = CalendarDay
    ordering = ("-day_on",)


@admin.register(WorkCalendar)
class WorkCalendarAdmin(ReadOnlyAdmin):
    """A version is never edited: `import_calendar` announces a new one."""

    list_display = ("code", "version", "name", "created_at")
    ordering = ("code", "-version")
    inlines = (IntervalInline, YearInline, DayInline)
