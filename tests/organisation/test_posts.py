from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from core.errors import InvalidInput, NotAllowed
from organisation.enums import UnitLevel
from organisation.models import Post
from organisation.services import posts
from organisation.services.posts import DutyQueueEmpty, NewPost
from tests.factories import A_MORNING, Company, StaffFactory, make_post, make_unit

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 4)
LATER = A_MORNING + dt.timedelta(days=1)


class TestTheWayUp:
    def test_the_unit_itself_comes_first(self, company: Company):
        make_post("project_manager", company.city)

        found = posts.nearest(company.community, "project_manager", at=A_MORNING)

        assert found == company.manager

    def test_a_vacant_post_climbs_on(self, company: Company):
        at_city = make_post("project_manager", company.city)
        posts.appoint(company.manager, None, actor=SYSTEM, at=A_MORNING)

        assert posts.nearest(company.community, "project_manager", at=A_MORNING) == at_city

    def test_levels_without_the_post_are_passed_over(self, company: Company):
        found = posts.nearest(company.community, "region_service_head", at=A_MORNING)
        assert found == company.region_head

    def test_a_holder_who_has_left_leaves_the_post_vacant(self, company: Company):
        company.manager.holder.is_active = False
        company.manager.holder.save()

        assert posts.nearest(company.community, "project_manager", at=A_MORNING) is None

    def test_a_stand_in_keeps_the_post_of_one_who_has_left_filled(self, company: Company):
        company.manager.stand_in = StaffFactory()
        company.manager.save()
        company.manager.holder.is_active = False
        company.manager.holder.save()

        assert posts.nearest(company.community, "project_manager", at=A_MORNING) == company.manager

    def test_who_is_away_is_passed_over_unless_somebody_stands_in(self, company: Company):
        posts.stand_in(company.manager, None, until=LATER, actor=SYSTEM, at=A_MORNING)
        wanted = (company.community, "project_manager")

        assert posts.nearest(*wanted, at=LATER - dt.timedelta(seconds=1)) is None
        assert posts.nearest(*wanted, at=LATER) == company.manager

        deputy = StaffFactory()
        posts.stand_in(company.manager, deputy, until=LATER, actor=SYSTEM, at=A_MORNING)
        assert posts.nearest(*wanted, at=A_MORNING) == company.manager

        type(deputy).objects.filter(pk=deputy.pk).update(is_active=False)
        assert posts.nearest(*wanted, at=A_MORNING) is None

    def test_posts_of_a_department_count_as_those_of_its_unit(self, company: Company):
        department = make_unit("D1", parent=company.region, level=UnitLevel.DEPARTMENT)
        expected = make_post("key_account_manager", department)
        make_post("key_account_manager", company.group)

        found = posts.nearest(company.community, "key_account_manager", at=A_MORNING)

        assert found == expected

    def test_a_sibling_is_not_on_the_way_up(self, company: Company):
        assert posts.nearest(company.far_community, "project_manager", at=A_MORNING) is None

    @pytest.mark.parametrize(
        ("day", "found"),
        [(dt.date(2026, 2, 28), False), (dt.date(2026, 3, 1), True), (dt.date(2026, 4, 1), False)],
    )
    def test_a_post_is_valid_from_its_first_day_to_the_day_before_its_last(
        self, company: Company, day: dt.date, found: bool
    ):
        make_post(
            "security_lead",
            company.community,
            valid_from=dt.date(2026, 3, 1),
            valid_until=dt.date(2026, 4, 1),
        )
        at = dt.datetime.combine(day, A_MORNING.timetz())
        assert (posts.nearest(company.community, "security_lead", at=at) is not None) is found

    def test_the_person_named_and_whoever_shares_the_post_are_passed_over(self, company: Company):
        at_city = make_post("project_manager", company.city)
        named, deputy = company.manager.holder, StaffFactory()

        assert (
            posts.nearest(
                company.community, "project_manager", at=A_MORNING, without_staff=[named.pk]
            )
            == at_city
        )
        at_city.stand_in = named
        at_city.save()
        assert (
            posts.nearest(
                company.community, "project_manager", at=A_MORNING, without_staff=[named.pk]
            )
            is None
        )
        assert (
            posts.nearest(
                company.community, "project_manager", at=A_MORNING, without_staff=[deputy.pk]
            )
            == company.manager
        )

    def test_it_takes_one_statement(self, company: Company, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = posts.nearest(company.community, "project_manager", at=A_MORNING)
            assert found.holder.name
            assert found.unit.name
            assert found.role.code == "project_manager"


class TestWhoAnswers:
    def test_the_holder_answers(self, company: Company):
        assert posts.current_holder(company.manager, at=A_MORNING) == company.manager.holder

    def test_the_stand_in_answers_while_the_holder_is_away(self, company: Company):
        deputy = StaffFactory()
        post = posts.stand_in(company.manager, deputy, until=LATER, actor=SYSTEM, at=A_MORNING)

        assert posts.current_holder(post, at=A_MORNING) == deputy
        assert posts.current_holder(post, at=LATER) == post.holder

    def test_an_absent_holder_without_stand_in_still_answers(self, company: Company):
        post = posts.stand_in(company.manager, None, until=LATER, actor=SYSTEM, at=A_MORNING)
        assert posts.current_holder(post, at=A_MORNING) == post.holder

    def test_a_stand_in_who_has_left_does_not(self, company: Company):
        deputy = StaffFactory(is_active=False)
        post = posts.stand_in(company.manager, deputy, until=LATER, actor=SYSTEM, at=A_MORNING)
        assert posts.current_holder(post, at=A_MORNING) == post.holder

    def test_nobody_answers_for_a_vacant_post(self, company: Company):
        post = posts.appoint(company.manager, None, actor=SYSTEM, at=A_MORNING)
        assert posts.current_holder(post, at=A_MORNING) is None


class TestTheDutyQueue:
    def test_it_is_the_duty_post_at_the_root(self, company: Company):
        make_post("duty_officer", company.region)
        assert posts.duty_queue(at=A_MORNING) == company.duty

    def test_it_may_sit_in_a_department_of_the_group(self, company: Company):
        Post.objects.filter(pk=company.duty.pk).delete()
        department = make_unit("D0", parent=company.group, level=UnitLevel.DEPARTMENT)
        post = make_post("duty_officer", department)
        assert posts.duty_queue(at=A_MORNING) == post

    def test_a_filled_one_is_preferred_and_a_vacant_one_better_than_none(self, company: Company):
        filled = make_post("duty_officer", company.group)
        posts.appoint(company.duty, None, actor=SYSTEM, at=A_MORNING)
        assert posts.duty_queue(at=A_MORNING) == filled

        Post.objects.filter(pk=filled.pk).update(holder=None)
        assert posts.duty_queue(at=A_MORNING) == company.duty
        assert not posts.duty_queue_is_filled(at=A_MORNING)

    def test_it_keeps_the_person_named_out_while_there_is_another(self, company: Company):
        other = make_post("duty_officer", company.group)
        named = [company.duty.holder_id]
        assert posts.duty_queue(at=A_MORNING, without_staff=named) == other

    def test_with_every_officer_named_it_goes_one_level_up(self, company: Company):
        second = make_post("duty_officer", company.group)
        named = [company.duty.holder_id, second.holder_id]
        assert posts.duty_queue(at=A_MORNING, without_staff=named) == company.executive

    def test_the_stand_in_of_who_is_named_is_passed_over_with_them(self, company: Company):
        deputy = StaffFactory()
        posts.stand_in(company.duty, deputy, until=LATER, actor=SYSTEM, at=A_MORNING)
        for named in ([deputy.pk], [company.duty.holder_id]):
            assert posts.duty_queue(at=A_MORNING, without_staff=named) == company.executive

    def test_who_decides_in_a_region_is_no_level_up(self, company: Company):
        Post.objects.filter(pk=company.executive.pk).delete()
        keeper = make_post("administrator", company.group)
        named = [company.duty.holder_id]
        assert posts.duty_queue(at=A_MORNING, without_staff=named) == keeper

    def test_a_vacant_one_collects_what_is_about_everybody_at_the_top(self, company: Company):
        vacant = make_post("duty_officer", company.group, vacant=True)
        named = [company.duty.holder_id, company.executive.holder_id]
        assert posts.duty_queue(at=A_MORNING, without_staff=named) == vacant

    def test_it_is_never_who_is_named(self, company: Company):
        named = [company.duty.holder_id, company.executive.holder_id]
        with pytest.raises(DutyQueueEmpty):
            posts.duty_queue(at=A_MORNING, without_staff=named)

    def test_without_such_a_post_it_says_so(self, company: Company):
        Post.objects.filter(pk=company.duty.pk).delete()
        with pytest.raises(DutyQueueEmpty):
            posts.duty_queue(at=A_MORNING)

    def test_the_last_duty_officer_cannot_be_taken_away(self, company: Company):
        with pytest.raises(DutyQueueEmpty):
            posts.appoint(company.duty, None, actor=SYSTEM, at=A_MORNING)
        with pytest.raises(DutyQueueEmpty):
            posts.end(company.duty, on=TODAY, actor=SYSTEM, at=A_MORNING)
        company.duty.refresh_from_db()
        assert company.duty.holder is not None
        assert company.duty.valid_until is None

    def test_one_of_two_can(self, company: Company):
        make_post("duty_officer", company.group)
        posts.end(company.duty, on=TODAY, actor=SYSTEM, at=A_MORNING)
        assert posts.duty_queue_is_filled(at=A_MORNING)


class TestChanges:
    def test_only_those_who_manage_the_organisation_there_may(self, company: Company):
        administrator = make_post("administrator", company.other_region).holder.actor
        new = NewPost(company.far_community, "steward", valid_from=TODAY)

        created = posts.create(new, actor=administrator, at=A_MORNING)

        assert created.unit == company.far_community
        with pytest.raises(NotAllowed):
            posts.appoint(company.manager, None, actor=administrator, at=A_MORNING)
        with pytest.raises(NotAllowed):
            posts.create(new, actor=company.region_head.holder.actor, at=A_MORNING)

    def test_history_says_who_changed_what(self, company: Company):
        administrator = make_post("administrator", company.group).holder
        newcomer = StaffFactory()

        posts.appoint(company.manager, newcomer, actor=administrator.actor, at=A_MORNING)

        newest = company.manager.history.first()
        assert newest.holder == newcomer
        assert newest.history_user == administrator

    def test_a_new_holder_is_present_and_not_their_own_stand_in(self, company: Company):
        deputy = StaffFactory()
        posts.stand_in(company.manager, deputy, until=LATER, actor=SYSTEM, at=A_MORNING)

        post = posts.appoint(company.manager, deputy, actor=SYSTEM, at=A_MORNING)

        assert (post.holder, post.stand_in, post.holder_absent_until) == (deputy, None, None)

    def test_nobody_stands_in_for_themselves(self, company: Company):
        holder = company.manager.holder
        with pytest.raises(InvalidInput) as refused:
            posts.stand_in(company.manager, holder, until=LATER, actor=SYSTEM, at=A_MORNING)
        assert set(refused.value.fields) == {"stand_in"}

    def test_a_post_ends_after_it_begins(self, company: Company):
        with pytest.raises(InvalidInput) as refused:
            posts.end(company.manager, on=dt.date(2000, 1, 1), actor=SYSTEM, at=A_MORNING)
        assert set(refused.value.fields) == {"valid_until"}

    def test_a_role_must_exist(self, company: Company):
        new = NewPost(company.community, "king", valid_from=TODAY)
        with pytest.raises(InvalidInput) as refused:
            posts.create(new, actor=SYSTEM, at=A_MORNING)
        assert set(refused.value.fields) == {"role"}


def test_a_posts_date_is_the_companys_not_utc():
    before_midnight_in_shanghai = dt.datetime(2026, 3, 4, 15, 59, tzinfo=dt.UTC)
    assert posts.local_date(before_midnight_in_shanghai) == dt.date(2026, 3, 4)
    assert posts.local_date(before_midnight_in_shanghai + dt.timedelta(minutes=1)) == dt.date(
        2026, 3, 5
    )
