"""simple-history: one row per change, made by one door, with nothing personal in it."""

import pytest
from django.apps import apps
from django.db import connection

from complaints.enums import State
from complaints.models import Ticket
from complaints.services import lifecycle, timeline
from core.actors import SYSTEM
from core.errors import InvalidTransition
from tests.complaints.conftest import ROADS, act, bring_to, minutes
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

PERSONAL = {"dwelling_id", "subject_id", "reporter_id", "body", "public_id", "phone"}


def tracked_values(ticket):
    names = [field.attname for field in Ticket.history.model.tracked_fields]
    return Ticket.objects.filter(pk=ticket.pk).values(*names).get()


def last_row(ticket):
    row = ticket.history.order_by("history_id").last()
    return {name: getattr(row, name) for name in tracked_values(ticket)}


@pytest.mark.parametrize("state", ROADS)
def test_after_every_act_the_last_row_is_the_ticket_as_it_stands(ticket, state):
    assert last_row(ticket) == tracked_values(ticket)
    for verb in ROADS[state]:
        ticket = act(ticket, verb)
        assert last_row(ticket) == tracked_values(ticket)
    assert ticket.history.count() == 1 + len(ROADS[state]) == ticket.version


def test_rows_name_who_of_staff_and_why_by_a_code(ticket, staff, resident, company):
    ticket = lifecycle.accept(ticket, actor=staff.steward, at=A_MORNING)
    ticket = timeline.urge(ticket, actor=resident, at=A_MORNING + minutes(1))
    timeline.note(ticket, actor=SYSTEM, text="内部说明", at=A_MORNING + minutes(2))
    rows = ticket.history.order_by("history_id")
    assert list(rows.values_list("history_change_reason", "history_user", "history_type")) == [
        ("submit", company.agent.holder_id, "+"),
        ("accept", company.steward.holder_id, "~"),
        ("urge", None, "~"),
        ("note", None, "~"),
    ]


def test_rows_are_dated_by_the_real_clock(ticket):
    assert ticket.history.get().history_date.year >= A_MORNING.year
    assert ticket.history.get().history_date > ticket.received_at


def test_no_history_table_of_complaints_has_a_personal_column():
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("complaints").get_models()
        if model.__name__.startswith("Historical")
    ]
    assert len(tables) >= 2
    for table in tables:
        with connection.cursor() as cursor:
            columns = {
                c.name for c in connection.introspection.get_table_description(cursor, table)
            }
        assert not columns & PERSONAL, table


def test_a_dwelling_leaves_no_trace_in_history(ticket, company):
    """Written out as text, as a dump would show it: the id is in the ticket and not in its rows."""
    marker = 987_654_321
    company.dwelling.__class__.objects.create(id=marker, building=company.building, room="canary")
    Ticket.objects.filter(pk=ticket.pk).update(dwelling=marker)
    bring_to(State.RESOLVED, Ticket.objects.get(pk=ticket.pk))
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM complaints_ticket t WHERE t::text LIKE '%987654321%'")
        assert len(cursor.fetchall()) == 1
        cursor.execute(
            "SELECT h::text FROM complaints_historicalticket h WHERE h::text LIKE '%987654321%'"
        )
        assert cursor.fetchall() == []


def test_an_act_that_is_refused_leaves_no_row(ticket, staff):
    with pytest.raises(InvalidTransition):
        act(ticket, "resolve", actor=staff.steward)
    assert ticket.history.count() == 1
