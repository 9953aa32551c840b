"""Posts that somebody named shares: as stand-in, as superior, through each road a ticket can take.

Each test first makes the row that would leak: a post that would get it if nobody were named.
"""

import datetime as dt

import pytest

from complaints.models import Ticket, TicketReporter
from complaints.services import decisions, lifecycle, routing
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotAllowed
from notifications.models import Notice
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import minutes
from tests.console.conftest import Browser
from tests.factories import A_MORNING, StaffFactory, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db

FAR_AWAY = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def named(company):
    """Holds no post of their own; stands in for the region's head of service, who is away."""
    person = StaffFactory()
    company.region_head.stand_in = person
    company.region_head.holder_absent_until = FAR_AWAY
    company.region_head.save()
    return person


def report(company, *people, **fields):
    subject = make_person("赵六", f"1370000{len(people):04}", company.dwelling).subject_id
    return make_ticket(
        company, named_staff=[each.pk for each in people], reporter_subject=subject, **fields
    )


def late(ticket):
    sweep(ticket.clocks.get(kind="resolve").due_at + minutes(241))
    ticket.refresh_from_db()
    return ticket


def notices_of(person):
    return Notice.objects.filter(staff=person)


def test_without_a_name_the_stand_in_would_hear_and_may_take_over(company, named):
    ticket = late(report(company))
    assert notices_of(named).exists()
    assert Ticket.objects.visible_to(Actor.staff(named.pk)).filter(pk=ticket.pk).exists()
    decisions.take_over(ticket, actor=Actor.staff(named.pk), at=A_MORNING + minutes(9_000))


def test_named_the_stand_in_neither_hears_sees_nor_takes_over(company, named):
    ticket = late(report(company, named))
    actor = Actor.staff(named.pk)
    assert not notices_of(named).filter(object_id=ticket.pk).exists()
    assert not Ticket.objects.visible_to(actor).filter(pk=ticket.pk).exists()
    assert not TicketReporter.objects.visible_to(actor).filter(ticket=ticket).exists()
    with pytest.raises(NotAllowed):
        decisions.take_over(ticket, actor=actor, at=A_MORNING + minutes(9_000))


def test_nor_does_the_superior_whose_stand_in_is_named_get_it_for_that_post(company, named):
    """Taking over gives the ticket to a post; whoever else acts for it would have it too."""
    ticket = late(report(company, named))
    Ticket.objects.filter(pk=ticket.pk).update(level=2)
    with pytest.raises(NotAllowed):
        decisions.take_over(
            ticket, actor=Actor.staff(company.region_head.holder_id), at=A_MORNING + minutes(9_000)
        )


def test_it_is_not_assigned_to_a_post_they_share(company, named):
    company.engineer.stand_in = named
    company.engineer.save()
    with pytest.raises(InvalidInput):
        lifecycle.assign(report(company, named), actor=SYSTEM, post=company.engineer, at=A_MORNING)
    lifecycle.assign(report(company), actor=SYSTEM, post=company.engineer, at=A_MORNING)


def test_of_several_posts_the_one_they_share_is_none(company, named):
    shared = make_post("steward", company.community, stand_in=named)
    report(company, category_code="noise")
    assert report(company).post == shared
    assert report(company, named).post == company.steward


def test_the_dry_run_tells_the_same_of_them(company, named):
    from complaints.services import dry_run

    company.steward.stand_in = named
    company.steward.save()
    ticket = Ticket.objects.for_acting().get(pk=report(company, named).pk)
    assert dry_run.of_ticket(ticket, at=A_MORNING).post == company.manager
    assert routing.FALLBACK_ROLE == "project_manager"


class TestOnPagesAndByApi:
    @pytest.fixture
    def superior(self, company):
        """Manages the site and is named: holds the post that would see everything there."""
        return company.manager.holder

    def test_the_lists_and_the_page_know_nothing_of_it(self, company, superior):
        ticket = report(company, superior, body="经理收受好处")
        other = report(company)
        browser = Browser(superior)
        for part in ("workbench/?queue=all", "workbench/?queue=open", "work/", "escalated/"):
            assert ticket.reference not in browser.open(f"/console/{part}")
        assert browser.open(f"/console/tickets/{ticket.public_id}/").status == 404
        assert browser.open(f"/console/tickets/{other.public_id}/").status == 200

    def test_search_finds_the_other_and_not_this(self, company, superior):
        report(company, superior, body="经理收受好处")
        other = report(company, body="收受好处的另有其人")
        found = Ticket.objects.visible_to(superior.actor).matching("好处", superior.actor)
        assert list(found) == [other]

    def test_the_api_neither_lists_nor_gives_nor_counts_it(self, company, superior):
        ticket = report(company, superior)
        other = report(company)
        caller = staff_caller(superior)
        rows = caller.get("/api/v1/tickets/").json()["results"]
        assert [row["id"] for row in rows] == [str(other.public_id)]
        for part in ("", "timeline/", "holders/", "dry-run/"):
            assert caller.get(f"/api/v1/tickets/{ticket.public_id}/{part}").status_code == 404

    def test_the_preview_of_a_policy_calls_somebody_else(self, company, superior):
        ticket = late(report(company, superior))
        assert not notices_of(superior).filter(object_id=ticket.pk).exists()
