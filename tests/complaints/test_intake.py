"""What an intake leaves behind, and that it leaves all of it or nothing."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from complaints.enums import (
    Channel,
    ClockKind,
    ClockState,
    EventKind,
    Kind,
    Protection,
    State,
    TextRole,
)
from complaints.models import Ticket, TicketClock, TicketEvent, TicketReporter
from complaints.services import intake, lifecycle
from core import reference
from core.actors import SYSTEM, Actor, ActorKind
from core.errors import InvalidInput, NotAllowed
from core.models import MachineKey
from notifications.models import Message, Notice
from organisation.models import Building, Dwelling
from residents.enums import AccountTier
from residents.models import KeyAccount
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db


def local(hour, minute, day=4):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_a_new_ticket_has_a_number_a_post_a_policy_and_a_next_step(company, ticket):
    found = Ticket.objects.get(pk=ticket.pk)
    assert reference.parse(found.reference) >= reference.FIRST_SEQUENCE
    assert (found.state, found.post, found.policy.code, found.version, found.cycle) == (
        State.ASSIGNED,
        company.steward,
        "complaint_ordinary",
        1,
        1,
    )
    assert (found.unit, found.building, found.dwelling) == (
        company.community,
        company.building,
        company.dwelling,
    )
    assert found.received_at == A_MORNING
    assert found.next_step_at == local(10, 48)  # 80 % of 60 working minutes


def test_its_events_say_who_took_it_in_and_who_sent_it_on(company, ticket):
    received, assigned = ticket.events.order_by("id")
    assert (received.kind, received.actor_kind, received.staff_id) == (
        EventKind.RECEIVED,
        ActorKind.STAFF,
        company.agent.holder_id,
    )
    assert (assigned.kind, assigned.actor_kind, assigned.post) == (
        EventKind.ASSIGNED,
        ActorKind.SYSTEM,
        company.steward,
    )
    assert received.occurred_at == A_MORNING < received.recorded_at


def test_its_clocks_run_and_the_acknowledgement_is_kept_at_once(ticket):
    clocks = {clock.kind: clock for clock in ticket.clocks.all()}
    assert {kind: (clock.state, clock.due_at) for kind, clock in clocks.items()} == {
        ClockKind.ACKNOWLEDGE: (ClockState.KEPT, local(10, 5)),
        ClockKind.FIRST_RESPONSE: (ClockState.RUNNING, local(11, 0)),
        # three days of 450 working minutes, a weekend between
        ClockKind.RESOLVE: (ClockState.RUNNING, local(10, 0, day=9)),
    }
    assert clocks[ClockKind.ACKNOWLEDGE].stopped_at == A_MORNING
    assert clocks[ClockKind.ACKNOWLEDGE].next_level is None
    assert clocks[ClockKind.RESOLVE].next_fire_at == local(14, 30, day=6)


def test_without_a_summary_the_body_begins_it(company):
    body = "一二三四五六七八九十" * 4
    ticket = make_ticket(company, body=body, place="地下车库 B1")
    assert dict(ticket.texts.values_list("role", "body")) == {
        TextRole.SUMMARY: body[:30] + "…",
        TextRole.BODY: body,
        TextRole.PLACE: "地下车库 B1",
    }


def test_the_post_and_the_reporter_hear_of_it_once(company, ticket, resident):
    assert sorted(Notice.objects.values_list("template", "post", "staff", "subject")) == [
        ("ticket_assigned", company.steward.pk, company.steward.holder_id, None),
        ("ticket_received", None, None, resident.subject_id),
    ]
    assert Message.objects.count() == 2


def test_the_history_row_names_the_member_of_staff(company, ticket):
    row = ticket.history.get()
    assert (row.history_type, row.history_change_reason, row.history_user_id) == (
        "+",
        "submit",
        company.agent.holder_id,
    )
    assert row.history_date > A_MORNING


def test_a_resident_is_written_as_reporter_and_nowhere_by_id(company, resident):
    ticket = make_ticket(company, actor=resident, reporter_subject=resident.subject_id)
    received = ticket.events.get(kind=EventKind.RECEIVED)
    assert (received.actor_kind, received.staff_id, received.machine_id) == (
        ActorKind.REPORTER,
        None,
        None,
    )
    assert ticket.history.get().history_user_id is None


def test_a_resident_cannot_report_in_the_name_of_another(company, resident, stranger):
    with pytest.raises(NotAllowed):
        make_ticket(company, actor=resident, reporter_subject=stranger.subject_id)


def test_staff_take_in_tickets_only_where_they_may(company, staff):
    with pytest.raises(NotAllowed):
        make_ticket(company, actor=staff.far_steward)
    with pytest.raises(NotAllowed):
        make_ticket(company, actor=staff.engineer)
    assert make_ticket(company, actor=staff.steward).post == company.steward


def test_an_unknown_caller_leaves_no_reporter(company):
    assert not TicketReporter.objects.filter(ticket=make_ticket(company)).exists()


def test_an_anonymous_reporter_is_nobody(company, resident):
    ticket = make_ticket(
        company,
        actor=resident,
        reporter_subject=resident.subject_id,
        protection=Protection.ANONYMOUS,
    )
    assert ticket.reporter.subject_id is None
    assert not Notice.objects.filter(subject__isnull=False).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"category_code": "staff_conduct"},
        {"kind": Kind.INTEGRITY},
        {"named_staff": "steward"},
    ],
)
def test_who_complains_about_staff_is_protected_without_asking(company, resident, fields):
    make_post("discipline_inspector", company.group)
    if "named_staff" in fields:
        fields = {"named_staff": [company.steward.holder_id]}
    ticket = make_ticket(company, reporter_subject=resident.subject_id, **fields)
    assert ticket.reporter.protection == Protection.PROTECTED


def test_severity_comes_from_the_category_unless_given(company):
    assert make_ticket(company, category_code="engineering.gas").severity == "safety"
    assert make_ticket(company, category_code="noise", severity="urgent").severity == "urgent"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"body": "  \n"}, "body"),
        ({"body": "长" * 5001}, "body"),
        ({"summary": "长" * 81}, "summary"),
        ({"dwelling": None}, "unit"),
        ({"category_code": "no.such"}, "category"),
        ({"kind": "nonsense"}, "kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"severity": "terrible"}, "severity"),
        ({"named_staff": [999_999]}, "named_staff"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(company, fields, named):
    with pytest.raises(InvalidInput) as refused:
        make_ticket(company, **fields)
    assert list(refused.value.fields) == [named]
    assert not Ticket.objects.exists()
    assert not TicketEvent.objects.exists()


def test_places_that_disagree_are_refused(company):
    elsewhere = Building.objects.create(unit=company.other_community, name="9 栋")
    with pytest.raises(InvalidInput):
        make_ticket(company, building=elsewhere)
    with pytest.raises(InvalidInput):
        make_ticket(company, unit=company.other_community)
    flat = Dwelling.objects.create(building=elsewhere, room="101")
    assert make_ticket(company, dwelling=flat).unit == company.other_community


def test_control_characters_do_not_reach_the_database(company):
    ticket = make_ticket(company, body="停\x00电\x08了\r\n第二行")
    assert ticket.texts.get(role=TextRole.BODY).body == "停电了\n第二行"


def test_a_key_account_goes_to_its_department_on_its_own_policy(company):
    manager = make_post("key_account_manager", company.group)
    account = KeyAccount.objects.create(
        code="KA1", name="重庆某公司", tier=AccountTier.GROUP_STRATEGIC, manager=manager
    )
    ticket = make_ticket(company, account=account)
    assert (ticket.post, ticket.policy.code, ticket.account) == (manager, "key_account", account)


def test_nothing_stays_when_the_last_write_fails(company, monkeypatch):
    """The rows, the receipt and the photos are one transaction."""

    def broken(*args, **kwargs):
        raise DatabaseError("the outbox is full")

    monkeypatch.setattr(intake.announcing, "announce", broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        make_ticket(company)
    for model in (Ticket, TicketEvent, TicketClock, Notice):
        assert not model.objects.exists()
    monkeypatch.undo()
    assert make_ticket(company).state == State.ASSIGNED


def test_references_are_never_the_same_and_check(company):
    references = [make_ticket(company).reference for _ in range(3)]
    assert len(set(references)) == 3
    assert sorted(references) == references
    for found in references:
        assert reference.make(reference.parse(found)) == found


def test_a_ticket_by_a_machine_is_the_machine_s(company):
    key = MachineKey.objects.create(
        key_id="lift1",
        name="电梯监控",
        secret_sha256=b"0" * 32,
        scopes=["tickets.create"],
        unit_codes=[company.community.code],
        created_at=A_MORNING,
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
    )
    ticket = make_ticket(
        company,
        actor=Actor.machine(key.pk),
        kind=Kind.INCIDENT,
        category_code="lifts",
        channel=Channel.BUILDING_SYSTEM,
    )
    assert ticket.events.get(kind=EventKind.RECEIVED).machine == key
    assert ticket.policy.code == "repair_urgent"


def test_the_ticket_that_comes_back_can_be_worked_with(ticket):
    assert lifecycle.accept(ticket, actor=SYSTEM, at=A_MORNING).version == 2
