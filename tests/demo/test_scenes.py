"""Everything the desk can do is there to be looked at, and holds what holds in a live desk."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db.models import F, OuterRef, Subquery

from complaints.enums import CallState, EventKind, ExtensionState, Kind, RemedyState, State
from complaints.models import (
    CallBack,
    CorrectiveAction,
    DeviceAlert,
    Extension,
    LadderStep,
    PublicSummary,
    Supervision,
    Ticket,
    TicketEvent,
    TicketLink,
)
from complaints.services import audit, escalation
from core.clock import database_now
from core.models import MachineKey
from demo.services import loading
from notifications.enums import MessageState
from notifications.models import Message
from organisation.enums import GradeDecision
from organisation.models import GradeChange
from privacy.rights.enums import RequestState
from privacy.rights.models import PrivacyRequest
from quality.enums import RoundState
from quality.models import Round

pytestmark = pytest.mark.django_db


def test_everything_is_there_and_holds():
    """One test, for one load: it takes as long as all that it looks at."""
    now, size = database_now(), loading.Size(200, 600)
    assert loading.load(size, seed=7, at=now, say=str)
    _every_story_has_left_what_it_tells()
    _a_lift_that_flaps_has_one_ticket()
    _each_escalation_does_what_its_ladder_says()
    _the_auditor_finds_only_the_letters_that_are_to_be_sent_again(now)
    _loading_again_changes_nothing(size, now)


def _counted(model, field):
    return Counter(model.objects.values_list(field, flat=True))


def _every_story_has_left_what_it_tells():
    assert set(Ticket.objects.values_list("state", flat=True)) == set(State)
    assert set(Ticket.objects.values_list("kind", flat=True)) == set(Kind)
    happened = set(TicketEvent.objects.values_list("kind", flat=True))
    # nobody of the demo speaks for two key accounts, so that no matter is taken for the wrong one's
    untold = {EventKind.REVIEWED, EventKind.RESUMED, EventKind.CORRECTED, EventKind.OF_ACCOUNT}
    assert set(EventKind) - happened <= untold
    # those who speak for a key account do so in its communities
    assert Ticket.objects.filter(account__isnull=False).count() >= 6
    assert set(_counted(Extension, "state")) == set(ExtensionState)
    assert set(_counted(CorrectiveAction, "state")) == set(RemedyState)
    assert set(_counted(CallBack, "state")) >= set(CallState) - {CallState.CANCELLED}
    assert set(_counted(GradeChange, "decision")) == set(GradeDecision)
    assert set(_counted(PrivacyRequest, "state")) >= {
        RequestState.IDENTITY_PENDING,
        RequestState.VERIFIED,
        RequestState.PLANNED,
        RequestState.ANSWERED,
        RequestState.REFUSED,
    }
    assert set(_counted(Round, "state")) == set(RoundState) - {RoundState.FROZEN}
    assert set(_counted(Message, "state")) == set(MessageState)
    assert Supervision.objects.filter(ended_at=None).exists()
    assert PublicSummary.objects.exclude(published_at=None).exists()
    assert TicketLink.objects.filter(ended_in=None).count() > 3
    assert MachineKey.objects.exclude(revoked_at=None).exists()


def _a_lift_that_flaps_has_one_ticket():
    alert = DeviceAlert.objects.order_by("-raise_count").first()
    assert alert.raise_count > 5
    assert DeviceAlert.objects.filter(device=alert.device).count() == 1


def _the_auditor_finds_only_the_letters_that_are_to_be_sent_again(now):
    escalation.sweep(now)
    found = audit.audit(now).problems
    assert set(found) == {"message_dead"}


def _each_escalation_does_what_its_ladder_says():
    step = LadderStep.objects.filter(
        policy=OuterRef("clock__policy"),
        clock_kind=OuterRef("clock__kind"),
        level=OuterRef("level"),
    )
    events = TicketEvent.objects.filter(kind=EventKind.ESCALATED)
    said = events.annotate(promised=Subquery(step.values("effect")))
    assert not said.exclude(effect=F("promised")).exists()
    after_the_end = events.filter(occurred_at__gt=F("clock__stopped_at"), cycle=F("clock__cycle"))
    assert not after_the_end.exists()


def _loading_again_changes_nothing(size, now):
    loaded = Ticket.objects.count()
    assert not loading.load(size, seed=7, at=now, say=str)
    assert Ticket.objects.count() == loaded
