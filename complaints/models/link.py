from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Relation, State
from complaints.link_querysets import LinkQuerySet
from complaints.models.event import TicketEvent
from complaints.models.ticket import Ticket


class TicketLink(models.Model):
    """One ticket belongs to another. A merge is such a link, and can be undone.

    Who made it, when and why stand in the event `made_in`, who took it away in `ended_in`: the row
    is never deleted. `state_before` is what a merge keeps to be undone.
    """

    source = models.ForeignKey(Ticket, models.PROTECT, related_name="links", db_index=False)
    target = models.ForeignKey(Ticket, models.PROTECT, related_name="links_here", db_index=False)
    relation = models.CharField(max_length=12, choices=Relation.choices)
    state_before = models.CharField(max_length=20, choices=State.choices, blank=True)
    made_in = models.OneToOneField(TicketEvent, models.PROTECT, related_name="+")
    ended_in = models.OneToOneField(TicketEvent, models.PROTECT, null=True, related_name="+")

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单关联")
        verbose_name_plural = pgettext_lazy("plural", "工单关联")
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="a_ticket_is_not_linked_to_itself"
            ),
            models.CheckConstraint(
                condition=(Q(relation="merged_into") & ~Q(state_before=""))
                | (~Q(relation="merged_into") & Q(state_before="")),
                name="a_merge_keeps_the_state_before",
            ),
            models.UniqueConstraint(
                fields=["source", "target", "relation"],
                condition=Q(ended_in__isnull=True),
                name="two_tickets_are_linked_once_in_a_way",
            ),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(relation="merged_into", ended_in__isnull=True),
                name="a_ticket_is_merged_into_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["target", "relation"],
                condition=Q(ended_in__isnull=True),
                name="links_to_ticket",
            )
        ]
