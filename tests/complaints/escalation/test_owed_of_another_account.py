"""A correction of whose matter it is begins another stretch only where it counts the promise
afresh: otherwise what was owed before it is owed still, and since then."""

import pytest

from complaints.enums import EventKind, Visibility
from complaints.models import Ticket, TicketClock, TicketEvent
from complaints.reasons import COUNTED_AFRESH
from complaints.services import records
from complaints.services.audit import audit
from complaints.services.escalation import sweep
from complaints.services.owed import GRACE
from core.actors import SYSTEM
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, levels

pytestmark = pytest.mark.django_db

FAR = DUE + 1000 * HOUR


@pytest.fixture(params=[0, 1], ids=["the warning", "what falls when it is due"])
def lost(request, ticket):
    """A level that no sweep comes to."""
    for moment in MOMENTS[: request.param]:
        sweep(moment)
    TicketClock.objects.update(next_level=request.param + 1, next_fire_at=FAR)
    Ticket.objects.update(next_step_at=FAR)
    return request.param


def corrected(ticket, at, reason):
    event = records.new_event(
        ticket, EventKind.OF_ACCOUNT, actor=SYSTEM, at=at, visibility=Visibility.INTERNAL,
        reason_code=reason,
    )  # fmt: skip
    TicketEvent.objects.bulk_create([event])


def test_what_moved_no_promise_excuses_nothing(ticket, lost):
    later = MOMENTS[lost] + HOUR
    corrected(ticket, later, "")
    report = audit(later + GRACE / 2, repair=True)
    assert [each.level for each in report.missing] == [lost]
    assert levels(ticket) == list(enumerate(MOMENTS[: lost + 1]))


def test_what_counted_afresh_begins_another_stretch(ticket, lost):
    later = MOMENTS[lost] + HOUR
    corrected(ticket, later, COUNTED_AFRESH)
    assert not audit(later + GRACE / 2).missing
    audit(later + GRACE, repair=True)
    assert levels(ticket) == [*enumerate(MOMENTS[:lost]), (lost, later)]
