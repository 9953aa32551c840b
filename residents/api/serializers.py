from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from organisation.enums import Language
from residents.enums import AccountTier, OccupancyRole


class CodeWishSerializer(StrictSerializer):
    phone = serializers.CharField(max_length=40, help_text="A mobile number, as people write it.")


class CodeSentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Send it back together with the code.")
    expires_in = serializers.IntegerField(help_text="Seconds.")


class TokenWishSerializer(StrictSerializer):
    id = serializers.UUIDField()
    code = serializers.CharField(max_length=12)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown this once; `Authorization: Bearer <token>`.")
    expires_at = serializers.DateTimeField()


class HomeSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(help_text="The community.")
    building = serializers.CharField()
    room = serializers.CharField(allow_blank=True, help_text="Empty where it may not be seen.")
    role = serializers.ChoiceField(choices=OccupancyRole.choices)


class OwnHomeSerializer(HomeSerializer):
    dwelling = serializers.UUIDField(help_text="Names the dwelling in a new ticket.")


class CallerHomeSerializer(HomeSerializer):
    dwelling = serializers.UUIDField(
        allow_null=True, help_text="Named to those who may write down that somebody has left."
    )


class ResidentSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`resident`")
    name = serializers.CharField(allow_null=True)
    phones = serializers.ListField(child=serializers.CharField(), help_text="Masked.")
    language = serializers.ChoiceField(choices=Language.choices)
    do_not_call = serializers.BooleanField(help_text="Staff answer in writing, or at the door.")
    homes = OwnHomeSerializer(many=True)


class StaffPostSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField()
    unit_code = serializers.CharField()
    role = serializers.CharField()


class StaffMemberSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`staff`")
    name = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    posts = StaffPostSerializer(many=True)
    permissions = serializers.ListField(child=serializers.CharField())


class WishesSerializer(StrictSerializer):
    do_not_call = serializers.BooleanField(help_text="Staff answer in writing, or at the door.")


class CallerAccountSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    tier = serializers.ChoiceField(choices=AccountTier.choices)


class CallerSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField(help_text="Names this person for twelve hours.")
    name = serializers.CharField(allow_null=True, help_text="Masked where it may not be seen.")
    phone = serializers.CharField(help_text="The number asked for, masked.")
    shown_in_full = serializers.BooleanField()
    is_minor = serializers.BooleanField()
    do_not_call = serializers.BooleanField()
    verified = serializers.BooleanField(help_text="A code sent to this number was answered.")
    language = serializers.ChoiceField(choices=Language.choices)
    homes = CallerHomeSerializer(many=True)
    account = CallerAccountSerializer(allow_null=True, help_text="The first of `accounts`.")
    accounts = CallerAccountSerializer(
        many=True, help_text="Every key account that this person speaks for."
    )


class CallersSerializer(serializers.Serializer[Any]):
    callers = CallerSerializer(many=True)
