"""Two rows a create, one row a line of a list, one row a caller."""

from __future__ import annotations

import uuid

from django.db import models


class _TicketColumns(models.Model):
    reference = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    category = models.CharField(max_length=60)
    severity = models.CharField(max_length=10)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    summary = models.CharField(max_length=120)
    body = models.TextField()
    dwelling = models.UUIDField(null=True)
    unit = models.CharField(max_length=60)
    received_at = models.DateTimeField()
    first_response_due_at = models.DateTimeField(null=True)
    resolve_due_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Ticket(_TicketColumns):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        app_label = "floor"
        indexes = [models.Index(fields=["-received_at", "-id"], name="floor_tickets_by_age")]


class TicketHistory(_TicketColumns):
    ticket = models.ForeignKey(Ticket, models.PROTECT)
    history_date = models.DateTimeField()

    class Meta:
        app_label = "floor"


class Person(models.Model):
    blind_index = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    home = models.CharField(max_length=60)

    class Meta:
        app_label = "floor"
