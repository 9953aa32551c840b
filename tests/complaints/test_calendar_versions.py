"""Clocks count by their region's calendar, and move when a calendar has a new version.

10:00 on Wednesday, 4 March 2026. 1,350 working minutes end at 10:00 on Monday.
"""

import datetime as dt

import pytest

from complaints.enums import Action, ClockKind, State
from complaints.models import Policy
from complaints.services import calendar_versions, lifecycle, recomputation
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from organisation.calendar_reader import AnnouncedDay
from organisation.enums import DayKind
from organisation.services.calendars import OwnDay
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
THURSDAY = OwnDay(dt.date(2026, 3, 5), DayKind.HOLIDAY, "节日")
MONDAY_TEN = A_MORNING + 5 * DAY
NOON = A_MORNING + minutes(60)
DECEMBER = dt.datetime(2026, 12, 31, 2, 0, tzinfo=dt.UTC)  # 10:00, a Thursday
NEW_YEAR = AnnouncedDay(dt.date(2027, 1, 1), DayKind.HOLIDAY, "元旦")
SATURDAY_WORKS = AnnouncedDay(dt.date(2027, 1, 2), DayKind.MAKE_UP, "元旦")


def override(unit, *days, at=A_MORNING - DAY):
    return calendar_versions.override(unit, days, actor=SYSTEM, at=at)


def announce(*days, at):
    return calendar_versions.announce(days, sources={2027: "notice"}, actor=SYSTEM, at=at)


def resolution(ticket):
    return ticket.clocks.get(kind=ClockKind.RESOLVE)


class TestStarting:
    def test_a_ticket_counts_by_the_region_of_its_unit(self, company):
        row = override(company.region, THURSDAY)
        clock = resolution(make_ticket(company))
        assert (clock.calendar, clock.due_at) == (row, MONDAY_TEN + DAY)

    def test_elsewhere_by_the_policy_s(self, company):
        override(company.other_community, THURSDAY)
        clock = resolution(make_ticket(company))
        assert (clock.calendar, clock.due_at) == (None, MONDAY_TEN)

    def test_a_wait_is_a_shift_by_that_calendar(self, company):
        override(company.region, THURSDAY)
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
        act(ticket, Action.WAIT_SUPPLIER, at=A_MORNING + minutes(30))
        # 1,320 minutes from Friday, 10:00: 390 that day, 450 on Monday and on Tuesday, then 30
        act(ticket, "resume", at=A_MORNING + 2 * DAY)
        assert resolution(ticket).due_at == A_MORNING + 7 * DAY - minutes(30)

    def test_the_sweep_warns_by_that_calendar(self, company):
        """80 % of three days have passed when 270 minutes are left: on Monday at 13:00, had it
        not been for the day off."""
        override(company.region, THURSDAY)
        ticket = make_ticket(company)
        lifecycle.accept(ticket, actor=SYSTEM, at=A_MORNING)
        clock = resolution(ticket)
        first = clock.next_fire_at
        sweep(first)
        assert clock.events.get().occurred_at == first
        assert first > MONDAY_TEN - DAY


class TestARegion:
    def test_its_new_days_are_previewed_and_move_its_clocks_alone(self, company):
        here = make_ticket(company)
        there = make_ticket(company, dwelling=None, unit=company.far_community)
        found = calendar_versions.preview_override(company.region, [THURSDAY], None, at=NOON)
        assert (found.tickets, found.moving, found.later, found.earlier) == (1, 1, 1, 0)
        assert resolution(here).due_at == MONDAY_TEN
        override(company.region, THURSDAY, at=NOON)
        assert recomputation.run() == 1
        assert resolution(here).due_at == MONDAY_TEN + DAY
        assert (resolution(there).due_at, resolution(there).calendar) == (MONDAY_TEN, None)
        assert recomputation.run() == 0

    def test_days_taken_back_move_them_back(self, company):
        override(company.region, THURSDAY)
        ticket = make_ticket(company)
        override(company.region, at=NOON)
        recomputation.run()
        assert resolution(ticket).due_at == MONDAY_TEN

    def test_a_smaller_region_s_own_days_are_not_touched_by_the_larger_s(self, company):
        override(company.community)
        make_ticket(company)
        found = calendar_versions.preview_override(company.region, [THURSDAY], None, at=NOON)
        assert (found.tickets, found.moving) == (1, 0)
        override(company.region, THURSDAY, at=NOON)
        assert recomputation.run() == 0


class TestAnAnnouncedYear:
    def test_provisional_deadlines_become_certain_and_move_both_ways(self, company):
        ticket = make_ticket(company, at=DECEMBER)
        before = resolution(ticket)
        assert before.provisional
        days = [NEW_YEAR, SATURDAY_WORKS]
        found = calendar_versions.preview_announcement(days, [2027], at=DECEMBER)
        assert (found.moving, found.earlier) == (1, 1)
        announce(*days, at=DECEMBER + minutes(1))
        assert recomputation.run() == 1
        after = resolution(ticket)
        assert not after.provisional
        assert after.due_at == before.due_at - DAY
        assert recomputation.run() == 0

    def test_new_tickets_count_by_a_new_version_of_their_policy(self, company):
        announce(NEW_YEAR, at=A_MORNING)
        ticket = make_ticket(company, at=A_MORNING + minutes(1))
        assert (ticket.policy.version, ticket.policy.calendar.version) == (2, 2)
        assert Policy.objects.filter(version=2, moves_open_clocks=True).count() == 0

    def test_clocks_keep_the_promises_they_were_started_with(self, company):
        """Only how they are counted changes, not how long."""
        ticket = make_ticket(company)
        policy = ticket.policy
        announce(NEW_YEAR, at=NOON)
        recomputation.run()
        clock = resolution(ticket)
        assert (clock.policy, clock.calendar.version) == (policy, 2)
        assert clock.due_at == MONDAY_TEN

    def test_a_region_s_clocks_go_to_its_calendar_on_the_new_one(self, company):
        override(company.region, THURSDAY)
        ticket = make_ticket(company)
        version = announce(NEW_YEAR, at=NOON)
        recomputation.run()
        clock = resolution(ticket)
        assert clock.calendar.base == version
        assert clock.due_at == MONDAY_TEN + DAY
