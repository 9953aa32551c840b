from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.api.actor import actor_of
from core.clock import database_now
from core.masking import mask_email, mask_phone
from organisation import access
from organisation.admin_site import PermittedAdmin, ReadOnlyAdmin
from privacy.vault.services import sealing
from residents.enums import ContactKind
from residents.models import ContactPoint, DeviceToken, KeyAccount, Person
from residents.services import account_changes, accounts, contacts

SEE = "residents.edit"


class MaskedPage(ChangeList):
    """Opens the contacts of one page with one query for their keys."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[ContactPoint] = list(self.result_list)
        texts = sealing.reveal_many((row.subject_id, contacts.SEALED, row.sealed) for row in rows)
        for row, text in zip(rows, texts, strict=True):
            mask = mask_phone if row.kind == ContactKind.PHONE else mask_email
            row.masked = mask(text) if text else "—"  # type: ignore[attr-defined]
        self.result_list = rows


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyAdmin):
    """Masked and read-only: what is sealed is changed by a correction. People themselves are not
    listed: their ids must not stand in an address."""

    view_permission = SEE
    fields = ("kind", "verified_at", "login")
    list_display = ("masked", "kind", "login", "verified_at")
    list_display_links = None
    list_filter = ("kind", "login")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ContactPoint]:
        people = Person.objects.visible_to(actor_of(request))
        return super().get_queryset(request).filter(subject__in=people.values("pk"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return MaskedPage

    @admin.display(description=_("联系方式"))
    def masked(self, contact: ContactPoint) -> str:
        text: str = contact.masked  # type: ignore[attr-defined]
        return text


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    """How many devices are signed in, and until when; not whose they are."""

    fields = list_display = ("created_at", "last_used_on", "expires_at", "revoked_at")
    list_display_links = None
    ordering = ("-created_at",)


class KeyAccountForm(ModelForm):
    def clean_line_number(self) -> str:
        typed: str = self.cleaned_data["line_number"]
        line = accounts.normal_line(typed)
        if typed and not line:
            raise ValidationError(_("企业直达号应为电话号码。"))
        taken = KeyAccount.objects.filter(line_number=line).exclude(pk=self.instance.pk)
        if line and taken.exists():
            raise ValidationError(_("此号码已是其他大客户的企业直达号。"))
        return line


@admin.register(KeyAccount)
class KeyAccountAdmin(PermittedAdmin):
    form = KeyAccountForm
    concerns_everybody = True
    list_display = ("code", "name", "tier", "line_number", "manager")
    list_filter = ("tier",)
    list_select_related = ("manager__unit", "manager__role")
    search_fields = ("code", "name")
    autocomplete_fields = ("manager", "communities")
    ordering = ("code",)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> KeyAccount:
        """What the account was, read before anything of it is written."""
        form.earlier = account_changes.standing(form.instance.pk)
        saved: KeyAccount = super().save_form(request, form, change)
        return saved

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        account_changes.note_since(
            form.instance, form.earlier, actor=actor_of(request), at=database_now()
        )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[KeyAccount]:
        here = access.scope(actor_of(request), self.view_permission)
        return super().get_queryset(request).filter(here.q("communities")).distinct()
