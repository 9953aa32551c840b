from __future__ import annotations

from django.db import models

from complaints.enums import Channel, Kind, Severity
from organisation.models import Role, Unit
from residents.enums import AccountTier


class RoutingRule(models.Model):
    """The first matching rule, by `position`, decides role and policy. An empty field matches all;
    `category_code` matches the category and everything below it."""

    position = models.IntegerField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    category_code = models.CharField(max_length=60, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    tier = models.CharField(max_length=20, choices=AccountTier.choices, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True)
    policy_code = models.CharField(max_length=40)
