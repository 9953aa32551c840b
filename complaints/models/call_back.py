from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.call_back_queries import CallBackQuerySet
from complaints.enums import CallReason, CallState
from complaints.models.ticket import Ticket
from organisation.models import Post


class CallBack(models.Model):
    """Somebody who did not handle a ticket asks whether it is solved (回访), once in a cycle.

    `post` is whose task it is. The attempts are events of the ticket, each with its result.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="call_backs")
    cycle = models.SmallIntegerField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="call_backs")
    reason = models.CharField(max_length=10, choices=CallReason.choices)
    state = models.CharField(max_length=14, choices=CallState.choices, default=CallState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("回访任务")
        verbose_name_plural = pgettext_lazy("plural", "回访任务")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "cycle"], name="a_cycle_is_called_back_about_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="a_call_back_ends_when_it_is_not_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="open"), name="open_call_backs_by_due"
            )
        ]
