from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.test import RequestFactory
from django.utils import timezone

from core.actors import SYSTEM, Actor
from core.errors import NotAllowed
from core.models import MachineKey
from organisation import access
from organisation.enums import UnitLevel
from organisation.models import Role, Unit
from tests.factories import Company, StaffFactory, make_post, make_unit

pytestmark = pytest.mark.django_db


def units_in(scope: access.Scope) -> set[str]:
    return set(Unit.objects.filter(scope.q("")).values_list("code", flat=True))


def test_a_post_covers_its_unit_and_everything_below(company: Company):
    actor = company.region_head.holder.actor

    scope = access.scope(actor, "tickets.view")

    assert units_in(scope) == {"R1", "C1", "X1", "X2"}
    assert access.has(actor, "tickets.view", company.community)
    assert not access.has(actor, "tickets.view", company.far_community)
    assert not access.has(actor, "tickets.view", company.group)


def test_a_post_gives_the_permissions_of_its_role_alone(company: Company):
    steward = company.steward.holder.actor

    assert access.has(steward, "tickets.handle", company.community)
    assert not access.has(steward, "tickets.assign", company.community)
    assert not access.has(steward, "tickets.handle", company.other_community)


def test_a_post_at_the_root_covers_everything_without_comparing_paths(company: Company):
    scope = access.scope(company.executive.holder.actor, "tickets.view")

    assert scope == access.EVERYTHING
    assert not scope.q().children


def test_a_department_serves_the_unit_it_hangs_under(company: Company):
    at_group = make_unit("D0", parent=company.group, level=UnitLevel.DEPARTMENT)
    in_region = make_unit("D1", parent=company.region, level=UnitLevel.DEPARTMENT)
    group_officer = make_post("privacy_officer", at_group).holder.actor
    region_officer = make_post("hotline_supervisor", in_region).holder.actor

    assert access.scope(group_officer, "privacy.view") == access.EVERYTHING
    assert units_in(access.scope(region_officer, "tickets.assign")) == {
        "R1", "C1", "X1", "X2", "D1",
    }  # fmt: skip


def test_several_posts_add_up_and_nested_ones_are_not_listed_twice(company: Company):
    person = StaffFactory()
    make_post("steward", company.community, person)
    make_post("project_manager", company.city, person)
    make_post("steward", company.far_community, person)

    scope = access.scope(person.actor, "tickets.view")

    assert units_in(scope) == {"C1", "X1", "X2", "X3"}
    assert len(scope.paths) == 2


def test_nobody_has_rights_by_a_post_that_has_ended_or_not_begun(company: Company):
    person = StaffFactory()
    today = timezone.localdate()
    make_post("steward", company.community, person, valid_until=today)
    make_post("steward", company.far_community, person, valid_from=today + dt.timedelta(days=1))

    assert access.scope(person.actor, "tickets.view") == access.NOTHING


def test_rights_end_with_employment(company: Company):
    person = company.steward.holder
    person.is_active = False
    person.save()

    assert not access.has(person.actor, "tickets.view")


def test_a_stand_in_has_the_rights_only_while_the_holder_is_away(company: Company):
    person = StaffFactory()
    post = company.manager
    post.stand_in = person
    post.save()
    assert not access.has(person.actor, "tickets.assign", company.community)

    post.holder_absent_until = timezone.now() + dt.timedelta(days=3)
    post.save()
    assert access.has(person.actor, "tickets.assign", company.community)
    assert access.has(post.holder.actor, "tickets.assign", company.community)

    post.holder_absent_until = timezone.now() - dt.timedelta(minutes=1)
    post.save()
    assert not access.has(person.actor, "tickets.assign", company.community)


def test_a_stand_in_has_the_rights_of_a_post_whose_holder_has_left(company: Company):
    person = StaffFactory()
    post = company.manager
    post.stand_in = person
    post.save()
    post.holder.is_active = False
    post.holder.save()

    assert access.has(person.actor, "tickets.assign", company.community)


def test_residents_and_nobody_have_no_permission_and_the_system_has_all(company: Company):
    import uuid

    assert not access.has(Actor.reporter(uuid.uuid4()), "tickets.view")
    assert not access.has(Actor.staff(987654321), "tickets.view")
    assert access.scope(SYSTEM, "tickets.view") == access.EVERYTHING


def test_a_scope_of_nothing_selects_no_row(company: Company):
    assert units_in(access.NOTHING) == set()
    assert not access.NOTHING


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"R1", "C1", "X1", "X2"}),
        ({"revoked_at": timezone.now()}, set()),
        ({"expires_at": timezone.now()}, set()),
        ({"scopes": ["alerts.create"]}, set()),
        ({"unit_codes": []}, set()),
    ],
    ids=["live", "revoked", "expired", "other action", "no unit"],
)
def test_a_machine_acts_where_its_key_says(company: Company, changes: dict, expected: set):
    now = timezone.now()
    values = {
        "key_id": "k1",
        "name": "电梯监控",
        "secret_sha256": bytes(32),
        "scopes": ["tickets.create"],
        "unit_codes": ["R1"],
        "created_at": now,
        "expires_at": now + dt.timedelta(days=1),
        **changes,
    }
    key = MachineKey.objects.create(**values)

    assert units_in(access.scope(Actor.machine(key.pk), "tickets.create")) == expected


def test_rights_are_read_once_within_a_request_and_again_afterwards(
    company: Company, django_assert_num_queries
):
    actor = company.steward.holder.actor

    with access.remembering():
        with django_assert_num_queries(1):
            assert access.has(actor, "tickets.view", company.community)
            assert access.has(actor, "tickets.handle", company.community)
            assert not access.has(actor, "tickets.assign")
        company.steward.holder.posts.all().update(valid_until=dt.date(2001, 1, 1))
        assert access.has(actor, "tickets.view")
        with access.remembering():  # a block inside another remembers with it
            assert access.has(actor, "tickets.view")
        access.forget()
        assert not access.has(actor, "tickets.view")
    assert not access.has(actor, "tickets.view")


def test_without_a_request_nothing_is_remembered(company: Company):
    actor = company.steward.holder.actor
    assert access.has(actor, "tickets.view")

    company.steward.holder.posts.all().update(valid_until=dt.date(2001, 1, 1))

    assert not access.has(actor, "tickets.view")


def test_require_refuses(company: Company):
    with pytest.raises(NotAllowed):
        access.require(company.steward.holder.actor, "tickets.assign", company.community)


class TestDjangoPermissions:
    def test_a_unit_or_what_belongs_to_one_can_be_asked_about(self, company: Company):
        manager = company.manager.holder

        assert manager.has_perm("tickets.assign")
        assert manager.has_perm("tickets.assign", company.community)
        assert manager.has_perm("tickets.assign", company.building)
        assert not manager.has_perm("tickets.assign", company.other_community)

    def test_what_has_no_unit_needs_the_permission_over_the_whole_group(self, company: Company):
        role = Role.objects.get(code="steward")

        assert not company.manager.holder.has_perm("tickets.assign", role)
        assert company.dispatcher.holder.has_perm("tickets.assign", role)

    def test_all_permissions_of_a_person_are_those_of_their_posts(self, company: Company):
        engineer = company.engineer.holder

        assert engineer.get_all_permissions() == {
            "tickets.view", "tickets.note", "tickets.reply", "tickets.view_reporter",
            "tickets.handle",
        }  # fmt: skip
        assert engineer.get_all_permissions(company.far_community) == set()

    def test_who_has_left_has_none(self, company: Company):
        person = company.manager.holder
        person.is_active = False
        assert not person.has_perm("tickets.assign", company.community)
        assert person.get_all_permissions() == set()

    def test_a_signed_in_request_reads_person_and_grants_in_two_statements(
        self, company: Company, client, django_assert_num_queries
    ):
        person = company.manager.holder
        client.force_login(person)
        request = RequestFactory().get("/")

        with access.remembering(), django_assert_num_queries(2):  # session; person with grants
            request.session = client.session.__class__(client.session.session_key)
            assert get_user(request) == person
            assert access.has(person.actor, "tickets.assign", company.community)
            assert not access.has(person.actor, "tickets.assign", company.far_community)

    def test_a_session_of_somebody_who_has_left_is_nobodys(self, company: Company, client):
        person = company.manager.holder
        client.force_login(person)
        type(person).objects.filter(pk=person.pk).update(is_active=False)
        request = RequestFactory().get("/")
        request.session = client.session

        assert isinstance(get_user(request), AnonymousUser)


class TestLeaves:
    """A unit with nothing below it is asked for by its id, which an index can begin with."""

    def scope(self, post):
        return access.scope(post.holder.actor, "tickets.view")

    def test_a_community_is(self, company: Company):
        found = self.scope(company.steward)
        assert str(found.q("unit")) == str(Q(unit=company.community.pk))
        assert units_in(found) == {"X1"}

    def test_a_region_is_not(self, company: Company):
        found = self.scope(company.region_head)
        assert not found.leaves
        assert "X1" in units_in(found)

    def test_nor_a_community_that_has_a_unit_below_it(self, company: Company):
        below = make_unit("X1a", parent=company.community, level=UnitLevel.DEPARTMENT)
        found = self.scope(company.steward)
        assert not found.leaves
        assert units_in(found) == {"X1", "X1a"}
        assert found.covers(below)

    def test_nor_the_unit_that_a_department_serves(self, company: Company):
        department = make_unit("D1", parent=company.community, level=UnitLevel.DEPARTMENT)
        found = self.scope(make_post("steward", department))
        assert not found.leaves
        assert units_in(found) == {"X1", "D1"}

    def test_two_communities_are_both(self, company: Company):
        make_post("steward", company.other_community, holder=company.steward.holder)
        found = self.scope(company.steward)
        assert len(found.leaves) == 2
        assert units_in(found) == {"X1", "X2"}
