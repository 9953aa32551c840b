"""Of several posts of one role in the nearest unit, the one with the least open work gets it."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from complaints.enums import State
from complaints.services import balancing, lifecycle
from core.actors import SYSTEM
from organisation.enums import UnitLevel
from organisation.models import Post
from organisation.services.posts import local_date
from tests.complaints.conftest import bring_to
from tests.complaints.escalation.test_sweep_together import in_thread
from tests.factories import A_MORNING, Company, StaffFactory, make_post, make_ticket, make_unit

TODAY = local_date(A_MORNING)


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_work_is_shared_evenly(self, company):
        make_post("steward", company.community), make_post("steward", company.community)
        given = Counter(make_ticket(company).post_id for _ in range(9))
        assert set(given.values()) == {3}

    def test_equal_loads_go_by_the_oldest_post(self, company):
        make_post("steward", company.community)
        assert make_ticket(company).post == company.steward

    @pytest.mark.parametrize("state", [State.RESOLVED, State.CALL_BACK])
    def test_what_is_solved_is_no_work_any_more(self, company, resident, state):
        second = make_post("steward", company.community)
        bring_to(state, make_ticket(company, reporter_subject=resident.subject_id))
        assert make_ticket(company).post == company.steward
        assert make_ticket(company).post == second

    def test_what_was_handed_to_somebody_counts_as_theirs(self, company):
        second = make_post("steward", company.community)
        ticket = make_ticket(company)
        lifecycle.assign(ticket, actor=SYSTEM, post=second, at=A_MORNING)
        assert make_ticket(company).post == company.steward

    def test_posts_of_a_department_share_with_those_of_its_unit(self, company):
        department = make_unit("D1", parent=company.community, level=UnitLevel.DEPARTMENT)
        there = make_post("steward", department)
        assert {make_ticket(company).post, make_ticket(company).post} == {company.steward, there}

    def test_the_nearest_unit_comes_first_however_much_it_has(self, company):
        make_post("steward", company.city), make_post("steward", company.city)
        assert {make_ticket(company).post for _ in range(4)} == {company.steward}

    def test_vacant_ended_and_concerned_posts_are_none_of_the_several(self, company):
        make_post("steward", company.community, vacant=True)
        make_post("steward", company.community, valid_until=TODAY)
        shared = make_post("steward", company.community, stand_in=company.steward.holder)
        free = make_post("steward", company.community)
        ticket = make_ticket(company, named_staff=[company.steward.holder_id])
        assert ticket.post == free
        assert {make_ticket(company).post for _ in range(3)} <= {company.steward, shared, free}

    def test_who_is_away_gets_nothing_while_a_colleague_is_there(self, company):
        second = make_post("steward", company.community)
        make_ticket(company), make_ticket(company), make_ticket(company)
        company.steward.holder_absent_until = A_MORNING + dt.timedelta(days=9)
        company.steward.save()
        assert {make_ticket(company).post for _ in range(3)} == {second}

    def test_who_is_away_and_alone_is_passed_over_on_the_way_up(self, company):
        company.steward.holder_absent_until = A_MORNING + dt.timedelta(days=9)
        company.steward.save()
        assert make_ticket(company).post == company.manager
        company.steward.stand_in = StaffFactory()
        company.steward.save()
        assert make_ticket(company).post == company.steward

    def test_it_costs_one_statement_for_one_post_and_for_several(self, company):
        wanted = {"at": A_MORNING}
        balancing.nearest(company.community, "steward", **wanted)
        for _ in range(2):
            with CaptureQueriesContext(connections["default"]) as asked:
                assert balancing.nearest(company.community, "steward", **wanted)
            assert len(asked) == 1
            make_post("steward", company.community)

    def test_nobody_is_nobody(self, company):
        Post.objects.filter(role__code="steward").update(holder=None)
        assert balancing.nearest(company.community, "steward", at=A_MORNING) is None


@pytest.fixture
def crowd(transactional_db):
    company = Company()
    for _ in range(3):
        make_post("steward", company.community, StaffFactory())
    return company


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("threads")
class TestAtTheSameMoment:
    def test_a_post_that_another_intake_has_chosen_is_passed_over(self, crowd):
        with transaction.atomic():
            first = make_ticket(crowd).post_id
            with ThreadPoolExecutor(1) as pool:
                second = pool.submit(in_thread, make_ticket, crowd).result(timeout=60).post_id
        assert first != second

    def test_when_all_are_chosen_nobody_waits(self, crowd):
        with transaction.atomic():
            taken = {make_ticket(crowd).post_id for _ in range(4)}
            assert len(taken) == 4
            with ThreadPoolExecutor(1) as pool:
                fifth = pool.submit(in_thread, make_ticket, crowd).result(timeout=60)
        assert fifth.post == crowd.steward

    def test_a_single_post_takes_many_at_once(self, crowd):
        Post.objects.filter(role__code="steward", unit=crowd.community).exclude(
            pk=crowd.steward.pk
        ).update(holder=None)
        with transaction.atomic():
            make_ticket(crowd)
            with ThreadPoolExecutor(1) as pool:
                other = pool.submit(in_thread, make_ticket, crowd).result(timeout=60)
        assert other.post == crowd.steward

    def test_a_crowd_is_spread_and_all_of_it_taken_in(self, crowd):
        with ThreadPoolExecutor(4) as pool:
            made = [pool.submit(in_thread, make_ticket, crowd) for _ in range(40)]
            given = Counter(each.result(timeout=60).post_id for each in made)
        assert sum(given.values()) == 40
        assert len(given) == 4
        assert max(given.values()) - min(given.values()) <= 4
