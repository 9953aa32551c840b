from __future__ import annotations

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Severity
from organisation.models import Role


class Category(models.Model):
    """What a ticket is about. The dotted code is the path in the tree: `engineering.water`."""

    code = models.CharField(_("代码"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级类别")
    )
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60)
    keywords = models.CharField(_("关键词"), max_length=200, blank=True)
    severity = models.CharField(
        _("级别"), max_length=10, choices=Severity.choices, default=Severity.ORDINARY
    )
    role = models.ForeignKey(Role, models.PROTECT, null=True, verbose_name=_("负责岗位"))
    evidence_to_close = models.BooleanField(_("办结需凭证"), default=False)
    # staff hear of it at night, whatever its severity; how its time counts is its policy's
    round_the_clock = models.BooleanField(_("全天候"), default=False)
    position = models.SmallIntegerField(_("顺序"), default=0)
    active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("类别")
        verbose_name_plural = pgettext_lazy("plural", "类别")

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english else self.name
