from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.enums import Channel, MessageState
from notifications.models.endpoint import Endpoint
from notifications.models.notice import Notice
from notifications.querysets import MessageQuerySet
from organisation.models import Staff
from privacy.vault.models import DataSubject


class Message(models.Model):
    """The delivery of one or more notices to one recipient over one channel: the outbox.

    Holds neither text nor address; both are resolved at sending. `delivery_id` is stable over
    attempts, so that a receiver can recognise a repeat (delivery is at least once). `digest_at` is
    set on a digest alone: the moment it was to go.
    """

    delivery_id = models.UUIDField(_("投递编号"), default=uuid.uuid4, editable=False)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="messages", verbose_name=_("员工")
    )
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, related_name="messages", db_index=False
    )
    endpoint = models.ForeignKey(
        Endpoint,
        models.PROTECT,
        null=True,
        related_name="messages",
        db_index=False,
        verbose_name=_("接收端"),
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=MessageState.choices, default=MessageState.QUEUED
    )
    attempts = models.SmallIntegerField(_("已试次数"), default=0)
    due_at = models.DateTimeField(_("下次发送"))
    leased_until = models.DateTimeField(_("发送占用至"), null=True)
    error_code = models.CharField(_("错误代码"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    sent_at = models.DateTimeField(_("发出时间"), null=True)
    digest_at = models.DateTimeField(_("汇总时间"), null=True)
    notices = models.ManyToManyField(Notice, through="MessageNotice", related_name="messages")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("待发消息")
        verbose_name_plural = pgettext_lazy("plural", "待发消息")
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, subject__isnull=True, endpoint__isnull=True)
                | Q(staff__isnull=True, subject__isnull=False, endpoint__isnull=True)
                | Q(staff__isnull=True, subject__isnull=True, endpoint__isnull=False),
                name="a_message_has_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["staff", "channel", "digest_at"],
                condition=Q(digest_at__isnull=False),
                name="a_period_has_one_digest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=Q(state="queued"),
                name="queued_messages_of_lane",
            ),
            models.Index(
                fields=["endpoint", "sent_at"],
                condition=Q(endpoint__isnull=False),
                name="messages_of_endpoint",
            ),
            models.Index(fields=["due_at"], condition=Q(state="dead"), name="dead_messages"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["sent", "dropped"]),
                name="finished_messages",
            ),
            models.Index(
                fields=["subject"],
                condition=Q(subject__isnull=False),
                name="messages_of_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.delivery_id}"


class MessageNotice(models.Model):
    """Without constraints of the database on its ends: the outbox is to be partitioned one day, and
    a storm of escalations writes as many links as notices."""

    # a link is nothing without its message; the constraint below is its index
    message = models.ForeignKey(Message, models.CASCADE, db_index=False, db_constraint=False)
    # nor without its notice
    notice = models.ForeignKey(Notice, models.CASCADE, db_constraint=False)

    class Meta:
        verbose_name = _("消息所含通知")
        verbose_name_plural = pgettext_lazy("plural", "消息所含通知")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "notice"], name="a_message_carries_a_notice_once"
            )
        ]
