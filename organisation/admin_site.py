"""Django's admin for what has no page of its own. Rights come from posts, sign-in from our page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from core.api.actor import actor_of
from organisation import access
from organisation.models import Staff

MANAGE = "organisation.manage"


class DeskAdminSite(admin.AdminSite):
    site_header = site_title = _("系统设置")
    index_title = _("基础数据")

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Staff) and request.user.has_perm(MANAGE)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page signs in, where wrong passwords are counted; who is signed in and may not come
        in is told so instead of being asked for another name."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.get_full_path()))


class PermittedAdmin(admin.ModelAdmin):
    """A model whose rows are seen and changed with permissions of posts. Nothing is deleted here:
    every deletion is meant, and has a service of its own."""

    view_permission = MANAGE
    change_permission: str | None = MANAGE
    # adding needs the permission over the whole group, as changing does for what has no unit
    concerns_everybody = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request, self.view_permission, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request, self.change_permission, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not self.concerns_everybody or not isinstance(user, Staff):
            return self._may(request, self.change_permission)
        wanted = self.change_permission
        return wanted is not None and access.scope(user.actor, wanted).everything

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def _may(
        self, request: HttpRequest, permission: str | None, obj: models.Model | None = None
    ) -> bool:
        user = request.user
        return permission is not None and isinstance(user, Staff) and user.has_perm(permission, obj)


class ScopedAdmin(PermittedAdmin):
    """Rows that belong to units: those out of scope are not there, neither in the list nor to be
    chosen in a form. `unit_path` leads from a row to its unit, and is "" for units themselves."""

    unit_path = "unit"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).filter(self._scope(request).q(self.unit_path))

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        target = self.admin_site._registry.get(db_field.related_model)
        if isinstance(target, ScopedAdmin):
            kwargs.setdefault("queryset", target.get_queryset(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _scope(self, request: HttpRequest) -> access.Scope:
        return access.scope(actor_of(request), self.view_permission)


class ReadOnlyAdmin(PermittedAdmin):
    change_permission = None


class HistoryAdmin(SimpleHistoryAdmin):
    """History is read by whoever may see the row, and nothing is put back from it: the library
    would answer for rows that the queryset leaves out, and save a form that is posted to it."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require_seen(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "GET":
            raise PermissionDenied
        self._require_seen(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _require_seen(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404
