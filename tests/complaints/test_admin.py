"""Categories, rules and policies are kept in the admin, by whoever manages the whole company."""

import datetime as dt

import pytest
from django.test import Client

from complaints.models import Category, Policy, RoutingRule
from organisation.models import Role
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(company):
    return make_post("administrator", company.group).holder


@pytest.fixture
def admin(keeper):
    client = Client()
    client.force_login(keeper)
    return client


def errors(answer):
    return answer.context["adminform"].form.errors.keys()


class TestCategories:
    def values(self, **changes):
        return {
            "code": "parking.charging",
            "name": "充电桩",
            "name_en": "Charging",
            "keywords": "充电",
            "severity": "ordinary",
            "role": Role.objects.get(code="engineer").pk,
            "position": 40,
            "active": "on",
            **changes,
        }

    def test_a_part_hangs_under_its_whole(self, admin):
        answer = admin.post("/admin/complaints/category/add/", self.values())
        assert answer.status_code == 302
        assert Category.objects.get(code="parking.charging").parent.code == "parking"

    def test_a_part_of_nothing_is_refused(self, admin):
        answer = admin.post("/admin/complaints/category/add/", self.values(code="nothing.at_all"))
        assert errors(answer) == {"code"}

    def test_a_word_of_an_address_is_no_code(self, admin):
        """Residents report at /report/{kind}/{code}/, and at /report/{kind}/danger/."""
        answer = admin.post("/admin/complaints/category/add/", self.values(code="danger"))
        assert errors(answer) == {"code"}

    def test_a_role_that_cannot_handle_is_refused(self, admin):
        agent = Role.objects.get(code="hotline_agent").pk
        answer = admin.post("/admin/complaints/category/add/", self.values(role=agent))
        assert errors(answer) == {"role"}

    def test_a_code_is_for_good(self, admin, company):
        noise = Category.objects.get(code="noise")
        values = self.values(name="噪声", code="renamed")
        admin.post(f"/admin/complaints/category/{noise.pk}/change/", values)
        noise.refresh_from_db()
        assert (noise.code, noise.name) == ("noise", "噪声")


class TestRules:
    def values(self, **changes):
        return {"position": 5, "kind": "complaint", "policy_code": "safety", **changes}

    def test_a_new_one_counts_from_the_next_ticket_on(self, admin, company):
        values = self.values(category_code="noise", unit=company.region.pk)
        assert admin.post("/admin/complaints/routingrule/add/", values).status_code == 302
        assert make_ticket(company).policy.code == "safety"

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"policy_code": "no_such"}, "policy_code"),
            ({"category_code": "no.such"}, "category_code"),
            ({"position": 620}, "position"),
        ],
    )
    def test_one_that_cannot_work_is_refused_beside_its_field(self, admin, changes, named):
        answer = admin.post("/admin/complaints/routingrule/add/", self.values(**changes))
        assert errors(answer) == {named}
        assert not RoutingRule.objects.filter(position=5).exists()

    def test_a_role_that_cannot_handle_is_refused_but_for_its_own_kind(self, admin):
        officer = Role.objects.get(code="privacy_officer").pk
        there = "/admin/complaints/routingrule/add/"
        assert errors(admin.post(there, self.values(role=officer))) == {"role"}
        assert admin.post(there, self.values(role=officer, kind="privacy")).status_code == 302


class TestPolicies:
    def test_one_in_use_is_read_and_not_changed(self, admin, company):
        policy = make_ticket(company).policy
        there = f"/admin/complaints/policy/{policy.pk}/change/"
        assert "1350" in admin.get(there).content.decode()
        assert admin.post(there, {}).status_code == 403

    def test_the_next_version_is_made_from_it_and_may_be_changed(self, admin, company, keeper):
        policy = make_ticket(company).policy
        chosen = {"action": "make_next_version", "_selected_action": [policy.pk]}
        assert admin.post("/admin/complaints/policy/", chosen).status_code == 302
        new = Policy.objects.get(code=policy.code, version=2)
        assert new.durations.count() == policy.durations.count()
        assert new.ladder.count() == policy.ladder.count()
        assert new.effective_from > dt.datetime.now(dt.UTC) + dt.timedelta(hours=23)
        assert new.history.get().history_user == keeper
        assert make_ticket(company).policy == policy
        page = admin.get(f"/admin/complaints/policy/{new.pk}/change/").content.decode()
        assert 'name="durations-0-duration_minutes"' in page

    def test_nothing_is_put_back_from_its_history(self, admin, company):
        policy = make_ticket(company).policy
        policy.save()  # a row of history
        there = f"/admin/complaints/policy/{policy.pk}/history/{policy.history.first().pk}/"
        assert admin.get(there).status_code == 200
        assert admin.post(there, {"name": "別的"}).status_code == 403

    def test_none_is_added_out_of_nothing(self, admin):
        assert admin.get("/admin/complaints/policy/add/").status_code == 403


class TestTickets:
    def test_who_keeps_the_desk_sees_no_ticket_for_that(self, admin, company):
        ticket = make_ticket(company)
        page = admin.get("/admin/complaints/ticket/").content.decode()
        assert ticket.reference not in page

    def test_what_is_not_seen_has_no_history_either(self, admin, company):
        ticket = make_ticket(company)
        there = f"/admin/complaints/ticket/{ticket.pk}/history/"
        assert admin.get(there).status_code == 404
        row = ticket.history.get()
        assert admin.get(f"{there}{row.pk}/").status_code == 404

    def test_with_the_right_to_see_it_there_is_its_history_and_no_home(
        self, admin, company, keeper
    ):
        make_post("duty_officer", company.group, holder=keeper)
        ticket = make_ticket(company)
        page = admin.get(f"/admin/complaints/ticket/{ticket.pk}/change/").content.decode()
        assert ticket.reference in page
        assert company.dwelling.room not in page
        history = admin.get(f"/admin/complaints/ticket/{ticket.pk}/history/").content.decode()
        assert "submit" in history
        assert admin.post(f"/admin/complaints/ticket/{ticket.pk}/change/", {}).status_code == 403


def test_a_regional_administrator_changes_nothing_that_concerns_all(company):
    client = Client()
    client.force_login(make_post("administrator", company.region).holder)
    for model in ("category", "routingrule"):
        assert client.get(f"/admin/complaints/{model}/add/").status_code == 403
    noise = Category.objects.get(code="noise")
    assert client.post(f"/admin/complaints/category/{noise.pk}/change/", {}).status_code == 403


@pytest.mark.parametrize("model", ["category", "routingrule", "policy", "ticket"])
def test_nothing_is_deleted_here(admin, company, model):
    make_ticket(company)
    row = {"category": Category, "routingrule": RoutingRule, "policy": Policy}.get(model)
    pk = row.objects.first().pk if row else 1
    assert admin.get(f"/admin/complaints/{model}/{pk}/delete/").status_code in (403, 302)
    assert not row or row.objects.filter(pk=pk).exists()
