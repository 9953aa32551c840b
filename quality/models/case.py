from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff
from quality.enums import Answer, CaseState, NonResponse
from quality.models.checklist import ChecklistItem
from quality.models.round import FrameMember, Round
from quality.querysets import CaseQuerySet


class SampleCase(models.Model):
    """A drawn member, to be inspected by someone who did not handle the ticket."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="cases")
    member = models.OneToOneField(FrameMember, models.PROTECT, related_name="case")
    ordinal = models.IntegerField()
    # design weight: members of the stratum for each one drawn
    weight = models.DecimalField(max_digits=14, decimal_places=6)
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.PENDING)
    non_response = models.CharField(max_length=16, choices=NonResponse.choices, blank=True)
    answered_well = models.BooleanField(null=True)
    inspector = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="inspections")
    inspected_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("抽中工单")
        verbose_name_plural = pgettext_lazy("plural", "抽中工单")
        constraints = [
            models.UniqueConstraint(fields=["round", "ordinal"], name="a_round_numbers_its_cases"),
            models.CheckConstraint(
                condition=Q(
                    state="inspected",
                    answered_well__isnull=False,
                    inspector__isnull=False,
                    inspected_at__isnull=False,
                )
                | Q(state__in=["pending", "non_response"], answered_well__isnull=True),
                name="an_inspected_case_has_a_result_and_an_inspector",
            ),
            models.CheckConstraint(
                condition=Q(state="non_response") & ~Q(non_response="")
                | ~Q(state="non_response") & Q(non_response=""),
                name="a_non_response_says_why",
            ),
        ]


class Score(models.Model):
    """The answer to one question of one case."""

    case = models.ForeignKey(SampleCase, models.PROTECT, related_name="scores")
    item = models.ForeignKey(ChecklistItem, models.PROTECT)
    answer = models.CharField(max_length=16, choices=Answer.choices)

    class Meta:
        verbose_name = _("检查评分")
        verbose_name_plural = pgettext_lazy("plural", "检查评分")
        constraints = [
            models.UniqueConstraint(fields=["case", "item"], name="a_case_answers_a_question_once")
        ]
