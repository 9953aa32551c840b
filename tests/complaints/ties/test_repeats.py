"""Repeats of one home and group matters of one building, as somebody may know of them."""

import datetime as dt

import pytest

from complaints import repeats
from complaints.enums import Protection
from complaints.models import Category, TicketParty
from complaints.repeats import Mark
from core.actors import SYSTEM
from organisation.models import Building, Dwelling
from tests.complaints.conftest import act
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def homes(company):
    return [
        Dwelling.objects.create(building=company.building, room=f"1-{number}")
        for number in (201, 202, 203, 204)
    ]


def report(company, dwelling, day=0, **fields):
    return make_ticket(company, dwelling=dwelling, at=A_MORNING + day * DAY, **fields)


def mark(ticket, actor):
    return repeats.marks([ticket], actor).get(ticket.pk)


class TestRepeats:
    def test_the_same_home_and_category_within_the_span(self, company, staff):
        first = report(company, company.dwelling)
        second = report(company, company.dwelling, 10)
        third = report(company, company.dwelling, 39)
        assert mark(first, staff.steward) is None
        assert mark(second, staff.steward) == Mark(1, 0)
        # the first is 39 days back by now
        assert mark(third, staff.steward) == Mark(1, 0)
        assert list(repeats.of_home(second, staff.steward)) == [third, first]

    def test_the_category_above_and_below_count_but_not_the_one_beside(self, company, staff):
        leaf = Category.objects.filter(parent__isnull=False).select_related("parent").first()
        beside = Category.objects.filter(parent=leaf.parent).exclude(pk=leaf.pk).first()
        one = report(company, company.dwelling, category_code=leaf.code)
        report(company, company.dwelling, 1, category_code=beside.code)
        above = report(company, company.dwelling, 2, category_code=leaf.parent.code)
        again = report(company, company.dwelling, 3, category_code=leaf.code)
        assert mark(again, staff.duty).earlier == 2
        assert list(repeats.of_home(again, staff.duty)) == [above, one]

    def test_another_home_is_no_repeat(self, company, staff, homes):
        report(company, homes[0])
        assert mark(report(company, homes[1], 1), staff.steward) is None

    def test_the_span_is_a_setting(self, company, staff, settings):
        report(company, company.dwelling)
        later = report(company, company.dwelling, 10)
        settings.REPEAT_WITHIN_DAYS = 5
        assert mark(later, staff.steward) is None

    def test_a_protected_report_is_never_told_by_its_home(self, company, staff):
        somebody = make_person(dwelling=company.dwelling).subject_id
        secret = report(
            company, company.dwelling, reporter_subject=somebody, protection=Protection.PROTECTED
        )
        plain = report(company, company.dwelling, 1, reporter_subject=somebody)
        later = report(company, company.dwelling, 2, reporter_subject=somebody)
        assert mark(later, staff.steward) == Mark(1, 0)
        assert list(repeats.of_home(plain, staff.steward)) == [later]
        assert list(repeats.of_home(secret, staff.steward)) == []
        # the hotline knows who it was
        assert mark(later, staff.agent) == Mark(2, 0)

    def test_out_of_scope_and_naming_tickets_do_not_count(self, company, staff):
        about = report(company, company.dwelling)
        TicketParty.objects.create(ticket=about, staff=company.steward.holder, role="named")
        again = report(company, company.dwelling, 1)
        assert mark(again, staff.steward) is None
        assert mark(again, staff.manager) == Mark(1, 0)
        assert mark(again, staff.far_steward) is None

    @pytest.mark.parametrize("kind", ["integrity", "privacy"])
    def test_confidential_kinds_are_never_compared(self, company, staff, kind):
        gated = report(company, company.dwelling, kind=kind, category_code="other", actor=SYSTEM)
        plain = report(company, company.dwelling, 1, category_code="other")
        for actor in (staff.inspector, staff.privacy_officer, staff.duty, SYSTEM):
            assert mark(plain, actor) is None
            assert mark(gated, actor) is None
            assert list(repeats.of_home(gated, actor)) == []

    def test_what_was_withdrawn_does_not_count(self, company, staff):
        act(report(company, company.dwelling), "withdraw")
        assert mark(report(company, company.dwelling, 1), staff.steward) is None


def groups(actor, at):
    rows = repeats.grouped(repeats.of_these_days(actor, at)).order_by(*repeats.GROUP_ORDER)
    return [repeats.Group(*row) for row in rows]


class TestGroups:
    def test_many_homes_of_one_building_are_a_group_matter(self, company, staff, homes):
        tickets = [report(company, home, day) for day, home in enumerate(homes[:3])]
        report(company, homes[0], 3, category_code="parking")
        assert {m.homes for m in repeats.marks(tickets, staff.steward).values()} == {3}
        (group,) = groups(staff.manager, A_MORNING + 3 * DAY)
        assert (group.building, group.homes, group.tickets, group.open) == ("1 栋", 3, 3, 3)
        assert list(repeats.of_building(tickets[0], staff.steward)) == [tickets[2], tickets[1]]
        found = repeats.members(
            staff.manager, group.building_id, group.category_id, A_MORNING + 3 * DAY
        )
        assert list(found) == tickets

    def test_one_home_that_reports_often_is_none(self, company, staff, homes):
        for day in range(5):
            report(company, homes[0], day)
        assert groups(staff.manager, A_MORNING + 5 * DAY) == []

    def test_two_homes_are_not_many_unless_a_setting_says_so(self, company, staff, homes, settings):
        for home in homes[:2]:
            report(company, home)
        assert groups(staff.manager, A_MORNING + DAY) == []
        settings.GROUP_FROM_HOMES = 2
        assert len(groups(staff.manager, A_MORNING + DAY)) == 1

    def test_other_buildings_and_long_ago_do_not_count(self, company, staff, homes):
        far = Building.objects.create(unit=company.community, name="2 栋")
        report(company, Dwelling.objects.create(building=far, room="2-101"))
        report(company, homes[0])
        report(company, homes[1])
        report(company, homes[2], 9)
        assert groups(staff.manager, A_MORNING + 9 * DAY) == []

    def test_only_what_is_in_scope_makes_a_group(self, company, staff, homes):
        tickets = [report(company, home) for home in homes[:3]]
        for actor in (staff.other_steward, staff.far_steward):
            assert groups(actor, A_MORNING + DAY) == []
        TicketParty.objects.create(ticket=tickets[0], staff=company.manager.holder, role="named")
        assert groups(staff.manager, A_MORNING + DAY) == []
        assert len(groups(staff.duty, A_MORNING + DAY)) == 1

    def test_an_intake_hears_of_it_with_its_own_home_counted(self, company, staff, homes):
        at = A_MORNING + DAY
        for home in homes[:2]:
            report(company, home)
        assert repeats.homes_with("noise", homes[0], actor=staff.agent, at=at) == 0
        assert repeats.homes_with("noise", homes[2], actor=staff.agent, at=at) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_marks_are_one_statement(company, staff, homes, count, django_assert_num_queries):
    from organisation import access

    tickets = [report(company, home) for home in homes[:count]]
    with access.remembering():
        repeats.marks(tickets[:1], staff.steward)
        with django_assert_num_queries(1):
            repeats.marks(tickets, staff.steward)
