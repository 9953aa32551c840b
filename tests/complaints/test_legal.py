"""Legal counsel knows notices about rights, and of all else what lies with their post."""

import pytest

from complaints import newest, policies
from complaints.enums import EventKind, Kind, Protection, State
from complaints.models import CoOwnership, TextEntry, Ticket, TicketParty, TicketReporter
from complaints.services import ip_notices, lifecycle
from console import acts
from core.actors import SYSTEM, Actor
from core.errors import NotAllowed
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.test_ip_notices import notice
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)


@pytest.fixture
def counsel(company):
    return make_post("legal_counsel", company.group)


@pytest.fixture
def legal(counsel):
    return Actor.staff(counsel.holder_id)


@pytest.fixture
def right(company, counsel):
    return ip_notices.take(notice(), at=A_MORNING)


def given(ticket, counsel, staff):
    return lifecycle.assign(ticket, actor=staff.dispatcher, post=counsel, at=LATER)


def seen(actor):
    found = set(Ticket.objects.visible_to(actor).values_list("pk", flat=True))
    # the question that is kept asks the same
    assert {row.id for row in newest.page(actor, size=50, cursor=None).rows} == found
    return found


def fresh(ticket):
    return Ticket.objects.for_acting().get(pk=ticket.pk)


def test_of_all_matters_notices_about_rights_alone_are_theirs(company, legal, right, ticket):
    """The rows that would leak: one of every kind."""
    others = [
        make_ticket(company, kind=kind, category_code="other", actor=SYSTEM)
        for kind in Kind
        if kind != Kind.IP_NOTICE
    ]
    assert seen(legal) == {right.pk}
    for other in (ticket, *others):
        assert policies.allowed_actions(legal, fresh(other)) == []
        with pytest.raises(NotAllowed):
            lifecycle.assign(other, actor=legal, post=company.engineer, at=LATER)


def test_neither_words_nor_reporters_of_others_are_read(legal, right, ticket):
    assert not TextEntry.objects.visible_to(legal).filter(ticket=ticket).exists()
    assert not TicketReporter.objects.visible_to(legal).filter(ticket=ticket).exists()
    assert not Ticket.objects.visible_to(legal).matching("漏水", legal).exists()


def test_what_is_given_to_them_is_theirs_as_long_as_it_lies_there(
    company, counsel, legal, ticket, staff
):
    asked = given(ticket, counsel, staff)
    assert seen(legal) == {ticket.pk}
    assert "accept" in policies.allowed_actions(legal, fresh(asked))
    assert TicketReporter.objects.visible_to(legal).filter(ticket=ticket).exists()
    working = bring_to(State.IN_PROGRESS, asked, actor=legal, at=LATER)
    lifecycle.assign(working, actor=staff.dispatcher, post=company.steward, at=LATER)
    assert seen(legal) == set()
    assert policies.allowed_actions(legal, fresh(ticket)) == []


def test_a_protected_reporter_stays_so(company, counsel, legal, staff, resident):
    secret = make_ticket(
        company, reporter_subject=resident.subject_id, protection=Protection.PROTECTED
    )
    given(secret, counsel, staff)
    assert seen(legal) == {secret.pk}
    assert not TicketReporter.objects.visible_to(legal).exists()


def test_what_they_answer_for_beside_the_handler_is_theirs_too(counsel, legal, ticket):
    since = ticket.events.get(kind=EventKind.RECEIVED)
    CoOwnership.objects.create(ticket=ticket, post=counsel, cycle=1, since=since)
    assert seen(legal) == {ticket.pk}
    assert "note" in policies.allowed_actions(legal, fresh(ticket))
    bring_to(State.WITHDRAWN, ticket)
    assert seen(legal) == set()


def test_one_that_names_them_is_not_there(counsel, legal, right, ticket, staff):
    given(ticket, counsel, staff)
    for each in (right, ticket):
        TicketParty.objects.create(ticket=each, staff=counsel.holder, role="named")
    assert seen(legal) == set()
    assert policies.allowed_actions(legal, fresh(right)) == []


def test_counsel_of_a_region_keeps_to_it(company, right, ticket, staff):
    """A notice lies with the group; what the group's counsel has is none of the region's."""
    regional = make_post("legal_counsel", company.region)
    actor = Actor.staff(regional.holder_id)
    assert seen(actor) == set()
    given(ticket, regional, staff)
    assert seen(actor) == {ticket.pk}
    assert seen(Actor.staff(make_post("legal_counsel", company.other_region).holder_id)) == set()


@pytest.mark.parametrize("kind", [Kind.INTEGRITY, Kind.PRIVACY])
def test_confidential_kinds_are_not_opened_by_lying_with_them(company, counsel, legal, kind):
    gated = make_ticket(company, kind=kind, category_code="other", actor=SYSTEM)
    Ticket.objects.filter(pk=gated.pk).update(post=counsel)
    assert seen(legal) == set()
    assert policies.allowed_actions(legal, fresh(gated)) == []


def test_dispatch_may_ask_them(counsel, ticket):
    assert counsel in acts.takers(fresh(ticket), at=LATER)


def test_pages_and_api_know_of_no_other_ticket(counsel, right, ticket):
    browser, caller = Browser(counsel.holder), staff_caller(counsel.holder)
    assert browser.open(f"/console/tickets/{right.public_id}/").status == 200
    assert browser.open(f"/console/tickets/{ticket.public_id}/").status == 404
    assert ticket.reference not in browser.open("/console/workbench/?show=all").text
    assert caller.get(f"/api/v1/tickets/{ticket.public_id}/").status_code == 404
    listed = caller.get("/api/v1/tickets/").json()["results"]
    assert [row["id"] for row in listed] == [str(right.public_id)]
    assert [row["id"] for row in caller.get("/api/v1/queues/all/").json()["results"]] == [
        str(right.public_id)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_their_list_costs_the_same_for_many(
    company, counsel, staff, count, django_assert_num_queries
):
    for _ in range(count):
        given(make_ticket(company), counsel, staff)
    caller = staff_caller(counsel.holder)
    with django_assert_num_queries(4):
        answer = caller.get("/api/v1/tickets/")
    assert len(answer.json()["results"]) == count
