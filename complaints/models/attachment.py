from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.event import TicketEvent
from complaints.querysets import AttachmentQuerySet
from organisation.models import Staff
from privacy.vault.models import DataSubject


class Draft(models.Model):
    """A place for photos that were uploaded before the ticket or reply they belong to was sent.

    Without an owner it belongs to whoever knows its random id: a reporter who is nobody.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True)
    subject = models.ForeignKey(DataSubject, models.PROTECT, null=True, related_name="drafts")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("照片草稿")
        verbose_name_plural = pgettext_lazy("plural", "照片草稿")
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=True) | Q(subject__isnull=True),
                name="a_draft_has_one_owner_or_none",
            )
        ]


class Attachment(models.Model):
    """A photo, re-encoded and freed of metadata, under a random name. Belongs to one timeline entry
    or draft and inherits its visibility."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(TicketEvent, models.PROTECT, null=True, related_name="attachments")
    draft = models.ForeignKey(Draft, models.PROTECT, null=True, related_name="attachments")
    file = models.FileField(max_length=100)
    thumbnail = models.FileField(max_length=100)
    size_bytes = models.IntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = pgettext_lazy("plural", "附件")
        constraints = [
            models.CheckConstraint(
                condition=Q(event__isnull=False, draft__isnull=True)
                | Q(event__isnull=True, draft__isnull=False),
                name="an_attachment_belongs_to_an_entry_or_a_draft",
            )
        ]
