from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Channel, Kind, Severity
from organisation.models import Role, Unit
from residents.enums import AccountTier


class RoutingRule(models.Model):
    """The first matching rule, by `position`, decides role and policy. An empty field matches all;
    `category_code` matches the category and everything below it."""

    position = models.IntegerField(_("顺序"), unique=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, blank=True)
    category_code = models.CharField(_("类别代码"), max_length=60, blank=True)
    severity = models.CharField(_("级别"), max_length=10, choices=Severity.choices, blank=True)
    channel = models.CharField(_("渠道"), max_length=20, choices=Channel.choices, blank=True)
    tier = models.CharField(_("大客户等级"), max_length=20, choices=AccountTier.choices, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("单位"))
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, verbose_name=_("角色"))
    policy_code = models.CharField(_("政策代码"), max_length=40)

    class Meta:
        verbose_name = _("派单规则")
        verbose_name_plural = pgettext_lazy("plural", "派单规则")

    def __str__(self) -> str:
        return f"{self.position} → {self.policy_code}"
