from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from organisation.models.staff import Staff
from organisation.models.unit import Unit
from organisation.querysets import PostQuerySet


class Role(models.Model):
    """A named list of permissions. Apps ask for permissions, never for roles."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("角色"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60)
    permissions = ArrayField(models.CharField(max_length=60), default=list, verbose_name=_("权限"))

    history = HistoricalRecords(
        verbose_name=_("角色历史"), verbose_name_plural=pgettext_lazy("plural", "角色历史")
    )

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = pgettext_lazy("plural", "角色")

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english else self.name


class Post(models.Model):
    """A role held in a unit. The ladder and the routing address posts, not people."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("单位"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="posts", verbose_name=_("角色"))
    holder = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("任职")
    )
    stand_in = models.ForeignKey(
        Staff,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stand_ins",
        verbose_name=_("代理人"),
    )
    holder_absent_until = models.DateTimeField(_("缺勤至"), null=True, blank=True)
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)

    history = HistoricalRecords(
        verbose_name=_("岗位历史"), verbose_name_plural=pgettext_lazy("plural", "岗位历史")
    )
    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = pgettext_lazy("plural", "岗位")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="a_post_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("holder")),
                name="nobody_stands_in_for_themselves",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_unit_role")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.role}"
