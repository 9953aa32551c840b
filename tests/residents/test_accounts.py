from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM
from core.errors import InvalidInput, NotAllowed, NotFound
from privacy.vault.services import subjects
from residents.enums import AccountTier
from residents.models import KeyAccount
from residents.services import accounts, handles
from tests.factories import A_MORNING, Company, make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(company: Company) -> KeyAccount:
    return open_account(company, "KA1", "400-810-8888")


def open_account(company: Company, code: str, line: str = "") -> KeyAccount:
    manager = make_post("key_account_manager", company.group)
    return accounts.create(
        code,
        f"客户 {code}",
        tier=AccountTier.STANDARD,
        manager=manager,
        communities=[company.community],
        actor=SYSTEM,
        line_number=line,
    )


@pytest.mark.parametrize("called", ["4008108888", "+86 400 810 8888", "400-8108-888"])
def test_the_line_that_was_called_names_the_account(bank: KeyAccount, called: str):
    assert accounts.match(line_number=called) == bank


def test_a_short_internal_line_is_matched_by_its_digits(company: Company):
    account = open_account(company, "KA2", "8001")
    assert accounts.match(line_number="8001") == account
    assert accounts.match(line_number="80-01") == account


def test_who_speaks_for_an_account_is_matched(company: Company, bank: KeyAccount):
    person, stranger = make_person("张三", "13800001234"), make_person("李四", "13800005678")
    accounts.add_contact(bank, person.subject_id, actor=SYSTEM, at=A_MORNING)
    accounts.add_contact(bank, person.subject_id, actor=SYSTEM, at=A_MORNING)
    assert bank.contacts.count() == 1
    assert accounts.match(subject_ids=[stranger.subject_id, person.subject_id]) == bank
    assert accounts.match(subject_ids=[stranger.subject_id]) is None


def test_who_speaks_for_an_account_does_so_under_every_number_they_ever_had(bank: KeyAccount):
    known, again = make_person("张三", "13800001234"), make_person("张三", "13800005678")
    accounts.add_contact(bank, known.subject_id, actor=SYSTEM, at=A_MORNING)
    subjects.merge(known.subject_id, into=again.subject_id, actor=SYSTEM, at=A_MORNING)
    assert accounts.match(subject_ids=[again.subject_id]) == bank


def test_a_line_leads_to_one_account(company: Company, bank: KeyAccount):
    with pytest.raises(InvalidInput) as refused:
        open_account(company, "KA2", "400 810 8888")
    assert "line_number" in refused.value.fields
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyAccount.objects.create(
            code="KA3", name="客户", tier=bank.tier, manager=bank.manager,
            line_number=bank.line_number,
        )  # fmt: skip


def test_the_line_goes_before_the_person(company: Company, bank: KeyAccount):
    other = open_account(company, "KA2")
    person = make_person("张三", "13800001234")
    accounts.add_contact(other, person.subject_id, actor=SYSTEM, at=A_MORNING)
    subject_ids = [person.subject_id]
    assert accounts.match(line_number="4008108888", subject_ids=subject_ids) == bank
    assert accounts.match(line_number="4000000000", subject_ids=subject_ids) == other


@pytest.mark.parametrize("line", [None, "", "转接"])
def test_no_line_is_nobodys_not_that_of_an_account_without_one(company: Company, line):
    open_account(company, "KA2", "")
    assert accounts.match(line_number=line) is None


def test_only_those_who_manage_the_organisation_open_accounts(company: Company):
    manager = make_post("key_account_manager", company.group)
    with pytest.raises(NotAllowed):
        accounts.create(
            "KA9",
            "客户",
            tier=AccountTier.STANDARD,
            manager=manager,
            communities=[],
            actor=manager.holder.actor,
        )


class TestHandles:
    def test_a_handle_names_a_person_without_their_id(self, company: Company):
        person = make_person()
        handle = handles.handle_of(person.subject_id)
        assert handles.subject_of(handle) == person.subject_id
        assert handle != handles.handle_of(person.subject_id)
        assert str(person.subject_id) not in handle
        assert person.subject_id.hex not in handle

    @pytest.mark.parametrize("handle", ["", "x", "gAAAAA==", "测试"])
    def test_another_text_is_nobody(self, handle: str):
        with pytest.raises(NotFound):
            handles.subject_of(handle)

    def test_an_altered_or_old_handle_is_nobody(self, company: Company, time_machine):
        handle = handles.handle_of(make_person().subject_id)
        flipped = handle[:60] + ("A" if handle[60] != "A" else "B") + handle[61:]
        with pytest.raises(NotFound):
            handles.subject_of(flipped)
        import datetime as dt

        time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(hours=13))
        with pytest.raises(NotFound):
            handles.subject_of(handle)
