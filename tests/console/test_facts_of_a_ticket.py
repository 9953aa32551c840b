"""What the head and the side of an opened ticket say of moments and of numbers to ring."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from complaints.enums import Action, State
from complaints.services import lifecycle
from core.actors import SYSTEM
from core.clock import database_now
from organisation.models import Staff
from tests.console.conftest import bring_to
from tests.console.test_tickets import page_of

pytestmark = pytest.mark.django_db


def test_until_when_it_waits_is_said_with_the_day(manager, ticket):
    now = database_now()
    ticket = bring_to(State.IN_PROGRESS, ticket, at=now)
    until = timezone.localtime(now + dt.timedelta(days=10))
    lifecycle.wait(ticket, actor=SYSTEM, on=Action.WAIT_SUPPLIER, until=until, at=now)
    page = manager.open(page_of(ticket))
    assert f">{until.month}月{until.day}日 {until:%H:%M}</time>" in page


@pytest.mark.parametrize(
    ("written", "rings"),
    [
        ("010-12345678转8001", "tel:+861012345678"),
        ("023 6300 1234", "tel:+862363001234"),
        ("8001", ""),
    ],
)
def test_only_a_number_that_rings_is_a_link(agent, company, ticket, written, rings):
    Staff.objects.filter(pk=company.steward.holder_id).update(work_phone=written)
    page = agent.open(page_of(ticket))
    assert written in page
    assert re.findall(r'href="(tel:[^"]*)"[^>]*>' + re.escape(written), page.text) == (
        [rings] if rings else []
    )
