from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

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

    delivery_id = models.UUIDField(default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="messages")
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, related_name="messages", db_index=False
    )
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, null=True, related_name="messages", db_index=False
    )
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.QUEUED
    )
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    digest_at = models.DateTimeField(null=True)
    notices = models.ManyToManyField(Notice, through="MessageNotice", related_name="messages")

    objects = MessageQuerySet.as_manager()

    class Meta:
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


class MessageNotice(models.Model):
    """Without constraints of the database on its ends: the outbox is to be partitioned one day, and
    a storm of escalations writes as many links as notices."""

    # a link is nothing without its message; the constraint below is its index
    message = models.ForeignKey(Message, models.CASCADE, db_index=False, db_constraint=False)
    # nor without its notice
    notice = models.ForeignKey(Notice, models.CASCADE, db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "notice"], name="a_message_carries_a_notice_once"
            )
        ]
