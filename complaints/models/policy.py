from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
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

    code = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=80)
    calendar = models.ForeignKey(WorkCalendar, models.PROTECT)
    effective_from = models.DateTimeField(null=True)
    moves_open_clocks = models.BooleanField(default=False)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="a_policy_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class PolicyDuration(models.Model):
    """How long one clock runs, in minutes of its basis."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="durations")
    clock_kind = models.CharField(max_length=20, choices=ClockKind.choices)
    duration_minutes = models.IntegerField()
    basis = models.CharField(max_length=10, choices=Basis.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "clock_kind"], name="a_policy_gives_a_clock_one_duration"
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__gt=0), name="a_duration_is_longer_than_nothing"
            ),
        ]


class LadderStep(models.Model):
    """One level of a clock's ladder.

    Fires when `percent` of the duration has passed (a warning before due, level 0), or
    `after_minutes` wall minutes after due. `role` null means the ticket's own post.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="ladder")
    clock_kind = models.CharField(max_length=20, choices=ClockKind.choices)
    level = models.SmallIntegerField()
    percent = models.SmallIntegerField(null=True)
    after_minutes = models.IntegerField(null=True)
    role = models.ForeignKey(Role, models.PROTECT, null=True)
    effect = models.CharField(max_length=10, choices=StepEffect.choices)

    class Meta:
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

    def clean(self) -> None:
        """For forms that save a level by itself."""
        if problem := policy_rules.problem_of(self):
            raise ValidationError(str(problem))
