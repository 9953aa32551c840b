from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from organisation.enums import Language
from privacy.rights.enums import CARRIED_OUT, CorrectableField, RequestKind, RequestState
from privacy.vault.enums import Application, Basis, ConsentOutcome, ConsentState

#: what a person can say; a consent expires by itself
SAID = (ConsentOutcome.GRANTED, ConsentOutcome.REFUSED, ConsentOutcome.WITHDRAWN)


class PurposeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(source="__str__")
    basis = serializers.ChoiceField(choices=Basis.choices)
    needs_consent = serializers.BooleanField()
    core_service = serializers.BooleanField()
    valid_days = serializers.IntegerField(
        allow_null=True, help_text="How long a consent lasts; null for as long as it is not taken."
    )


class PolicyQuerySerializer(StrictSerializer):
    application = serializers.ChoiceField(
        choices=Application.choices, required=False, default=Application.RESIDENTS_APP
    )
    language = serializers.ChoiceField(
        choices=Language.choices, required=False, help_text="That of the request if left out."
    )


class PolicySerializer(serializers.Serializer[Any]):
    application = serializers.ChoiceField(choices=Application.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    sha256 = serializers.CharField(help_text="Of the text; send it back with a consent.")
    text = serializers.CharField(help_text="Markdown.")
    purposes = PurposeSerializer(many=True, source="purposes.all")


class ConsentStateSerializer(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=ConsentState.choices)
    may_ask = serializers.BooleanField(
        help_text="False while a refusal rests: do not ask again, but show the switch."
    )


class ConsentSerializer(StrictSerializer):
    purpose = serializers.CharField(max_length=40)
    outcome = serializers.ChoiceField(choices=[(each.value, each.label) for each in SAID])
    policy_sha256 = serializers.CharField(
        max_length=64,
        required=False,
        default="",
        help_text="Of the policy that was shown; required unless withdrawn.",
    )


class ReceiptSerializer(serializers.Serializer[Any]):
    """A consent receipt on the field set of ISO/IEC TS 27560:2023."""

    metadata = serializers.DictField()
    processing = serializers.DictField()
    parties = serializers.ListField(child=serializers.DictField())
    event = serializers.DictField()


class RequestWishSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[(each.value, each.label) for each in CARRIED_OUT])
    field = serializers.ChoiceField(
        choices=CorrectableField.choices, required=False, default="", help_text="correct only"
    )
    value = serializers.CharField(
        max_length=254, required=False, default="", help_text="correct only: the right value"
    )


class PrivacyRequestSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField(source="ticket.reference")
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    field = serializers.ChoiceField(choices=[("", ""), *CorrectableField.choices])
    state = serializers.ChoiceField(choices=RequestState.choices)
    received_at = serializers.DateTimeField()
    verified_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class PrivacyRequestPageSerializer(serializers.Serializer[Any]):
    results = PrivacyRequestSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page.")
    previous = serializers.CharField(allow_null=True)


class PageQuerySerializer(StrictSerializer):
    cursor = serializers.CharField(max_length=300, required=False)
    size = serializers.IntegerField(min_value=1, max_value=100, default=50)


class ProofSerializer(StrictSerializer):
    id = serializers.UUIDField()
    code = serializers.CharField(max_length=12)
