"""What came up to somebody is decided with one press, from the list and on the ticket itself."""

import datetime as dt
import re

import pytest

from complaints.models import Ticket
from complaints.services import escalation
from tests.console.conftest import Browser
from tests.console.test_kindred import page_of

pytestmark = pytest.mark.django_db
AWAITED = "待您确认收到"


@pytest.fixture
def owned(company, ticket):
    """Four hours late: the head of the region answers for it beside the handler."""
    escalation.sweep(ticket.clocks.get(kind="first_response").due_at + dt.timedelta(hours=4))
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def head(company):
    return Browser(company.region_head.holder)


def in_sight(page, ticket):
    """Verbs of the buttons in the ticket's head, before its menu."""
    row = page.text.split('<div class="row-actions">')[1].split('<details class="menu">')[0]
    return re.findall(rf"{ticket.public_id}/(\w+)/\?[^\"]*\"(?: data-dialog| hx-post)", row)


def test_the_decisions_stand_first_on_the_ticket(head, owned):
    verbs = in_sight(head.open(page_of(owned)), owned)
    assert verbs[:3] == ["acknowledge", "take_over", "give_back"]


def test_whoever_works_on_it_has_the_next_step_first(steward, owned):
    assert in_sight(steward.open(page_of(owned)), owned)[0] == "accept"


def test_what_was_not_acknowledged_is_said_and_no_other_step_is_pressed_on_anybody(head, owned):
    page = head.open("/console/escalated/")
    assert AWAITED in page
    head.send(page_of(owned, "acknowledge"), version=owned.version, text="今晚到场")
    again = head.open("/console/escalated/")
    assert AWAITED not in again
    assert "take_over" in again
    assert "btn--strong" not in again.text.split('<main id="content"')[1]


class TestWhatLiesWithNobody:
    """A ticket that was never dispatched, and came up to somebody who answers for it."""

    @pytest.fixture
    def undispatched(self, company, owned):
        Ticket.objects.filter(pk=owned.pk).update(state="received", post=None)
        return Ticket.objects.get(pk=owned.pk)

    def test_is_dispatched_from_the_list_of_work(self, head, undispatched):
        page = head.open("/console/work/")
        assert page_of(undispatched, "assign") in page
        assert head.open(page_of(undispatched, "assign")).status == 200
