"""Who changed contacts, manager and communities of a key account stands on it and in the ledger,
and no person does."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.clock import database_now
from privacy.vault.models import LedgerEntry
from residents.enums import AccountChangeKind, AccountTier
from residents.models import KeyAccount, KeyAccountChange, KeyAccountContact
from residents.services import account_changes, accounts, handles
from tests.factories import A_MORNING, make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def department(company):
    return make_post("key_account_manager", company.group)


@pytest.fixture
def account(company, department):
    return accounts.create(
        "KA1", "重庆某公司", tier=AccountTier.STANDARD, manager=department,
        communities=[company.community], actor=SYSTEM,
    )  # fmt: skip


@pytest.fixture
def person(company):
    return make_person("赵六", "13600001111", company.dwelling)


@pytest.fixture
def doer(department):
    return Actor.staff(department.holder_id)


def kinds(account):
    return [each.row.kind for each in account_changes.latest(account)]


def ledger():
    entries = LedgerEntry.objects.filter(kind="key_account_changed").order_by("pk")
    return list(entries.values_list("reason_code", "actor_kind", "actor_id", "object_kind"))


def test_a_contact_that_comes_and_goes_leaves_who_did_it_and_when(account, person, doer):
    accounts.add_contact(account, person.subject_id, actor=doer, at=A_MORNING)
    accounts.remove_contact(account, person.subject_id, actor=doer, at=A_MORNING)

    assert kinds(account) == ["contact_removed", "contact_added"]
    newest = account_changes.latest(account)[0]
    assert (newest.row.at, newest.by) == (A_MORNING, str(account.manager.holder))
    rows = [("staff", doer.staff_id, "residents.keyaccount")]
    assert ledger() == [(kind, *rows[0]) for kind in ("contact_added", "contact_removed")]


def test_saying_it_twice_is_one_change_and_removing_nobody_is_none(account, person, doer):
    for _ in range(2):
        accounts.add_contact(account, person.subject_id, actor=doer, at=A_MORNING)
    stranger = make_person("李四", "13600002222")
    accounts.remove_contact(account, stranger.subject_id, actor=doer, at=A_MORNING)
    assert kinds(account) == ["contact_added"]


def test_nothing_of_a_change_leads_to_the_person(account, person, doer):
    accounts.add_contact(account, person.subject_id, actor=doer, at=A_MORNING)
    columns = {field.name for field in KeyAccountChange._meta.get_fields()}
    assert columns == {
        "id", "account", "kind", "at", "actor_kind", "actor_id", "before", "after", "unit",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM residents_keyaccountchange c")
        (written,) = cursor.fetchone()
    assert str(person.subject_id) not in written
    assert "赵六" not in written


def test_another_manager_and_other_communities(company, account, doer):
    other = make_post("key_account_manager", company.region)
    earlier = account_changes.standing(account.pk)
    before = account.manager
    account.manager = other
    account.save()
    account.communities.set([company.other_community])

    account_changes.note_since(account, earlier, actor=doer, at=A_MORNING)

    assert kinds(account) == ["community_removed", "community_added", "manager_changed"]
    removed, added, manager = (each.row for each in account_changes.latest(account))
    assert (manager.before, manager.after) == (before, other)
    assert (removed.unit, added.unit) == (company.community, company.other_community)
    assert not account_changes.note_since(
        account, account_changes.standing(account.pk), actor=doer, at=A_MORNING
    )


def test_an_erased_person_speaks_no_longer_and_the_account_says_so(account, person, doer):
    from residents.personal_data import _end_speaking

    class Plan:
        request_ref, at = "PR-1", A_MORNING

        def holds(self, model, pk):
            return False

    accounts.add_contact(account, person.subject_id, actor=doer, at=A_MORNING)
    assert _end_speaking([person.subject_id], Plan()) == 1
    assert not KeyAccountContact.objects.exists()
    assert kinds(account) == ["contact_erased", "contact_added"]
    assert account_changes.latest(account)[0].by == ""
    assert _end_speaking([person.subject_id], Plan()) == 0
    assert len(kinds(account)) == 2


def test_changes_are_never_rewritten(account, person, doer):
    accounts.add_contact(account, person.subject_id, actor=doer, at=A_MORNING)
    for verb in (
        "UPDATE residents_keyaccountchange SET at = now()",
        "DELETE FROM residents_keyaccountchange",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


class TestDoors:
    def signed_in(self, staff):
        client = Client()
        client.force_login(staff)
        return client

    def test_the_page_shows_who_did_what(self, account, person, department):
        desk = self.signed_in(department.holder)
        address = reverse("console:account_contacts", args=[account.pk, "add"])
        desk.post(address, {"caller": handles.handle_of(person.subject_id)})
        page = desk.get(reverse("console:account", args=[account.pk])).content.decode()
        assert "变更记录" in page
        assert str(AccountChangeKind.CONTACT_ADDED.label) in page

    def test_the_api_says_the_same(self, company, account, person, doer, department):
        accounts.add_contact(account, person.subject_id, actor=doer, at=A_MORNING)
        address = f"/api/v1/key-accounts/{account.code}/changes/"
        (row,) = self.signed_in(department.holder).get(address).json()["results"]
        assert (row["kind"], row["by"]) == ("contact_added", str(department.holder))
        assert (row["before"], row["after"], row["unit"]) == (None, None, None)

    def test_it_is_out_of_sight_elsewhere(self, company, account):
        address = f"/api/v1/key-accounts/{account.code}/changes/"
        elsewhere = make_post("region_service_head", company.other_region)
        assert self.signed_in(elsewhere.holder).get(address).status_code == 404
        assert self.signed_in(company.agent.holder).get(address).status_code == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_for_many(
        self, account, doer, count, django_assert_num_queries
    ):
        for number in range(count):
            who = make_person("某人", f"1360000{number:04d}")
            accounts.add_contact(account, who.subject_id, actor=doer, at=A_MORNING)
        with django_assert_num_queries(2):
            assert len(account_changes.latest(account)) == count

    def test_the_admin_notes_what_it_changes(self, company, account, department):
        chief = make_post("administrator", company.group)
        other = make_post("key_account_manager", company.region)
        values = {
            "code": account.code, "name": account.name, "tier": account.tier, "line_number": "",
            "manager": other.pk, "communities": [company.community.pk, company.other_community.pk],
        }  # fmt: skip
        before = database_now()
        answer = self.signed_in(chief.holder).post(
            f"/admin/residents/keyaccount/{account.pk}/change/", values
        )
        assert answer.status_code == 302
        assert KeyAccount.objects.get().manager == other
        assert kinds(account) == ["community_added", "manager_changed"]
        newest = account_changes.latest(account)[0]
        assert newest.by == str(chief.holder)
        assert newest.row.at >= before
