"""A number that was given out again, and a corrected one that signs in somebody else."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from core.errors import NotFound
from residents.enums import CodePurpose
from residents.models import ContactPoint, DeviceToken
from residents.services import contacts, corrections, devices, new_numbers, sign_in
from residents.services.sign_in import CodeRefused
from tests.factories import A_MORNING, Company, make_person
from tests.residents import mailbox
from tests.residents.mailbox import MOBILE, ask

pytestmark = pytest.mark.django_db


class TestARecycledNumber:
    """The operator gave the number to somebody else, who proves it by a code sent to it."""

    @staticmethod
    def prove(person):
        mine = [person.subject_id]
        code_id = new_numbers.send_code(mine, address="10.0.0.9", at=A_MORNING)
        new_numbers.prove(mine, code_id, mailbox.last_code(), at=A_MORNING)

    def test_a_correction_alone_takes_no_login(self, company: Company):
        old, new = make_person("张三", MOBILE), make_person("李四", "13700007777")
        now = dt.datetime.now(dt.UTC)
        theirs, mine = devices.issue(old.subject_id, at=now), devices.issue(new.subject_id, at=now)

        corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=now)

        assert devices.authenticate(theirs.token) is not None
        assert devices.authenticate(mine.token) is not None
        address = contacts.phone_address(MOBILE)
        assert contacts.login_contact(address).subject_id == old.subject_id
        kept = contacts.login_contact(contacts.phone_address("13700007777"))
        assert kept.subject_id == new.subject_id
        subject, _ = sign_in.redeem(ask(), mailbox.last_code(), at=A_MORNING)
        assert subject.pk == old.subject_id

    def test_a_code_to_the_new_number_neither_signs_in_nor_proves_a_request(self, company: Company):
        make_person("张三", MOBILE)
        new = make_person("李四", "13700007777")
        corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=A_MORNING)
        code_id = new_numbers.send_code([new.subject_id], address="10.0.0.9", at=A_MORNING)
        code = mailbox.last_code()
        for purpose in (CodePurpose.SIGN_IN, CodePurpose.PRIVACY):
            with pytest.raises(CodeRefused):
                sign_in.check_code(code_id, code, purpose=purpose, at=A_MORNING)

    def test_nobody_else_proves_it_and_there_is_nothing_to_prove_without_a_correction(
        self, company: Company
    ):
        old, new = make_person("张三", MOBILE), make_person("李四", "13700007777")
        with pytest.raises(NotFound):
            new_numbers.send_code([new.subject_id], address="10.0.0.9", at=A_MORNING)
        corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=A_MORNING)
        code_id = new_numbers.send_code([new.subject_id], address="10.0.0.9", at=A_MORNING)
        assert mailbox.texts()[-1][0] == "+8613800001234"
        with pytest.raises(CodeRefused):
            new_numbers.prove([old.subject_id], code_id, mailbox.last_code(), at=A_MORNING)

    def test_what_was_replaced_is_gone_once_the_new_one_is_proven(self, company: Company):
        make_person("张三", MOBILE)
        new = make_person("李四", "13700007777")
        corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=A_MORNING)
        self.prove(new)
        (kept,) = ContactPoint.objects.filter(subject_id=new.subject_id)
        assert (kept.login, kept.replaces_id) == (True, None)
        assert kept.verified_at is not None
        assert new_numbers.waiting([new.subject_id]) is None

    def test_the_login_of_the_one_before_ends_first(self, company: Company):
        old, new = make_person("张三", MOBILE), make_person("李四", "13700007777")
        now = dt.datetime.now(dt.UTC)
        _, issued = sign_in.redeem(ask(at=now), mailbox.last_code(), at=now)
        assert devices.authenticate(issued.token) is not None

        corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=now)
        self.prove(new)

        assert devices.authenticate(issued.token) is None
        subject, _ = sign_in.redeem(ask(), mailbox.last_code(), at=A_MORNING)
        assert subject.pk == new.subject_id
        before = ContactPoint.objects.get(subject_id=old.subject_id)
        assert (before.login, before.verified_at) == (False, None)

    def test_a_code_on_its_way_to_the_one_before_is_void(self, company: Company):
        make_person("张三", MOBILE)
        new = make_person("李四", "13700007777")
        public_id = ask()
        code = mailbox.last_code()

        corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=A_MORNING)
        self.prove(new)

        with pytest.raises(CodeRefused):
            sign_in.redeem(public_id, code, at=A_MORNING)
        assert not DeviceToken.objects.filter(revoked_at__isnull=True).exists()

    def test_one_number_signs_in_one_subject_at_any_time(self, company: Company):
        people = [make_person(f"住户{n}", MOBILE) for n in range(3)]
        address = contacts.phone_address(MOBILE)
        for person in people[::-1]:
            contact = ContactPoint.objects.get(subject_id=person.subject_id)
            contacts.take_over_login(contact, address, at=A_MORNING)
            assert ContactPoint.objects.get(login=True).subject_id == person.subject_id
