from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.actors import SYSTEM
from core.clock import database_now
from residents.enums import AccountTier
from residents.models import DeviceToken
from residents.services import accounts, contacts, corrections, devices, handles
from tests.factories import Company, make_person, make_post
from tests.residents import mailbox

pytestmark = pytest.mark.django_db

MOBILE, UNKNOWN, LAND_LINE = "13800001234", "13900009999", "023-68001234"
OTP, TOKEN, ME, LOOKUP = (
    "/api/v1/auth/otp", "/api/v1/auth/token", "/api/v1/me", "/api/v1/callers/lookup",
)  # fmt: skip


@pytest.fixture
def api() -> APIClient:
    return APIClient(enforce_csrf_checks=True)


def signed_in(subject_id: uuid.UUID) -> APIClient:
    issued = devices.issue(subject_id, at=dt.datetime.now(dt.UTC))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.token}")
    return client


def as_staff(post) -> APIClient:
    client = APIClient()
    client.force_login(post.holder)
    return client


class TestSigningIn:
    def test_a_resident_signs_in_reads_who_they_are_and_signs_out(self, company, api: APIClient):
        make_person("张三", MOBILE, company.dwelling)

        sent = api.post(OTP, {"phone": "138 0000 1234"})
        assert sent.status_code == 202
        assert sent.json()["expires_in"] == 300
        made = api.post(TOKEN, {"id": sent.json()["id"], "code": mailbox.last_code()})
        assert made.status_code == 201

        api.credentials(HTTP_AUTHORIZATION=f"Bearer {made.json()['token']}")
        me = api.get(ME)
        assert me.status_code == 200
        assert me.json() == {
            "kind": "resident",
            "name": "张三",
            "phones": ["138****1234"],
            "language": "zh-hans",
            "do_not_call": False,
            "homes": [
                {
                    "dwelling": str(company.dwelling.public_id),
                    "unit": "X1",
                    "building": "1 栋",
                    "room": "1-101",
                    "role": "owner",
                }
            ],
        }

        assert api.delete(TOKEN).status_code == 204
        gone = api.get(ME)
        assert gone.status_code == 401
        assert gone.json()["code"] == "token_refused"

    def test_known_and_unknown_numbers_cannot_be_told_apart(self, company, api: APIClient):
        make_person("张三", MOBILE)
        answers = [api.post(OTP, {"phone": number}) for number in (MOBILE, UNKNOWN)]
        assert [answer.status_code for answer in answers] == [202, 202]
        bodies = [answer.json() for answer in answers]
        assert {tuple(body) for body in bodies} == {("id", "expires_in")}
        refusals = [api.post(TOKEN, {"id": body["id"], "code": "x"}).json() for body in bodies]
        assert refusals[0] == refusals[1]
        assert refusals[0]["code"] == "code_refused"

    def test_the_sixth_code_within_an_hour_is_refused_with_the_time_to_come_back(
        self, company, api: APIClient
    ):
        answers = [api.post(OTP, {"phone": UNKNOWN}) for _ in range(6)]
        assert [answer.status_code for answer in answers[:5]] == [202] * 5
        assert answers[5].status_code == 429
        assert answers[5]["Content-Type"] == "application/problem+json"
        assert "retry_at" in answers[5].json()

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "phone"),
            ({"phone": ""}, "phone"),
            ({"phone": MOBILE, "purpose": "x"}, "purpose"),
            ({"phone": ["1"]}, "phone"),
        ],
    )
    def test_a_bad_body_names_the_field(self, company, api: APIClient, body, field):
        answer = api.post(OTP, body)
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    def test_what_is_no_number_says_why(self, company, api: APIClient):
        answer = api.post(OTP, {"phone": "1380000"})
        assert answer.status_code == 400
        assert answer.json()["code"].startswith("phone_")

    def test_no_answer_and_no_address_holds_a_number(self, company, api: APIClient, caplog):
        make_person("张三", MOBILE)
        sent = api.post(OTP, {"phone": MOBILE})
        assert MOBILE not in sent.content.decode()
        assert MOBILE not in caplog.text

    def test_an_old_token_does_not_stand_in_the_way_of_a_new_one(self, company, api: APIClient):
        make_person("张三", MOBILE)
        api.credentials(HTTP_AUTHORIZATION="Bearer long-gone")
        sent = api.post(OTP, {"phone": MOBILE})
        made = api.post(TOKEN, {"id": sent.json()["id"], "code": mailbox.last_code()})
        assert made.status_code == 201

    def test_a_slash_at_the_end_is_the_same_place(self, company, api: APIClient):
        assert api.post(f"{OTP}/", {"phone": UNKNOWN}).status_code == 202


class TestTokens:
    @pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer ÿ", "bearer nonsense"])
    def test_what_is_no_token_is_401_with_a_challenge(self, company, api: APIClient, header):
        api.credentials(HTTP_AUTHORIZATION=header)
        answer = api.get(ME)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer["Content-Type"] == "application/problem+json"

    def test_strangers_are_401(self, company, api: APIClient):
        for answer in (api.get(ME), api.delete(TOKEN), api.post(LOOKUP, {"phone": MOBILE})):
            assert answer.status_code == 401
            assert answer.json()["code"] == "not_authenticated"

    def test_staff_have_no_device_to_sign_out(self, company: Company):
        assert as_staff(company.agent).delete(TOKEN).status_code == 403

    def test_signing_out_ends_this_device_alone(self, company: Company):
        person = make_person("张三", MOBILE)
        one, other = signed_in(person.subject_id), signed_in(person.subject_id)
        assert one.delete(TOKEN).status_code == 204
        assert one.get(ME).status_code == 401
        assert other.get(ME).status_code == 200
        assert DeviceToken.objects.filter(revoked_at__isnull=True).count() == 1


class TestMe:
    def test_staff_read_their_posts_and_permissions(self, company: Company):
        me = as_staff(company.engineer).get(ME).json()
        assert me["kind"] == "staff"
        assert me["name"] == company.engineer.holder.name
        assert me["posts"] == [{"unit": "X1", "unit_code": "X1", "role": "engineer"}]
        assert "tickets.handle" in me["permissions"]
        assert "tickets.assign" not in me["permissions"]


class TestLookup:
    def test_an_agent_sees_who_calls(self, company: Company):
        person = make_person("张三", LAND_LINE, company.dwelling)
        make_person("小明", LAND_LINE, company.dwelling, is_minor=True)

        answer = as_staff(company.agent).post(LOOKUP, {"phone": LAND_LINE})

        assert answer.status_code == 200
        callers = {caller["name"]: caller for caller in answer.json()["callers"]}
        assert set(callers) == {"张三", "小*"}
        adult = callers["张三"]
        assert handles.subject_of(adult.pop("handle")) == person.subject_id
        assert adult == {
            "name": "张三",
            "phone": "*********1234",
            "shown_in_full": True,
            "is_minor": False,
            "do_not_call": False,
            "verified": False,
            "language": "zh-hans",
            "homes": [
                {
                    "unit": "X1",
                    "building": "1 栋",
                    "room": "1-101",
                    "role": "owner",
                    "dwelling": str(company.dwelling.public_id),
                }
            ],
            "account": None,
            "accounts": [],
        }
        assert callers["小*"]["is_minor"]
        assert callers["小*"]["homes"][0]["room"] == ""

    def test_who_speaks_for_key_accounts_is_shown_with_them(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)
        for code in ("KA1", "KA2"):
            account = accounts.create(
                code, f"{code} 公司",
                tier=AccountTier.GROUP_STRATEGIC, manager=company.manager,
                communities=[company.community], actor=SYSTEM,
            )  # fmt: skip
            accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=database_now())
        known = [
            {"code": code, "name": f"{code} 公司", "tier": AccountTier.GROUP_STRATEGIC.value}
            for code in ("KA1", "KA2")
        ]
        agent = as_staff(company.agent)
        (caller,) = agent.post(LOOKUP, {"phone": MOBILE}).json()["callers"]
        assert (caller["account"], caller["accounts"]) == (known[0], known)
        wish = {"caller": caller["handle"], "do_not_call": True}
        answer = agent.post("/api/v1/residents/calls", wish)
        assert (answer.status_code, answer.json()["accounts"]) == (200, known)

    def test_no_id_and_no_number_is_in_the_answer(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)
        answer = as_staff(company.agent).post(LOOKUP, {"phone": MOBILE}).content.decode()
        for secret in (str(person.subject_id), person.subject_id.hex, MOBILE):
            assert secret not in answer

    def test_people_out_of_scope_are_not_there(self, company: Company):
        make_person("张三", LAND_LINE, company.dwelling)
        supervisor = make_post("hotline_supervisor", company.other_region)
        answer = as_staff(supervisor).post(LOOKUP, {"phone": LAND_LINE})
        assert answer.json() == {"callers": []}

    def test_who_may_not_look_up_is_403_and_a_resident_too(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)
        for client in (as_staff(company.engineer), signed_in(person.subject_id)):
            answer = client.post(LOOKUP, {"phone": MOBILE})
            assert answer.status_code == 403
            assert answer.json()["code"] == "not_allowed"

    def test_the_number_never_stands_in_an_address(self, company: Company):
        assert as_staff(company.agent).get(f"{LOOKUP}?phone={MOBILE}").status_code == 405

    def test_a_session_needs_its_csrf_token(self, company: Company):
        client = APIClient(enforce_csrf_checks=True)
        client.force_login(company.agent.holder)
        assert client.post(LOOKUP, {"phone": MOBILE}).status_code == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_four_statements_in_both_databases(self, company: Company, count: int):
        for n in range(count):
            make_person(f"住户{n}", LAND_LINE, company.dwelling)
        client = as_staff(company.agent)

        with (
            CaptureQueriesContext(connection) as main,
            CaptureQueriesContext(connections["keys"]) as keys,
        ):
            answer = client.post(LOOKUP, {"phone": LAND_LINE})

        assert len(answer.json()["callers"]) == count
        assert (len(main), len(keys)) == (3, 1)  # session, agent with grants, people; their keys


def test_a_corrected_number_of_somebody_else_is_proven_by_a_code_sent_to_it(company):
    make_person("张三", MOBILE)
    new = make_person("李四", "13700007777")
    caller = signed_in(new.subject_id)
    assert caller.post("/api/v1/me/number/code").status_code == 404
    corrections.correct_phone(new.subject_id, MOBILE, actor=SYSTEM, at=dt.datetime.now(dt.UTC))

    sent = caller.post("/api/v1/me/number/code")
    assert sent.status_code == 202
    body = {"id": sent.json()["id"], "code": "x"}
    assert caller.post("/api/v1/me/number", body).status_code == 400
    body["code"] = mailbox.last_code()
    assert caller.post("/api/v1/me/number", body).status_code == 204

    held = contacts.login_contact(contacts.phone_address(MOBILE))
    assert held.subject_id == new.subject_id
    assert caller.get(ME).status_code == 401
    staff = as_staff(company.agent)
    assert staff.post("/api/v1/me/number/code").status_code == 403
