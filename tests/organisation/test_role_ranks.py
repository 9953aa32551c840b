"""Whoever keeps a part of the company gives no role that stands above that part."""

import pytest
from django.test import Client

from organisation.enums import UnitLevel
from organisation.models import Post, Role
from organisation.reference_data import ROLES
from organisation.role_ranks import BY_ROLE, given_from
from organisation.services import posts
from organisation.services.posts import NewPost, PostIsFixed, RoleAbove
from tests.factories import A_MORNING, StaffFactory, make_post

TODAY = A_MORNING.date()
OF_THE_GROUP = {
    "group_executive", "duty_officer", "quality_manager", "inspector", "privacy_officer",
    "privacy_approver", "key_account_manager", "discipline_inspector", "legal_counsel",
    "procurement_manager",
}  # fmt: skip
OF_A_REGION = {"region_service_head", "region_general_manager"}


def test_each_shipped_role_has_its_level():
    found = {code: given_from(code, permissions) for code, _name, _english, permissions in ROLES}
    assert {code for code, level in found.items() if level == UnitLevel.GROUP} == OF_THE_GROUP
    assert {code for code, level in found.items() if level == UnitLevel.REGION} == OF_A_REGION
    assert found["administrator"] == found["steward"] == UnitLevel.COMMUNITY
    assert set(BY_ROLE) <= set(found)


def test_a_role_of_the_company_s_own_has_that_of_its_permissions():
    assert given_from("night_guard", ["tickets.view"]) == UnitLevel.COMMUNITY
    assert given_from("auditor", ["tickets.view", "integrity.view"]) == UnitLevel.GROUP


@pytest.mark.django_db
class TestAppointing:
    def give(self, keeper, unit, role):
        new = NewPost(unit, role, valid_from=TODAY, holder=StaffFactory())
        return posts.create(new, actor=keeper.actor, at=A_MORNING)

    @pytest.mark.parametrize("role", sorted(OF_THE_GROUP))
    def test_an_office_of_the_group_is_the_group_s_to_fill(self, company, role):
        for unit in (company.community, company.region):
            keeper = make_post("administrator", unit).holder
            with pytest.raises(RoleAbove):
                self.give(keeper, company.community, role)
        keeper = make_post("administrator", company.group).holder
        assert self.give(keeper, company.community, role).pk

    @pytest.mark.parametrize("role", sorted(OF_A_REGION))
    def test_a_community_makes_nobody_the_region(self, company, role):
        """The row that would shield: level 3 would stop below the region."""
        for unit in (company.community, company.city):
            keeper = make_post("administrator", unit).holder
            with pytest.raises(RoleAbove):
                self.give(keeper, company.community, role)
        keeper = make_post("administrator", company.region).holder
        assert self.give(keeper, company.region, role).pk

    def test_their_own_people_they_appoint(self, company):
        keeper = make_post("administrator", company.community).holder
        for role in ("steward", "project_manager", "administrator"):
            assert self.give(keeper, company.community, role).pk

    def test_what_is_above_them_they_neither_fill_nor_end_nor_turn(self, company):
        keeper = make_post("administrator", company.community).holder.actor
        above = make_post("inspector", company.community)
        with pytest.raises(RoleAbove):
            posts.appoint(above, StaffFactory(), actor=keeper, at=A_MORNING)
        with pytest.raises(RoleAbove):
            posts.stand_in(above, StaffFactory(), until=None, actor=keeper, at=A_MORNING)
        with pytest.raises(RoleAbove):
            posts.end(above, on=TODAY, actor=keeper, at=A_MORNING)
        above.role = Role.objects.get(code="steward")
        with pytest.raises(PostIsFixed):
            posts.put(above, actor=keeper, at=A_MORNING)

    def test_the_form_says_so_beside_the_role(self, company):
        keeper = make_post("administrator", company.community).holder
        local = Client()
        local.force_login(keeper)
        values = {
            "unit": company.community.pk,
            "role": Role.objects.get(code="group_executive").pk,
            "holder": keeper.pk,
            "valid_from": TODAY.isoformat(),
        }
        answer = local.post("/admin/organisation/post/add/", values)
        assert list(answer.context["adminform"].form.errors) == ["role"]
        assert "请由上级单位的管理员任命" in answer.content.decode()
        values["role"] = Role.objects.get(code="steward").pk
        assert local.post("/admin/organisation/post/add/", values).status_code == 302
        assert Post.objects.filter(holder=keeper, role__code="steward").exists()
