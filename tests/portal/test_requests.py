"""A request about one's own data, from the wish to the certificate that outlives the sign-in."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from core.clock import database_now
from privacy.rights.enums import RequestState
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import execution, requests
from privacy.rights.services.requests import wished_value
from privacy.vault.services import destructions
from residents.services import contacts
from tests.factories import make_person
from tests.portal.conftest import PHONE, client_of, code_in

pytestmark = pytest.mark.django_db


def ask(client, page, **said):
    said.setdefault("idempotency_key", str(uuid.uuid4()))
    return client.post(reverse(f"portal:{page}"), said)


def correct(client, field="name", value="张三峰", **more):
    return ask(client, "correct", field=field, value=value, **more)


def at_address(request, page="request_status"):
    return reverse(f"portal:{page}", args=[request.public_id])


def proven(client, codes):
    """The code was read back."""
    request = PrivacyRequest.objects.latest("pk")
    client.post(at_address(request, "request_verify"), {"code": code_in(codes)})
    request.refresh_from_db()
    return request


def approved(request, office):
    at = database_now()
    request = requests.plan(request, actor=office.officer, at=at)
    return requests.approve(request, actor=office.approver, at=at)


class TestCorrection:
    def test_it_is_taken_in_and_a_code_goes_to_the_number_on_file(self, resident, codes):
        response = correct(resident)
        request = PrivacyRequest.objects.get()
        assert response["Location"] == at_address(request)
        assert (request.state, wished_value(request)) == (RequestState.IDENTITY_PENDING, "张三峰")
        assert codes[-1][0] == f"+86{PHONE}"
        page = resident.get(response["Location"]).content.decode()
        assert "138****5678" in page
        assert "张三峰" not in page

    def test_the_code_proves_who_asks(self, resident, codes):
        correct(resident)
        request = proven(resident, codes)
        assert request.state == RequestState.VERIFIED
        page = resident.get(at_address(request)).content.decode()
        assert "最迟答复" in page
        assert 'name="code"' not in page

    def test_a_code_goes_to_the_old_number_when_the_number_is_to_be_corrected(
        self, resident, codes
    ):
        correct(resident, field="phone", value="13911112222")
        assert [number for number, _ in codes] == [f"+86{PHONE}"]

    def test_it_is_carried_out_and_seen(self, resident, codes, office):
        correct(resident)
        execution.carry_out(approved(proven(resident, codes), office), at=database_now())
        page = resident.get(at_address(PrivacyRequest.objects.get())).content.decode()
        assert "已办结" in page
        assert "张*" in resident.get(reverse("portal:privacy")).content.decode()

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("email", "nonsense", "电子邮箱地址不正确"),
            ("phone", "123", "电话号码"),
            ("name", "  ", "请填写“"),
            ("name", "长" * 61, "姓名最多 60 个字"),
            ("language", "en", "language"),
        ],
    )
    def test_a_useless_value_is_said_beside_the_field(self, resident, codes, field, value, words):
        response = correct(resident, field=field, value=value)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert not PrivacyRequest.objects.exists()
        assert codes == []

    def test_the_same_wish_twice_is_said(self, resident, codes):
        correct(resident)
        response = correct(resident)
        page, running = response.content.decode(), PrivacyRequest.objects.get()
        assert "同样的请求正在办理中" in page
        assert f'href="/privacy/requests/{running.public_id}/"' in page
        assert PrivacyRequest.objects.count() == 1

    def test_a_form_sent_twice_is_one_request(self, resident, codes):
        key = str(uuid.uuid4())
        for _ in range(2):
            assert correct(resident, idempotency_key=key).status_code == 302
        assert PrivacyRequest.objects.count() == 1


class TestProof:
    def test_a_wrong_code_is_said_and_proves_nothing(self, resident, codes):
        correct(resident)
        request = PrivacyRequest.objects.get()
        wrong = "000000" if code_in(codes) != "000000" else "000001"
        response = resident.post(at_address(request, "request_verify"), {"code": wrong})
        assert response.status_code == 422
        assert "验证码不正确或已失效" in response.content.decode()
        request.refresh_from_db()
        assert request.state == RequestState.IDENTITY_PENDING

    def test_a_code_for_one_request_is_not_typed_into_another(self, resident, codes):
        correct(resident)
        first = PrivacyRequest.objects.get()
        correct(resident, field="email", value="a@desk.example")
        resident.post(at_address(first, "request_verify"), {"code": code_in(codes)})
        first.refresh_from_db()
        assert first.state == RequestState.IDENTITY_PENDING

    def test_another_code_is_not_sent_within_a_minute(self, resident, codes):
        correct(resident)
        again = at_address(PrivacyRequest.objects.get(), "request_code")
        response = resident.post(again)
        assert response.status_code == 429
        assert "秒后可以重发" in response.content.decode()
        assert len(codes) == 1

    def test_from_another_device_a_new_code_is_asked_for(self, resident, person, codes):
        correct(resident)
        request, other = PrivacyRequest.objects.get(), client_of(person)
        assert 'name="code"' not in other.get(at_address(request)).content.decode()
        other.post(at_address(request, "request_code"))
        assert len(codes) == 2
        other.post(at_address(request, "request_verify"), {"code": code_in(codes)})
        request.refresh_from_db()
        assert request.state == RequestState.VERIFIED

    def test_the_limit_is_said_on_the_page_of_the_request(self, resident, person, codes, settings):
        settings.CODE_PER_NUMBER_PER_HOUR = 1
        correct(resident)
        other = client_of(person)
        response = other.post(at_address(PrivacyRequest.objects.get(), "request_code"))
        assert response.status_code == 429
        assert "之后可以再试" in response.content.decode()


def test_a_request_can_be_taken_back_until_it_is_approved(resident, codes, office):
    correct(resident)
    request = proven(resident, codes)
    assert (
        at_address(request, "request_withdraw")
        in resident.get(at_address(request)).content.decode()
    )
    resident.post(at_address(request, "request_withdraw"))
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN


def test_what_is_approved_cannot_be_taken_back(resident, codes, office):
    correct(resident)
    request = approved(proven(resident, codes), office)
    resident.post(at_address(request, "request_withdraw"))
    page = resident.get(at_address(request)).content.decode()
    assert "该请求当前不在这一步" in page
    assert at_address(request, "request_withdraw") not in page


def test_a_refusal_gives_its_reason_and_the_way_to_object(resident, codes, office):
    correct(resident)
    request = proven(resident, codes)
    requests.refuse(
        request,
        reason_code="wrong_fact",
        reply="与证件不符",
        actor=office.approver,
        at=database_now(),
    )
    page = resident.get(at_address(request)).content.decode()
    assert "与核实的事实不符" in page
    assert "人民法院" in page


@pytest.mark.parametrize("page", ["request_code", "request_verify", "request_withdraw"])
def test_nobody_acts_on_the_request_of_somebody_else(resident, neighbour, codes, page):
    correct(resident)
    request = PrivacyRequest.objects.get()
    assert neighbour.post(at_address(request, page), {"code": "123456"}).status_code == 404


def test_a_request_is_followed_by_whose_it_is_alone(resident, neighbour, client, codes):
    correct(resident)
    address = at_address(PrivacyRequest.objects.get())
    assert resident.get(address).status_code == 200
    assert neighbour.get(address).status_code == 404
    assert client.get(address)["Location"].startswith("/sign-in/?next=")


def test_the_ticket_of_a_request_leads_to_the_request(resident, codes):
    correct(resident)
    request = PrivacyRequest.objects.get()
    ticket = reverse("portal:ticket", args=[request.ticket.public_id])
    assert resident.get(ticket)["Location"] == at_address(request)
    assert "个人信息请求" not in resident.get(reverse("portal:tickets")).content.decode()
    act = reverse("portal:ticket_act", args=[request.ticket.public_id, "withdraw"])
    assert resident.post(act).status_code == 404


class TestDeletion:
    def test_it_is_not_asked_for_by_accident(self, resident, codes):
        response = ask(resident, "delete")
        assert response.status_code == 422
        assert not PrivacyRequest.objects.exists()

    def test_the_page_says_what_is_held_back(self, resident, my_ticket):
        assert "1 件没有办结的工单" in resident.get(reverse("portal:delete")).content.decode()

    def test_one_that_runs_is_shown_instead_of_a_second(self, resident, codes):
        ask(resident, "delete", sure="on")
        request = PrivacyRequest.objects.get()
        assert resident.get(reverse("portal:delete"))["Location"] == at_address(request)

    def test_the_address_to_keep_is_shown_before_the_door_closes(self, resident, codes, settings):
        settings.PUBLIC_URL = "https://desk.example.org/"
        ask(resident, "delete", sure="on")
        request = proven(resident, codes)
        page = resident.get(at_address(request)).content.decode()
        assert f"https://desk.example.org{at_address(request)}<" in page


@pytest.mark.django_db(transaction=True)
def test_a_deletion_ends_the_sign_in_and_leaves_a_page_with_its_certificate(codes):
    from types import SimpleNamespace

    from django.test import Client

    from core.actors import Actor
    from tests.factories import Company, make_post

    company = Company()
    office = SimpleNamespace(
        officer=Actor.staff(make_post("privacy_officer", company.group).holder_id),
        approver=Actor.staff(make_post("privacy_approver", company.group).holder_id),
    )
    client = client_of(make_person("鸾鹭翙", "13877766655", company.dwelling))
    ask(client, "delete", sure="on")
    request = approved(proven(client, codes), office)
    execution.carry_out(request, at=database_now())

    assert client.get(reverse("portal:tickets")).status_code == 302
    stranger = Client()
    page = stranger.get(at_address(request)).content.decode()
    assert "删除证明" in page
    assert "签名有效" in page
    assert "电话和邮箱" in page
    assert "complaints." not in page
    for canary in ("鸾鹭翙", "13877766655", "138****6655"):
        assert canary not in page
    kept = stranger.get(at_address(request, "request_certificate"))
    assert kept["Content-Disposition"].startswith("attachment")
    assert kept.json()["certificate"]["reference"] == request.ticket.reference
    assert destructions.lag() == {"default": 0, "keys": 0}


def test_there_is_no_certificate_before_it_is_issued(resident, codes, client):
    correct(resident)
    request = PrivacyRequest.objects.get()
    assert resident.get(at_address(request, "request_certificate")).status_code == 404
    assert client.get(at_address(request, "request_certificate")).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_requests_costs_the_same_however_long(
    resident, codes, count, django_assert_num_queries
):
    wishes = [("name", "张三峰"), ("email", "a@desk.example"), ("phone", "13911112222")]
    for field, value in wishes[:count]:
        correct(resident, field=field, value=value)
    centre = reverse("portal:privacy")
    resident.get(centre)
    with django_assert_num_queries(CENTRE_QUERIES):
        page = resident.get(centre).content.decode()
    assert page.count("等您确认身份") == count


#: device; now; closure; home and policy; consents in four; log; person, contacts; requests;
#: devices; the tab's count. What is sealed is opened in the database of keys.
CENTRE_QUERIES = 16


class TestANumberOfSomebodyElse:
    THEIRS = "13900002222"

    @pytest.fixture
    def corrected(self, resident, codes, office, company):
        make_person("王五", self.THEIRS)
        correct(resident, field="phone", value=self.THEIRS)
        request = approved(proven(resident, codes), office)
        execution.carry_out(request, at=database_now())
        return request

    def test_the_answer_says_what_is_left_to_do(self, corrected):
        assert "还要您确认" in corrected.ticket.texts.filter(role="reply").latest("pk").body

    def test_it_signs_in_only_after_a_code_to_it_was_read_back(self, resident, codes, corrected):
        assert reverse("portal:new_number") in resident.get("/privacy/").content.decode()
        page = resident.get(reverse("portal:new_number")).content.decode()
        assert "139****2222" in page
        assert 'name="code"' not in page
        resident.post(reverse("portal:new_number_code"))
        assert codes[-1][0] == f"+86{self.THEIRS}"
        again = resident.post(reverse("portal:new_number_code"))
        assert again.status_code == 429
        wrong = resident.post(reverse("portal:new_number"), {"code": "x"})
        assert wrong.status_code == 422
        done = resident.post(reverse("portal:new_number"), {"code": code_in(codes)})
        assert done["Location"] == reverse("portal:sign_in")
        held = contacts.login_contact(contacts.phone_address(self.THEIRS))
        assert held.subject_id == corrected.subject_id
        assert contacts.login_contact(contacts.phone_address(PHONE)) is None

    def test_without_a_number_that_waits_the_page_is_not_there(self, resident):
        assert resident.get(reverse("portal:new_number")).status_code == 404
        assert "等您确认" not in resident.get("/privacy/").content.decode()
