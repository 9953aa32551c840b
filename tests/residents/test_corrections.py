from __future__ import annotations

import datetime as dt
import uuid

import pytest

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotAllowed, NotFound
from core.phone import PhoneInvalid
from organisation.enums import Language
from privacy.vault.errors import KeyDestroyed
from privacy.vault.services import destructions
from residents.enums import ContactKind
from residents.models import ContactPoint, Person
from residents.services import contacts, corrections, devices, people
from tests.factories import A_MORNING, Company, make_person

pytestmark = pytest.mark.django_db

MOBILE, NEW = "13800001234", "13700007777"


def phones(subject_id: uuid.UUID) -> list[str]:
    return contacts.texts_of(subject_id)[ContactKind.PHONE]


def test_a_corrected_name_is_shown_and_found_and_the_old_one_returned(company: Company):
    person = make_person("张三", MOBILE, company.dwelling)

    before = corrections.correct_name(person.subject_id, "章三", actor=SYSTEM, at=A_MORNING)

    assert before == "张三"
    agent = company.agent.holder.actor
    assert people.find_by_phone(MOBILE)[0].name == "章三"
    assert people.find_by_name("章三", company.community, actor=agent)
    assert not people.find_by_name("张三", company.community, actor=agent)


def test_a_corrected_number_is_found_and_the_old_one_no_more(company: Company):
    person = make_person("张三", MOBILE)
    issued = devices.issue(person.subject_id, at=dt.datetime.now(dt.UTC))
    assert devices.authenticate(issued.token) is not None

    before = corrections.correct_phone(person.subject_id, NEW, actor=SYSTEM, at=A_MORNING)

    assert before == "+8613800001234"
    assert phones(person.subject_id) == ["+8613700007777"]
    assert people.find_by_phone(MOBILE) == []
    assert ContactPoint.objects.get().login
    assert devices.authenticate(issued.token) is None


def test_one_of_several_numbers_can_be_named(company: Company):
    person = make_person("张三", MOBILE)
    contacts.add(person.subject_id, contacts.phone_address("023-68001234"))

    before = corrections.correct_phone(
        person.subject_id, "023-68009999", old="023 6800 1234", actor=SYSTEM, at=A_MORNING
    )

    assert before == "+862368001234"
    assert phones(person.subject_id) == ["+8613800001234", "+862368009999"]


def test_a_number_that_is_not_theirs_cannot_be_corrected(company: Company):
    person = make_person("张三", MOBILE)
    with pytest.raises(NotFound):
        corrections.correct_phone(
            person.subject_id, NEW, old="13600006666", actor=SYSTEM, at=A_MORNING
        )


def test_the_same_number_again_changes_nothing(company: Company):
    person = make_person("张三", MOBILE)
    contact = ContactPoint.objects.get()
    corrections.correct_phone(person.subject_id, MOBILE, actor=SYSTEM, at=A_MORNING)
    assert ContactPoint.objects.get() == contact
    assert ContactPoint.objects.get().login


def test_a_number_they_already_have_is_kept_once(company: Company):
    person = make_person("张三", MOBILE)
    contacts.add(person.subject_id, contacts.phone_address(NEW))
    corrections.correct_phone(person.subject_id, NEW, old=MOBILE, actor=SYSTEM, at=A_MORNING)
    assert phones(person.subject_id) == ["+8613700007777"]


def test_an_email_is_corrected_or_added(company: Company):
    person = make_person("张三", MOBILE)
    first = corrections.correct_email(person.subject_id, "a@x.cn", actor=SYSTEM, at=A_MORNING)
    second = corrections.correct_email(person.subject_id, "B@x.cn", actor=SYSTEM, at=A_MORNING)
    assert (first, second) == ("", "a@x.cn")
    assert contacts.texts_of(person.subject_id)[ContactKind.EMAIL] == ["b@x.cn"]


def test_the_language_is_corrected(company: Company):
    person = make_person("张三", MOBILE)
    before = corrections.correct_language(
        person.subject_id, Language.ENGLISH, actor=SYSTEM, at=A_MORNING
    )
    assert before is Language.CHINESE
    assert Person.objects.get().preferred_language == "en"


@pytest.mark.parametrize(
    ("verb", "value", "error"),
    [
        (corrections.correct_name, " ", InvalidInput),
        (corrections.correct_phone, "123", PhoneInvalid),
        (corrections.correct_email, "x", InvalidInput),
    ],
)
def test_bad_values_are_refused_and_change_nothing(company: Company, verb, value, error):
    person = make_person("张三", MOBILE)
    with pytest.raises(error):
        verb(person.subject_id, value, actor=SYSTEM, at=A_MORNING)
    assert people.find_by_phone(MOBILE)[0].name == "张三"


def test_who_may_correct(company: Company):
    from tests.factories import make_post

    person = make_person("张三", MOBILE)
    officer = make_post("privacy_officer", company.group).holder.actor
    for actor in (company.agent.holder.actor, officer):
        corrections.correct_name(person.subject_id, "章三", actor=actor, at=A_MORNING)
    for actor in (company.engineer.holder.actor, Actor.reporter(person.subject_id)):
        with pytest.raises(NotAllowed):
            corrections.correct_name(person.subject_id, "章三", actor=actor, at=A_MORNING)


def test_nobody_is_not_found(company: Company):
    with pytest.raises(NotFound):
        corrections.correct_name(uuid.uuid4(), "章三", actor=SYSTEM, at=A_MORNING)


def test_an_erased_person_cannot_be_corrected(company: Company):
    person = make_person("张三", MOBILE)
    destructions.destroy_keys([person.subject_id], request_ref="R-1", actor=SYSTEM, at=A_MORNING)
    with pytest.raises(KeyDestroyed):
        corrections.correct_name(person.subject_id, "章三", actor=SYSTEM, at=A_MORNING)
