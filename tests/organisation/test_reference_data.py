from __future__ import annotations

import pytest

from core.clock import database_now
from organisation import reference_data
from organisation.enums import MACHINES_ALONE, Permission
from organisation.models import Role, WorkCalendar

pytestmark = pytest.mark.django_db


def permissions(code: str) -> set[str]:
    return set(Role.objects.get(code=code).permissions)


def test_every_permission_of_a_role_exists_and_every_permission_has_a_role():
    given = set().union(*Role.objects.values_list("permissions", flat=True))
    assert given == set(Permission.values) - MACHINES_ALONE


def test_there_are_twenty_roles_with_names_in_both_languages():
    roles = Role.objects.all()
    assert len(roles) == 20
    assert all(role.name and role.name_en for role in roles)


def test_no_role_approves_what_it_plans():
    for role in Role.objects.all():
        assert not {"privacy.plan", "privacy.approve"} <= set(role.permissions), role.code
        assert not {"quality.plan", "quality.inspect"} <= set(role.permissions), role.code


def test_administrators_see_neither_tickets_nor_people():
    assert permissions("administrator") == {"organisation.manage", "history.view"}


def test_integrity_reports_are_seen_by_one_role_alone():
    seeing = Role.objects.filter(permissions__contains=["integrity.view"])
    assert [role.code for role in seeing] == ["discipline_inspector"]


def test_loading_again_writes_nothing():
    before = Role.history.count(), WorkCalendar.objects.count()

    reference_data.load(database_now())

    assert (Role.history.count(), WorkCalendar.objects.count()) == before


def test_loading_restores_what_the_product_ships():
    role = Role.objects.get(code="steward")
    role.permissions = ["organisation.manage"]
    role.save()

    reference_data.load(database_now())

    assert "organisation.manage" not in permissions("steward")


def test_a_role_is_named_in_the_readers_language():
    from django.utils import translation

    role = Role.objects.get(code="steward")
    assert str(role) == "管家"
    with translation.override("en"):
        assert str(role) == "Steward"
