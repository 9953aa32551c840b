from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket


class FollowUpCode(models.Model):
    """By what a reporter nobody knows finds their report again. The code was shown once; this is
    its keyed hash, and nothing leads from here to a person (docs/adr/0069)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="follow_up_codes")
    code_hash = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name = _("查询码")
        verbose_name_plural = pgettext_lazy("plural", "查询码")
