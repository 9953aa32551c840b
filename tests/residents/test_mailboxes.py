"""A resident is written to at the mailbox on file, in their language, as it is at that moment."""

import pytest

from core.actors import SYSTEM
from core.clock import database_now
from notifications import registry
from notifications.registry import Address
from privacy.vault.services import destructions, subjects
from residents.models import Person
from residents.services import corrections
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def resolve(person):
    return registry.address_of_subject("email", person.subject_id)


def test_the_mailbox_on_file_is_found(company):
    person = make_person(email="Zhang@Home.example")

    assert resolve(person) == Address("zhang@home.example", "zh-hans")


def test_the_language_is_theirs(company):
    person = make_person(email="zhang@home.example")
    Person.objects.update(preferred_language="en")

    assert resolve(person).language == "en"


def test_without_a_mailbox_there_is_no_address(company):
    assert resolve(make_person()) is None


def test_a_corrected_mailbox_counts_at_once(company):
    person = make_person(email="old@home.example")
    corrections.correct_email(
        person.subject_id, "new@home.example", actor=SYSTEM, at=database_now()
    )

    assert resolve(person).value == "new@home.example"


def test_a_merged_person_is_reached_where_the_other_is(company):
    first = make_person("张三", "13812340001")
    second = make_person("张三", "13812340002", email="zhang@home.example")
    subjects.merge(first.subject_id, into=second.subject_id, actor=SYSTEM, at=database_now())

    assert resolve(first).value == "zhang@home.example"


@pytest.mark.django_db(transaction=True)
def test_without_a_key_there_is_no_address(transactional_db):
    person = make_person(email="zhang@home.example")
    destructions.destroy_keys(
        [person.subject_id], request_ref="1000000013", actor=SYSTEM, at=database_now()
    )

    assert resolve(person) is None
