"""Return to dispatch, extension and supervision, each with what it changes and what it leaves."""

import datetime as dt

import pytest

from complaints import clock_math, policies
from complaints.enums import Action, ClockKind, ClockState, EventKind, ExtensionState, State
from complaints.models import Extension, Supervision, Ticket
from complaints.reasons import ReturnReason
from complaints.services import (
    escalation,
    extensions,
    lifecycle,
    photos,
    returns,
    supervision,
    timeline,
)
from complaints.services.closing_gate import EvidenceMissing
from complaints.services.extensions import AskedAlready, AskedTooLate, ExtendedTooOften
from complaints.services.returns import ReturnedTooOften
from core.actors import SYSTEM, Actor
from core.business_time import Basis
from core.errors import InvalidInput, NotAllowed
from notifications.models import Notice
from organisation.services.calendars import calendar_for, default_calendar
from tests.complaints.conftest import act, bring_to, minutes
from tests.complaints.pictures import evidence_of
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

AT = A_MORNING + minutes(30)
HOUR = dt.timedelta(hours=1)


def told(template, post):
    return Notice.objects.filter(template=template, post=post).count()


class TestReturn:
    def give_back(self, ticket, actor, at=AT, **fields):
        values = {
            "reason_code": "wrong_department", "note": "应由工程处理",
            "draft_id": evidence_of(actor, at), **fields,
        }  # fmt: skip
        return returns.return_to_dispatch(ticket, actor=actor, at=at, **values)

    def test_goes_to_the_dispatcher_with_the_reason_and_touches_no_clock(
        self, company, ticket, staff, resident
    ):
        before = list(ticket.clocks.order_by("pk").values_list("due_at", "state"))
        returned = self.give_back(ticket, staff.steward)
        assert (returned.state, returned.post) == (State.RECEIVED, company.dispatcher)
        event = returned.events.get(kind=EventKind.RETURNED)
        assert (event.visibility, event.reason_code, event.post) == (
            "internal", "wrong_department", company.dispatcher,
        )  # fmt: skip
        assert list(returned.clocks.order_by("pk").values_list("due_at", "state")) == before
        assert told("ticket_returned", company.dispatcher) == 1
        assert not event.ticket.texts.public().filter(body="应由工程处理").exists()

    @pytest.mark.parametrize("wrong", [{"note": " "}, {"reason_code": "tired"}])
    def test_needs_a_reason_of_the_list_and_words(self, ticket, staff, wrong):
        with pytest.raises(InvalidInput):
            self.give_back(ticket, staff.steward, **wrong)

    @pytest.mark.parametrize("reason", ReturnReason.values)
    def test_needs_a_photo_whatever_the_reason(self, ticket, staff, reason):
        empty = photos.open_draft(actor=staff.steward, at=AT)
        for draft_id in (None, empty.public_id):
            with pytest.raises(EvidenceMissing):
                self.give_back(ticket, staff.steward, reason_code=reason, draft_id=draft_id)
        ticket.refresh_from_db()
        assert ticket.state == State.ASSIGNED
        assert not ticket.events.filter(kind=EventKind.RETURNED).exists()
        assert self.give_back(ticket, staff.steward, reason_code=reason).state == State.RECEIVED

    def test_a_photo_of_before_is_none_of_this_return(self, company, ticket, staff):
        returned = self.give_back(ticket, staff.steward)
        again = lifecycle.assign(returned, actor=staff.dispatcher, post=company.steward, at=AT)
        with pytest.raises(EvidenceMissing):
            self.give_back(again, staff.steward, draft_id=None)

    def test_the_third_time_the_dispatcher_decides(self, company, ticket, staff):
        ticket = self.bounce(ticket, company, staff)
        assert "return" not in policies.allowed_actions(staff.steward, ticket)
        with pytest.raises(ReturnedTooOften) as refused:
            self.give_back(ticket, staff.steward)
        assert "2 次" in str(refused.value)
        assert (
            lifecycle.assign(ticket, actor=staff.dispatcher, post=company.engineer, at=AT).post
            == company.engineer
        )

    def bounce(self, ticket, company, staff, note="公共区域归管家"):
        for words in ("", note):
            assert "return" in policies.allowed_actions(staff.steward, ticket)
            returned = self.give_back(ticket, staff.steward)
            ticket = lifecycle.assign(
                returned, actor=staff.dispatcher, post=company.steward, at=AT, note=words
            )
        return ticket

    def test_the_decision_says_why_and_stands_as_one(self, company, ticket, staff):
        with pytest.raises(InvalidInput) as refused:
            self.bounce(ticket, company, staff, note=" ")
        assert "note" in refused.value.fields
        decided = lifecycle.assign(
            ticket, actor=staff.dispatcher, post=company.steward, at=AT, note="公共区域归管家"
        )
        event = decided.events.filter(kind=EventKind.ASSIGNED).last()
        assert (event.reason_code, event.post) == (returns.DECIDED, company.steward)

    def test_a_new_cycle_counts_anew(self, company, ticket, staff):
        ticket = self.bounce(ticket, company, staff)
        ticket = act(bring_to_resolved(ticket), "reopen")
        assert "return" in policies.allowed_actions(staff.steward, ticket)

    def test_without_a_dispatcher_the_duty_queue_gets_it(self, company, ticket, staff):
        company.dispatcher.holder = None
        company.dispatcher.save()
        assert self.give_back(ticket, staff.steward).post == company.duty


class TestExtension:
    @pytest.fixture
    def working(self, ticket):
        return bring_to(State.IN_PROGRESS, ticket)

    def ask(self, ticket, actor, at=AT, **fields):
        values = {"minutes": 450, "reason_code": "spare_parts", "note": "阀门明天到", **fields}
        return extensions.ask(ticket, actor=actor, at=at, **values)

    def clock(self, ticket):
        return ticket.clocks.get(kind=ClockKind.RESOLVE, cycle=ticket.cycle)

    def test_a_grant_moves_the_promise_and_the_ladder_by_so_many_working_minutes(
        self, company, working, staff, resident
    ):
        before = self.clock(working)
        asked = self.ask(working, staff.steward)
        assert told("ticket_extend_asked", company.manager) == 1
        assert self.clock(asked).due_at == before.due_at  # asking changes nothing
        granted = extensions.grant(asked, actor=staff.manager, at=AT + HOUR)
        after = self.clock(granted)
        calendar = calendar_for(default_calendar())
        wanted = clock_math.due(
            clock_math.Duration(1350 + 450, Basis.WORKING), calendar, before.started_at
        )
        assert after.due_at == wanted.at > before.due_at
        assert after.next_fire_at > before.next_fire_at
        row = Extension.objects.get(ticket=granted)
        assert (row.state, row.due_at) == (ExtensionState.GRANTED, after.due_at)
        assert (row.asked_by_id, row.decided_by_id) == (
            staff.steward.staff_id,
            staff.manager.staff_id,
        )
        assert granted.next_step_at == min(
            clock.next_fire_at for clock in granted.clocks.live() if clock.next_fire_at
        )
        assert told("ticket_extended", company.steward) == 1
        assert Notice.objects.filter(
            template="ticket_extended", subject_id=resident.subject_id
        ).exists()

    def test_the_resident_reads_the_grant_and_not_the_request(self, working, staff):
        granted = extensions.grant(self.ask(working, staff.steward), actor=staff.manager, at=AT)
        public = set(granted.events.public().values_list("kind", flat=True))
        assert EventKind.EXTENDED in public
        assert EventKind.EXTEND_ASKED not in public
        assert not granted.texts.public().filter(body="阀门明天到").exists()

    def test_a_refusal_leaves_the_promise(self, company, working, staff):
        before = self.clock(working).due_at
        refused = extensions.refuse(
            self.ask(working, staff.steward), actor=staff.manager, note="今天能借到", at=AT
        )
        assert self.clock(refused).due_at == before
        assert Extension.objects.get(ticket=refused).state == ExtensionState.REFUSED
        assert told("ticket_not_extended", company.steward) == 1
        self.ask(refused, staff.steward)  # and may be asked again

    def test_nobody_decides_their_own_request(self, working, staff, company):
        asked = self.ask(working, staff.manager)
        with pytest.raises(NotAllowed):
            extensions.grant(asked, actor=staff.manager, at=AT)
        assert told("ticket_extend_asked", company.manager) == 0
        assert extensions.grant(asked, actor=staff.region_head, at=AT).state == State.IN_PROGRESS

    def test_who_handles_it_grants_nothing(self, company, working, staff):
        asked = self.ask(working, staff.engineer)
        Ticket.objects.filter(pk=asked.pk).update(post=company.manager)
        with pytest.raises(NotAllowed):
            extensions.grant(asked, actor=staff.manager, at=AT)

    def test_one_request_at_a_time(self, working, staff):
        asked = self.ask(working, staff.steward)
        with pytest.raises(AskedAlready):
            self.ask(asked, staff.engineer)

    def test_no_longer_than_the_promise_was(self, working, staff):
        for wrong in (0, 1351):
            with pytest.raises(InvalidInput) as refused:
                self.ask(working, staff.steward, minutes=wrong)
            assert list(refused.value.fields) == ["minutes"]
        self.ask(working, staff.steward, minutes=1350)

    def test_twice_a_cycle_and_no_more(self, working, staff):
        for _ in range(2):
            working = extensions.grant(
                self.ask(working, staff.steward, minutes=60), actor=staff.manager, at=AT
            )
        with pytest.raises(ExtendedTooOften):
            self.ask(working, staff.steward, minutes=60)

    def test_a_broken_promise_is_not_lengthened(self, working, staff):
        due = self.clock(working).due_at
        with pytest.raises(AskedTooLate):
            self.ask(working, staff.steward, at=due + minutes(1))
        self.ask(working, staff.steward, at=due)  # exactly at due it is not broken

    def test_levels_that_fired_before_a_late_grant_fire_no_second_time(self, working, staff):
        asked = self.ask(working, staff.steward)
        due = self.clock(asked).due_at
        escalation.sweep(due + minutes(1))
        granted = extensions.grant(
            Ticket.objects.get(pk=asked.pk), actor=staff.manager, at=due + HOUR
        )
        clock = self.clock(granted)
        assert clock.next_level == 2
        escalation.sweep(clock.due_at + minutes(1))
        fired = granted.events.filter(kind=EventKind.ESCALATED, clock=clock)
        assert sorted(fired.values_list("level", flat=True)) == [0, 1]

    def test_who_is_away_is_not_asked(self, company, working, staff):
        company.manager.holder_absent_until = AT + HOUR
        company.manager.save()
        self.ask(working, staff.steward)
        assert told("ticket_extend_asked", company.manager) == 0
        assert told("ticket_extend_asked", company.region_head) == 1

    def test_a_paused_clock_keeps_the_more(self, working, staff):
        asked = self.ask(working, staff.steward)
        waiting = lifecycle.wait(
            asked, actor=staff.steward, on=Action.WAIT_SUPPLIER, at=AT + minutes(1)
        )
        left = self.clock(waiting).remaining_minutes
        granted = extensions.grant(waiting, actor=staff.manager, at=AT + minutes(2))
        clock = self.clock(granted)
        assert (clock.state, clock.remaining_minutes) == (ClockState.PAUSED, left + 450)
        assert Extension.objects.get(ticket=granted).due_at is None

    def test_a_request_dies_with_its_clock(self, working, staff):
        asked = self.ask(working, staff.steward)
        solved = lifecycle.resolve(asked, actor=staff.steward, reply="好了", at=AT)
        again = lifecycle.reopen(solved, actor=SYSTEM, reason="没好", at=AT + HOUR)
        again = Ticket.objects.for_acting().get(pk=again.pk)
        assert again.open_extension_id is None


class TestSupervision:
    def test_the_manager_hears_of_each_level_and_of_the_solution_once(self, company, ticket, staff):
        watched = supervision.supervise(ticket, actor=staff.region_manager, note="盯紧", at=AT)
        assert told("ticket_supervised", company.steward) == 1
        assert list(Ticket.objects.supervised()) == [watched]
        due = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at
        escalation.sweep(due)
        escalation.sweep(due)
        assert told("ticket_escalated", company.region_manager) == 2  # warning and level 1
        assert told("ticket_escalated", company.manager) == 1
        solved = lifecycle.resolve(
            bring_to(State.IN_PROGRESS, Ticket.objects.get(pk=ticket.pk)),
            actor=SYSTEM, reply="好了", at=due + HOUR,
        )  # fmt: skip
        assert told("ticket_resolved", company.region_manager) == 1
        assert solved.state == State.RESOLVED

    def test_who_is_told_by_the_ladder_is_not_told_twice(self, company, ticket, staff):
        supervision.supervise(ticket, actor=staff.manager, at=AT)
        due = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at
        escalation.sweep(due)
        levels = Notice.objects.filter(template="ticket_escalated", post=company.manager)
        assert levels.count() == 2  # the warning as supervisor, level 1 by the ladder

    def test_ends_by_who_watches_and_by_nobody_below(self, company, ticket, staff):
        watched = supervision.supervise(ticket, actor=staff.region_manager, at=AT)
        with pytest.raises(NotAllowed):
            supervision.end(watched, actor=staff.manager, at=AT)
        released = supervision.end(watched, actor=staff.executive, at=AT + HOUR)
        assert not Ticket.objects.supervised().exists()
        assert Supervision.objects.get().ended_at == AT + HOUR
        assert released.events.filter(kind=EventKind.RELEASED, visibility="internal").exists()

    def test_two_may_watch_and_each_lets_go_alone(self, company, ticket, staff):
        ticket = supervision.supervise(ticket, actor=staff.manager, at=AT)
        ticket = supervision.supervise(ticket, actor=staff.executive, at=AT)
        ticket = supervision.end(ticket, actor=staff.manager, at=AT)
        assert list(Supervision.objects.filter(ended_at=None).values_list("post", flat=True)) == [
            company.executive.pk
        ]

    def test_a_resident_never_sees_it(self, ticket, staff):
        watched = supervision.supervise(ticket, actor=staff.manager, note="盯紧", at=AT)
        assert not watched.events.public().filter(kind=EventKind.SUPERVISED).exists()
        assert not watched.texts.public().filter(body="盯紧").exists()


class TestTheGate:
    def test_who_did_a_part_of_the_work_does_not_close_it(self, company, ticket, staff):
        """Accepted by the manager, solved by the engineer: neither is a second person."""
        ticket = lifecycle.accept(ticket, actor=staff.manager, at=AT)
        ticket = lifecycle.start(ticket, actor=staff.engineer, at=AT)
        ticket = lifecycle.resolve(ticket, actor=staff.engineer, reply="好了", at=AT)
        with pytest.raises(NotAllowed):
            lifecycle.close(ticket, actor=staff.manager, at=AT)
        assert lifecycle.close(ticket, actor=staff.region_head, at=AT).state == State.CLOSED

    def test_the_sweep_closes_nothing_without_an_answer(self, ticket):
        resolved = bring_to(State.RESOLVED, ticket)
        # what was answered in an earlier cycle answers nothing now
        Ticket.objects.filter(pk=resolved.pk).update(cycle=2)
        escalation.sweep(AT + dt.timedelta(days=8))
        resolved.refresh_from_db()
        assert resolved.state == State.RESOLVED
        assert resolved.next_step_at is not None
        assert resolved.events.filter(kind=EventKind.REVIEWED).exists()


def test_an_urged_ticket_is_found_until_it_is_solved(company, resident, ticket):
    make_ticket(company)
    assert not Ticket.objects.urged().exists()
    urged = timeline.urge(ticket, actor=resident, at=AT)
    assert [(each.pk, each.urged_at) for each in Ticket.objects.urged()] == [(urged.pk, AT)]
    bring_to(State.RESOLVED, urged)
    assert not Ticket.objects.urged().exists()


def test_a_key_account_is_known_by_who_reports(company):
    from residents.enums import AccountTier
    from residents.models import KeyAccount, KeyAccountContact
    from tests.factories import make_person

    department = make_post("key_account_manager", company.group)
    account = KeyAccount.objects.create(
        code="KA1", name="重庆某公司", tier=AccountTier.STANDARD, manager=department
    )
    person = make_person(dwelling=company.dwelling)
    KeyAccountContact.objects.create(account=account, subject_id=person.subject_id)
    actor = Actor.reporter(person.subject_id)
    ticket = make_ticket(company, reporter_subject=person.subject_id, actor=actor)
    assert (ticket.account, ticket.post, ticket.policy.code) == (account, department, "key_account")
    other = make_ticket(company, reporter_subject=make_person("李四", "13900001111").subject_id)
    assert other.account is None


def bring_to_resolved(ticket):
    for verb in ("accept", "start", "resolve"):
        ticket = act(ticket, verb)
    return ticket
