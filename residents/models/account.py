from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import ActorKind
from organisation.models import Post, Unit
from privacy.vault.models import DataSubject
from residents.enums import AccountChangeKind, AccountTier
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


class KeyAccountChange(models.Model):
    """That something of an account changed, by whom and when. A contact is a person and is not
    named: the row says that there is one more, or one less."""

    append_only = True

    account = models.ForeignKey(KeyAccount, models.PROTECT, related_name="changes", db_index=False)
    kind = models.CharField(max_length=20, choices=AccountChangeKind.choices)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    before = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    after = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("大客户变更")
        verbose_name_plural = pgettext_lazy("plural", "大客户变更")
        indexes = [models.Index(fields=["account", "-at", "-id"], name="changes_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["community_added", "community_removed"], unit__isnull=False
                )
                | (
                    ~models.Q(kind__in=["community_added", "community_removed"])
                    & models.Q(unit__isnull=True)
                ),
                name="a_change_of_communities_names_one",
            )
        ]
