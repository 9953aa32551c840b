from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Kind, Severity
from organisation.models import Staff
from quality.enums import Allocation, RoundState
from quality.models.checklist import Checklist
from quality.querysets import RoundQuerySet


class Round(models.Model):
    """The sampling inspection of one period, usually a quarter [starts_at, ends_at).

    The hash of the seed is stored when the round is planned, before `cut_off_at`; the seed itself
    stays sealed with the application's secret until the draw and is then published, so that nobody
    can pick a pleasant sample and everybody can repeat it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=80)
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.PLANNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cut_off_at = models.DateTimeField(_("截止时间"))
    checklist = models.ForeignKey(Checklist, models.PROTECT)
    # plan of an estimate: confidence in per mille, margin and expected share in per mille
    confidence_permille = models.SmallIntegerField(default=950)
    margin_permille = models.SmallIntegerField(default=50)
    share_permille = models.SmallIntegerField(default=500)
    allocation = models.CharField(
        max_length=12, choices=Allocation.choices, default=Allocation.PROPORTIONAL
    )
    seed_sha256 = models.CharField(max_length=64)
    seed_sealed = models.BinaryField()
    seed = models.CharField(max_length=64, blank=True)
    committed_at = models.DateTimeField()
    frame_sha256 = models.CharField(max_length=64, blank=True)
    # complaints without an answer at the cut-off, by region code; counted when the frame froze
    unanswered = models.JSONField(default=dict)
    frozen_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(Staff, models.PROTECT, related_name="rounds_planned")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("抽检轮次")
        verbose_name_plural = pgettext_lazy("plural", "抽检轮次")
        constraints = [
            models.CheckConstraint(
                condition=Q(committed_at__lt=F("cut_off_at")),
                name="the_seed_is_committed_before_the_cut_off",
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | Q(frozen_at__gte=F("cut_off_at")),
                name="a_frame_freezes_after_the_cut_off",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | ~Q(frame_sha256=""),
                name="a_draw_comes_from_a_frozen_frame",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_round_covers_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stratum(models.Model):
    """Region × kind × severity, or the certainty stratum of a region, as frozen."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="strata")
    code = models.CharField(max_length=120)
    region_code = models.CharField(max_length=40)
    region_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices, blank=True)
    certainty = models.BooleanField(default=False)
    size = models.IntegerField()
    drawn = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("抽样层")
        verbose_name_plural = pgettext_lazy("plural", "抽样层")
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="a_round_has_a_stratum_once"),
            models.CheckConstraint(
                condition=Q(drawn__lte=F("size")), name="no_more_is_drawn_than_there_is"
            ),
        ]


class FrameMember(models.Model):
    """One ticket of the frozen population. No personal column, no reference to the ticket row:
    what is needed later stands here and never changes."""

    append_only = True  # frozen is frozen (core.grants)

    round = models.ForeignKey(Round, models.PROTECT, related_name="members")
    ticket_public_id = models.UUIDField()
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="members")
    unit_code = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    first_response_kept = models.BooleanField(null=True)
    resolve_kept = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("抽样框成员")
        verbose_name_plural = pgettext_lazy("plural", "抽样框成员")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "ticket_public_id"], name="a_frame_holds_a_ticket_once"
            )
        ]
