"""The environment channel: reports of anybody, summaries for everybody, co-ordination, figures."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from complaints import environment_figures, policies
from complaints.enums import Channel, EventKind, State
from complaints.models import PublicSummary, Ticket
from complaints.periods import Period
from complaints.reading import timeline as read_timeline
from complaints.services import open_reports, summaries, timeline
from complaints.services.open_reports import OpenReport
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from organisation.models import Unit
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)
MARCH = Period(2026, 3)


@pytest.fixture
def dust(company, resident):
    return make_ticket(
        company,
        category_code="environment",
        body="工地扬尘",
        reporter_subject=resident.subject_id,
    )


def test_anybody_reports_and_the_steward_of_the_community_has_it(company):
    told = OpenReport(company.community, "complaint", "西门外工地扬尘", "西门")
    ticket = open_reports.report(told, at=A_MORNING)
    assert (ticket.channel, ticket.post, ticket.state) == (
        Channel.WEB,
        company.steward,
        State.ASSIGNED,
    )
    assert ticket.reporter.subject_id is None


def test_a_repair_is_not_reported_here(company):
    with pytest.raises(InvalidInput):
        open_reports.report(OpenReport(company.community, "repair", "灯坏了"), at=A_MORNING)


class TestCoordination:
    def test_with_whom_and_what_came_of_it_is_read_by_the_resident(self, dust, staff, resident):
        timeline.coordinate(
            dust, actor=staff.steward, reason_code="street_office", text="街道要求加盖网", at=LATER
        )
        event = dust.events.get(kind=EventKind.COORDINATED)
        assert event.reason_code == "street_office"
        said = [entry.text() for entry in read_timeline(dust, resident)]
        assert "街道要求加盖网" in said

    def test_it_belongs_to_matters_of_the_environment(self, dust, ticket, staff):
        assert "coordinate" in policies.allowed_actions(staff.steward, dust)
        assert "coordinate" not in policies.allowed_actions(staff.steward, ticket)

    def test_somebody_who_is_not_listed_is_refused(self, dust, staff):
        with pytest.raises(InvalidInput):
            timeline.coordinate(
                dust, actor=staff.steward, reason_code="mayor", text="谈过", at=LATER
            )

    def test_it_is_no_answer(self, dust, staff):
        timeline.coordinate(
            dust, actor=staff.steward, reason_code="supplier", text="谈过", at=LATER
        )
        assert not dust.events.filter(kind=EventKind.REPLIED).exists()
        assert dust.clocks.get(kind="first_response").state == "running"


class TestSummaries:
    @pytest.fixture
    def written(self, dust, staff):
        return summaries.write(
            dust, raised="西门外工地扬尘", done="加盖防尘网", actor=staff.steward, at=LATER
        )

    def shown(self, unit: Unit):
        return list(PublicSummary.objects.published(unit))

    def test_nothing_is_public_before_a_second_person_has_read_it(self, written, staff, company):
        assert self.shown(company.community) == []
        summaries.publish(written, actor=staff.manager, at=LATER)
        assert self.shown(company.community) == [written]
        assert self.shown(company.other_community) == []

    def test_who_wrote_it_does_not_publish_it(self, dust, staff):
        own = summaries.write(dust, raised="扬尘", done="盖网", actor=staff.manager, at=LATER)
        with pytest.raises(summaries.SecondReaderNeeded):
            summaries.publish(own, actor=staff.manager, at=LATER)
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicSummary.objects.update(published_by=staff.manager.staff_id, published_at=LATER)

    def test_a_rewritten_one_waits_again(self, written, dust, staff, company):
        summaries.publish(written, actor=staff.manager, at=LATER)
        summaries.write(dust, raised="扬尘", done="另一句", actor=staff.steward, at=LATER)
        assert self.shown(company.community) == []

    def test_one_taken_back_is_gone_at_once(self, written, staff, company):
        summaries.publish(written, actor=staff.manager, at=LATER)
        with pytest.raises(InvalidTransition):
            summaries.publish(written, actor=staff.manager, at=LATER)
        summaries.take_back(written, actor=staff.manager)
        assert self.shown(company.community) == []

    @pytest.mark.parametrize(
        "text",
        ["张三反映的扬尘", "1-101 住户反映", "请联系 13812345678", "", "长" * 401],
    )
    def test_name_room_and_number_of_the_reporter_are_refused(self, dust, staff, text):
        """The texts that would leak."""
        with pytest.raises(InvalidInput) as refused:
            summaries.write(dust, raised="扬尘", done=text, actor=staff.steward, at=LATER)
        assert set(refused.value.fields) == {"done"}

    @pytest.mark.parametrize(
        "fields",
        [{"category_code": "noise"}, {"kind": "integrity", "category_code": "environment"}],
    )
    def test_other_matters_are_told_to_nobody(self, company, staff, fields):
        other = make_ticket(company, **fields)
        for actor in (staff.steward, staff.inspector):
            with pytest.raises(NotAllowed):
                summaries.write(other, raised="某事", done="某事", actor=actor, at=LATER)

    def test_who_does_not_see_the_ticket_neither_writes_nor_publishes(self, dust, written, staff):
        with pytest.raises(NotAllowed):
            summaries.write(dust, raised="扬尘", done="盖网", actor=staff.far_steward, at=LATER)
        with pytest.raises(NotAllowed):
            summaries.publish(written, actor=staff.steward, at=LATER)


class TestFigures:
    @pytest.fixture
    def month(self, company, dust, staff):
        solved = bring_to(State.RESOLVED, make_ticket(company, category_code="environment"))
        timeline.coordinate(
            dust, actor=staff.steward, reason_code="supplier", text="谈过", at=LATER
        )
        make_ticket(company, category_code="noise")
        make_ticket(company, category_code="environment", at=A_MORNING - dt.timedelta(days=40))
        make_ticket(
            company, category_code="environment", dwelling=None, unit=company.other_community
        )
        make_ticket(company, kind="integrity", category_code="environment", body="回扣")
        return solved

    def test_by_hand(self, month, company, staff):
        (found,) = environment_figures.per_community(
            MARCH, actor=staff.manager, units=[company.community]
        )
        assert (found.raised, found.answered, found.coordinated, found.solved) == (2, 1, 1, 1)
        assert found.open == 1

    def test_everybody_reads_the_same_and_no_integrity_report_is_in_it(self, month, company):
        found = environment_figures.of_community(MARCH, company.community)
        assert (found.raised, found.solved) == (2, 1)

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_one_community_as_for_three(
        self, company, staff, count, django_assert_num_queries
    ):
        units = [company.community, company.other_community, company.far_community][:count]
        for unit in units:
            make_ticket(company, category_code="environment", dwelling=None, unit=unit)
        with django_assert_num_queries(2):
            environment_figures.per_community(MARCH, actor=staff.agent, units=units)
        assert Ticket.objects.count() == count
