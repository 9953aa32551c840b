from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import PartyRole, Protection
from complaints.models.ticket import Ticket
from complaints.querysets import ReporterQuerySet
from organisation.models import Staff
from privacy.vault.models import DataSubject


class TicketReporter(models.Model):
    """Who reported. A row of its own with its own scope, so that seeing a ticket is not seeing its
    reporter. Absent for an unknown caller; `subject` is null when anonymous or erased."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="reporter")
    subject = models.ForeignKey(DataSubject, models.PROTECT, null=True, related_name="reports")
    protection = models.CharField(
        max_length=10, choices=Protection.choices, default=Protection.NONE
    )
    erased_at = models.DateTimeField(null=True)

    objects = ReporterQuerySet.as_manager()

    class Meta:
        verbose_name = _("报事人")
        verbose_name_plural = pgettext_lazy("plural", "报事人")
        constraints = [
            models.CheckConstraint(
                condition=~Q(protection="anonymous") | Q(subject__isnull=True),
                name="an_anonymous_reporter_is_nobody",
            )
        ]


class TicketParty(models.Model):
    """A member of staff whom the ticket names. Subtracted from scope, routing and ladder."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="parties")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="named_in")
    role = models.CharField(max_length=10, choices=PartyRole.choices)

    class Meta:
        verbose_name = _("利害关系人")
        verbose_name_plural = pgettext_lazy("plural", "利害关系人")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "staff", "role"], name="a_ticket_names_a_person_once"
            )
        ]
