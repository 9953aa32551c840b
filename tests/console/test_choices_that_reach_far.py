"""What reaches far is chosen: nobody is given a ticket because they stood first in a list, whoever
has it is not offered it again, and no ticket is one of safety because a key was pressed twice."""

import re

import pytest

from complaints.enums import EventKind
from complaints.models import Ticket
from complaints.services import lifecycle
from core.actors import SYSTEM
from core.clock import database_now
from tests.console.test_kindred import page_of

pytestmark = pytest.mark.django_db


def offered(page):
    box = re.search(r'<select name="post".*?</select>', page.text, re.DOTALL).group(0)
    return re.findall(r'value="(\d*)"', box), re.findall(r'value="(\d*)" selected', box)


def test_whoever_has_it_is_not_offered_and_nobody_is_chosen(manager, company, ticket):
    values, chosen = offered(manager.open(page_of(ticket, "assign")))
    assert str(ticket.post_id) not in values
    assert str(company.engineer.pk) in values
    assert chosen in ([], [""])
    page = manager.send(page_of(ticket, "assign"), version=ticket.version, post="", text="请接手")
    assert page.status == 422
    assert "请选择“派给”" in page
    assert "请接手" in page


def test_whoever_gives_it_where_a_colleague_just_gave_it_reads_that(manager, company, ticket):
    seen, wanted = ticket.version, company.engineer
    lifecycle.assign(ticket, actor=SYSTEM, post=wanted, at=database_now())
    sent = {"post": wanted.pk, "text": "请接手"}
    page = manager.send(page_of(ticket, "assign"), version=seen, **sent)
    assert page.status == 412
    assert "此工单刚刚被他人更新" in page
    assert "请接手" in page
    # pressed again, nothing is given to whoever has it already
    ticket.refresh_from_db()
    page = manager.send(page_of(ticket, "assign"), version=ticket.version, **sent)
    assert page.status == 422
    assert "工单已经在这个岗位" in page
    assert ticket.events.filter(kind=EventKind.ASSIGNED, post=wanted).count() == 1


def test_what_lies_with_nobody_is_proposed_to_the_nearest(manager, company, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(state="received", post=None)
    values, chosen = offered(manager.open(page_of(ticket, "assign")))
    assert chosen == [values[1]]


def test_nothing_is_raised_to_safety_by_a_press(agent, ticket):
    form = agent.open(page_of(ticket, "raise_severity"))
    assert 'value="safety"' in form
    assert not re.search(r'name="(severity|reason_code)"[^>]*checked', form.text)
    page = agent.send(page_of(ticket, "raise_severity"), version=ticket.version, text="水漫出来了")
    assert page.status == 422
    assert "请选择“改为”" in page
    assert "水漫出来了" in page
