from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Checklist(models.Model):
    """One version of the inspection form; never edited once a round uses it."""

    code = models.CharField(max_length=40)
    version = models.IntegerField()
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("检查表")
        verbose_name_plural = pgettext_lazy("plural", "检查表")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="a_checklist_version_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class ChecklistItem(models.Model):
    """One question, answered yes, no or not applicable. A case is answered well when no required
    item was answered no."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="items")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    question = models.CharField(_("问题"), max_length=200)
    question_en = models.CharField(max_length=200)
    required = models.BooleanField(_("必须达标"), default=True)

    class Meta:
        verbose_name = _("检查项")
        verbose_name_plural = pgettext_lazy("plural", "检查项")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "position"], name="a_checklist_orders_its_items"
            ),
            models.UniqueConstraint(
                fields=["checklist", "code"], name="a_checklist_asks_a_question_once"
            ),
        ]
