"""Several reports of one matter become one ticket, and several again."""

import pytest

from complaints import policies
from complaints.enums import ClockState, EventKind, Severity, State
from complaints.models import (
    TextEntry,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketLink,
    TicketParty,
)
from complaints.services import erasing, lifecycle, merging, timeline
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, StaleVersion
from notifications.models import Notice
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)


@pytest.fixture
def neighbour(company):
    return Actor.reporter(make_person("王五", "13700002222").subject_id)


@pytest.fixture
def main(company, resident):
    return make_ticket(company, reporter_subject=resident.subject_id)


@pytest.fixture
def twin(company, neighbour):
    return make_ticket(company, reporter_subject=neighbour.subject_id, dwelling=None,
                       building=company.building)  # fmt: skip


@pytest.fixture
def manager(staff):
    return staff.manager


def merge(twin, main, actor, *, at=LATER, **fields):
    return merging.merge(twin, other=main, actor=actor, at=at, **fields)


def told(subject, template=None):
    rows = Notice.objects.filter(subject_id=subject.subject_id)
    return list(
        (rows.filter(template=template) if template else rows)
        .order_by("pk")
        .values_list("template", flat=True)
    )


def kinds(ticket, kind):
    return list(TicketEvent.objects.filter(ticket=ticket, kind=kind).order_by("pk"))


class TestMerge:
    def test_the_merged_ticket_rests(self, twin, main, manager):
        merged = merge(twin, main, manager, reason="同一户楼上")

        assert (merged.state, merged.next_step_at, merged.ended_at) == (State.MERGED, None, LATER)
        assert set(merged.clocks.values_list("state", flat=True)) == {
            ClockState.CANCELLED,
            ClockState.KEPT,
        }
        assert sweep(LATER + minutes(100_000)).fired > 0
        assert not TicketEvent.objects.filter(ticket=twin, kind=EventKind.ESCALATED).exists()

    def test_who_when_why_and_the_state_before_are_kept(self, twin, main, manager):
        bring_to(State.ACCEPTED, twin)
        merge(twin, main, manager, reason="同一户楼上")

        link = TicketLink.objects.get()
        assert (link.source, link.target, link.state_before) == (twin, main, State.ACCEPTED)
        assert (link.made_in.staff_id, link.made_in.occurred_at) == (manager.staff_id, LATER)
        (note,) = kinds(twin, EventKind.NOTED)
        assert (note.visibility, TextEntry.objects.get(event=note).body) == (
            "internal",
            "同一户楼上",
        )
        (here,), (there,) = kinds(twin, EventKind.MERGED), kinds(main, EventKind.MERGED)
        assert (here.other, here.visibility) == (main, "public")
        assert (there.other, there.visibility) == (twin, "internal")

    def test_the_reporter_and_both_posts_hear_of_it(self, twin, main, manager, neighbour, resident):
        merge(twin, main, manager)

        assert told(neighbour)[-1] == "ticket_merged"
        assert "ticket_merged" not in told(resident)
        assert Notice.objects.filter(template="ticket_joined", object_id=main.pk).count() == 1

    def test_a_merged_ticket_is_not_merged_again(self, twin, main, manager, company):
        merge(twin, main, manager)
        with pytest.raises(InvalidTransition):
            merge(twin, make_ticket(company), manager)
        with pytest.raises(InvalidTransition):
            merge(make_ticket(company), twin, manager)

    def test_there_are_no_circles_and_no_chains(self, twin, main, manager, company):
        merge(twin, main, manager)
        with pytest.raises(InvalidInput) as refused:
            merge(main, make_ticket(company), manager)
        assert "other" in refused.value.fields
        with pytest.raises(InvalidInput):
            merge(main, main, manager)

    def test_what_is_solved_is_no_main_ticket(self, twin, main, manager):
        with pytest.raises(InvalidTransition):
            merge(twin, bring_to(State.RESOLVED, main), manager)

    def test_a_stale_page_merges_nothing(self, twin, main, manager):
        with pytest.raises(StaleVersion):
            merge(twin, main, manager, version=twin.version + 1)

    @pytest.mark.parametrize("role", ["agent", "steward", "other_steward", "far_steward"])
    def test_those_who_may_not_dispatch_are_refused(self, twin, main, staff, role):
        with pytest.raises(NotAllowed):
            merge(twin, main, getattr(staff, role))

    def test_both_ends_must_be_in_reach(self, twin, company, manager):
        elsewhere = make_ticket(company, dwelling=None, unit=company.far_community)
        for pair in ((twin, elsewhere), (elsewhere, twin)):
            with pytest.raises(NotAllowed):
                merge(*pair, manager)

    @pytest.mark.parametrize("kind", ["integrity", "privacy"])
    def test_gated_kinds_never_merge(self, company, main, staff, kind):
        gated = make_ticket(company, kind=kind, category_code="other", actor=SYSTEM)
        for actor in (staff.inspector, staff.privacy_officer, staff.duty, SYSTEM):
            for pair in ((gated, main), (main, gated)):
                with pytest.raises(NotAllowed):
                    merge(*pair, actor)

    def test_a_complaint_about_somebody_joins_none_that_they_may_handle(
        self, company, main, twin, manager
    ):
        TicketParty.objects.create(ticket=twin, staff=company.steward.holder, role="named")
        for pair in ((twin, main), (main, twin)):
            with pytest.raises(InvalidInput):
                merge(*pair, manager)

    def test_a_pressing_matter_does_not_join_a_slower_one(self, company, main, manager):
        urgent = make_ticket(company, severity=Severity.SAFETY)
        with pytest.raises(InvalidInput):
            merge(urgent, main, manager)
        assert merge(main, urgent, manager).state == State.MERGED


class TestFollowing:
    def test_news_of_the_main_ticket_reach_each_reporter_once(
        self, company, twin, main, manager, neighbour, resident
    ):
        merge(twin, main, manager)
        again = make_ticket(company, reporter_subject=neighbour.subject_id)
        merge(again, main, manager)
        timeline.reply(main, actor=manager, text="张先生，301 室正在查", at=LATER)
        resolved = bring_to(State.RESOLVED, main)
        lifecycle.close(resolved, actor=SYSTEM, at=LATER)

        assert told(neighbour, "ticket_followed") == ["ticket_followed"] * 3
        mine = Notice.objects.filter(template="ticket_followed").values_list("object_id", flat=True)
        assert set(mine) <= {twin.pk, again.pk}
        assert "ticket_followed" not in told(resident)

    def test_whoever_reported_both_is_told_once(self, company, main, manager, resident):
        again = make_ticket(company, reporter_subject=resident.subject_id)
        merge(again, main, manager)
        timeline.reply(main, actor=manager, text="正在查", at=LATER)
        event = TicketEvent.objects.get(kind=EventKind.REPLIED)
        notices = Notice.objects.filter(source_id=event.pk, subject_id=resident.subject_id)
        assert [notice.template for notice in notices] == ["ticket_replied"]

    def test_the_closing_by_the_system_is_told_as_well(self, twin, main, manager, neighbour):
        merge(twin, main, manager)
        resolved = bring_to(State.RESOLVED, main)
        sweep(resolved.next_step_at)
        assert Ticket.objects.get(pk=main.pk).state == State.CLOSED
        assert told(neighbour, "ticket_followed") == ["ticket_followed"] * 2

    def test_a_follower_sees_nothing_of_the_other_reporter(self, twin, main, manager, neighbour):
        merge(twin, main, manager)
        assert list(Ticket.objects.visible_to(neighbour)) == [twin]
        timeline.reply(main, actor=manager, text="张先生，301 室正在查", at=LATER)
        assert not TextEntry.objects.visible_to(neighbour).filter(body__contains="301").exists()

    def test_staff_can_answer_who_reported_the_merged_one(self, twin, main, manager, neighbour):
        merged = merge(twin, main, manager)
        timeline.reply(merged, actor=manager, text="已安排维修", at=LATER)
        assert told(neighbour)[-1] == "ticket_replied"

    def test_an_erasure_still_finds_the_merged_report(self, twin, main, manager, neighbour):
        merge(twin, main, manager)
        found = erasing.texts([neighbour.subject_id])
        assert set(found.values_list("ticket_id", flat=True)) == {twin.pk}


class TestUndo:
    def test_brings_back_the_state_and_what_remained(self, twin, main, manager):
        twin = bring_to(State.IN_PROGRESS, twin)
        before = {c.kind: c.due_at for c in twin.clocks.filter(state=ClockState.RUNNING)}
        merge(twin, main, manager)

        # the calendar's working minutes from one morning to the next at the same hour
        back = merging.unmerge(twin, actor=manager, at=LATER + minutes(1440), reason="两回事")

        assert (back.state, back.ended_at) == (State.IN_PROGRESS, None)
        after = {c.kind: c.due_at for c in back.clocks.filter(state=ClockState.RUNNING)}
        assert set(after) == set(before)
        assert all(after[kind] - before[kind] == minutes(1440) for kind in before)
        assert back.next_step_at is not None
        link = TicketLink.objects.get()
        (event,) = kinds(twin, EventKind.UNMERGED)
        assert (link.ended_in, event.to_state) == (event, State.IN_PROGRESS)
        assert kinds(main, EventKind.UNMERGED)[0].other == twin

    def test_is_told_to_the_reporter(self, twin, main, manager, neighbour):
        merge(twin, main, manager)
        merging.unmerge(twin, actor=manager, at=LATER)
        assert told(neighbour)[-1] == "ticket_unmerged"
        timeline.reply(main, actor=manager, text="好了", at=LATER)
        assert told(neighbour)[-1] == "ticket_unmerged"

    def test_a_level_that_fired_before_fires_no_second_time(self, twin, main, manager):
        clock = twin.clocks.get(kind="first_response")
        sweep(clock.due_at)
        fired = list(
            TicketEvent.objects.filter(clock=clock)
            .order_by("level")
            .values_list("level", flat=True)
        )
        assert fired == [0, 1]
        merge(Ticket.objects.get(pk=twin.pk), main, manager, at=clock.due_at)
        merging.unmerge(twin, actor=manager, at=clock.due_at + minutes(60))
        # what has fired is not even looked for again
        assert TicketClock.objects.get(pk=clock.pk).next_level == 2
        sweep(clock.due_at + minutes(100_000))
        levels = TicketEvent.objects.filter(clock=clock).values_list("level", flat=True)
        assert sorted(levels) == [0, 1, 2, 3, 4]

    # after 4,291 minutes it ends
    @pytest.mark.parametrize(
        ("after", "state"),
        [(60, "waiting_resident"), (4_291, "in_progress"), (9_000, "in_progress")],
    )
    def test_a_wait_goes_on_until_its_end(self, twin, main, manager, after, state):
        waiting = bring_to(State.WAITING_RESIDENT, twin)
        ends = waiting.clocks.get(kind="resolve").pause_ends_at
        merge(waiting, main, manager)
        back = merging.unmerge(waiting, actor=manager, at=LATER + minutes(after))
        assert back.state == state
        clock = back.clocks.get(kind="resolve")
        paused = state == State.WAITING_RESIDENT
        assert (clock.pause_ends_at, clock.due_at is None) == ((ends, True) if paused
                                                              else (None, False))  # fmt: skip
        sweep(LATER + minutes(100_000))
        assert TicketEvent.objects.filter(clock=clock, level=1).count() == 1

    def test_can_be_merged_and_undone_again(self, twin, main, manager):
        for _ in range(2):
            merge(twin, main, manager)
            twin = merging.unmerge(twin, actor=manager, at=LATER + minutes(1))
        assert TicketLink.objects.count() == 2
        assert len(kinds(twin, EventKind.MERGED)) == len(kinds(twin, EventKind.UNMERGED)) == 2

    def test_is_offered_for_merged_tickets_alone(self, twin, main, manager):
        assert "unmerge" not in policies.allowed_actions(manager, twin)
        assert "unmerge" in policies.allowed_actions(manager, merge(twin, main, manager))
        with pytest.raises(InvalidTransition):
            merging.unmerge(main, actor=manager, at=LATER)

    @pytest.mark.parametrize("end", ["withdraw", "reject"])
    def test_a_main_ticket_that_ends_unheard_releases_the_others(self, twin, main, manager, end):
        merge(twin, main, manager)
        act(main, end, at=LATER + minutes(5))
        back = Ticket.objects.get(pk=twin.pk)
        assert back.state == State.ASSIGNED
        assert not TicketLink.objects.merges().exists()

    def test_the_reporter_reopens_what_is_theirs(self, twin, main, manager, neighbour):
        merged = merge(twin, main, manager)
        assert policies.allowed_actions(neighbour, merged) == ["reopen"]
        back = lifecycle.reopen(merged, actor=neighbour, reason="我家是另一回事", at=LATER)
        assert (back.state, back.cycle) == (State.REOPENED, 2)
        assert not TicketLink.objects.merges().exists()
        assert len(kinds(main, EventKind.UNMERGED)) == 1
        assert TicketClock.objects.filter(ticket=twin, cycle=2, state="running").count() == 2
