from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.enums import Channel
from notifications.querysets import EndpointQuerySet
from organisation.models import Post, Unit

_KINDS = [(kind.value, kind.label) for kind in (Channel.WECOM, Channel.DINGTALK, Channel.WEBHOOK)]


class Endpoint(models.Model):
    """An address of a system: a group's robot, or the receiver of a webhook.

    The address of a robot is a credential as the secrets are, so all three lie sealed under the
    key-encryption key; `host` is what lists show.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(_("类型"), max_length=10, choices=_KINDS)
    name = models.CharField(_("名称"), max_length=80)
    host = models.CharField(_("主机"), max_length=253)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("范围"))
    # a robot may belong to one post instead of all of its unit, or hear all units below it as well;
    # a webhook always does
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    below = models.BooleanField(default=False, db_default=False)
    event_kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    key_id = models.CharField(max_length=40)
    address_sealed = models.BinaryField()
    secret_sealed = models.BinaryField(null=True)
    former_secret_sealed = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    active = models.BooleanField(_("启用"), default=True)
    # nothing is sent before this moment: it failed, or asked for patience
    held_until = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("机器人或 Webhook")
        verbose_name_plural = _("机器人与 Webhook")
        constraints = [
            models.CheckConstraint(
                condition=~Q(channel="webhook") | Q(post__isnull=True, secret_sealed__isnull=False),
                name="a_webhook_is_signed_and_has_no_post",
            ),
            models.CheckConstraint(
                condition=Q(below=False) | Q(post__isnull=True),
                name="a_robot_of_a_post_hears_nothing_below",
            ),
            models.CheckConstraint(
                condition=Q(former_secret_sealed__isnull=True, former_until__isnull=True)
                | Q(former_secret_sealed__isnull=False, former_until__isnull=False),
                name="a_former_secret_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Occurrence(models.Model):
    """That one event goes to one webhook in one message. Kept as long as the message.

    `message_id` without a key of the database, as the links of other messages: the outbox is to be
    partitioned one day.
    """

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="+", db_index=False)
    message_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Webhook 事件")
        verbose_name_plural = pgettext_lazy("plural", "Webhook 事件")
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "source_kind", "source_id"],
                name="a_webhook_hears_of_an_event_once",
            )
        ]
        indexes = [models.Index(fields=["message_id"], name="occurrence_of_message")]
