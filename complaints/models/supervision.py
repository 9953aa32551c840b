from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket
from organisation.models import Post, Staff


class Supervision(models.Model):
    """A manager watches a ticket (督办); their post hears what goes up and what is solved."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="supervisions")
    post = models.ForeignKey(Post, models.PROTECT, related_name="supervisions")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="supervisions")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("督办")
        verbose_name_plural = pgettext_lazy("plural", "督办")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "staff"],
                condition=Q(ended_at__isnull=True),
                name="somebody_supervises_a_ticket_once",
            )
        ]
