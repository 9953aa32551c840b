from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.actors import SYSTEM
from privacy.vault import registry
from privacy.vault.services import subjects
from residents.enums import AccountTier, CodePurpose
from residents.models import ContactPoint, DeviceToken, Occupancy, Person, SignInCode
from residents.services import accounts, devices, sign_in
from tests.factories import A_MORNING, Company, make_call, make_person, make_post

pytestmark = pytest.mark.django_db

NAMES = [
    "residents.sign_in_codes",
    "residents.device_tokens",
    "residents.calls",
    "residents.key_account_contacts",
    "residents.occupancies",
    "residents.contact_points",
    "residents.people",
]


@dataclass
class Plan:
    request_ref: str = "R-1"
    at: dt.datetime = A_MORNING
    held: set[tuple[str, Any]] = field(default_factory=set)

    def holds(self, model: str, pk: Any) -> bool:
        return (model, pk) in self.held


def ours() -> list[registry.Holding]:
    return [holding for holding in registry.holdings() if holding.name.startswith("residents.")]


def a_full_life(company: Company, phone: str = "13800001234", code: str = "KA1") -> uuid.UUID:
    """Somebody who left a row in every table of this app."""
    person = make_person("张三", phone, company.dwelling, email="zhang@example.com")
    sign_in.request_code(phone, CodePurpose.SIGN_IN, address="10.0.0.1", at=A_MORNING)
    devices.issue(person.subject_id, at=A_MORNING)
    account = accounts.create(
        code,
        "某银行",
        tier=AccountTier.STANDARD,
        manager=make_post("key_account_manager", company.group),
        communities=[],
        actor=SYSTEM,
    )
    accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)
    make_call(company.agent.holder, caller=phone)
    return person.subject_id


def test_every_promise_of_the_map_has_a_step_that_keeps_it():
    assert not {
        label for label in registry.models_without_holding() if label.startswith("residents.")
    }


def test_sign_ins_end_first_and_names_last():
    assert [holding.name for holding in ours()] == NAMES


def test_everything_is_located_erased_and_verified(company: Company):
    gone, stays = a_full_life(company), a_full_life(company, "13700007777", "KA2")
    located = {holding.name: holding.locate((gone,)).count() for holding in ours()}
    assert located == {name: 2 if name.endswith("contact_points") else 1 for name in NAMES}

    for holding in ours():
        assert holding.verify((gone,), ()) == located[holding.name]
        assert holding.erase((gone,), Plan()) == located[holding.name]
        assert holding.erase((gone,), Plan()) == 0
        assert holding.verify((gone,), ()) == 0

    for holding in ours():
        assert holding.verify((stays,), ()) == located[holding.name], "another person's rows stay"


def test_nothing_refers_to_the_subject_afterwards(company: Company):
    gone = a_full_life(company)
    for holding in ours():
        holding.erase((gone,), Plan())
    assert subjects.forget([gone], request_ref="R-1", actor=SYSTEM, at=A_MORNING) == 1


def test_a_row_that_is_held_stays(company: Company):
    person = a_full_life(company)
    [contact] = ContactPoint.objects.filter(subject_id=person, kind="phone")
    plan = Plan(held={("residents.contactpoint", contact.pk)})
    for holding in ours():
        holding.erase((person,), plan)
    assert list(ContactPoint.objects.filter(subject_id=person)) == [contact]
    assert not Person.objects.filter(pk=person).exists()


def test_the_copy_is_in_clear_and_complete(company: Company):
    person = a_full_life(company)
    copy = {
        holding.name: list(holding.export((person,)))
        for holding in ours()
        if holding.export is not None
    }

    assert copy["residents.people"][0]["name"] == "张三"
    assert [row["contact"] for row in copy["residents.contact_points"]] == [
        "+8613800001234",
        "zhang@example.com",
    ]
    [home] = copy["residents.occupancies"]
    assert (home["community"], home["building"], home["room"]) == ("X1", "1 栋", "1-101")
    assert copy["residents.key_account_contacts"] == [{"account": "某银行"}]
    assert copy["residents.device_tokens"][0]["created_at"] == A_MORNING
    assert str(person) not in repr(copy)


def test_the_rows_of_every_table_were_there(company: Company):
    """Guards the tests above: an app that held nothing would pass them."""
    a_full_life(company)
    for model in (Person, ContactPoint, Occupancy, SignInCode, DeviceToken):
        assert model.objects.exists(), model
