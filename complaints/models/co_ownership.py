from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.link_querysets import CoOwnershipQuerySet
from complaints.models.event import TicketEvent
from complaints.models.ticket import Ticket
from organisation.models import Post


class CoOwnership(models.Model):
    """A post that an escalation made answerable beside the ticket's own (共同负责).

    Holds for the cycle in which it came about, until the ticket is resolved or ends, which nobody
    writes here, or until the post gives it back, which is the event `ended_in`.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="co_ownerships", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="co_ownerships")
    cycle = models.SmallIntegerField()
    # the escalation that made it so
    since = models.OneToOneField(TicketEvent, models.PROTECT, related_name="+")
    ended_in = models.ForeignKey(
        TicketEvent, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = CoOwnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("共同负责")
        verbose_name_plural = pgettext_lazy("plural", "共同负责")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "cycle", "post"], name="a_post_co_owns_a_cycle_once"
            )
        ]
