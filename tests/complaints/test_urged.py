"""What somebody pressed for stands out as long as it is open work of the cycle they pressed in."""

import pytest

from complaints.enums import State
from complaints.models import Ticket
from complaints.services import timeline
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)


@pytest.fixture
def urged(ticket, resident):
    return timeline.urge(bring_to(State.IN_PROGRESS, ticket), actor=resident, at=LATER)


def standing_out():
    return list(Ticket.objects.urged())


def test_open_work(urged):
    assert standing_out() == [urged]


def test_not_once_it_is_said_to_be_done(urged):
    act(urged, "resolve", at=LATER)
    assert standing_out() == []


def test_nor_when_it_begins_anew_until_somebody_presses_again(urged, resident):
    again = act(act(urged, "resolve", at=LATER), "reopen", at=LATER + minutes(90))
    assert (again.state, standing_out()) == (State.REOPENED, [])
    timeline.urge(again, actor=resident, at=LATER + minutes(100))
    assert standing_out() == [again]
