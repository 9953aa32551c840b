from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.link_querysets import SummaryQuerySet
from complaints.models.ticket import Ticket
from organisation.models import Staff


class PublicSummary(models.Model):
    """What was raised and what was done, written by staff for everybody of a community and
    published by a second person. Not a word of it is the reporter's."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="public_summary")
    raised = models.CharField(_("反映了什么"), max_length=120)
    done = models.CharField(_("做了什么"), max_length=400)
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("公开摘要")
        verbose_name_plural = pgettext_lazy("plural", "公开摘要")
        constraints = [
            models.CheckConstraint(
                condition=Q(published_by__isnull=True, published_at__isnull=True)
                | (
                    Q(published_by__isnull=False, published_at__isnull=False)
                    & ~Q(published_by=F("written_by"))
                ),
                name="a_summary_is_published_by_a_second_person",
            )
        ]
