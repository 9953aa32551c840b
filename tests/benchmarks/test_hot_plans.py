"""The questions that are asked all day go by their indexes, at a size where it matters.

Times are for `make bench`; here is only what does not depend on the machine: the plan.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.test import Client, TransactionTestCase

from benchmarks.statements import noted, plan_of
from complaints import repeats
from complaints.models import Ticket, TicketEvent
from complaints.services import sweep_rows
from core import paging
from core.actors import SYSTEM
from core.clock import database_now
from demo import names
from demo.services import company, loading, people, tickets
from demo.services.setting import setting_of
from notifications.models import Message
from notifications.services import delivery
from organisation.models import Post
from residents.models import DeviceToken
from residents.services import devices
from tests.emptying import owner_connection

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("hot-plans")]

RESIDENTS, TICKETS, MESSAGES = 4_000, 20_000, 8_000
BIG = (
    "complaints_ticket", "complaints_textentry", "complaints_ticketevent",
    "complaints_ticketclock", "notifications_message", "residents_contactpoint",
    "residents_devicetoken",
)  # fmt: skip


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The demo company with a year of tickets, committed and analysed; gone afterwards."""
    with django_db_blocker.unblock():
        random, at = Random(1), database_now()
        built = company.build(loading.FEWEST_COMMUNITIES, random)
        homes = people.build_homes(built.communities, RESIDENTS)
        residents = people.build_residents(homes, RESIDENTS, random=random, at=at, say=str)
        posts = list(Post.objects.select_related("role", "unit"))
        setting = setting_of(posts, built.communities, at, random)
        tickets.build_tickets(residents, TICKETS, setting=setting, say=str)
        DeviceToken.objects.bulk_create(_tokens(residents, at))
        Message.objects.bulk_create(_messages(residents, at))
        with owner_connection("default") as owner:
            owner.execute("ANALYZE")
    yield residents
    with django_db_blocker.unblock():
        TransactionTestCase._fixture_teardown(TransactionTestCase())


def _tokens(residents, at):
    for number, resident in enumerate(residents):
        yield DeviceToken(
            subject_id=resident.subject_id,
            token_sha256=hashlib.sha256(str(number).encode()).digest(),
            created_at=at,
            expires_at=at + timedelta(days=90),
        )


def _messages(residents, at):
    """Almost all were sent long ago."""
    for number in range(MESSAGES):
        yield Message(
            channel="email",
            subject_id=residents[number % RESIDENTS].subject_id,
            state="queued" if number % 500 == 0 else "sent",
            due_at=at - timedelta(minutes=number),
            created_at=at,
        )


@pytest.fixture
def token(seeded):
    return devices.issue(seeded[1].subject_id, at=database_now()).token


def plans_of(call) -> str:
    """The plans of all statements of a call that read a table, one text."""
    with noted() as seen:
        call()
    asked = [each for each in seen if each.database == "default" and " FROM " in f" {each.sql} "]
    assert asked
    return "\n\n".join("\n".join(plan_of(each)) for each in asked)


def assert_by_index(plan: str, *indexes: str) -> None:
    """Each index serves, and no big table is read from end to end."""
    scanned = [table for table in BIG if f"Seq Scan on {table} " in plan]
    missing = [name for name in indexes if name not in plan]
    assert (scanned, missing) == ([], []), plan


def client_of(role: str) -> Client:
    client = Client()
    holder = Post.objects.filter(role__code=role).select_related("holder")[0].holder
    client.force_login(holder, backend="organisation.auth.PostBackend")
    return client


def listed(role: str, query: str = "") -> str:
    client = client_of(role)

    def ask():
        assert client.get(f"/api/v1/tickets/{query}").status_code == 200

    return plans_of(ask)


def test_the_first_page_of_the_whole_queue(seeded):
    assert_by_index(listed("hotline_agent"), "tickets_by_age")


def test_a_deep_page_of_the_whole_queue(seeded):
    cursor = None
    for _ in range(3):
        rows = Ticket.objects.only("received_at")
        order = ("-received_at", "-id")
        cursor = paging.page(rows, order=order, size=100, cursor=cursor).next_cursor
    plan = listed("hotline_agent", f"?cursor={cursor}")
    assert_by_index(plan, "tickets_by_age")
    assert "Index Cond: (ROW(received_at, id) < ROW(" in plan, plan


def test_the_queue_of_one_community(seeded):
    assert_by_index(listed("steward"), "tickets_of_unit_by_age")


def test_a_ticket_by_its_number(seeded):
    number = Ticket.objects.order_by("-id")[0].reference
    assert_by_index(listed("hotline_agent", f"?q={number}"), "a_reference_is_one_ticket")


def test_a_word_of_a_text(seeded):
    assert_by_index(listed("hotline_agent", "?q=被困"), "texts_by_token")


def test_a_ticket_with_its_timeline(seeded):
    public_id = Ticket.objects.order_by("-id")[0].public_id
    client = client_of("hotline_agent")
    found = plans_of(lambda: client.get(f"/api/v1/tickets/{public_id}/timeline/"))
    assert_by_index(found, "complaints_ticket_public_id", "events_of_ticket")


def test_who_calls(seeded):
    client = client_of("hotline_agent")
    body = {"phone": names.mobile(77)}
    found = plans_of(lambda: client.post("/api/v1/callers/lookup/", body, "application/json"))
    assert_by_index(found, "contact_blind_index")


def test_what_is_due(seeded):
    def claim():
        with transaction.atomic():
            sweep_rows.claim(database_now(), limit=1_000)

    assert_by_index(plans_of(claim), "tickets_due_next")


def test_whose_token_it_is(seeded, token):
    found = plans_of(lambda: devices.authenticate(token))
    assert_by_index(found, "residents_devicetoken_token_sha256")


def test_the_open_work_of_a_post(seeded):
    post = Post.objects.filter(role__code="steward")[0]
    open_work = Ticket.objects.open().filter(post=post).order_by("next_step_at")
    assert_by_index(plans_of(lambda: list(open_work[:50])), "open_tickets_of_post")


def test_the_group_matters_of_a_building(seeded):
    latest = Ticket.objects.filter(building__isnull=False).order_by("-received_at")[0]
    since = latest.received_at - timedelta(days=7)
    rows = repeats.members(SYSTEM, latest.building_id, latest.category_id, since).order_by()
    assert_by_index(plans_of(lambda: list(rows)), "tickets_of_building_by_age")


def test_the_messages_to_be_sent(seeded):
    long_ago = database_now() - timedelta(days=3_650)  # nothing is due, so nothing is sent
    found = plans_of(lambda: delivery.deliver_due(long_ago))
    assert_by_index(found, "queued_messages")


def test_the_events_are_there_to_be_found(seeded):
    """The size is no promise on paper."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'complaints_ticket'")
        assert cursor.fetchone()[0] >= TICKETS
    assert TicketEvent.objects.count() > 3 * TICKETS
