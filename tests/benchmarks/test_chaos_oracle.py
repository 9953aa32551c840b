"""The oracle of `make chaos` names what it is shown: one thing of each kind, broken by hand in a
copy of the tables that has no constraint to forbid it."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from benchmarks.chaos import oracle, outbox
from benchmarks.chaos.ledger import Ledger, Line
from benchmarks.chaos.naive import oracle as naive_oracle
from benchmarks.chaos.outbox import Taken
from complaints.models import RoutingRule
from complaints.services import intake, lifecycle
from complaints.services.escalation import sweep
from complaints.services.intake import NewTicket
from core.actors import SYSTEM
from tests.complaints.escalation.world import make_policy
from tests.factories import A_MORNING

TABLES = (
    "complaints_ticket",
    "complaints_ticketclock",
    "complaints_ticketevent",
    "complaints_historicalticket",
    "notifications_notice",
    "notifications_message",
    "notifications_messagenotice",
)
MINUTE = timedelta(minutes=1)
SWEPT = A_MORNING + 400 * MINUTE
RESOLVED = A_MORNING + 401 * MINUTE
JUDGED = A_MORNING + 500 * MINUTE


@pytest.fixture
def copy(db, company):
    """Two tickets whose ladders fell, of which one was resolved, and the ledger about them.

    Temporary tables come before the real ones where both have a name.
    """
    policy = make_policy(minutes=300, kinds=("first_response", "resolve"))
    RoutingRule.objects.create(position=-1, policy_code=policy.code)
    made = [_report(company) for _ in range(2)]
    for ticket in made:
        lifecycle.accept(ticket, actor=SYSTEM, at=A_MORNING)
        lifecycle.start(ticket, actor=SYSTEM, at=A_MORNING)
    sweep(SWEPT)
    lifecycle.resolve(made[1], actor=SYSTEM, reply="已处理", at=RESOLVED)
    for table in TABLES:
        connection.connection.execute(f"CREATE TEMP TABLE {table} AS TABLE public.{table}")
    return Copy(connection.connection, made)


class Copy:
    def __init__(self, tables, tickets):
        self.tables, self.tickets = tables, tickets
        self.ledger = [
            Line(0.0, did, str(each.public_id), "")
            for each in tickets
            for did in ("create", "accept", "start")
        ]

    def do(self, statement, *values):
        assert self.tables.execute(statement, values).rowcount > 0

    def found(self, *, tried=2):
        verdict = oracle.judge(self.tables, self.ledger, until=JUDGED, tried=tried)
        return {each.code: each.count for each in verdict.findings}


def _report(company):
    new = NewTicket(
        kind="complaint",
        category_code="noise",
        channel="hotline",
        body="吵",
        unit=company.community,
    )
    return intake.submit(new, actor=SYSTEM, at=A_MORNING)


def test_nothing_is_found_where_nothing_is_broken(copy):
    verdict = oracle.judge(copy.tables, copy.ledger, until=JUDGED, tried=2)
    assert verdict.findings == []
    assert verdict.acknowledged == 6
    assert verdict.owed == len(verdict.lateness) == 8  # 80 % and due, of two clocks of two tickets


def test_a_missing_level_is_lost(copy):
    open_one = copy.tickets[0].pk
    copy.do(
        "DELETE FROM complaints_ticketevent WHERE id = (SELECT min(id) FROM complaints_ticketevent"
        " WHERE kind = 'escalated' AND ticket_id = %s)",
        open_one,
    )
    found = copy.found()
    assert found.pop("lost levels") == 1
    assert found == {"notices of nothing": 1}


def test_a_level_that_was_passed_over_is_lost_though_the_ticket_is_solved(copy):
    """Nobody was faster than the sweep: it came by, and wrote the level above."""
    copy.do(
        "DELETE FROM complaints_ticketevent WHERE id = (SELECT min(id) FROM complaints_ticketevent"
        " WHERE kind = 'escalated' AND ticket_id = %s)",
        copy.tickets[1].pk,
    )
    verdict = oracle.judge(copy.tables, copy.ledger, until=JUDGED, tried=2)
    assert verdict.lost == 1
    assert verdict.overtaken == 0


def test_a_level_that_no_sweep_came_by_for_is_lost_too(copy):
    verdict = oracle.judge(copy.tables, [], until=A_MORNING + 600 * MINUTE)
    assert [each.code for each in verdict.findings] == ["lost levels"]
    assert verdict.lost == 2  # four hours after due, of the two clocks that still run


def test_a_level_written_twice_is_doubled(copy):
    copy.do(
        "INSERT INTO complaints_ticketevent SELECT * FROM complaints_ticketevent"
        " WHERE id = (SELECT min(id) FROM complaints_ticketevent WHERE kind = 'escalated')"
    )
    assert copy.found()["doubled levels"] == 1


def test_a_level_after_the_resolution_is_named(copy):
    copy.do(
        "INSERT INTO complaints_ticketevent (id, ticket_id, kind, clock_id, level, occurred_at,"
        " recorded_at, cycle) SELECT 999999, ticket_id, 'escalated', id, 2,"
        " started_at + interval '540 minutes', started_at + interval '541 minutes', 1"
        " FROM complaints_ticketclock WHERE kind = 'resolve' AND ticket_id = %s",
        copy.tickets[1].pk,
    )
    verdict = oracle.judge(copy.tables, copy.ledger, until=A_MORNING + 541 * MINUTE)
    assert {"levels after the end"} <= {each.code for each in verdict.findings}


def test_a_level_written_after_the_resolution_is_named_however_it_is_dated(copy):
    copy.do(
        "UPDATE complaints_ticketevent SET id = 999999 WHERE id = (SELECT max(id)"
        " FROM complaints_ticketevent WHERE kind = 'escalated' AND ticket_id = %s)",
        copy.tickets[1].pk,
    )
    assert copy.found()["levels after the end"] == 1


def test_a_level_at_the_very_microsecond_of_the_resolution_is_after_it(copy):
    """Whoever resolves at that microsecond was before the sweep, and nothing fires, or comes just
    after the level."""
    copy.do(
        "UPDATE complaints_ticketclock SET stopped_at = started_at + interval '300 minutes'"
        " WHERE kind = 'resolve' AND ticket_id = %s",
        copy.tickets[1].pk,
    )
    assert copy.found()["levels after the end"] == 1


def test_what_was_solved_at_the_microsecond_of_a_level_was_owed_none(copy):
    values = (copy.tickets[1].pk,)
    copy.do(
        "UPDATE complaints_ticketclock SET stopped_at = started_at + interval '300 minutes'"
        " WHERE kind = 'resolve' AND ticket_id = %s",
        *values,
    )
    copy.do(
        "DELETE FROM complaints_ticketevent WHERE kind = 'escalated' AND level = 1"
        " AND ticket_id = %s AND clock_id IN (SELECT id FROM complaints_ticketclock"
        " WHERE kind = 'resolve')",
        *values,
    )
    verdict = oracle.judge(copy.tables, copy.ledger, until=JUDGED, tried=2)
    assert verdict.overtaken == 0
    assert verdict.owed == 7


def test_an_early_level_and_a_wrong_moment_are_named(copy):
    first = "(SELECT min(id) FROM complaints_ticketevent WHERE kind = 'escalated')"
    copy.do(
        "UPDATE complaints_ticketevent SET recorded_at = occurred_at - interval '1 s',"
        f" occurred_at = occurred_at - interval '1 s' WHERE id = {first}"
    )
    found = copy.found()
    assert (found["early levels"], found["levels at a wrong moment"]) == (1, 1)


def test_an_acknowledged_ticket_that_is_gone_is_lost(copy):
    copy.ledger.append(Line(0.0, "create", str(uuid.uuid4()), "a-key"))
    assert copy.found() == {"lost acknowledged": 1}


def test_an_acknowledged_act_that_is_gone_is_lost(copy):
    copy.do(
        "DELETE FROM complaints_ticketevent WHERE kind = 'accepted' AND ticket_id = %s",
        copy.tickets[0].pk,
    )
    assert copy.found() == {"lost acknowledged": 1}


def test_two_tickets_of_one_matter_are_doubled(copy):
    assert copy.found(tried=1) == {"doubled tickets": 1}


def test_an_act_that_happened_twice_is_doubled(copy):
    copy.do(
        "INSERT INTO complaints_ticketevent SELECT * FROM complaints_ticketevent"
        " WHERE kind = 'started' AND ticket_id = %s",
        copy.tickets[0].pk,
    )
    assert copy.found() == {"doubled acts": 1}


def test_notices_are_one_for_each_event_and_post(copy):
    copy.do("DELETE FROM notifications_notice WHERE id = (SELECT min(id) FROM notifications_notice"
            " WHERE template = 'ticket_escalated')")  # fmt: skip
    copy.do("INSERT INTO notifications_notice SELECT * FROM notifications_notice"
            " WHERE id = (SELECT max(id) FROM notifications_notice)")  # fmt: skip
    found = copy.found()
    assert (found["lost notices"], found["doubled notices"]) == (1, 1)


def test_history_that_does_not_say_what_the_ticket_is_is_named(copy):
    copy.do("UPDATE complaints_ticket SET level = 4 WHERE id = %s", copy.tickets[0].pk)
    copy.do("DELETE FROM complaints_historicalticket WHERE history_type = '+' AND id = %s",
            copy.tickets[1].pk)  # fmt: skip
    assert copy.found() == {"history": 3}  # what it is; how it began, and so one version


def test_a_sweep_without_its_history_row_is_named(copy):
    copy.do("DELETE FROM complaints_historicalticket WHERE history_change_reason = 'sweep'"
            " AND id = %s", copy.tickets[1].pk)  # fmt: skip
    assert copy.found() == {"history of sweeps": 1}


def test_a_letter_that_nobody_took_is_lost_and_a_strange_one_is_named(copy):
    staff = copy.tables.execute("SELECT min(id) FROM organisation_staff").fetchone()[0]
    sent, waiting = uuid.uuid4(), uuid.uuid4()
    copy.do("DELETE FROM notifications_message")
    for delivery_id, state in ((sent, "sent"), (waiting, "queued")):
        copy.do(
            "INSERT INTO notifications_message (id, channel, delivery_id, state, staff_id,"
            " created_at) VALUES (1, 'email', %s, %s, %s, %s)",
            delivery_id,
            state,
            staff,
            SWEPT,
        )
    strange = Taken(0.0, "email", str(uuid.uuid4()))
    verdict = outbox.judge(copy.tables, "email", lambda: [strange], until=JUDGED)
    assert [each.code for each in verdict.findings] == [
        "lost letters: left in the outbox",
        "lost letters: sent, not taken",
        "letters nobody wrote",
    ]
    assert verdict.lost == 2


def test_a_waker_that_does_not_come_back_is_named(copy):
    copy.tables.execute("CREATE TEMP TABLE complaints_sweepbeat (waker text, last_at timestamptz)")
    copy.do(
        "INSERT INTO complaints_sweepbeat VALUES ('sweeper', %s), ('worker', %s)", JUDGED, SWEPT
    )
    assert oracle.silent_wakers(copy.tables, RESOLVED) == ["worker"]


def test_the_ledger_is_read_from_the_disk(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    ledger.write("create", "a-ticket", "a-key")
    ledger.write("accept", "a-ticket")
    assert [(each.did, each.ticket, each.key) for each in ledger.lines()] == [
        ("create", "a-ticket", "a-key"),
        ("accept", "a-ticket", ""),
    ]


def test_the_naive_build_is_asked_the_same(copy):
    copy.tables.execute(
        "CREATE TEMP TABLE ticket (id bigint, key text, reported_at timestamptz,"
        " resolved_at timestamptz)"
    )
    copy.tables.execute(
        "CREATE TEMP TABLE event (ticket_id bigint, level int, fired_at timestamptz)"
    )
    copy.tables.execute("INSERT INTO ticket VALUES (1, 'a', now(), NULL), (2, 'a', now(), now())")
    copy.tables.execute(
        "INSERT INTO event VALUES (1, 0, now()), (1, 0, now()), (2, 1, now() + interval '1 h')"
    )
    lines = [Line(0.0, "create", ticket, "a") for ticket in ("1", "2", "3")]
    verdict = naive_oracle.judge(copy.tables, lines)
    assert {each.code: each.count for each in verdict.findings} == {
        "lost levels": 3,
        "doubled levels": 1,
        "levels after the end": 1,
        "lost acknowledged": 1,
        "doubled tickets": 1,
    }
