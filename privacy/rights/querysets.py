"""Questions about privacy requests. `visible_to` is the first call of every view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from complaints.enums import State
from complaints.workflow import TERMINAL
from core.actors import Actor, ActorKind
from organisation import access
from privacy.rights.enums import HoldGround, RequestState
from privacy.vault.models import DataSubject

if TYPE_CHECKING:
    from privacy.rights.models import PrivacyRequest  # type argument below

BEFORE_THE_BEGINNING = (
    RequestState.IDENTITY_PENDING,
    RequestState.VERIFIED,
    RequestState.PLANNED,
    RequestState.APPROVED,
)
ENDED = (RequestState.ANSWERED, RequestState.REFUSED, RequestState.WITHDRAWN)


class RequestQuerySet(models.QuerySet["PrivacyRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """A person's own requests, and those of the units whose privacy one looks after."""
        if actor.kind is ActorKind.SYSTEM:
            return self.all()
        if actor.kind is ActorKind.REPORTER:
            mine = DataSubject.objects.closure_of([actor.subject_id] if actor.subject_id else [])
            return self.filter(subject__in=mine)
        return self.filter(access.scope(actor, "privacy.view").q("ticket__unit"))

    def open(self) -> Self:
        """Those to be answered; who withdrew the ticket has withdrawn the request."""
        return self.exclude(state__in=ENDED).exclude(ticket__state=State.WITHDRAWN)

    def taken_back(self) -> Self:
        """Withdrawn on their ticket before anything was carried out."""
        return self.filter(state__in=BEFORE_THE_BEGINNING, ticket__state=State.WITHDRAWN)

    def to_carry_out(self) -> Self:
        """Approved ones that can go on now: a held one when the last ticket that held it ended, one
        that names the person in words of others when somebody has looked at each of them. Who takes
        the ticket back before the beginning is left alone; what has begun is finished."""
        from privacy.rights.models import Hold, MentionTask

        unread = MentionTask.objects.filter(request=OuterRef("pk"), done_at__isnull=True)
        held = Hold.objects.filter(request=OuterRef("pk"), released_at__isnull=True).exclude(
            ground=HoldGround.OPEN_TICKET, ticket__state__in=TERMINAL
        )
        approved = Q(state=RequestState.APPROVED) & ~Q(ticket__state=State.WITHDRAWN)
        begun = Q(state=RequestState.EXECUTING)
        read = Q(state=RequestState.VERIFYING) & ~Exists(unread)
        free = Q(state=RequestState.RESTRICTED) & ~Exists(held)
        return self.filter(approved | begun | read | free)

    def lock(self, pk: int) -> PrivacyRequest:
        return (
            self.select_for_update(of=("self",))
            .select_related("ticket__unit", "subject")
            .get(pk=pk)
        )
