from __future__ import annotations

from typing import Any

from rest_framework import serializers

from complaints.enums import Kind, Severity
from core.api.serializers import PageQuerySerializer, StrictSerializer
from quality.enums import Allocation, Answer, CaseState, NonResponse, RoundState


class RoundSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=RoundState.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cut_off_at = serializers.DateTimeField()
    confidence_permille = serializers.IntegerField()
    margin_permille = serializers.IntegerField()
    share_permille = serializers.IntegerField()
    allocation = serializers.ChoiceField(choices=Allocation.choices)
    seed_sha256 = serializers.CharField(help_text="Stored before the cut-off.")
    seed = serializers.CharField(allow_blank=True, help_text="Public once the sample is drawn.")
    frame_sha256 = serializers.CharField(allow_blank=True)
    frozen_at = serializers.DateTimeField(allow_null=True)
    drawn_at = serializers.DateTimeField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    drawn = serializers.IntegerField()
    inspected = serializers.IntegerField()
    absent = serializers.IntegerField()
    pending = serializers.IntegerField()


class RoundPageSerializer(serializers.Serializer[Any]):
    results = RoundSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PlanSerializer(StrictSerializer):
    quarter = serializers.CharField(max_length=7, help_text="Such as 2026-4.")
    cut_off_at = serializers.DateTimeField(help_text="Later than now: the seed is sealed before.")
    checklist = serializers.CharField(
        max_length=40, help_text="Code; the newest version is taken.", default="answers"
    )
    confidence_permille = serializers.IntegerField(min_value=500, max_value=999, default=950)
    margin_permille = serializers.IntegerField(min_value=5, max_value=500, default=50)
    share_permille = serializers.IntegerField(min_value=1, max_value=999, default=500)
    allocation = serializers.ChoiceField(
        choices=Allocation.choices, default=Allocation.PROPORTIONAL.value
    )


class EstimateSerializer(serializers.Serializer[Any]):
    share = serializers.FloatField(allow_null=True, help_text="Answered well; null if unknown.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    method = serializers.CharField()
    confidence = serializers.FloatField()
    design_effect = serializers.FloatField(allow_null=True)
    population = serializers.IntegerField()
    covered = serializers.IntegerField()
    drawn = serializers.IntegerField()
    inspected = serializers.IntegerField()
    non_response = serializers.FloatField(allow_null=True)


class RegionLineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    estimate = EstimateSerializer()
    rank = serializers.IntegerField(
        allow_null=True, help_text="Null where the interval overlaps another region's."
    )
    unanswered = serializers.IntegerField()
    first_response_kept = serializers.FloatField(allow_null=True)
    resolve_kept = serializers.FloatField(allow_null=True)


class QuestionLineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    question = serializers.CharField()
    yes = serializers.IntegerField()
    no = serializers.IntegerField()
    not_applicable = serializers.IntegerField()


class ReportSerializer(serializers.Serializer[Any]):
    final = serializers.BooleanField(help_text="False while cases are still inspected.")
    total = EstimateSerializer()
    regions = RegionLineSerializer(many=True)
    questions = QuestionLineSerializer(many=True)
    non_response = serializers.DictField(child=serializers.IntegerField())
    pending = serializers.IntegerField()
    unanswered = serializers.IntegerField()


class CaseRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    ordinal = serializers.IntegerField()
    region = serializers.CharField(source="member.stratum.region_code")
    kind = serializers.ChoiceField(source="member.stratum.kind", choices=[("", ""), *Kind.choices])
    severity = serializers.ChoiceField(
        source="member.stratum.severity", choices=[("", ""), *Severity.choices]
    )
    state = serializers.ChoiceField(choices=CaseState.choices)
    non_response = serializers.ChoiceField(choices=[("", ""), *NonResponse.choices])
    answered_well = serializers.BooleanField(allow_null=True)
    inspected_at = serializers.DateTimeField(allow_null=True)


class CasePageSerializer(serializers.Serializer[Any]):
    results = CaseRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CaseQuerySerializer(PageQuerySerializer):
    state = serializers.ChoiceField(choices=CaseState.choices, required=False)


class ScoresSerializer(StrictSerializer):
    answers = serializers.DictField(
        child=serializers.ChoiceField(choices=Answer.choices),
        help_text="By the code of each question of the round's checklist.",
    )


class AbsenceSerializer(StrictSerializer):
    reason = serializers.ChoiceField(
        choices=[
            (reason.value, reason.label)
            for reason in (NonResponse.RECORD_MISSING, NonResponse.NOT_REACHED)
        ]
    )
