from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Post, Unit
from privacy.vault.models import DataSubject
from residents.enums import AccountTier
from residents.querysets import KeyAccountQuerySet


class KeyAccount(models.Model):
    """An organisation customer with its own path (大客户). Its name is a company's."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    tier = models.CharField(_("等级"), max_length=20, choices=AccountTier.choices)
    line_number = models.CharField(_("企业直达号"), max_length=20, blank=True)
    manager = models.ForeignKey(
        Post, models.PROTECT, related_name="key_accounts", verbose_name=_("客户经理")
    )
    communities = models.ManyToManyField(Unit, related_name="key_accounts", verbose_name=_("小区"))

    objects = KeyAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("大客户")
        verbose_name_plural = pgettext_lazy("plural", "大客户")
        constraints = [
            models.UniqueConstraint(
                fields=["line_number"],
                condition=~models.Q(line_number=""),
                name="a_line_leads_to_one_account",
            )
        ]

    def __str__(self) -> str:
        return self.name


class KeyAccountContact(models.Model):
    account = models.ForeignKey(KeyAccount, models.PROTECT, related_name="contacts")
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="key_account_contacts")

    class Meta:
        verbose_name = _("大客户联系人")
        verbose_name_plural = pgettext_lazy("plural", "大客户联系人")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "subject"], name="a_subject_speaks_for_an_account_once"
            )
        ]
