"""Which forms a page carries: those in sight, each once; and what a refused one says first."""

import re

import pytest
from django.urls import reverse

from tests.console.conftest import Browser

pytestmark = pytest.mark.django_db

NEW = reverse("console:new")


def page_of(ticket, verb):
    return reverse("console:act", args=[ticket.public_id, verb])


@pytest.fixture
def manager(company):
    return Browser(company.manager.holder)


def test_a_ticket_carries_the_forms_of_its_buttons_and_links_to_those_of_its_menu(manager, ticket):
    page = manager.open(reverse("console:ticket", args=[ticket.public_id])).text
    opened_here = set(re.findall(r'data-dialog="([\w-]+)"', page))
    carried = set(re.findall(r'<dialog class="dialog" id="([\w-]+)"', page))
    assert opened_here == carried
    menu = (
        page.split('class="ticket-head"')[1].split('class="menu__list"')[1].split("</details>")[0]
    )
    assert "/supervise/?" in menu
    assert 'data-dialog="supervise"' not in page
    assert len(page.encode()) < 60 * 1024


def test_a_form_that_stands_open_is_on_the_page_once(manager, ticket):
    page = manager.open(page_of(ticket, "assign")).text
    assert page.count('id="assign_text"') == 1


def test_a_form_opened_from_a_list_of_work_goes_back_by_a_page_of_its_own(manager, ticket):
    """A list has no pane that htmx could put into this page."""
    form = re.search(r"<form[^>]*data-focus[^>]*>", manager.open(
        page_of(ticket, "note") + "?from=work"
    ).text).group()  # fmt: skip
    assert "hx-post" not in form
    assert "hx-post" in re.search(
        r"<form[^>]*data-focus[^>]*>", manager.open(page_of(ticket, "note")).text
    ).group()  # fmt: skip


def test_mistakes_are_told_from_top_to_bottom_and_stay_beside_their_fields(agent, company):
    page = agent.send(NEW, kind="complaint", channel="hotline")
    assert page.status == 422
    summary = page.text.split('class="form-errors"')[1].split("</ul>")[0]
    named = re.findall(r'href="#intake_(\w+)"', summary)
    assert named == ["body", "category", "community"]
    assert "load delay" not in page.text.split('id="intake-needs"')[1].split(">")[0]
