from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Post, Staff
from privacy.vault.models import DataSubject


class Notice(models.Model):
    """That one event concerns one recipient: a post, or the subject who reported.

    Holds no text: `template` and the object named by `object_kind` and `object_id` are rendered
    when it is shown or sent. `source_kind` and `source_id` name the event that caused it; the apps
    above write them, so no foreign key points up.
    """

    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    # the keys have no index of their own where one below begins with them, or nobody asks by them
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="notices", db_index=False
    )
    # Who held the post, or stood in, when it fired. Without a constraint of the database: the
    # statement that writes a notice reads them from their table, and nobody is ever deleted there.
    staff = models.ForeignKey(
        Staff,
        models.PROTECT,
        null=True,
        related_name="notices",
        db_index=False,
        db_constraint=False,
    )
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, related_name="notices", db_index=False
    )
    template = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    # what the notice is about, once a registered loader has fetched it (notifications.registry)
    about: Any = None

    class Meta:
        verbose_name = _("站内通知")
        verbose_name_plural = pgettext_lazy("plural", "站内通知")
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=False, subject__isnull=True)
                | Q(post__isnull=True, subject__isnull=False, staff__isnull=True),
                name="a_notice_is_for_a_post_or_a_subject",
            ),
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "post"],
                condition=Q(post__isnull=False),
                name="a_post_hears_of_an_event_once",
            ),
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "subject"],
                condition=Q(subject__isnull=False),
                name="a_subject_hears_of_an_event_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["staff", "-id"], condition=Q(read_at__isnull=True), name="unread_notices"
            ),
            models.Index(fields=["staff", "-id"], name="notices_of_staff"),
            models.Index(
                fields=["subject", "-id"],
                condition=Q(subject__isnull=False),
                name="notices_of_subject",
            ),
        ]
