from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from notifications import registry
from notifications.enums import ROBOTS

ROBOT_KINDS = [(kind.value, kind.label) for kind in ROBOTS]


class WebhookSerializer(serializers.Serializer[Any]):
    """Neither address nor secret: both are credentials and are never shown again."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    host = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    event_kinds = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="Nothing is sent before: it failed, or asked for patience."
    )
    former_secret_until = serializers.DateTimeField(
        source="former_until", allow_null=True, help_text="Until then the secret before signs too."
    )
    created_at = serializers.DateTimeField()


class OneWebhookSerializer(WebhookSerializer):
    tag = serializers.CharField(help_text="For `If-Match` of the next change.")


class RobotSerializer(serializers.Serializer[Any]):
    """Neither address nor secret: both are credentials and are never shown again."""

    id = serializers.UUIDField(source="public_id")
    channel = serializers.ChoiceField(choices=ROBOT_KINDS)
    name = serializers.CharField()
    host = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    post = serializers.IntegerField(source="post_id", allow_null=True)
    below = serializers.BooleanField(help_text="Whether it hears all units below as well.")
    event_kinds = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="Nothing is sent before: it failed, or asked for patience."
    )
    created_at = serializers.DateTimeField()


class OneRobotSerializer(RobotSerializer):
    tag = serializers.CharField(help_text="For `If-Match` of the next change.")


class RobotPageSerializer(serializers.Serializer[Any]):
    results = RobotSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class WebhookPageSerializer(serializers.Serializer[Any]):
    results = WebhookSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class WebhookQuerySerializer(StrictSerializer):
    cursor = serializers.CharField(max_length=300, required=False)


class ChangedSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    address = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="Empty stays what it is."
    )


class ChangedWebhookSerializer(ChangedSerializer):
    event_kinds = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=50
    )


class ChangedRobotSerializer(ChangedSerializer):
    secret = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Empty stays what it is."
    )
    post = serializers.IntegerField(
        allow_null=True, default=None, help_text="The post's id; without one, all of the unit."
    )
    below = serializers.BooleanField(
        default=False, help_text="All units below as well; not together with a post."
    )
    event_kinds = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=50,
        default=list,
        help_text="Codes of messages to posts; without any it repeats escalations.",
    )


class NewRobotSerializer(ChangedRobotSerializer):
    channel = serializers.ChoiceField(choices=ROBOT_KINDS)
    unit = serializers.CharField(max_length=40, help_text="Code of the unit.")
    address = serializers.CharField(max_length=500, help_text="As the maker of the robot shows it.")


class TriedSerializer(serializers.Serializer[Any]):
    delivered = serializers.BooleanField()
    code = serializers.CharField(help_text="Why it did not arrive; empty when it did.")


class NewWebhookSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    unit = serializers.CharField(max_length=40, help_text="Code of the unit.")
    address = serializers.CharField(
        max_length=500, help_text="HTTPS to a public address, or a network of the company."
    )
    event_kinds = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=50,
        help_text="As `ticket.resolved`; GET webhooks/kinds names them all.",
    )


class SecretSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="Shown this once: keep it.")


class ReplaySerializer(StrictSerializer):
    since = serializers.DateTimeField(help_text="At most 30 days ago.")


class QueuedSerializer(serializers.Serializer[Any]):
    queued = serializers.IntegerField()


class KindSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    name = serializers.CharField()


def kinds() -> list[dict[str, str]]:
    found = registry.announced_kinds()
    return [{"kind": kind, "name": str(found[kind])} for kind in sorted(found)]
