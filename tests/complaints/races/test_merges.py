"""Merging, undoing and ending the same tickets in the same moment: nobody's matter is lost, nothing
hangs in a circle or a chain, and nobody is told of a deadlock."""

import itertools

import pytest
from django.db import transaction

from complaints.enums import ClockState, EventKind, Relation, State
from complaints.models import (
    TextEntry,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketLink,
    TicketReporter,
)
from complaints.services import erasing, lifecycle, linking, merging, timeline
from complaints.services.escalation import sweep
from complaints.workflow import TERMINAL
from core.actors import Actor
from privacy.rights.services.plans import Plan
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.races.conftest import actor
from tests.complaints.races.together import at_once, codes, overtaken
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

LATER = A_MORNING + minutes(30)
SOON_AFTER = LATER + minutes(1)
ROUNDS = 8


@pytest.fixture
def manager(company):
    return actor(company.manager)


def merge(ticket, other, doer, at=LATER):
    return lambda: merging.merge(ticket, other=other, actor=doer, at=at)


def unmerge(ticket, doer, at=SOON_AFTER):
    return lambda: merging.unmerge(ticket, actor=doer, at=at)


def some(company, count):
    return [make_ticket(company) for _ in range(count)]


def state(ticket):
    return Ticket.objects.get(pk=ticket.pk).state


def assert_nothing_hangs(count):
    """Every merged ticket belongs to one that goes on or ended with an answer; what is not merged
    belongs to none; what goes on is looked at again."""
    standing = TicketLink.objects.filter(relation=Relation.MERGED_INTO, ended_in__isnull=True)
    merged = set(Ticket.objects.filter(state=State.MERGED).values_list("pk", flat=True))
    assert sorted(standing.values_list("source_id", flat=True)) == sorted(merged)
    assert not standing.filter(target__in=merged).exists()
    assert not standing.filter(target__state__in=[State.WITHDRAWN, State.REJECTED]).exists()
    assert Ticket.objects.count() == count
    asleep = Ticket.objects.exclude(state__in=TERMINAL).filter(next_step_at__isnull=True)
    assert not asleep.exists()
    ticking = TicketClock.objects.filter(
        ticket__in=merged, state__in=[ClockState.RUNNING, ClockState.PAUSED]
    )
    assert not ticking.exists()
    joined = TicketEvent.objects.filter(kind=EventKind.MERGED)
    pairs = list(joined.values_list("ticket_id", "other_id"))
    assert sorted(pairs) == sorted((there, here) for here, there in pairs)


class TestMergesAtOnce:
    def test_two_into_one_another_leave_one_that_goes_on(self, company, manager):
        for place in range(ROUNDS):
            one, two = some(company, 2)
            outcomes = at_once(merge(one, two, manager), merge(two, one, manager))
            assert codes(outcomes) == ["done", "invalid_transition"]
            assert sorted([state(one), state(two)]) == [State.ASSIGNED, State.MERGED]
            assert_nothing_hangs(2 * place + 2)

    def test_one_into_two_belongs_to_one(self, company, manager):
        for place in range(ROUNDS):
            one, two, three = some(company, 3)
            outcomes = at_once(merge(one, two, manager), merge(one, three, manager))
            assert codes(outcomes) == ["done", "invalid_transition"]
            assert_nothing_hangs(3 * place + 3)

    def test_there_is_no_chain_whoever_comes_first(self, company, manager):
        seen = set()
        for place in range(ROUNDS):
            one, two, three = some(company, 3)
            outcomes = at_once(merge(one, two, manager), merge(two, three, manager))
            seen.add(tuple(codes(outcomes)))
            assert_nothing_hangs(3 * place + 3)
        assert seen <= {("done", "invalid_input"), ("done", "invalid_transition")}

    def test_a_ring_of_five_is_never_closed(self, company, manager):
        for place in range(ROUNDS):
            ring = some(company, 5)
            outcomes = at_once(
                *(merge(here, ring[(n + 1) % 5], manager) for n, here in enumerate(ring))
            )
            assert {getattr(each, "code", "done") for each in outcomes} <= {
                "done",
                "invalid_input",
                "invalid_transition",
                "busy",
            }
            assert "done" in codes(outcomes)
            assert_nothing_hangs(5 * place + 5)

    def test_many_reports_of_one_matter_all_join_it(self, company, manager):
        main, *others = some(company, 9)
        assert codes(at_once(*(merge(each, main, manager) for each in others))) == ["done"] * 8
        assert TicketLink.objects.merges().filter(target=main).count() == 8
        assert_nothing_hangs(9)


class TestMergeAgainst:
    """The lower number is merged into the higher, and the higher into the lower: the order of the
    locks is another one, and none may embrace."""

    @pytest.fixture(params=["up", "down"])
    def pair(self, request, company):
        def make():
            pair = some(company, 2)
            return pair if request.param == "up" else pair[::-1]

        return make

    def test_undoing_it(self, pair, manager):
        for place in range(ROUNDS):
            twin, main = pair()
            merging.merge(twin, other=main, actor=manager, at=LATER)
            outcomes = at_once(
                unmerge(twin, manager),
                merge(twin, main, manager, LATER + minutes(2)),
                unmerge(twin, manager),
            )
            assert all(each != "busy" for each in codes(outcomes))
            assert_nothing_hangs(2 * place + 2)

    def test_withdrawing_the_main_one(self, pair, manager):
        seen = set()
        for place in range(ROUNDS):
            twin, main = pair()
            outcomes = at_once(
                merge(twin, main, manager),
                lambda main=main: lifecycle.withdraw(
                    main, actor=actor_of_agent(main), reason="撤回", at=LATER
                ),
            )
            seen.update(codes(outcomes))
            assert state(main) == State.WITHDRAWN
            assert state(twin) == State.ASSIGNED
            assert_nothing_hangs(2 * place + 2)
        assert seen <= {"done", "invalid_transition"}

    def test_withdrawing_what_others_have_joined_while_more_join(self, pair, manager, company):
        twin, main = pair()
        merging.merge(twin, other=main, actor=manager, at=LATER)
        more = some(company, 4)
        outcomes = at_once(
            *(merge(each, main, manager) for each in more),
            lambda: lifecycle.withdraw(main, actor=actor_of_agent(main), reason="撤回", at=LATER),
            unmerge(twin, manager),
        )
        assert "busy" not in codes(outcomes)
        assert state(main) == State.WITHDRAWN
        assert {state(each) for each in (twin, *more)} == {State.ASSIGNED}
        assert_nothing_hangs(6)

    def test_resolving_the_main_one(self, pair, manager):
        for place in range(ROUNDS):
            twin, main = pair()
            main = bring_to(State.IN_PROGRESS, main)
            outcomes = at_once(
                merge(twin, main, manager),
                lambda main=main: lifecycle.resolve(main, actor=manager, reply="好了", at=LATER),
            )
            assert state(main) == State.RESOLVED
            assert (state(twin) == State.MERGED) == (codes(outcomes) == ["done", "done"])
            assert_nothing_hangs(2 * place + 2)

    def test_linking_both(self, pair, manager):
        for place in range(ROUNDS):
            twin, main = pair()
            outcomes = at_once(
                merge(twin, main, manager),
                lambda a=twin, b=main: linking.link(
                    a, other=b, relation="relates_to", actor=manager, at=LATER
                ),
                lambda a=twin, b=main: linking.link(
                    b, other=a, relation="relates_to", actor=manager, at=LATER
                ),
            )
            assert "busy" not in codes(outcomes)
            assert state(twin) == State.MERGED
            assert_nothing_hangs(2 * place + 2)

    def test_the_reporter_who_reopens_and_the_manager_who_undoes(self, company, pair, manager):
        person = make_person(dwelling=company.dwelling)
        me = Actor.reporter(person.subject_id)
        main = make_ticket(company)
        for place in range(ROUNDS):
            twin = make_ticket(company, reporter_subject=person.subject_id)
            seen = merging.merge(twin, other=main, actor=manager, at=LATER)
            outcomes = at_once(
                lambda twin=twin: lifecycle.reopen(twin, actor=me, reason="是另一回事", at=LATER),
                unmerge(seen, manager),
            )
            assert codes(outcomes) == ["done", "invalid_transition"]
            assert_nothing_hangs(place + 2)

    def test_the_sweep_never_escalates_what_rests(self, company, manager):
        main = make_ticket(company)
        for place in range(ROUNDS):
            twin = make_ticket(company)
            due = twin.clocks.get(kind="first_response").due_at
            at_once(merge(twin, main, manager, due), *[lambda due=due: sweep(due, batch=1)] * 2)
            rests_since = TicketEvent.objects.get(ticket=twin, kind=EventKind.MERGED).pk
            fired = TicketEvent.objects.filter(ticket=twin, kind=EventKind.ESCALATED)
            assert not fired.filter(pk__gt=rests_since).exists()
            sweep(due + minutes(100))
            assert not fired.filter(pk__gt=rests_since).exists()
            assert_nothing_hangs(place + 2)


def actor_of_agent(ticket):
    """Notes a withdrawal on the resident's behalf; had no part in the handling."""
    from organisation.models import Post

    return actor(Post.objects.get(role__code="hotline_agent"))


class TestErasure:
    """What a person still says while they are being forgotten is forgotten with the rest."""

    @pytest.fixture
    def person(self, company):
        return make_person(dwelling=company.dwelling)

    def plan(self):
        return Plan("1234", LATER, frozenset())

    def erase(self, person):
        for eraser in (erasing.erase_texts, erasing.erase_homes, erasing.erase_reports):
            with transaction.atomic():
                eraser([person.subject_id], self.plan())

    def words_left(self, person_tickets):
        said = TextEntry.objects.filter(ticket__in=person_tickets, author_kind="reporter")
        return set(said.values_list("body", flat=True)) - {""}

    def test_what_was_said_before_it_is_over_is_emptied(self, company, person):
        me = Actor.reporter(person.subject_id)
        ticket = make_ticket(company, actor=me, reporter_subject=person.subject_id)
        erasing.erase_texts([person.subject_id], self.plan())
        timeline.add(ticket, actor=me, text="我家在 1-101，请快来", at=LATER)
        with transaction.atomic():
            erasing.erase_reports([person.subject_id], self.plan())
        assert self.words_left([ticket]) == set()

    def test_who_is_writing_meanwhile_is_waited_for(self, company, person):
        me = Actor.reporter(person.subject_id)
        ticket = make_ticket(company, actor=me, reporter_subject=person.subject_id)
        overtaken(
            lambda: timeline.add(ticket, actor=me, text="我家在 1-101，请快来", at=LATER),
            lambda: self.erase(person),
        )
        assert self.words_left([ticket]) == set()

    def test_who_comes_after_it_is_nobody(self, company, person):
        me = Actor.reporter(person.subject_id)
        ticket = make_ticket(company, actor=me, reporter_subject=person.subject_id)
        # the step that empties the texts has been before, that of the reports is under way
        with transaction.atomic():
            erasing.erase_texts([person.subject_id], self.plan())
        _, refused = overtaken(
            lambda: erasing.erase_reports([person.subject_id], self.plan()),
            lambda: timeline.add(ticket, actor=me, text="我家在 1-101，请快来", at=LATER),
        )
        assert refused.code == "not_allowed"
        assert self.words_left([ticket]) == set()

    def test_beside_merges_in_both_directions_nobody_embraces(self, company, person, manager):
        for place in range(ROUNDS):
            mine = [make_ticket(company, reporter_subject=person.subject_id) for _ in range(2)]
            if place % 2:
                mine.reverse()
            outcomes = at_once(
                merge(mine[0], mine[1], manager),
                lambda: self.erase(person),
            )
            assert codes(outcomes) == ["done", "done"]
            assert_nothing_hangs(2 * place + 2)
        assert not TicketReporter.objects.filter(subject=person.subject_id).exists()


def test_a_crowd_at_four_tickets_ends_in_order(company, manager):
    """Everything at once, again and again."""
    tickets = some(company, 4)
    pairs = list(itertools.permutations(tickets, 2))
    for turn in range(6):
        at = LATER + minutes(turn)
        chosen = pairs[turn::5]
        outcomes = at_once(
            *(merge(here, there, manager, at) for here, there in chosen),
            *(unmerge(each, manager, at) for each in tickets),
            lambda at=at: sweep(at, batch=1),
        )
        assert set(codes(outcomes)) <= {
            "done", "busy", "invalid_input", "invalid_transition", "not_allowed",
        }  # fmt: skip
        assert_nothing_hangs(4)
