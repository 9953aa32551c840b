from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from complaints import policy_rules
from complaints.enums import Basis, ClockKind, StepEffect
from organisation.models import Role, WorkCalendar


class Policy(models.Model):
    """One version of a service-level policy: durations and ladders of each clock.

    A version in force is never edited; a change is a new version. One without `effective_from` is
    prepared and binds nobody yet. With `moves_open_clocks` it also takes over the clocks that run
    on earlier versions (services.recomputation).
    """

    code = models.CharField(_("代码"), max_length=40)
    version = models.IntegerField(_("版本"), default=1)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=80)
    calendar = models.ForeignKey(WorkCalendar, models.PROTECT, verbose_name=_("工作日历"))
    effective_from = models.DateTimeField(_("生效时间"), null=True)
    moves_open_clocks = models.BooleanField(_("也用于未办结工单"), default=False)

    history = HistoricalRecords(
        verbose_name=_("时限政策历史"), verbose_name_plural=pgettext_lazy("plural", "时限政策历史")
    )

    class Meta:
        verbose_name = _("时限政策")
        verbose_name_plural = pgettext_lazy("plural", "时限政策")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="a_policy_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class PolicyDuration(models.Model):
    """How long one clock runs, in minutes of its basis."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="durations")
    clock_kind = models.CharField(_("时限种类"), max_length=20, choices=ClockKind.choices)
    duration_minutes = models.IntegerField(_("时长（分钟）"))
    basis = models.CharField(_("计时方式"), max_length=10, choices=Basis.choices)

    class Meta:
        verbose_name = _("时限")
        verbose_name_plural = pgettext_lazy("plural", "时限")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "clock_kind"], name="a_policy_gives_a_clock_one_duration"
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__gt=0), name="a_duration_is_longer_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.get_clock_kind_display()


class LadderStep(models.Model):
    """One level of a clock's ladder.

    Fires when `percent` of the duration has passed (a warning before due, level 0), or
    `after_minutes` wall minutes after due. `role` null means the ticket's own post.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="ladder")
    clock_kind = models.CharField(_("时限种类"), max_length=20, choices=ClockKind.choices)
    level = models.SmallIntegerField(_("级别"))
    percent = models.SmallIntegerField(_("到期前（%）"), null=True)
    after_minutes = models.IntegerField(_("到期后（分钟）"), null=True)
    role = models.ForeignKey(Role, models.PROTECT, null=True, verbose_name=_("角色"))
    effect = models.CharField(_("作用"), max_length=10, choices=StepEffect.choices)

    class Meta:
        verbose_name = _("升级阶梯")
        verbose_name_plural = pgettext_lazy("plural", "升级阶梯")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "clock_kind", "level"], name="a_ladder_has_each_level_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 99), after_minutes__isnull=True)
                | Q(percent__isnull=True, after_minutes__gte=0),
                name="a_step_is_before_due_or_after_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_kind_display()} {self.level}"

    def clean(self) -> None:
        """For forms that save a level by itself."""
        if problem := policy_rules.problem_of(self):
            raise ValidationError(str(problem))
