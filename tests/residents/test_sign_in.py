from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import LimitReached
from core.models import LimitWindow
from core.phone import PhoneInvalid
from residents.enums import CodePurpose
from residents.models import ContactPoint, DeviceToken, SignInCode
from residents.services import devices, expiry, sign_in
from residents.services.sign_in import CodeRefused
from tests.factories import A_MORNING, Company, make_person
from tests.residents import mailbox
from tests.residents.mailbox import MOBILE, ask

pytestmark = pytest.mark.django_db

UNKNOWN = "13900009999"
MINUTE = dt.timedelta(minutes=1)


class TestACode:
    def test_it_signs_its_owner_in(self, company: Company):
        person = make_person("张三", MOBILE)
        now = dt.datetime.now(dt.UTC)
        public_id = ask(at=now)

        subject, issued = sign_in.redeem(public_id, mailbox.last_code(), at=now)

        assert subject.pk == person.subject_id
        device = devices.authenticate(issued.token)
        assert device is not None
        assert device.subject_id == person.subject_id
        assert mailbox.texts()[-1][0] == "+8613800001234"

    def test_it_proves_the_number(self, company: Company):
        make_person("张三", MOBILE)
        sign_in.redeem(ask(), mailbox.last_code(), at=A_MORNING)
        assert ContactPoint.objects.get().verified_at == A_MORNING

    def test_it_is_good_once(self, company: Company):
        make_person("张三", MOBILE)
        public_id = ask()
        code = mailbox.last_code()
        sign_in.redeem(public_id, code, at=A_MORNING)
        with pytest.raises(CodeRefused):
            sign_in.redeem(public_id, code, at=A_MORNING)

    def test_it_has_three_tries(self, company: Company):
        make_person("张三", MOBILE)
        public_id = ask()
        code = mailbox.last_code()
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(2):
            with pytest.raises(CodeRefused):
                sign_in.redeem(public_id, wrong, at=A_MORNING)
        sign_in.redeem(public_id, code, at=A_MORNING)

        public_id = ask()
        code = mailbox.last_code()
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(3):
            with pytest.raises(CodeRefused):
                sign_in.redeem(public_id, wrong, at=A_MORNING)
        with pytest.raises(CodeRefused):
            sign_in.redeem(public_id, code, at=A_MORNING)

    def test_a_try_outlives_a_rollback(self, company: Company):
        public_id = ask()
        with pytest.raises(RuntimeError), transaction.atomic():
            sign_in.redeem(public_id, "000000", at=A_MORNING)

    @pytest.mark.parametrize(("after", "good"), [(4.99, True), (5, False), (6, False)])
    def test_it_lives_five_minutes(self, company: Company, after: float, good: bool):
        make_person("张三", MOBILE)
        public_id = ask()
        later = A_MORNING + after * MINUTE
        if good:
            sign_in.redeem(public_id, mailbox.last_code(), at=later)
        else:
            with pytest.raises(CodeRefused):
                sign_in.redeem(public_id, mailbox.last_code(), at=later)

    def test_it_opens_its_own_row_and_purpose_only(self, company: Company):
        make_person("张三", MOBILE)
        first = ask()
        first_code = mailbox.last_code()
        second = ask()
        if first_code != mailbox.last_code():
            with pytest.raises(CodeRefused):
                sign_in.redeem(second, first_code, at=A_MORNING)
        with pytest.raises(CodeRefused):
            sign_in.check_code(first, first_code, purpose=CodePurpose.PRIVACY, at=A_MORNING)

    def test_only_a_keyed_hash_is_kept(self, company: Company, settings):
        make_person("张三", MOBILE)
        public_id = ask()
        code = mailbox.last_code()
        kept = bytes(SignInCode.objects.get().code_hash)
        settings.BLIND_INDEX_KEY = bytes(32)
        assert kept != sign_in.code_hash(public_id, code)

    def test_codes_are_six_digits_and_differ(self, company: Company):
        make_person("张三", MOBILE)
        for n in range(5):
            ask(at=A_MORNING + n * MINUTE)
        codes = {re.search(r"\d{6}", text)[0] for _, text in mailbox.texts()}
        assert len(codes) > 1

    def test_a_made_up_id_is_refused(self, company: Company):
        with pytest.raises(CodeRefused):
            sign_in.redeem(uuid.uuid4(), "123456", at=A_MORNING)


class TestNobodyLearnsWhoLivesHere:
    def test_known_and_unknown_get_the_same_kind_of_answer(self, company: Company):
        make_person("张三", MOBILE)
        known, unknown = ask(MOBILE), ask(UNKNOWN)
        assert {type(known), type(unknown)} == {uuid.UUID}
        rows = SignInCode.objects.order_by("pk")
        assert [row.subject_id is None for row in rows] == [False, True]
        assert len(bytes(rows[0].code_hash)) == len(bytes(rows[1].code_hash))

    def test_the_database_does_the_same_work(self, company: Company):
        make_person("张三", MOBILE)
        ask(MOBILE), ask(UNKNOWN)  # warm
        shapes = []
        for number in (MOBILE, UNKNOWN):
            with CaptureQueriesContext(connection) as seen:
                ask(number)
            # the name of the table is enough: values and savepoints differ each time
            shapes.append([re.sub(r"\d+", "", query["sql"])[:40] for query in seen])
        assert shapes[0] == shapes[1]

    def test_refusals_look_the_same(self, company: Company):
        make_person("张三", MOBILE)
        answers = []
        for number in (MOBILE, UNKNOWN):
            with pytest.raises(CodeRefused) as refused:
                sign_in.redeem(ask(number), "abc", at=A_MORNING)
            answers.append((refused.value.code, str(refused.value), refused.value.fields))
        assert answers[0] == answers[1]

    def test_an_unknown_number_receives_nothing(self, company: Company):
        ask(UNKNOWN)
        assert mailbox.texts() == []

    def test_a_gateway_that_fails_changes_no_answer_and_logs_no_number(
        self, company: Company, settings, caplog
    ):
        settings.CODE_CARRIER = "tests.residents.mailbox.refuse"
        make_person("张三", MOBILE)
        assert isinstance(ask(), uuid.UUID)
        mailbox.texts()
        assert "ConnectionError" in caplog.text
        assert "13800001234" not in caplog.text

    def test_a_code_goes_to_the_one_whom_the_number_signs_in(self, company: Company):
        first = make_person("张三", MOBILE)
        make_person("李四", MOBILE)
        subject, _ = sign_in.redeem(ask(), mailbox.last_code(), at=A_MORNING)
        assert subject.pk == first.subject_id

    @pytest.mark.parametrize("number", ["", "12345", "nobody"])
    def test_what_is_no_number_is_refused_in_words(self, company: Company, number: str):
        with pytest.raises(PhoneInvalid):
            ask(number)


class TestLimits:
    def test_a_number_gets_five_an_hour_from_wherever_it_is_asked(self, company: Company):
        for n in range(5):
            ask(address=f"10.0.0.{n}")
        with pytest.raises(LimitReached) as refused:
            ask(address="10.0.0.99")
        assert refused.value.extra["retry_at"] == A_MORNING + dt.timedelta(hours=1)
        ask(at=A_MORNING + dt.timedelta(hours=1))

    def test_an_unknown_number_has_the_same_limit(self, company: Company):
        for _ in range(5):
            ask(UNKNOWN)
        with pytest.raises(LimitReached):
            ask(UNKNOWN)

    def test_an_address_gets_sixty_an_hour(self, company: Company):
        for n in range(60):
            ask(f"1390000{n:04}")
        with pytest.raises(LimitReached):
            ask("13900000060")
        ask("13900000060", address="10.0.0.2")

    def test_a_flushed_cache_opens_nothing(self, company: Company):
        for _ in range(5):
            ask()
        cache.clear()
        with pytest.raises(LimitReached):
            ask()

    def test_limits_name_neither_number_nor_address(self, company: Company):
        ask()
        for row in LimitWindow.objects.all():
            assert MOBILE.encode() not in bytes(row.bucket)
            assert b"10.0.0.1" not in bytes(row.bucket)

    def test_a_refused_wish_writes_no_code(self, company: Company):
        for _ in range(5):
            ask()
        with pytest.raises(LimitReached):
            ask()
        assert SignInCode.objects.count() == 5


class TestPrivacyCodes:
    def test_they_go_to_the_number_on_file(self, company: Company):
        person = make_person("张三", MOBILE)
        public_id = sign_in.request_code_for(
            person.subject_id, CodePurpose.PRIVACY, address="10.0.0.1", at=A_MORNING
        )
        number, text = mailbox.texts()[-1]
        assert number == "+8613800001234"
        assert "个人信息" in text
        subject = sign_in.check_code(
            public_id, mailbox.last_code(), purpose=CodePurpose.PRIVACY, at=A_MORNING
        )
        assert subject.pk == person.subject_id
        assert not DeviceToken.objects.exists()

    def test_without_a_person_or_number_the_answer_is_the_same(self, company: Company):
        land_line_only = make_person("张三", "023-68001234")
        shapes = []
        known = make_person("李四", MOBILE)
        for subject_id in (known.subject_id, land_line_only.subject_id, None):
            with (
                CaptureQueriesContext(connection) as seen,
                CaptureQueriesContext(connections["keys"]) as keys,
            ):
                public_id = sign_in.request_code_for(
                    subject_id, CodePurpose.PRIVACY, address="10.0.0.1", at=A_MORNING
                )
            shapes.append((len(seen), len(keys)))
            assert isinstance(public_id, uuid.UUID)
        assert shapes[0] == shapes[1] == shapes[2]
        assert len(mailbox.texts()) == 1


class TestDevices:
    def test_a_token_is_kept_as_a_hash_only(self, company: Company):
        person = make_person("张三", MOBILE)
        issued = devices.issue(person.subject_id, at=A_MORNING)
        assert issued.token.encode() not in bytes(DeviceToken.objects.get().token_sha256)
        assert len(issued.token) >= 43

    def test_the_day_of_use_is_written_once(self, company: Company, django_assert_num_queries):
        person = make_person("张三", MOBILE)
        issued = devices.issue(person.subject_id, at=A_MORNING)
        DeviceToken.objects.update(expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        with django_assert_num_queries(2):
            devices.authenticate(issued.token)
        with django_assert_num_queries(1):
            device = devices.authenticate(issued.token)
        assert device.last_used_on is not None

    def test_revoked_expired_and_made_up_tokens_sign_nobody_in(self, company: Company):
        person = make_person("张三", MOBILE)
        now = dt.datetime.now(dt.UTC)
        live, revoked = (devices.issue(person.subject_id, at=now) for _ in range(2))
        expired = devices.issue(person.subject_id, at=now - dt.timedelta(days=90))
        assert devices.revoke(revoked.token, at=now)
        assert not devices.revoke(revoked.token, at=now)

        assert devices.authenticate(live.token) is not None
        for token in (revoked.token, expired.token, live.token + "x", ""):
            assert devices.authenticate(token) is None

    def test_all_devices_of_a_person_end_at_once(self, company: Company):
        one, other = make_person("张三", MOBILE), make_person("李四", UNKNOWN)
        now = dt.datetime.now(dt.UTC)
        mine = [devices.issue(one.subject_id, at=now) for _ in range(2)]
        theirs = devices.issue(other.subject_id, at=now)

        assert devices.revoke_all([one.subject_id], at=now) == 2

        assert [devices.authenticate(each.token) for each in mine] == [None, None]
        assert devices.authenticate(theirs.token) is not None


def test_what_has_ended_is_deleted_after_a_while(company: Company):
    person = make_person("张三", MOBILE)
    now = A_MORNING
    old_code = ask(at=now - dt.timedelta(hours=2))
    fresh_code = ask(at=now)
    devices.issue(person.subject_id, at=now - dt.timedelta(days=121))
    kept = devices.issue(person.subject_id, at=now)

    assert expiry.delete_expired(now) == 2

    assert not SignInCode.objects.filter(public_id=old_code).exists()
    assert SignInCode.objects.filter(public_id=fresh_code).exists()
    assert DeviceToken.objects.get().expires_at == kept.expires_at
