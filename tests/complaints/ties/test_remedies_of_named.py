"""Whoever turns out to be whom a matter is about hears no more of its corrective actions."""

import datetime as dt

import pytest

from complaints.services import remedies
from notifications.models import Notice
from tests.complaints.conftest import minutes
from tests.complaints.ties.test_remedies import DUE, LATE, LATER, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(company, ticket, staff):
    return plan(ticket, staff.manager, company.engineer)


def told(template):
    return {notice.post for notice in Notice.objects.filter(template=template)}


def test_not_that_it_is_late(company, action, ticket):
    ticket.parties.create(staff=company.engineer.holder, role="named")
    remedies.tell_late(LATE)
    assert told("action_lapsed") == {company.manager}


def test_not_that_it_comes_back(company, action, ticket, staff):
    done = remedies.complete(action, actor=staff.engineer, text="已换", at=LATER)
    ticket.parties.create(staff=company.engineer.holder, role="named")
    at, due_on = LATER + minutes(10), DUE + dt.timedelta(days=3)
    remedies.send_back(done, actor=staff.manager, text="漏水依旧", due_on=due_on, at=at)
    assert told("action_returned") == {company.duty}
