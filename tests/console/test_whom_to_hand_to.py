"""Handing on is a choice: nobody is given a ticket because they stood first in a list, and whoever
has it is not offered it again."""

import re

import pytest

from complaints.models import Ticket
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


def test_what_lies_with_nobody_is_proposed_to_the_nearest(manager, company, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(state="received", post=None)
    values, chosen = offered(manager.open(page_of(ticket, "assign")))
    assert chosen == [values[1]]
