"""Everything about merging three tickets in one moment, with sweepers among it: what comes of it
could have happened in turn, with each level once and a next step for whatever goes on."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from complaints.enums import Action, ClockKind, EventKind, Relation, Severity, State
from complaints.models import Ticket, TicketEvent, TicketLink
from complaints.services import clocks, lifecycle, merging, recomputation
from complaints.services.escalation import sweep
from complaints.workflow import TERMINAL
from core.actors import SYSTEM
from core.clock import database_now
from tests.complaints.conftest import minutes
from tests.complaints.escalation.test_sweep_together import in_thread
from tests.complaints.races.conftest import actor
from tests.complaints.races.together import at_once, codes
from tests.complaints.test_recomputation import prepare, put_in_force, resolution
from tests.factories import A_MORNING, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

ROUNDS = 6
REFUSED = {"done", "invalid_input", "invalid_transition", "busy"}


@pytest.fixture
def manager(company):
    return actor(company.manager)


def merge(ticket, other, doer, at):
    return lambda: merging.merge(ticket, other=other, actor=doer, at=at)


def unmerge(ticket, doer, at):
    return lambda: merging.unmerge(ticket, actor=doer, at=at)


def beside(call):
    """On a connection of its own, which waits for nobody's commit."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(in_thread, call).result(timeout=60)


def state_events(ticket):
    moved = TicketEvent.objects.filter(ticket=ticket).exclude(to_state="")
    return list(moved.order_by("id").values_list("kind", "from_state", "to_state"))


def assert_one_history(*tickets):
    """As if each act had come after the other."""
    for ticket in Ticket.objects.filter(pk__in=[each.pk for each in tickets]):
        steps = state_events(ticket)
        for (_, _, left), (kind, found, _) in itertools.pairwise(steps):
            assert found == left, (kind, steps)
        assert steps[-1][2] == ticket.state
        live = list(ticket.clocks.live())
        assert (ticket.next_step_at is None) == (ticket.state in TERMINAL)
        if ticket.state == State.MERGED:
            assert live == []
        else:
            assert live
            expected = clocks.next_step(ticket, live, at=A_MORNING)
            assert ticket.next_step_at == expected
    assert_links_are_events()
    assert_levels_once()


def assert_links_are_events():
    links = TicketLink.objects.filter(relation=Relation.MERGED_INTO)
    merges = TicketEvent.objects.filter(action=Action.MERGE)
    assert sorted(links.values_list("made_in", flat=True)) == sorted(
        merges.values_list("pk", flat=True)
    )
    ends = TicketEvent.objects.filter(kind=EventKind.UNMERGED, from_state=State.MERGED)
    ended = links.filter(ended_in__isnull=False)
    assert sorted(ended.values_list("ended_in", flat=True)) == sorted(
        ends.values_list("pk", flat=True)
    )
    standing = links.filter(ended_in__isnull=True)
    assert standing.count() == standing.values("source").distinct().count()
    assert not standing.filter(target__state=State.MERGED).exists()
    # each end of a link has its own entry of it, once
    for kind, count in ((EventKind.MERGED, links.count()), (EventKind.UNMERGED, ended.count())):
        assert TicketEvent.objects.filter(kind=kind).count() == 2 * count


def assert_levels_once():
    fired = TicketEvent.objects.filter(kind=EventKind.ESCALATED)
    pairs = list(fired.values_list("clock_id", "level"))
    assert len(pairs) == len(set(pairs))


def test_merges_of_three_in_every_direction(company, manager):
    for _ in range(ROUNDS):
        one, two, three = (make_ticket(company) for _ in range(3))
        at = A_MORNING + minutes(30)
        outcomes = at_once(
            merge(one, two, manager, at),
            merge(two, three, manager, at),
            merge(two, one, manager, at),
            merge(three, one, manager, at),
        )
        assert set(codes(outcomes)) <= REFUSED
        assert "done" in codes(outcomes)
        assert_one_history(one, two, three)
        going = Ticket.objects.filter(pk__in=[one.pk, two.pk, three.pk])
        assert going.exclude(state=State.MERGED).exists()


def test_undoing_while_others_join_and_it_joins_another(company, manager):
    for _ in range(ROUNDS):
        one, two, three = (make_ticket(company) for _ in range(3))
        at = A_MORNING + minutes(30)
        merging.merge(one, other=two, actor=manager, at=at)
        later = at + minutes(1)
        outcomes = at_once(
            unmerge(one, manager, later),
            merge(three, two, manager, later),
            merge(two, three, manager, later),
            merge(one, three, manager, later),
            unmerge(one, manager, later),
        )
        assert set(codes(outcomes)) <= REFUSED
        assert_one_history(one, two, three)


def test_sweepers_at_the_moment_in_which_both_are_due(company, manager):
    for _ in range(ROUNDS):
        one, two, three = (make_ticket(company) for _ in range(3))
        due = one.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at
        outcomes = at_once(
            merge(one, two, manager, due),
            merge(two, three, manager, due),
            merge(two, one, manager, due),
            *[lambda due=due: sweep(due, batch=1)] * 2,
        )
        assert {getattr(each, "code", "done") for each in outcomes} <= REFUSED
        assert_one_history(one, two, three)
        late = due + minutes(1)
        swept = [lambda late=late: sweep(late, batch=1)] * 2
        undone = [unmerge(each, manager, late) for each in (one, two, three)]
        assert {getattr(each, "code", "done") for each in at_once(*undone, *swept)} <= REFUSED
        sweep(late)
        assert_one_history(one, two, three)


def test_the_main_one_ends_unheard_while_others_come_and_go(company, manager):
    for _ in range(ROUNDS):
        one, two, main = (make_ticket(company) for _ in range(3))
        at = A_MORNING + minutes(30)
        merging.merge(one, other=main, actor=manager, at=at)
        due = main.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at
        outcomes = at_once(
            lambda main=main, due=due: lifecycle.withdraw(
                main, actor=SYSTEM, reason="撤回", at=due
            ),
            merge(two, main, manager, due),
            unmerge(one, manager, due),
            lambda due=due: sweep(due, batch=1),
        )
        assert {getattr(each, "code", "done") for each in outcomes} <= REFUSED
        withdrawn = Ticket.objects.get(pk=main.pk)
        assert (withdrawn.state, withdrawn.next_step_at) == (State.WITHDRAWN, None)
        assert_one_history(one, two)


def test_what_is_undone_while_a_version_comes_into_force_moves_with_the_next_pass(company, manager):
    """It began under the old version and is not committed when the job looks, which finds nothing
    else to do: the job stays open for such, and finds it."""
    one, main = make_ticket(company), make_ticket(company, severity=Severity.SERIOUS)
    merging.merge(one, other=main, actor=manager, at=A_MORNING + minutes(30))
    now = database_now()
    with transaction.atomic():
        merging.unmerge(one, actor=manager, at=A_MORNING + minutes(40))
        beside(lambda: put_in_force(prepare(resolve=450, at=now), at=now))
        assert beside(recomputation.run) == 0
        assert resolution(one).policy.version == 1
    assert recomputation.run() == 1
    assert resolution(one).policy.version == 2
    assert_one_history(one, main)
