"""How corrective actions look in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from complaints.enums import RemedyState
from complaints.reasons import RootCause
from core.api.serializers import StrictSerializer


class CorrectiveActionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    ticket = serializers.UUIDField()
    reference = serializers.CharField(help_text="The number of the ticket.")
    unit = serializers.CharField()
    root_cause = serializers.ChoiceField(choices=RootCause.choices)
    owner = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=RemedyState.choices)
    late = serializers.BooleanField()
    planned_at = serializers.DateTimeField()
    handed_over_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when the owner has it, where it was another post's."
    )
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.CharField(allow_blank=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    verified_by = serializers.CharField(allow_blank=True)
    allowed_actions = serializers.ListField(
        child=serializers.ChoiceField(choices=["complete", "hand_over", "verify", "return"])
    )


class CorrectiveActionPageSerializer(serializers.Serializer[Any]):
    results = CorrectiveActionSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CorrectiveActionQuerySerializer(StrictSerializer):
    state = serializers.ChoiceField(choices=RemedyState.choices, required=False)
    late = serializers.BooleanField(required=False, default=False)
    unit = serializers.CharField(max_length=40, required=False, help_text="With all below it.")
    ticket = serializers.UUIDField(required=False)
    cursor = serializers.CharField(max_length=300, required=False)
    size = serializers.IntegerField(min_value=1, max_value=100, default=50)


class CorrectiveStepSerializer(StrictSerializer):
    text = serializers.CharField(max_length=5_000, required=False, default="")
    draft = serializers.UUIDField(required=False, help_text="complete: photos as evidence.")
    due_on = serializers.DateField(required=False, help_text="return: the new last day.")
    post = serializers.IntegerField(
        required=False, help_text="hand_over: the id of the post that answers for it from now on."
    )
