from __future__ import annotations

import re

import pytest
from django.test import Client

from core.actors import SYSTEM
from organisation.enums import UnitLevel
from organisation.models import Post, Role, Staff, Unit
from privacy.vault.models import LedgerEntry
from residents.enums import AccountTier
from residents.models import KeyAccount
from residents.services import accounts
from tests.factories import (
    Company,
    LegalEntityFactory,
    StaffFactory,
    make_person,
    make_post,
    make_unit,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(company: Company) -> Staff:
    return make_post("administrator", company.group).holder


@pytest.fixture
def admin(administrator: Staff) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def post_values(post: Post, **changes) -> dict[str, str]:
    values = {
        "unit": post.unit_id,
        "role": post.role_id,
        "holder": post.holder_id or "",
        "stand_in": post.stand_in_id or "",
        "holder_absent_until_0": "",
        "holder_absent_until_1": "",
        "valid_from": post.valid_from.isoformat(),
        "valid_until": "",
        **changes,
    }
    return {name: str(value) for name, value in values.items()}


def test_a_post_is_given_to_somebody_else_with_history(company, admin, administrator):
    newcomer = StaffFactory()
    post = company.manager

    answer = admin.post(
        f"/admin/organisation/post/{post.pk}/change/", post_values(post, holder=newcomer.pk)
    )

    assert answer.status_code == 302
    post.refresh_from_db()
    assert post.holder == newcomer
    assert post.history.first().history_user == administrator
    shown = admin.get(f"/admin/organisation/post/{post.pk}/history/")
    assert administrator.name in shown.content.decode()


def test_the_last_duty_officer_is_kept_and_the_form_says_why(company: Company, admin: Client):
    answer = admin.post(
        f"/admin/organisation/post/{company.duty.pk}/change/",
        post_values(company.duty, holder=""),
    )
    assert answer.status_code == 200
    assert "值班岗无人任职" in answer.content.decode()
    assert Post.objects.get(pk=company.duty.pk).holder is not None


def test_what_a_post_cannot_be_stands_beside_the_field(company: Company, admin: Client):
    post = company.manager
    answer = admin.post(
        f"/admin/organisation/post/{post.pk}/change/",
        post_values(post, stand_in=post.holder_id),
    )
    assert answer.context["adminform"].form.errors.keys() == {"stand_in"}


def test_a_unit_joins_the_tree_below_its_parent(company: Company, admin: Client):
    values = {
        "parent": company.city.pk,
        "code": "X9",
        "name": "星河湾",
        "level": UnitLevel.COMMUNITY,
        "legal_entity": LegalEntityFactory().pk,
    }
    assert admin.post("/admin/organisation/unit/add/", values).status_code == 302
    unit = Unit.objects.get(code="X9")
    assert unit.path.startswith(company.city.path)
    assert unit.initials == "xhw"
    assert not any(Unit.objects.find_problems())


def test_a_unit_that_cannot_be_there_is_refused_in_words(company: Company, admin: Client):
    values = {"parent": company.city.pk, "code": "R9", "name": "新", "level": UnitLevel.REGION}
    answer = admin.post("/admin/organisation/unit/add/", values)
    assert answer.context["adminform"].form.errors.keys() == {"level"}
    assert not Unit.objects.filter(code="R9").exists()


def test_a_renamed_unit_keeps_its_place(company: Company, admin: Client):
    unit = company.community
    values = {"name": "金科城", "legal_entity": unit.legal_entity_id}
    assert admin.post(f"/admin/organisation/unit/{unit.pk}/change/", values).status_code == 302
    renamed = Unit.objects.get(pk=unit.pk)
    assert (renamed.name, renamed.initials, renamed.path) == ("金科城", "jkc", unit.path)


def test_roles_of_the_product_are_shown_and_own_ones_added(company: Company, admin: Client):
    shipped = Role.objects.get(code="steward")
    shown = admin.get(f"/admin/organisation/role/{shipped.pk}/change/").content.decode()
    assert 'name="permissions"' not in shown

    own = {"code": "night", "name": "夜班", "name_en": "Night", "permissions": ["tickets.view"]}
    assert admin.post("/admin/organisation/role/add/", own).status_code == 302
    assert Role.objects.get(code="night").permissions == ["tickets.view"]
    own |= {"code": "king", "permissions": ["everything"]}
    assert admin.post("/admin/organisation/role/add/", own).status_code == 200
    assert not Role.objects.filter(code="king").exists()


def test_a_version_of_a_calendar_is_shown_and_never_edited(company: Company, admin: Client):
    from organisation.services.calendars import default_calendar

    there = f"/admin/organisation/workcalendar/{default_calendar().pk}/change/"
    assert "2026" in admin.get(there).content.decode()
    assert admin.post(there, {}).status_code == 403


def test_nothing_is_deleted_here(company: Company, admin: Client):
    for path in (
        f"unit/{company.community.pk}", f"post/{company.manager.pk}",
        f"staff/{company.agent.holder_id}", f"role/{company.agent.role_id}",
    ):  # fmt: skip
        assert admin.get(f"/admin/organisation/{path}/delete/").status_code == 403


class TestARegionsAdministrator:
    @pytest.fixture
    def regional(self, company: Company) -> Client:
        client = Client()
        client.force_login(make_post("administrator", company.region).holder)
        return client

    def test_sees_and_changes_their_region_alone(self, company: Company, regional: Client):
        page = regional.get("/admin/organisation/unit/").content.decode()
        # whole words: the page also carries random ones
        assert re.search(r"\bX1\b", page)
        assert not re.search(r"\bX3\b", page)
        assert Unit.objects.filter(code="X3").exists()
        near, far = company.manager, company.far_steward
        for post, status in ((near, 200), (far, 302)):  # out of scope: not there
            answer = regional.get(f"/admin/organisation/post/{post.pk}/change/")
            assert answer.status_code == status

    def test_takes_over_nobody_and_rewrites_no_role(self, company: Company, regional: Client):
        executive = company.executive.holder
        there = f"/admin/organisation/staff/{executive.pk}"
        assert regional.get(f"{there}/password/").status_code == 403
        assert regional.post(f"{there}/change/", {"username": "x"}).status_code == 403
        assert regional.get("/admin/organisation/role/add/").status_code == 403

    def test_makes_no_post_outside(self, company: Company, regional: Client):
        values = post_values(company.far_steward)
        answer = regional.post("/admin/organisation/post/add/", values)
        assert answer.status_code != 302
        assert Post.objects.filter(unit=company.far_community).count() == 1


def test_a_new_member_of_staff_has_no_rights_of_djangos_own(company: Company, admin: Client):
    values = {
        "username": "li.si",
        "name": "李四",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }
    assert admin.post("/admin/organisation/staff/add/", values).status_code == 302
    person = Staff.objects.get(username="li.si")
    assert (person.is_staff, person.is_superuser) == (False, False)
    page = admin.get(f"/admin/organisation/staff/{person.pk}/change/").content.decode()
    for flag in ("is_superuser", "is_staff", "groups", "user_permissions"):
        assert f'name="{flag}"' not in page


class TestLeaving:
    def values(self, person, **changes):
        values = {
            "username": person.username,
            "name": person.name,
            "email": "",
            "work_phone": "",
            "preferred_language": person.preferred_language,
            **changes,
        }
        return {name: str(value) for name, value in values.items()}

    def test_is_noted_in_the_ledger_with_its_day(self, company, admin):
        person = company.steward.holder
        before = LedgerEntry.objects.count()
        answer = admin.post(f"/admin/organisation/staff/{person.pk}/change/", self.values(person))
        assert answer.status_code == 302
        person.refresh_from_db()
        assert not person.is_active
        assert person.left_on is not None
        assert LedgerEntry.objects.count() == before + 1

    def test_of_the_last_duty_officer_is_refused(self, company, admin):
        duty = company.duty.holder
        answer = admin.post(f"/admin/organisation/staff/{duty.pk}/change/", self.values(duty))
        assert answer.status_code == 200
        assert "值班" in answer.content.decode()
        duty.refresh_from_db()
        assert duty.is_active


class TestResidents:
    def test_contacts_are_masked_and_cannot_be_opened(self, company: Company):
        person = make_person("张三", "13800001234", company.dwelling)
        make_person("李四", "13700007777")
        client = Client()
        role = Role.objects.create(
            code="x", name="x", name_en="x",
            permissions=["organisation.manage", "residents.edit", "callers.lookup"],
        )  # fmt: skip
        client.force_login(make_post(role.code, company.group).holder)

        page = client.get("/admin/residents/contactpoint/").content.decode()

        assert "138****1234" in page
        assert "137****7777" in page
        for secret in ("13800001234", str(person.subject_id), person.subject_id.hex):
            assert secret not in page
        assert client.get("/admin/residents/person/").status_code == 404

    def test_administrators_alone_see_no_contacts(self, company: Company, admin: Client):
        assert admin.get("/admin/residents/contactpoint/").status_code == 403

    def test_contacts_out_of_scope_are_not_there(self, company: Company):
        make_person("张三", "13800001234", company.dwelling)
        role = Role.objects.create(
            code="x", name="x", name_en="x",
            permissions=["organisation.manage", "residents.edit", "callers.lookup"],
        )  # fmt: skip
        client = Client()
        client.force_login(make_post(role.code, company.other_region).holder)
        page = client.get("/admin/residents/contactpoint/").content.decode()
        assert "138****1234" not in page

    def test_a_line_number_names_one_account(self, company: Company, admin: Client):
        manager = make_post("key_account_manager", company.group)
        values = {
            "code": "KA1", "name": "某银行", "tier": AccountTier.STANDARD,
            "manager": manager.pk, "communities": [company.community.pk],
            "line_number": "400-810-8888",
        }  # fmt: skip
        assert admin.post("/admin/residents/keyaccount/add/", values).status_code == 302
        assert KeyAccount.objects.get().line_number == "+864008108888"
        again = admin.post("/admin/residents/keyaccount/add/", {**values, "code": "KA2"})
        assert again.context["adminform"].form.errors.keys() == {"line_number"}

    def test_an_account_is_known_where_it_lives_and_made_by_who_runs_everything(
        self, company: Company
    ):
        manager = make_post("key_account_manager", company.group)
        account = accounts.create(
            "KA1", "某银行", tier=AccountTier.STANDARD, manager=manager,
            communities=[company.community], actor=SYSTEM,
        )  # fmt: skip
        for unit, status in ((company.community, 403), (company.far_community, 302)):
            local = Client()
            local.force_login(make_post("administrator", unit).holder)
            listed = local.get("/admin/residents/keyaccount/").content.decode()
            assert ("某银行" in listed) == (unit == company.community)
            page = f"/admin/residents/keyaccount/{account.pk}/change/"
            assert local.get(page).status_code == status
            assert local.post(page, {"name": "改名"}).status_code == status
            assert local.get("/admin/residents/keyaccount/add/").status_code == 403


def test_a_deep_tree_is_shown_with_its_levels(company: Company, admin: Client):
    make_unit("D1", parent=company.group, level=UnitLevel.DEPARTMENT)
    page = admin.get("/admin/organisation/unit/").content.decode()
    assert "　　　X1" in page
