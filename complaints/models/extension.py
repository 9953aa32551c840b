from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Basis, ExtensionState
from complaints.models.clock import TicketClock
from complaints.models.event import TicketEvent
from complaints.models.ticket import Ticket
from complaints.reasons import ExtensionReason
from organisation.models import Staff


class Extension(models.Model):
    """More time asked for a ticket, by so many minutes of its clock's basis, and what became of it.

    `due_at` is the promise after a grant; null while the clock stands still.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="extensions")
    clock = models.ForeignKey(TicketClock, models.PROTECT, related_name="extensions")
    state = models.CharField(
        max_length=10, choices=ExtensionState.choices, default=ExtensionState.ASKED
    )
    reason_code = models.CharField(max_length=20, choices=ExtensionReason.choices)
    minutes = models.IntegerField()
    basis = models.CharField(max_length=10, choices=Basis.choices)
    asked = models.OneToOneField(TicketEvent, models.PROTECT, related_name="extension_asked")
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided = models.OneToOneField(
        TicketEvent, models.PROTECT, null=True, related_name="extension_decided"
    )
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("延期申请")
        verbose_name_plural = pgettext_lazy("plural", "延期申请")
        constraints = [
            models.UniqueConstraint(
                fields=["clock"],
                condition=Q(state="asked"),
                name="a_clock_has_one_extension_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided__isnull=True)
                | (~Q(state="asked") & Q(decided__isnull=False)),
                name="an_extension_is_decided_by_an_event",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(asked_by=F("decided_by")),
                name="nobody_decides_their_own_extension",
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="an_extension_is_longer"),
        ]
