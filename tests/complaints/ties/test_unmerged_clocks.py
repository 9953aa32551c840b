"""What was merged while a policy changed goes on by the version that took running clocks over.

10:00 on Wednesday; merged at 10:30, the new version is in force at 11:00 and its job has finished
when the merge is undone at 11:30.
"""

import pytest

from complaints.enums import Action, Basis, ClockKind, ClockState, State
from complaints.models import Ticket, TicketClock
from complaints.services import lifecycle, merging, recomputation
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from tests.complaints.conftest import act, bring_to, minutes
from tests.complaints.escalation.world import levels
from tests.complaints.test_recomputation import prepare, put_in_force, resolution
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

MERGED_AT = A_MORNING + minutes(30)
UNDONE_AT = A_MORNING + minutes(90)


def merge(ticket, company, staff):
    main = make_ticket(company, dwelling=None, building=company.building)
    return merging.merge(ticket, other=main, actor=staff.manager, at=MERGED_AT)


def change(**fields):
    moves = fields.pop("moves", True)
    put_in_force(prepare(**fields), moves=moves)
    recomputation.run()
    assert recomputation.Takeover.now(UNDONE_AT).find() == []


def undo(ticket, staff):
    return merging.unmerge(ticket, actor=staff.manager, at=UNDONE_AT)


def test_its_clocks_are_due_by_the_new_version(company, staff):
    merged = merge(make_ticket(company), company, staff)
    change(resolve=450)
    assert resolution(merged).policy.version == 1
    back = undo(merged, staff)
    clock = resolution(back)
    assert (clock.state, clock.policy.version) == (ClockState.RUNNING, 2)
    # a day of 450 minutes, of which half an hour was used, and an hour in which it rested
    assert clock.due_at == A_MORNING + minutes(1440 + 60)
    assert back.policy.version == 2
    live = back.clocks.live().values_list("next_fire_at", flat=True)
    assert back.next_step_at == min(moment for moment in live if moment)


def test_it_stands_where_the_job_puts_one_that_waited_as_long(company, staff):
    merged = merge(make_ticket(company), company, staff)
    waited = bring_to(State.IN_PROGRESS, make_ticket(company))
    act(waited, Action.WAIT_SUPPLIER, at=MERGED_AT)
    act(waited, "resume", at=UNDONE_AT)
    change(resolve=100, basis=Basis.WALL)
    undone = resolution(undo(merged, staff))
    moved = resolution(waited)
    assert (undone.due_at, undone.next_level) == (moved.due_at, moved.next_level)


def test_the_next_job_finds_nothing_and_changes_nothing(company, staff):
    merged = merge(make_ticket(company), company, staff)
    change(resolve=450)
    back = undo(merged, staff)
    rows = list(TicketClock.objects.filter(ticket=back).values().order_by("pk"))
    assert recomputation.run() == 0
    change(resolve=450)  # the same promise once more
    again = resolution(back)
    assert (again.policy.version, again.due_at) == (3, A_MORNING + minutes(1440 + 60))
    assert len(rows) == back.clocks.count()


def test_a_wait_goes_on_with_what_is_left_of_the_new_promise(company, staff):
    ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
    act(ticket, Action.WAIT_SUPPLIER, at=A_MORNING + minutes(20))
    merged = merge(ticket, company, staff)
    change(resolve=450)
    back = undo(merged, staff)
    assert back.state == State.WAITING_SUPPLIER
    clock = resolution(back)
    assert (clock.state, clock.remaining_minutes) == (ClockState.PAUSED, 430)
    assert clock.pause_ends_at == back.next_step_at
    act(back, "resume", at=UNDONE_AT + minutes(10))
    assert resolution(back).due_at == A_MORNING + minutes(1440 + 80)


def test_a_level_that_it_owes_at_once_is_dated_when_it_goes_on(company, staff):
    """While it rested it was nobody's delay, also where the version came into force meanwhile."""
    merged = merge(make_ticket(company), company, staff)
    change(resolve=20, basis=Basis.WALL)
    back = undo(merged, staff)
    sweep(UNDONE_AT + minutes(1))
    assert [one for one in levels(back) if one[1] < UNDONE_AT] == []
    assert (1, UNDONE_AT) in levels(back)


def test_it_is_one_edit_of_a_person_and_a_row_of_history_says_why(company, staff):
    merged = merge(make_ticket(company), company, staff)
    change(resolve=450)
    back = undo(merged, staff)
    assert back.version == merged.version + 1
    assert Ticket.objects.get(pk=back.pk).version == back.version
    reasons = list(back.history.order_by("history_id").values_list("history_change_reason"))
    assert [reason for (reason,) in reasons[-2:]] == ["unmerge", "policy"]


def test_what_the_main_ticket_releases_comes_along_too(company, staff):
    merged = merge(make_ticket(company), company, staff)
    change(resolve=450)
    main = Ticket.objects.for_acting().get(links_here__source=merged)
    lifecycle.withdraw(main, actor=SYSTEM, reason="不用了", at=UNDONE_AT)
    assert resolution(merged).policy.version == 2


def test_a_version_for_new_tickets_alone_leaves_it_as_it_was(company, staff):
    ticket = make_ticket(company)
    due = resolution(ticket).due_at
    merged = merge(ticket, company, staff)
    change(resolve=450, moves=False)
    back = undo(merged, staff)
    clock = resolution(back)
    assert (clock.policy.version, clock.due_at > due) == (1, True)
    assert back.history.latest().history_change_reason == "unmerge"


def test_a_promise_the_new_version_does_not_make_is_void(company, staff):
    from complaints.models import Policy, PolicyDuration

    PolicyDuration.objects.create(
        policy=Policy.objects.get(code="complaint_ordinary", version=1),
        clock_kind=ClockKind.SEGMENT,
        duration_minutes=60,
        basis=Basis.WALL,
    )
    merged = merge(make_ticket(company), company, staff)
    change(resolve=450)
    back = undo(merged, staff)
    assert back.clocks.get(kind=ClockKind.SEGMENT).state == ClockState.CANCELLED
