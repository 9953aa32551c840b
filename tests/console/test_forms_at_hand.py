"""Which forms a page carries, and which it asks for when they are opened; each stands on a page
once; and what a refused one says first."""

import html
import re

import pytest
from django.urls import reverse

from complaints.services import timeline
from core.actors import Actor
from tests.console.conftest import Browser
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

NEW = reverse("console:new")


def page_of(ticket, verb):
    return reverse("console:act", args=[ticket.public_id, verb])


@pytest.fixture
def manager(company):
    return Browser(company.manager.holder)


def test_a_ticket_carries_no_form_of_its_buttons_and_asks_for_it_when_it_is_opened(manager, ticket):
    page = manager.open(reverse("console:ticket", args=[ticket.public_id])).text
    link = re.search(r'<a [^>]*data-dialog="act"[^>]*/assign/[^>]*>', page) or re.search(
        r'<a [^>]*/assign/[^>]*data-dialog="act"[^>]*>', page
    )
    assert 'hx-target="#act"' in link.group()
    assert '<dialog class="dialog" id="act"' in page
    assert 'id="assign_text"' not in page
    asked = html.unescape(re.search(r'hx-get="([^"]+)"', link.group()).group(1))
    form = manager.get(asked).content.decode()
    assert form.lstrip().startswith('<header class="dialog__head"')
    assert form.count('id="assign_text"') == 1
    assert 'hx-target="#ticket"' in form


def test_without_script_the_button_leads_to_a_whole_page_with_its_form(manager, ticket):
    page = manager.open(reverse("console:ticket", args=[ticket.public_id])).text
    address = re.search(r'<a [^>]*href="([^"]+/assign/[^"]*)"', page).group(1)
    opened = manager.get(html.unescape(address)).content.decode()
    assert opened.startswith("<!DOCTYPE html>")
    assert opened.count('id="assign_text"') == 1


def test_a_form_opened_late_knows_only_what_its_page_showed(manager, company, ticket):
    """Else it would say yes to what came in between, which nobody has read."""
    page = manager.open(reverse("console:ticket", args=[ticket.public_id])).text
    timeline.reply(
        ticket, actor=Actor.staff(company.agent.holder_id), text="今天已经修好了", at=A_MORNING
    )
    asked = html.unescape(re.search(r'hx-get="([^"]+/assign/[^"]+)"', page).group(1))
    form = manager.get(asked).content.decode()
    shown = re.search(r'name="version" value="(\d+)"', form).group(1)
    words = {"post": company.engineer.pk, "text": "请今天上门"}
    answer = manager.send(page_of(ticket, "assign"), version=shown, **words)
    assert answer.status == 412
    assert "此工单刚刚被他人更新" in answer
    assert "请今天上门" in answer
    assert "今天已经修好了" in answer


@pytest.mark.parametrize("said", ["", "x", "٣", "9" * 5000])
def test_a_form_asked_for_without_a_version_has_that_of_the_moment(manager, ticket, said):
    form = manager.open(page_of(ticket, "assign"), **{"in": "dialog", "version": said})
    assert form.status == 200
    assert 'name="version" value="' in form


def test_a_form_that_stands_open_is_not_opened_once_more_above_itself(manager, ticket):
    page = manager.open(page_of(ticket, "assign")).text
    link = re.search(r'<a [^>]*href="[^"]+/assign/[^>]*>', page).group()
    assert "data-dialog" not in link


def test_a_stranger_gets_no_form(company, ticket):
    far = Browser(company.far_steward.holder)
    assert far.open(page_of(ticket, "assign"), **{"in": "dialog"}).status == 404


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
