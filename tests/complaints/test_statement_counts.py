"""How many statements the hot paths cost, both databases together, as literal numbers.

Counted with real transactions, so that BEGIN and COMMIT are the only ones not in the list.
"""

from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.enums import Kind
from complaints.models import Ticket
from complaints.services import catalogue, intake, lifecycle, timeline
from core import paging
from core.actors import Actor
from residents.services import devices
from tests.complaints.conftest import act, minutes
from tests.factories import A_MORNING, Company, make_person, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

LATER = A_MORNING + minutes(10)


@pytest.fixture
def company(transactional_db):
    return Company()


@pytest.fixture
def resident(company):
    return Actor.reporter(make_person(dwelling=company.dwelling).subject_id)


@contextmanager
def at_most(limit):
    """Fails with the list when there were more."""
    with (
        CaptureQueriesContext(connections["default"]) as first,
        CaptureQueriesContext(connections["keys"]) as second,
    ):
        yield
    asked = [row["sql"] for row in (*first, *second) if row["sql"] not in ("BEGIN", "COMMIT")]
    assert len(asked) <= limit, "\n".join([f"{len(asked)} > {limit}", *(a[:160] for a in asked)])


def new(company, **fields):
    values = {
        "kind": Kind.COMPLAINT,
        "category_code": "noise",
        "channel": "app",
        "body": "楼上装修太吵",
        "dwelling": company.dwelling,
        **fields,
    }
    return intake.NewTicket(**values)


def test_an_intake_is_two(company, resident):
    make_ticket(company)  # the process knows the catalogue now
    draft = new(company, reporter_subject=resident.subject_id)
    with at_most(2):
        intake.submit(draft, actor=resident, at=LATER)


def test_with_a_number_to_seal_one_more_for_its_key(company, resident):
    make_ticket(company)
    draft = new(company, reporter_subject=resident.subject_id, body="电话 13987654321")
    with at_most(3):
        intake.submit(draft, actor=resident, at=LATER)


def test_a_create_by_api_of_a_resident_is_four(company, resident):
    token = devices.issue(resident.subject_id, at=timezone.now()).token
    client = Client(headers={"authorization": f"Bearer {token}"})

    def create(key):
        return client.post(
            "/api/v1/tickets/",
            {
                "kind": "complaint",
                "category": "noise",
                "body": "楼上装修太吵",
                "dwelling": str(company.dwelling.public_id),
            },
            content_type="application/json",
            headers={"idempotency-key": key},
        )

    assert create("a-first-call-to-warm-up").status_code == 201
    with at_most(4):
        answer = create("the-call-that-is-counted")
    assert answer.status_code == 201


def test_a_create_by_api_of_staff_is_ten_too(company):
    client = Client()
    client.force_login(company.agent.holder, backend="organisation.auth.PostBackend")
    body = {
        "kind": "complaint",
        "category": "noise",
        "channel": "hotline",
        "body": "楼上装修太吵",
        "unit": company.community.code,
    }

    def create(key):
        headers = {"idempotency-key": key}
        return client.post("/api/v1/tickets/", body, "application/json", headers=headers)

    assert create("a-first-call-to-warm-up").status_code == 201
    with at_most(10):
        answer = create("the-call-that-is-counted")
    assert answer.status_code == 201


def test_acts_cost_few(company):
    ticket = make_ticket(company)
    steward = Actor.staff(company.steward.holder_id)
    with at_most(7):
        ticket = lifecycle.accept(ticket, actor=steward, at=LATER)
    with at_most(9):
        ticket = timeline.reply(ticket, actor=steward, text="马上到", at=LATER)
    ticket = act(ticket, "start")
    with at_most(9):
        lifecycle.resolve(ticket, actor=steward, reply="好了", at=LATER)


def test_a_first_page_of_fifty_is_four(company):
    for _ in range(3):
        make_ticket(company)
    agent = Actor.staff(company.agent.holder_id)
    with at_most(4):
        rows = Ticket.objects.visible_to(agent).for_list()
        page = paging.page(rows, order=("-received_at", "-id"))
        for ticket in page.rows:
            assert ticket.summary_text
            assert ticket.live_clocks[0].due_at
            assert all([ticket.category.name, ticket.unit.name, ticket.post.holder.name])


def test_the_catalogue_is_one(company):
    catalogue.current()
    with at_most(1):
        catalogue.current()
