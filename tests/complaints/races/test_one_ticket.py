"""Who waits for a ticket decides by what stands on it when the waiting is over, not by what stood
there when it began."""

import datetime as dt

import pytest
from django.db import transaction

from complaints.enums import (
    CallState,
    EventKind,
    ExtensionState,
    RemedyState,
    Severity,
    State,
)
from complaints.models import (
    CallBack,
    CorrectiveAction,
    Extension,
    Supervision,
    Ticket,
    TicketEvent,
    TicketParty,
)
from complaints.services import (
    call_backs,
    decisions,
    extensions,
    lifecycle,
    remedies,
    supervision,
    timeline,
)
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from notifications.models import Notice
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.races.conftest import actor, second_manager
from tests.complaints.races.together import at_once, codes, overtaken
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

LATER = A_MORNING + minutes(10)
HOUR = dt.timedelta(hours=1)


def ask(ticket, post, asked=450):
    return extensions.ask(
        ticket,
        actor=actor(post),
        minutes=asked,
        reason_code="spare_parts",
        note="阀门明天到",
        at=LATER,
    )


def resolution(ticket):
    return ticket.clocks.get(kind="resolve", cycle=1)


class TestWhoWaitedForTheLock:
    def test_reads_the_post_that_has_the_ticket_by_then(self, company, working):
        def look():
            with transaction.atomic():
                return Ticket.objects.lock(working.pk, LATER)

        _, seen = overtaken(
            lambda: lifecycle.assign(
                working, actor=actor(company.dispatcher), post=company.engineer, at=LATER
            ),
            look,
        )
        assert seen.post == company.engineer
        assert seen.state == State.ASSIGNED

    def test_reads_whom_the_ticket_names_by_then(self, company, working):
        def look():
            with transaction.atomic():
                return Ticket.objects.lock(working.pk, LATER)

        def name():
            TicketParty.objects.create(ticket=working, staff=company.engineer.holder, role="named")
            return timeline.note(working, actor=SYSTEM, text="已记录", at=LATER)

        _, seen = overtaken(name, look)
        assert seen.named_ids == [company.engineer.holder_id]

    def test_who_resolved_does_not_close_it_from_another_window(self, company, working):
        manager = actor(company.manager)
        _, closed = overtaken(
            lambda: lifecycle.resolve(working, actor=manager, reply="好了", at=LATER),
            lambda: lifecycle.close(working, actor=manager, at=LATER),
        )
        assert closed.code == "not_allowed"
        assert Ticket.objects.get(pk=working.pk).state == State.RESOLVED


class TestExtensions:
    def test_two_who_grant_the_same_request_lengthen_the_promise_once(self, company, working):
        other = second_manager(company)
        asked = ask(working, company.steward)
        before = resolution(working).due_at

        def grant(post):
            return lambda: extensions.grant(asked, actor=actor(post), at=LATER)

        granted, refused = overtaken(grant(company.manager), grant(other))
        assert refused.code == "nothing_asked"
        once = resolution(granted).due_at
        assert once > before
        assert TicketEvent.objects.filter(kind=EventKind.EXTENDED).count() == 1
        [row] = Extension.objects.all()
        assert (row.due_at, row.decided_by) == (once, company.manager.holder)

    def test_of_a_grant_and_a_refusal_one_stands(self, company, working):
        other = second_manager(company)
        asked = ask(working, company.steward)
        outcomes = at_once(
            lambda: extensions.grant(asked, actor=actor(company.manager), at=LATER),
            lambda: extensions.refuse(asked, actor=actor(other), note="不行", at=LATER),
        )
        assert codes(outcomes) == ["done", "nothing_asked"]
        decided = TicketEvent.objects.filter(kind__in=[EventKind.EXTENDED, EventKind.NOT_EXTENDED])
        assert decided.count() == 1
        assert Extension.objects.exclude(state=ExtensionState.ASKED).count() == 1

    def test_a_request_is_asked_once(self, company, working):
        outcomes = at_once(*(lambda: ask(working, company.steward) for _ in range(4)))
        assert codes(outcomes) == ["asked_already"] * 3 + ["done"]

    def test_a_grant_racing_the_sweep_leaves_ladder_and_promise_at_one(self, company):
        """Whoever has the row first decides: the level falls at the old due moment or the new."""
        for place in range(12):
            ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
            asked = ask(ticket, company.steward)
            clock = resolution(asked)
            due = clock.due_at
            outcomes = at_once(
                lambda asked=asked, due=due: extensions.grant(
                    asked, actor=actor(company.manager), at=due
                ),
                *([lambda due=due: sweep(due)] * (1 + place % 2)),
            )
            assert codes(outcomes)[0] == "done"
            sweep(due)
            clock.refresh_from_db()
            fired = set(
                TicketEvent.objects.filter(clock=clock, kind=EventKind.ESCALATED).values_list(
                    "level", flat=True
                )
            )
            assert clock.due_at > due
            assert clock.next_level == max(fired, default=-1) + 1
            ticket.refresh_from_db()
            assert ticket.next_step_at <= clock.next_fire_at
            sweep(clock.due_at)
            levels = TicketEvent.objects.filter(clock=clock, kind=EventKind.ESCALATED)
            assert sorted(levels.values_list("level", flat=True)) == [0, 1]


class TestTakingOver:
    @pytest.fixture
    def risen(self, company):
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
        due = resolution(ticket).due_at
        sweep(due + dt.timedelta(days=3))
        return Ticket.objects.get(pk=ticket.pk), due + dt.timedelta(days=3)

    def test_two_who_take_it_over_are_one_after_the_other(self, company, risen):
        ticket, at = risen

        def take(post):
            return lambda: decisions.take_over(ticket, actor=actor(post), at=at)

        posts = [company.manager, company.region_head]
        outcomes = at_once(*map(take, posts))
        assert codes(outcomes) == ["done", "done"]
        taken = TicketEvent.objects.filter(kind=EventKind.TAKEN_OVER, staff__isnull=False)
        last = taken.latest("pk")
        assert Ticket.objects.get(pk=ticket.pk).post_id == last.post_id
        assert last.post in posts

    def test_of_two_on_one_version_one_is_told_it_is_stale(self, company, risen):
        ticket, at = risen

        def take(post):
            return lambda: decisions.take_over(
                ticket, actor=actor(post), at=at, version=ticket.version
            )

        outcomes = at_once(take(company.manager), take(company.region_head))
        assert codes(outcomes) == ["done", "stale_version"]

    def test_an_escalation_is_acknowledged_once(self, company, risen):
        ticket, at = risen
        manager = actor(company.manager)
        outcomes = at_once(
            *(lambda: decisions.acknowledge(ticket, actor=manager, at=at) for _ in range(4))
        )
        assert codes(outcomes) == ["done"] + ["not_allowed"] * 3
        assert TicketEvent.objects.filter(kind=EventKind.ACKNOWLEDGED).count() == 1


class TestPressing:
    def test_of_twenty_urges_at_once_one_counts(self, company, working):
        outcomes = at_once(
            *(lambda: timeline.urge(working, actor=SYSTEM, at=LATER) for _ in range(20))
        )
        assert codes(outcomes) == ["done"] + ["limit_reached"] * 19
        assert TicketEvent.objects.filter(kind=EventKind.URGED).count() == 1
        assert Notice.objects.filter(template="ticket_urged").count() == 1

    def test_who_supervises_twice_at_once_watches_once(self, company, working):
        manager = actor(company.region_manager)
        outcomes = at_once(
            *(lambda: supervision.supervise(working, actor=manager, at=LATER) for _ in range(4))
        )
        assert codes(outcomes) == ["done"] + ["supervised_already"] * 3
        assert Supervision.objects.count() == 1

    def test_a_cycle_is_rated_once(self, company):
        person = make_person(dwelling=company.dwelling)
        me = Actor.reporter(person.subject_id)
        ticket = bring_to(State.RESOLVED, make_ticket(company, reporter_subject=person.subject_id))
        outcomes = at_once(
            *(
                lambda: timeline.rate(ticket, actor=me, handling=5, outcome=4, at=LATER)
                for _ in range(6)
            )
        )
        assert codes(outcomes) == ["already_rated"] * 5 + ["done"]


class TestCallBack:
    @pytest.fixture
    def serious(self, company):
        person = make_person(dwelling=company.dwelling)
        ticket = make_ticket(company, severity=Severity.SERIOUS, reporter_subject=person.subject_id)
        return bring_to(State.RESOLVED, ticket)

    def record(self, ticket, post, result, at, note=""):
        return lambda: call_backs.record(ticket, actor=actor(post), result=result, at=at, note=note)

    def test_an_outcome_racing_the_last_attempt_ends_it_one_way(self, company, serious):
        for place in range(6):
            person = make_person(phone=f"1391234567{place}")
            ticket = bring_to(
                State.RESOLVED,
                make_ticket(company, severity=Severity.SERIOUS, reporter_subject=person.subject_id),
            )
            for hours in (3, 6):
                self.record(ticket, company.agent, "no_answer", LATER + hours * HOUR)()
            late = LATER + 9 * HOUR
            outcomes = at_once(
                self.record(ticket, company.agent, "no_answer", late),
                self.record(ticket, company.duty, "satisfied", late),
            )
            assert codes(outcomes) == ["done", "invalid_transition"]
            task = CallBack.objects.get(ticket=ticket)
            ticket.refresh_from_db()
            assert (task.state, ticket.state) in {
                (CallState.UNREACHABLE, State.CLOSED),
                (CallState.SATISFIED, State.RESOLVED),
            }

    def test_two_who_get_no_answer_at_once_made_one_attempt(self, company, serious):
        outcomes = at_once(
            *(self.record(serious, company.agent, "no_answer", LATER + HOUR) for _ in range(5))
        )
        assert codes(outcomes) == ["done"] + ["limit_reached"] * 4

    def test_not_satisfied_twice_reopens_once(self, company, serious):
        outcomes = at_once(
            *(
                self.record(serious, company.agent, "not_satisfied", LATER + HOUR, "还在漏")
                for _ in range(3)
            )
        )
        assert codes(outcomes) == ["done"] + ["invalid_transition"] * 2
        serious.refresh_from_db()
        assert (serious.state, serious.cycle) == (State.REOPENED, 2)


def test_who_completes_an_action_and_who_says_that_it_is_late_do_not_embrace(company, working):
    remedies.plan(
        working,
        actor=actor(company.manager),
        root_cause="equipment.upkeep",
        owner=company.engineer,
        due_on=dt.date(2026, 3, 10),
        text="更换水泵并改为月检",
        at=LATER,
    )
    action = CorrectiveAction.objects.get()
    late = action.tell_at
    told, completed = overtaken(
        lambda: remedies.tell_late(late),
        lambda: remedies.complete(
            action, actor=actor(company.engineer), text="已更换，附照片", at=late
        ),
    )
    assert told == 1
    assert completed.state == RemedyState.DONE
