from __future__ import annotations

from django.db import models

from complaints.models.ticket import Ticket


class FollowUpCode(models.Model):
    """By what a reporter nobody knows finds their report again. The code was shown once; this is
    its keyed hash, and nothing leads from here to a person (docs/adr/0069)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="follow_up_codes")
    code_hash = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
