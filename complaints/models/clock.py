from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import ClockKind, ClockState
from complaints.link_querysets import ClockQuerySet
from complaints.models.policy import Policy
from complaints.models.ticket import Ticket
from organisation.models import Post, WorkCalendar


class TicketClock(models.Model):
    """One promise of time on one ticket.

    `due_at` and `next_fire_at` are computed once, when the clock starts or resumes; a paused clock
    has neither and keeps `remaining_minutes` (of the duration's basis, with fractions).
    `next_level` and `next_fire_at` say what the sweep does next; both null after the last level.
    A segment is one holder's time: there may be several in a cycle, at most one of them live.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind.choices)
    cycle = models.SmallIntegerField(default=1)
    # asked of live clocks alone: an index below has these
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="clocks", db_index=False)
    # a regional calendar, where the unit has one; null counts by the policy's own
    calendar = models.ForeignKey(WorkCalendar, models.PROTECT, null=True, db_index=False)
    # whose time in hand a segment measures
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="segments", db_index=False
    )
    state = models.CharField(max_length=12, choices=ClockState.choices, default=ClockState.RUNNING)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    # the calendar did not know the year yet
    provisional = models.BooleanField(default=False)
    remaining_minutes = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    pause_ends_at = models.DateTimeField(null=True)
    next_level = models.SmallIntegerField(null=True)
    next_fire_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单时限")
        verbose_name_plural = pgettext_lazy("plural", "工单时限")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind", "cycle"],
                condition=~Q(kind="segment"),
                name="a_cycle_runs_a_clock_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="paused",
                    due_at__isnull=True,
                    remaining_minutes__isnull=False,
                    pause_ends_at__isnull=False,
                    next_fire_at__isnull=True,
                )
                | ~Q(state="paused"),
                name="a_paused_clock_keeps_what_remains_and_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(due_at__isnull=False, stopped_at__isnull=True),
                name="a_running_clock_is_due",
            ),
            models.CheckConstraint(
                condition=Q(next_level__isnull=True, next_fire_at__isnull=True)
                | Q(next_level__isnull=False, state__in=["running", "paused"]),
                name="only_a_live_clock_has_a_next_level",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(kind="segment", state__in=["running", "paused"]),
                name="a_ticket_is_in_one_hand_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="segment", post__isnull=False)
                | (~Q(kind="segment") & Q(post__isnull=True)),
                name="a_segment_names_its_holder",
            ),
        ]
        indexes = [
            # what the auditor walks: another index than the sweep's
            models.Index(
                fields=["due_at"], condition=Q(state="running"), name="running_clocks_by_due"
            ),
            # what a new version of a policy has to move
            models.Index(
                fields=["policy", "ticket"],
                condition=Q(state__in=["running", "paused"]),
                name="live_clocks_of_policy",
            ),
        ]


class SweepFailure(models.Model):
    """A ticket whose step raised. The sweep skips it until `retry_at`; the auditor lists it.

    `clock` is the one whose levels could not be written; null when it was not a clock, but the end
    of a pause, a review or the closing. The due time stays untouched.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="sweep_failures")
    clock = models.OneToOneField(
        TicketClock, models.PROTECT, null=True, related_name="sweep_failure"
    )
    error_code = models.CharField(max_length=60)
    attempts = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    retry_at = models.DateTimeField()

    class Meta:
        verbose_name = _("清扫异常")
        verbose_name_plural = pgettext_lazy("plural", "清扫异常")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(clock__isnull=True),
                name="a_ticket_fails_once_without_a_clock",
            )
        ]


class SweepBeat(models.Model):
    """When each waker last swept to the end: the sweeper loop, the worker, the command."""

    waker = models.CharField(max_length=20, primary_key=True)
    last_at = models.DateTimeField()
    fired = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("清扫心跳")
        verbose_name_plural = pgettext_lazy("plural", "清扫心跳")
