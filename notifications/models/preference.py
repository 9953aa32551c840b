from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.enums import Channel, Pace, Topic
from organisation.models import Staff
from privacy.vault.models import DataSubject

_CHOOSABLE = [(channel.value, channel.label) for channel in (Channel.EMAIL, Channel.SMS)]


class Preference(models.Model):
    """How a person wants to be told of a topic over a channel; without a row, at once."""

    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", db_index=False)
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, related_name="+", db_index=False
    )
    topic = models.CharField(max_length=20, choices=Topic.choices)
    channel = models.CharField(max_length=10, choices=_CHOOSABLE)
    pace = models.CharField(max_length=10, choices=Pace.choices)

    class Meta:
        verbose_name = _("接收方式")
        verbose_name_plural = pgettext_lazy("plural", "接收方式")
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, subject__isnull=True)
                | Q(staff__isnull=True, subject__isnull=False, pace__in=["at_once", "never"]),
                name="a_preference_is_one_persons_and_residents_have_no_digest",
            ),
            models.UniqueConstraint(
                fields=["staff", "topic", "channel"],
                condition=Q(staff__isnull=False),
                name="staff_choose_once_per_topic_and_channel",
            ),
            models.UniqueConstraint(
                fields=["subject", "topic", "channel"],
                condition=Q(subject__isnull=False),
                name="a_subject_chooses_once_per_topic_and_channel",
            ),
        ]
