from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import RemedyState
from complaints.link_querysets import RemedyQuerySet
from complaints.models.event import TicketEvent
from complaints.models.ticket import Ticket
from complaints.reasons import RootCause
from organisation.models import Post


class CorrectiveAction(models.Model):
    """What is done so that a matter does not come again: why it could, who does it, until when.

    What is to be done, the evidence and who did what are the events of the ticket that the columns
    point at: their texts and photos are found by search and erasure like any other.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="corrective_actions")
    root_cause = models.CharField(_("根本原因"), max_length=24, choices=RootCause.choices)
    owner = models.ForeignKey(
        Post, models.PROTECT, related_name="corrective_actions", verbose_name=_("责任岗位")
    )
    due_on = models.DateField(_("完成期限"))
    state = models.CharField(max_length=10, choices=RemedyState.choices, default=RemedyState.OPEN)
    planned_in = models.OneToOneField(TicketEvent, models.PROTECT, related_name="+")
    # since when the owner has it, where it was another post's before
    handed_in = models.OneToOneField(TicketEvent, models.PROTECT, null=True, related_name="+")
    done_in = models.OneToOneField(TicketEvent, models.PROTECT, null=True, related_name="+")
    verified_in = models.OneToOneField(TicketEvent, models.PROTECT, null=True, related_name="+")
    # when the owner and the post above are told that it is late; null once they were, or once done
    tell_at = models.DateTimeField(null=True)

    objects = RemedyQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改措施")
        verbose_name_plural = pgettext_lazy("plural", "整改措施")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", done_in__isnull=True, verified_in__isnull=True)
                | Q(state="done", done_in__isnull=False, verified_in__isnull=True)
                | Q(state="verified", done_in__isnull=False, verified_in__isnull=False),
                name="an_action_is_done_before_it_is_verified",
            ),
            models.CheckConstraint(
                condition=Q(tell_at__isnull=True) | Q(state="open"),
                name="only_an_open_action_becomes_late",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tell_at"], condition=Q(tell_at__isnull=False), name="actions_late_next"
            ),
            models.Index(
                fields=["due_on", "id"], condition=~Q(state="verified"), name="actions_by_due"
            ),
        ]
