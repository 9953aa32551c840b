from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node

from organisation.enums import UnitLevel


class LegalEntity(models.Model):  # type: ignore[django-manager-missing]  # treebeard's
    """The company that answers for a community; named in policies, consents and exports."""

    name = models.CharField(_("名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)

    class Meta:
        verbose_name = _("法人主体")
        verbose_name_plural = pgettext_lazy("plural", "法人主体")

    def __str__(self) -> str:
        return self.name


class Unit(MP_Node):
    """A node of the company. `path` is the materialised path: scope is a prefix of it."""

    steplen = 5  # 60 million children a node

    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    initials = models.CharField(_("拼音首字母"), max_length=60, blank=True)
    level = models.CharField(_("层级"), max_length=12, choices=UnitLevel.choices)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, blank=True, verbose_name=_("法人主体")
    )

    class Meta:
        verbose_name = _("组织单位")
        verbose_name_plural = pgettext_lazy("plural", "组织单位")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(level="community") | models.Q(legal_entity__isnull=False),
                name="a_community_has_a_legal_entity",
            )
        ]

    def __str__(self) -> str:
        return self.name
