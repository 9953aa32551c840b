"""Calls as an exchange reports them: once each, in any order, on the right screen."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from core.actors import SYSTEM
from core.clock import database_now
from core.errors import NotFound
from residents.enums import AccountTier, CallState
from residents.models import Call
from residents.services import accounts, call_drafts, calls, expiry
from tests.factories import (
    StaffFactory,
    machine_caller,
    make_machine_key,
    make_person,
    make_post,
    make_ticket,
)

CALLS, CURRENT = "/api/v1/calls/", "/api/v1/calls/current/"
NUMBER = "13812345678"
_ids = itertools.count(1)


def ring(exchange, agent="", state="ringing", **changes):
    body = {
        "call_id": f"pbx-{next(_ids)}",
        "state": state,
        "caller": NUMBER,
        "called": "4000000000",
        "agent": agent,
        "at": database_now().isoformat(),
        **changes,
    }
    return exchange.post(CALLS, body)


@pytest.fixture
def exchange(company):
    return machine_caller(make_machine_key("calls.report"))


@pytest.fixture
def agent(company):
    return company.agent.holder


def screen_of(staff):
    desktop = APIClient()
    desktop.force_login(staff)
    return desktop.get(CURRENT)


@pytest.mark.django_db
class TestReports:
    def test_the_first_is_201_and_the_same_again_changes_nothing(self, exchange, agent):
        body = {"call_id": "a-1", "at": database_now().isoformat()}
        first = ring(exchange, agent.username, **body)
        again = ring(exchange, agent.username, **body)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert first.json()["agent"] == agent.username
        assert Call.objects.count() == 1

    @pytest.mark.parametrize(
        "order", [*itertools.permutations(["ringing", "answered", "ended"])], ids="-".join
    )
    def test_states_may_come_in_any_order_and_twice(self, exchange, agent, order):
        began = database_now() - dt.timedelta(minutes=5)
        moments = {"ringing": 0, "answered": 1, "ended": 2}
        for state in (*order, *order):
            at = began + dt.timedelta(minutes=moments[state])
            ring(exchange, agent.username, state, call_id="a-1", at=at.isoformat())
        call = Call.objects.get()
        assert call.state == CallState.ENDED
        spread = [call.rang_at, call.answered_at, call.ended_at]
        assert spread == [began + dt.timedelta(minutes=m) for m in range(3)]
        assert call.began_at == began

    def test_one_call_id_of_two_exchanges_is_two_calls(self, exchange, agent):
        other = machine_caller(make_machine_key("calls.report"))
        for each in (exchange, other):
            assert ring(each, agent.username, call_id="same").status_code == 201

    def test_an_agent_is_named_by_user_name_or_work_telephone(self, exchange, company):
        desk = make_post("hotline_agent", company.group, StaffFactory(work_phone="8001")).holder
        assert ring(exchange, "8001").json()["agent"] == desk.username

    @pytest.mark.parametrize("why", ["nobody", "shared", "outside"])
    def test_an_agent_who_cannot_be_is_refused_beside_the_field(self, company, exchange, why):
        if why == "shared":
            for _ in range(2):
                make_post("hotline_agent", company.group, StaffFactory(work_phone="8001"))
        if why == "outside":
            exchange = machine_caller(make_machine_key("calls.report", unit_codes=["R2"]))
            make_post("hotline_agent", company.community, StaffFactory(work_phone="8001"))
        answer = ring(exchange, "8001")
        assert answer.status_code == 400
        assert [each["field"] for each in answer.json()["errors"]] == ["agent"]
        assert not Call.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"call_id": "x y"}, "call_id"),
            ({"call_id": f"sip-{NUMBER}"}, "call_id"),
            ({"state": "dreaming"}, "state"),
            ({"at": "2020-01-01T00:00:00Z"}, "at"),
            ({"at": "2099-01-01T00:00:00Z"}, "at"),
            ({"at": "yesterday"}, "at"),
            ({"colour": "red"}, "colour"),
            ({"caller": "1" * 41}, "caller"),
        ],
    )
    def test_bad_input_is_named_and_nothing_of_it_is_repeated(self, exchange, changes, field):
        answer = ring(exchange, **changes)
        assert answer.status_code == 400
        assert [each["field"] for each in answer.json()["errors"]] == [field]
        assert NUMBER not in answer.content.decode()
        assert not Call.objects.exists()

    @pytest.mark.parametrize("caller", ["", "anonymous", "911", "+1", "8002"])
    def test_a_withheld_or_odd_number_rings_all_the_same(self, exchange, agent, caller):
        assert ring(exchange, agent.username, caller=caller).status_code == 201
        (shown,) = screen_of(agent).json()["calls"]
        assert (shown["number"], shown["callers"]) == ("", [])

    def test_staff_and_residents_report_no_calls(self, company, agent):
        client = APIClient()
        client.force_login(agent)
        assert ring(client).status_code == 403

    def test_the_answer_tells_an_exchange_nothing_about_anybody(self, exchange, agent, company):
        make_person("张三", NUMBER, company.dwelling)
        answer = ring(exchange, agent.username)
        assert set(answer.json()) == {"id", "call_id", "state", "agent"}

    def test_a_transfer_moves_the_call_and_an_older_report_does_not_move_it_back(
        self, exchange, company, agent
    ):
        other = make_post("hotline_agent", company.group).holder
        now = database_now()
        seconds = dt.timedelta(seconds=1)
        ring(exchange, agent.username, call_id="t", at=now.isoformat())
        moved = ring(
            exchange, other.username, "answered", call_id="t", at=(now + 9 * seconds).isoformat()
        )
        assert moved.json()["agent"] == other.username
        late = ring(
            exchange, agent.username, "answered", call_id="t", at=(now + 5 * seconds).isoformat()
        )
        assert late.json()["agent"] == other.username
        assert screen_of(agent).json()["calls"] == []
        assert len(screen_of(other).json()["calls"]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_sent_by_eight_at_once_is_one_call(company):
    issued = make_machine_key("calls.report")
    body = {"call_id": "race", "at": database_now().isoformat()}

    def send(state):
        try:
            answer = ring(machine_caller(issued), company.agent.holder.username, state, **body)
            return answer.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(send, ["ringing", "answered"] * 4))
    assert sorted(codes) == [200] * 7 + [201]
    call = Call.objects.get()
    assert call.rang_at is not None
    assert call.answered_at is not None


@pytest.mark.django_db
class TestTheScreen:
    def test_shows_who_it_may_be_with_what_is_open_and_the_last_call(
        self, exchange, agent, company
    ):
        person = make_person("张三", NUMBER, company.dwelling)
        make_person("李四", NUMBER)
        ticket = make_ticket(company, reporter_subject=person.subject_id)
        earlier = database_now() - dt.timedelta(hours=3)
        ring(exchange, agent.username, "ended", at=earlier.isoformat())
        ring(exchange, agent.username)
        (shown,) = screen_of(agent).json()["calls"]
        assert {one["name"] for one in shown["callers"]} == {"张三", "李四"}
        assert shown["number"] == "138****5678"
        assert [one["reference"] for one in shown["open_tickets"]] == [ticket.reference]
        assert shown["last_call"]["agent"] == agent.name
        assert not shown["has_draft"]
        assert NUMBER not in json.dumps(shown)

    def test_an_unknown_number_is_nobody(self, exchange, agent):
        ring(exchange, agent.username)
        (shown,) = screen_of(agent).json()["calls"]
        assert (shown["callers"], shown["last_call"]) == ([], None)

    def test_the_line_of_a_key_account_says_whose_it_is(self, exchange, agent, company):
        accounts.create(
            "K1",
            "重庆数据谷",
            tier=AccountTier.GROUP_STRATEGIC,
            manager=company.manager,
            communities=[company.community],
            line_number="023-68001234",
            actor=SYSTEM,
        )
        ring(exchange, agent.username, called="023 6800 1234")
        (shown,) = screen_of(agent).json()["calls"]
        assert shown["account"]["code"] == "K1"

    def test_do_not_call_is_shown(self, exchange, agent, company):
        person = make_person("张三", NUMBER, company.dwelling)
        person.do_not_call = True
        person.save()
        ring(exchange, agent.username)
        assert screen_of(agent).json()["calls"][0]["callers"][0]["do_not_call"]

    def test_nobody_else_sees_it(self, exchange, agent, company):
        ring(exchange, agent.username)
        other = make_post("hotline_agent", company.group).holder
        assert screen_of(other).json()["calls"] == []
        call = Call.objects.get()
        with pytest.raises(NotFound):
            calls.of_agent(call.public_id, actor=other.actor, at=database_now())
        assert exchange.get(CURRENT).status_code == 403
        assert screen_of(company.engineer.holder).status_code == 403

    def test_masks_what_the_agent_may_not_see(self, exchange, company):
        make_person("张三", NUMBER, company.dwelling, is_minor=True)
        ring(exchange, company.agent.holder.username)
        (shown,) = screen_of(company.agent.holder).json()["calls"][0]["callers"]
        assert (shown["name"], shown["homes"][0]["room"]) == ("张*", "")

    def test_a_call_never_taken_leaves_when_it_ends_and_one_taken_stays(self, exchange, agent):
        ring(exchange, agent.username, call_id="missed")
        ring(exchange, agent.username, "ended", call_id="missed")
        assert screen_of(agent).json()["calls"] == []
        for state in ("ringing", "answered", "ended"):
            ring(exchange, agent.username, state, call_id="taken")
        assert len(screen_of(agent).json()["calls"]) == 1
        calls.settle(Call.objects.get(call_id="taken"), at=database_now())
        assert screen_of(agent).json()["calls"] == []

    @pytest.mark.parametrize("people", [1, 3])
    def test_costs_the_same_for_one_and_for_three(
        self, exchange, agent, company, people, django_assert_num_queries
    ):
        for each in range(people):
            make_person(f"住户{each}", NUMBER, company.dwelling)
        ring(exchange, agent.username)
        call = Call.objects.get()
        with django_assert_num_queries(2):  # grants; people (and in the other database their keys)
            from organisation import access

            with access.remembering():
                calls.callers_of(call, actor=agent.actor)


@pytest.mark.django_db
class TestWhatIsKept:
    def waiting(self, exchange, agent, **changes):
        ring(exchange, agent.username, "answered", **changes)
        return Call.objects.get()

    def test_number_and_draft_are_sealed_to_their_row(self, exchange, agent):
        call = self.waiting(exchange, agent)
        call_drafts.keep(call, {"body": ["楼上漏水"]}, at=database_now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(each)::text FROM residents_call each")
            stored = cursor.fetchone()[0]
        assert NUMBER[3:] not in stored
        assert "漏水" not in stored
        call.refresh_from_db()
        assert calls.number_of(call) == f"+86{NUMBER}"
        assert call_drafts.typed_so_far(call) == {"body": ["楼上漏水"]}

    def test_a_settled_call_has_no_draft(self, exchange, agent):
        call = self.waiting(exchange, agent)
        call_drafts.keep(call, {"body": ["x"]}, at=database_now())
        calls.settle(call, at=database_now())
        call.refresh_from_db()
        assert call.draft_sealed is None

    def test_drafts_end_a_day_after_the_call_and_numbers_after_a_month(self, exchange, agent):
        call = self.waiting(exchange, agent)
        ring(exchange, agent.username, "ended", call_id=call.call_id)
        call.refresh_from_db()
        call_drafts.keep(call, {"body": ["x"]}, at=database_now())
        hour = dt.timedelta(hours=1)
        expiry.delete_expired(call.ended_at + 23 * hour)
        assert Call.objects.get().draft_sealed is not None
        expiry.delete_expired(call.ended_at + 25 * hour)
        kept = Call.objects.get()
        assert kept.draft_sealed is None
        assert kept.number_sealed is not None
        expiry.delete_expired(call.began_at + 31 * 24 * hour)
        kept = Call.objects.get()
        assert (kept.number_sealed, kept.number_index, kept.subject_id) == (None, None, None)

    def test_a_line_is_kept_only_where_it_leads_to_a_key_account(self, exchange, agent):
        """An exchange that mixes up who calls whom would else leave a number in clear."""
        ring(exchange, agent.username, caller="4000000000", called=NUMBER)
        assert Call.objects.get().line == ""

    @pytest.mark.parametrize(("unit_code", "kept"), [("G", True), ("X1", True), ("X2", False)])
    def test_and_to_one_in_the_units_of_the_exchange(self, company, unit_code, kept):
        """The exchange of another place makes nothing a matter of this account."""
        accounts.create(
            "K1", "重庆数据谷",
            tier=AccountTier.STANDARD, manager=company.region_manager, actor=SYSTEM,
            communities=[company.community], line_number="02368001234",
        )  # fmt: skip
        key = machine_caller(make_machine_key("calls.report", unit_codes=[unit_code]))
        ring(key, called="02368001234")
        assert bool(Call.objects.get().line) == kept

    def test_no_log_line_and_no_address_holds_the_number(self, exchange, agent, capfd):
        ring(exchange, agent.username)
        screen_of(agent)
        said = "".join(capfd.readouterr())
        assert NUMBER not in said
        assert NUMBER[3:] not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=300))
def test_an_envelope_gives_back_what_was_put_in(text):
    import uuid

    from privacy.vault.errors import SealBroken
    from privacy.vault.services import envelopes

    row, field = uuid.uuid4(), "residents.call.draft_sealed"
    sealed = envelopes.seal(row, field, text)
    assert envelopes.reveal(row, field, sealed) == text
    for wrong in (
        lambda: envelopes.reveal(uuid.uuid4(), field, sealed),
        lambda: envelopes.reveal(row, "residents.call.number_sealed", sealed),
        lambda: envelopes.reveal(row, field, sealed[:-1]),
        lambda: envelopes.reveal(row, field, b""),
    ):
        with pytest.raises(SealBroken):
            wrong()
