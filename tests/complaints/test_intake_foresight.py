"""An intake looks ahead by what its process remembers; what holds is what it reads with its
numbers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.enums import Kind, Severity, Template
from complaints.models import Category, RoutingRule, Ticket
from complaints.services import catalogue, intake
from core.actors import Actor
from core.errors import InvalidInput
from notifications.models import Endpoint, Message
from organisation.models import Role
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def remembering(company):
    """The process knows the catalogue as it is before the test changes it."""
    make_ticket(company)
    return catalogue.remembered()


@pytest.fixture
def resident(company):
    return Actor.reporter(make_person(dwelling=company.dwelling).subject_id)


def submit(company, resident, **fields):
    values = {
        "kind": Kind.COMPLAINT,
        "category_code": "noise",
        "channel": "app",
        "body": "楼上装修太吵",
        "dwelling": company.dwelling,
        "reporter_subject": resident.subject_id,
        **fields,
    }
    return intake.submit(intake.NewTicket(**values), actor=resident, at=A_MORNING)


def robot(unit, *kinds, active=True):
    return Endpoint.objects.create(
        channel="wecom",
        name="值班群",
        host="example.com",
        unit=unit,
        event_kinds=list(kinds),
        key_id="k",
        address_sealed=b"sealed",
        active=active,
        created_at=A_MORNING,
    )


class TestTheRules:
    def test_one_that_changed_meanwhile_is_followed(self, company, resident, remembering):
        head = Role.objects.get(code="region_service_head")
        RoutingRule.objects.filter(position=620).update(role=head, policy_code="inquiry")
        assert catalogue.remembered() is remembering
        ticket = submit(company, resident)
        assert ticket.post == company.region_head
        assert ticket.policy.code == "inquiry"

    def test_a_category_that_was_graded_anew_is_graded_so(self, company, resident, remembering):
        Category.objects.filter(code="noise").update(severity=Severity.URGENT)
        ticket = submit(company, resident)
        assert (ticket.severity, ticket.policy.code) == ("urgent", "complaint_serious")

    def test_a_category_that_is_new_is_taken(self, company, resident, remembering):
        new = Category.objects.get(code="noise")
        new.pk, new.code = None, "noise_of_drones"
        new.save(force_insert=True)
        assert submit(company, resident, category_code="noise_of_drones").category == new

    def test_a_category_that_was_switched_off_is_refused(self, company, resident, remembering):
        Category.objects.filter(code="noise").update(active=False)
        with pytest.raises(InvalidInput):
            submit(company, resident)


class TestHowManyStatements:
    def statements(self, company, resident, **fields):
        with CaptureQueriesContext(connection) as captured:
            submit(company, resident, **fields)
        return [row["sql"] for row in captured]

    def test_numbers_and_the_nearest_post_are_one(self, company, resident, remembering):
        asked = self.statements(company, resident)
        assert len(asked) == 2, asked
        make_post("steward", company.community)
        assert len(self.statements(company, resident)) == 2

    def test_a_rule_that_changed_costs_the_post_again(self, company, resident, remembering):
        head = Role.objects.get(code="region_service_head")
        RoutingRule.objects.filter(position=620).update(role=head)
        submit(company, resident)
        assert len(self.statements(company, resident)) == 2

    def test_who_is_named_is_never_the_nearest(self, company, resident, remembering):
        ticket = submit(company, resident, named_staff=[company.steward.holder_id])
        assert ticket.post not in (None, company.steward)


class TestRobots:
    def heard(self, endpoint, ticket):
        found = Message.objects.filter(endpoint=endpoint)
        told = found.filter(notices__object_id=ticket.pk)
        return list(told.values_list("notices__template", flat=True))

    def test_one_that_listens_repeats_a_new_ticket(self, company, resident, remembering):
        listening = robot(company.community, Template.TICKET_ASSIGNED)
        ticket = submit(company, resident)
        assert self.heard(listening, ticket) == [Template.TICKET_ASSIGNED]

    def test_one_that_listens_to_something_else_is_silent(self, company, resident, remembering):
        others = [
            robot(company.community),
            robot(company.community, Template.TICKET_RESOLVED),
            robot(company.community, Template.TICKET_ASSIGNED, active=False),
            robot(company.other_community, Template.TICKET_ASSIGNED),
        ]
        ticket = submit(company, resident)
        assert [self.heard(each, ticket) for each in others] == [[], [], [], []]

    def test_people_hear_of_it_either_way(self, company, resident, remembering):
        def told(ticket):
            found = ticket.post.notices.filter(object_id=ticket.pk)
            return [(row.template, row.staff_id, row.messages.count()) for row in found]

        alone = submit(company, resident)
        robot(company.other_community, Template.TICKET_ASSIGNED)
        beside = submit(company, resident)
        assert told(alone) == told(beside) == [("ticket_assigned", alone.post.holder_id, 1)]
        assert Ticket.objects.filter(pk__in=[alone.pk, beside.pk]).count() == 2
