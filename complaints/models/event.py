from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Action, EventKind, Severity, State, StepEffect, Visibility
from complaints.models.clock import TicketClock
from complaints.models.ticket import Ticket
from complaints.querysets import EventQuerySet
from core.actors import ActorKind
from core.models import MachineKey
from organisation.models import Post, Staff


class TicketEvent(models.Model):
    """What happened, append-only, and the only source of timelines, frames and figures.

    Typed columns only, nothing personal: a resident is `actor_kind` reporter. `occurred_at` is the
    business clock, `recorded_at` always the real one.
    """

    append_only = True  # the application role may neither update nor delete (core.grants)

    # keys without an index of their own: one below begins with them, or nobody asks by them, and
    # this table is written more often than any other
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="ticket_events", db_index=False
    )
    machine = models.ForeignKey(MachineKey, models.PROTECT, null=True, db_index=False)
    occurred_at = models.DateTimeField()
    # a date of an imported row stays a date: `occurred_at` is then that day's start, and no hour
    # is shown
    occurred_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    cycle = models.SmallIntegerField(default=1)
    action = models.CharField(max_length=16, choices=Action.choices, blank=True)
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    # grading: empty before where it began with this one
    from_severity = models.CharField(
        max_length=10, choices=Severity.choices, blank=True, default="", db_default=""
    )
    to_severity = models.CharField(
        max_length=10, choices=Severity.choices, blank=True, default="", db_default=""
    )
    # assignment and escalation: the post concerned
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="ticket_events", db_index=False
    )
    # escalation
    clock = models.ForeignKey(
        TicketClock, models.PROTECT, null=True, related_name="events", db_index=False
    )
    level = models.SmallIntegerField(null=True)
    effect = models.CharField(max_length=10, choices=StepEffect.choices, blank=True)
    # rating, 1 to 5: how it was handled, and whether it is solved
    handling_score = models.SmallIntegerField(null=True)
    outcome_score = models.SmallIntegerField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    # a device's alarm: how often it had been raised by then
    count = models.IntegerField(null=True)
    # merging and linking: the other ticket, shown to those who may know of it
    other = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单事件")
        verbose_name_plural = pgettext_lazy("plural", "工单事件")
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "level"],
                condition=Q(kind="escalated"),
                name="a_clock_escalates_once_per_level",
            ),
            models.UniqueConstraint(
                fields=["ticket", "cycle"],
                condition=Q(kind="rated"),
                name="a_cycle_is_rated_once",
            ),
            models.CheckConstraint(
                condition=Q(actor_kind="staff", staff__isnull=False, machine__isnull=True)
                | Q(actor_kind="machine", machine__isnull=False, staff__isnull=True)
                | Q(
                    actor_kind__in=["reporter", "system"], staff__isnull=True, machine__isnull=True
                ),
                name="an_event_names_the_actor_its_kind_says",
            ),
            models.CheckConstraint(
                condition=~Q(kind="escalated") | Q(clock__isnull=False, level__isnull=False),
                name="an_escalation_names_clock_and_level",
            ),
            models.CheckConstraint(
                condition=~Q(kind="rated")
                | Q(handling_score__range=(1, 5), outcome_score__range=(1, 5)),
                name="a_rating_has_two_scores_from_1_to_5",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "occurred_at", "id"], name="events_of_ticket"),
            models.Index(fields=["kind", "occurred_at"], name="events_by_kind_and_time"),
            # what somebody took in; by other acts of theirs nobody asks
            models.Index(
                fields=["staff", "-occurred_at", "-ticket"],
                condition=Q(kind="received", staff__isnull=False),
                name="tickets_taken_in",
            ),
            models.Index(
                fields=["post", "ticket"],
                condition=Q(kind="escalated"),
                name="tickets_escalated_to_post",
            ),
        ]
