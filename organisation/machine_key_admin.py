"""Keys of outside systems in the settings: issued, exchanged and revoked; a secret shows once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.api.actor import actor_of
from core.clock import database_now
from core.errors import DeskError
from core.models import MachineKey
from core.pages import refusals
from organisation.admin_site import PermittedAdmin
from organisation.enums import Permission
from organisation.services import machine_keys
from organisation.services.machine_keys import Issued, NewKey

YEAR: Final = timedelta(days=365)
OVERLAP: Final = timedelta(days=3)


class NewKeyForm(forms.ModelForm):
    """Says beside the form what the service would refuse; the key is made when the form is good."""

    name = forms.CharField(label=_("系统名称"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("权限"),
        choices=[(one.value, one.label) for one in machine_keys.FOR_MACHINES],
        widget=forms.CheckboxSelectMultiple,
    )
    unit_codes = forms.CharField(
        label=_("范围"), help_text=_("单位编码，多个用空格分开；密钥只在这些单位及其下级有效。")
    )
    expires_on = forms.DateField(
        label=_("有效期至"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("含当日。")
    )

    class Meta:
        model = MachineKey
        fields = ("name",)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                machine_keys.check(self.new_key(), at=database_now())
            except DeskError as refused:
                refusals.show(self, refused, {"expires_at": "expires_on"})
        return values

    def new_key(self) -> NewKey:
        values = self.cleaned_data
        return NewKey(
            values["name"],
            values["scopes"],
            values["unit_codes"].split(),
            _end_of(values["expires_on"]),
        )


@admin.register(MachineKey)
class MachineKeyAdmin(PermittedAdmin):
    """A key is never edited: another scope is another key. The secret is part of one answer, which
    no cache keeps, and of no message, cookie or log."""

    concerns_everybody = True
    list_display = ("key_id", "name", "where", "expires_at", "last_used_on", "revoked_at")
    list_display_links = None
    ordering = ("-created_at",)
    search_fields = ("key_id", "name")
    actions = ("rotate", "revoke")

    def get_form(
        self, request: HttpRequest, obj: MachineKey | None = None, change: bool = False, **kw: Any
    ) -> type[forms.ModelForm]:
        return NewKeyForm

    def get_fields(self, request: HttpRequest, obj: MachineKey | None = None) -> tuple[str, ...]:
        return ("name", "scopes", "unit_codes", "expires_on")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return obj is None and self._whole_group(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return obj is None and self._whole_group(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._whole_group(request)

    def _whole_group(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: MachineKey, form: Any, change: bool) -> None:
        issued = machine_keys.issue(form.new_key(), actor=actor_of(request), at=database_now())
        obj.pk = issued.key.pk
        request._issued = issued  # type: ignore[attr-defined]  # lives as long as the request

    def response_add(
        self, request: HttpRequest, obj: MachineKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._shown(request, request._issued)  # type: ignore[attr-defined]  # save_model

    @admin.action(description=_("换发密钥（旧密钥三天后失效）"))
    def rotate(
        self, request: HttpRequest, rows: models.QuerySet[MachineKey]
    ) -> HttpResponse | None:
        key = rows.first()
        if key is None or rows.count() != 1:
            self.message_user(request, _("请只选一把密钥。"), messages.ERROR)
            return None
        at = database_now()
        try:
            issued = machine_keys.rotate(
                key, expires_at=at + YEAR, overlap=OVERLAP, actor=actor_of(request), at=at
            )
        except DeskError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return None
        return self._shown(request, issued)

    @admin.action(description=_("吊销密钥"))
    def revoke(self, request: HttpRequest, rows: models.QuerySet[MachineKey]) -> None:
        at = database_now()
        ended = sum(machine_keys.revoke(key, actor=actor_of(request), at=at) for key in rows)
        said = ngettext("已吊销 %(n)s 把密钥。", "已吊销 %(n)s 把密钥。", ended) % {"n": ended}
        self.message_user(request, said)

    @admin.display(description=_("范围"))
    def where(self, key: MachineKey) -> str:
        return f"{'、'.join(Permission.said(key.scopes))} @ {'、'.join(key.unit_codes)}"

    def _shown(self, request: HttpRequest, issued: Issued) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("密钥已签发"),
            "opts": self.opts,
            "issued": issued,
        }
        response = render(request, "organisation/machine_key_issued.html", context)
        add_never_cache_headers(response)
        return response


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
