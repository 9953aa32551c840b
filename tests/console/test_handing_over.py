"""A corrective action is handed over on a page: who is offered, who sees the form, what is said."""

import pytest

from complaints.models import CorrectiveAction
from complaints.services import remedies
from core.clock import database_now
from organisation.services.posts import local_date
from tests.console.conftest import Browser
from tests.console.test_kindred import DAY, actor, page_of
from tests.reading import says

pytestmark = pytest.mark.django_db

WHY = "原负责人调岗，图纸在值班室"


@pytest.fixture
def action(company, ticket):
    at = database_now()
    remedies.plan(
        ticket,
        actor=actor(company.manager),
        root_cause="process.missing",
        owner=company.engineer,
        due_on=local_date(at) + 5 * DAY,
        text="编写巡检表",
        at=at,
    )
    return CorrectiveAction.objects.get()


def form_of(action):
    return f"/console/corrective/{action.public_id}/hand_over/"


def test_it_goes_to_the_post_that_was_chosen_with_the_reason(company, manager, ticket, action):
    assert form_of(action) in manager.open("/console/corrective/")
    done = manager.send(form_of(action), owner=company.steward.pk, text=WHY)
    assert (done.status, done.url) == (302, "/console/corrective/")
    page = Browser(company.steward.holder).open("/console/corrective/")
    assert f"/console/corrective/{action.public_id}/complete/" in page
    assert WHY in page
    told = manager.open(page_of(ticket))
    assert f"整改移交：流程 · 没有规定，由 {company.steward} 负责" in told
    assert WHY in told


def test_the_form_offers_everybody_but_who_has_it_and_whom_it_names(
    company, manager, ticket, action
):
    ticket.parties.create(staff=company.steward.holder, role="named")
    page = manager.open(form_of(action))
    assert page.status == 200
    assert f'value="{company.manager.pk}"' in page
    for post in (company.engineer, company.steward, company.other_manager):
        assert f'<option value="{post.pk}"' not in page
    assert not says(page.text, company.steward.holder.name)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(company, manager, action):
    page = manager.send(form_of(action), owner=company.other_steward.pk, text=WHY)
    assert page.status == 422
    assert WHY in page
    page = manager.send(form_of(action), owner=company.steward.pk, text=" ")
    assert page.status == 422
    assert f'<option value="{company.steward.pk}" selected' in page
    action.refresh_from_db()
    assert action.owner == company.engineer


def test_who_may_not_hand_over_neither_sees_the_form_nor_who_is_missing_in_it(company, action):
    engineer = Browser(company.engineer.holder)
    assert form_of(action) not in engineer.open("/console/corrective/")
    assert engineer.open(form_of(action)).status == 403
    assert engineer.send(form_of(action), owner=company.steward.pk, text=WHY).status == 403
    stranger = Browser(company.other_manager.holder)
    assert stranger.open(form_of(action)).status == 404
    assert stranger.send(form_of(action), owner=company.steward.pk, text=WHY).status == 404


def test_what_is_done_meanwhile_stays_with_who_did_it(company, manager, action):
    remedies.complete(action, actor=actor(company.engineer), text="已编写", at=database_now())
    page = manager.send(form_of(action), owner=company.steward.pk, text=WHY)
    assert page.status == 409
    assert WHY in page
