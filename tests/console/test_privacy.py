"""Requests about personal data: one verifies and plans, another approves, a worker carries out."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from core.actors import Actor
from core.clock import database_now
from privacy.rights.enums import RequestKind, RequestState
from privacy.rights.models import Certificate, MentionTask, PrivacyRequest
from privacy.rights.services import execution, requests
from privacy.rights.services.requests import Wish
from tests.console.conftest import Browser
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db

LIST = "/console/privacy/"
NEW = "/console/privacy/new/"
REGISTER = "/console/privacy/register/"
PHONE = "13812345678"


def wished(caller, kind=RequestKind.DELETE, **wish):
    me = Actor.reporter(caller.subject_id)
    return requests.open_request(Wish(caller.subject_id, kind, **wish), actor=me, at=database_now())


def page_of(request, step="privacy_request"):
    return reverse(f"console:{step}", args=[request.public_id])


def code_in(sent):
    return re.search(r"\d{6}", sent[-1][1]).group()


def verify(officer, request, codes):
    officer.send(page_of(request, "privacy_code"))
    return officer.send(page_of(request, "privacy_verify"), code=code_in(codes))


def approve(officer, approver, request, codes):
    verify(officer, request, codes)
    officer.send(page_of(request, "privacy_plan"))
    return approver.send(page_of(request, "privacy_approve"))


def state_of(request):
    request.refresh_from_db()
    return request.state


def handle_in(page):
    return re.search(r'name="person" value="([^"]+)"', page.text).group(1)


def test_a_deletion_goes_from_the_code_to_the_certificate(officer, approver, caller, codes):
    request = wished(caller)
    assert "发送验证码" in officer.open(page_of(request))
    officer.send(page_of(request, "privacy_code"))
    assert [number for number, _ in codes] == [f"+86{PHONE}"]
    assert "138****5678" in officer.open(page_of(request))
    officer.send(page_of(request, "privacy_verify"), code=code_in(codes))
    officer.send(page_of(request, "privacy_plan"))
    plan = approver.open(page_of(request))
    assert "电话和邮箱" in plan
    assert "批准删除" in plan
    answer = approver.send(page_of(request, "privacy_approve"))
    assert answer.url == page_of(request)
    assert state_of(request) == RequestState.APPROVED
    assert execution.resume_all(at=database_now()).done == 1
    ended = officer.open(page_of(request))
    assert "（已删除）" in ended
    assert page_of(request, "privacy_certificate") in ended
    proof = officer.open(page_of(request, "privacy_certificate"))
    assert "签名有效" in proof
    assert Certificate.objects.get().signature in proof


def test_the_certificate_is_downloaded_as_it_was_signed(officer, approver, caller, codes):
    request = wished(caller)
    approve(officer, approver, request, codes)
    execution.resume_all(at=database_now())
    answer = officer.get(page_of(request, "privacy_certificate_json"))
    issued = Certificate.objects.get()
    assert json.loads(answer.content) == {"certificate": issued.body, "signature": issued.signature}
    assert f"certificate-{request.ticket.reference}.json" in answer["Content-Disposition"]


def test_a_certificate_that_was_changed_is_not_genuine(officer, approver, caller, codes):
    request = wished(caller)
    approve(officer, approver, request, codes)
    execution.resume_all(at=database_now())
    issued = Certificate.objects.get()
    Certificate.objects.filter(pk=issued.pk).update(body={**issued.body, "law": "other"})
    page = officer.open(page_of(request, "privacy_certificate"))
    assert "签名无效" in page
    assert "签名有效" not in page


def test_there_is_no_certificate_before_the_end(officer, caller):
    assert officer.open(page_of(wished(caller), "privacy_certificate")).status == 404


def test_a_correction_is_shown_before_it_is_approved_and_then_carried_out(
    officer, approver, caller, codes
):
    request = wished(caller, RequestKind.CORRECT, field="name", value="周敏儿")
    verify(officer, request, codes)
    officer.send(page_of(request, "privacy_plan"))
    page = approver.open(page_of(request))
    assert "周*" in page
    assert "周敏儿" in page
    assert "周敏<" not in page
    approver.send(page_of(request, "privacy_approve"))
    assert execution.resume_all(at=database_now()).done == 1
    after = approver.open(page_of(request))
    assert "周敏儿" not in after
    assert after.text.count("周*") >= 2


def test_who_verified_sees_no_button_and_is_refused(company, people, caller, codes):
    both = make_post("privacy_officer", company.group).holder
    make_post("privacy_approver", company.group, both)
    browser, request = Browser(both), wished(caller)
    verify(browser, request, codes)
    browser.send(page_of(request, "privacy_plan"))
    page = browser.open(page_of(request))
    assert "批准删除" not in page
    assert "请由另一位同事批准" in page
    answer = browser.send(page_of(request, "privacy_approve"))
    assert answer.status == 422
    assert "登记或核验过该请求的人不能批准它" in answer
    assert state_of(request) == RequestState.PLANNED


def test_who_wrote_it_down_is_refused_too(company, officer, caller, codes):
    both = make_post("privacy_officer", company.group).holder
    make_post("privacy_approver", company.group, both)
    browser = Browser(both)
    found = browser.send(NEW, phone=PHONE)
    browser.send(REGISTER, phone=PHONE, person=handle_in(found), what="delete")
    request = PrivacyRequest.objects.get()
    verify(officer, request, codes)
    officer.send(page_of(request, "privacy_plan"))
    assert browser.send(page_of(request, "privacy_approve")).status == 422
    assert state_of(request) == RequestState.PLANNED


def test_the_officer_cannot_approve_and_the_approver_cannot_verify(officer, approver, caller):
    request = wished(caller)
    assert officer.send(page_of(request, "privacy_approve")).status == 403
    assert approver.send(page_of(request, "privacy_code")).status == 403
    assert approver.send(page_of(request, "privacy_plan")).status == 403
    assert "发送验证码" not in approver.open(page_of(request))


@pytest.mark.parametrize("who", ["agent", "steward", "manager"])
def test_nobody_else_comes_in(request, who, caller):
    browser, wish = request.getfixturevalue(who), wished(caller)
    for path in (LIST, NEW, page_of(wish), page_of(wish, "privacy_certificate")):
        assert browser.open(path).status == 403
    assert LIST not in browser.open("/console/notices/")


def test_an_officer_of_one_region_does_not_see_what_lies_with_the_group(company, caller):
    region = company.community.get_parent()
    browser, request = Browser(make_post("privacy_officer", region).holder), wished(caller)
    assert browser.open(page_of(request)).status == 404
    assert browser.send(page_of(request, "privacy_code")).status == 404


def test_a_wrong_code_says_so_and_keeps_what_was_typed(officer, caller, codes):
    request = wished(caller)
    officer.send(page_of(request, "privacy_code"))
    wrong = "000000" if code_in(codes) != "000000" else "111111"
    page = officer.send(page_of(request, "privacy_verify"), code=wrong)
    assert page.status == 422
    assert f'value="{wrong}"' in page
    assert "验证码不正确或已失效" in page
    assert state_of(request) == RequestState.IDENTITY_PENDING


def test_the_third_wrong_code_ends_it(officer, caller, codes):
    request = wished(caller)
    officer.send(page_of(request, "privacy_code"))
    right = code_in(codes)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(3):
        officer.send(page_of(request, "privacy_verify"), code=wrong)
    assert officer.send(page_of(request, "privacy_verify"), code=right).status == 422
    assert state_of(request) == RequestState.IDENTITY_PENDING


def test_a_code_is_asked_for_before_it_is_read_back(officer, caller):
    request = wished(caller)
    page = officer.send(page_of(request, "privacy_verify"), code="123456")
    assert page.status == 422
    assert "请先发送验证码" in page


def test_too_many_codes_are_refused_with_the_time(officer, caller, codes, settings):
    settings.CODE_PER_NUMBER_PER_HOUR = 1
    request = wished(caller)
    officer.send(page_of(request, "privacy_code"))
    page = officer.send(page_of(request, "privacy_code"))
    assert page.status == 429
    assert "之后可以再试" in page
    assert len(codes) == 1


def test_a_page_that_is_out_of_date_does_nothing(officer, approver, caller, codes):
    request = wished(caller)
    approve(officer, approver, request, codes)
    page = officer.send(page_of(request, "privacy_plan"))
    assert page.status == 409
    assert "该请求当前不在这一步" in page
    assert officer.send(page_of(request, "privacy_code")).status == 409
    assert len(codes) == 1


def test_a_refusal_needs_reason_and_words_and_keeps_them(approver, caller):
    request = wished(caller)
    page = approver.send(page_of(request, "privacy_refuse"), reply="合同尚在履行")
    assert page.status == 422
    assert "合同尚在履行" in page
    approver.send(
        page_of(request, "privacy_refuse"), reason_code="legal_retention", reply="合同尚在履行"
    )
    assert state_of(request) == RequestState.REFUSED
    letter = request.ticket.texts.get(role="reply").body
    assert "合同尚在履行" in letter
    assert "诉讼" in letter
    assert "法律规定的保存期限未届满" in approver.open(page_of(request))


def test_a_text_of_somebody_else_waits_for_a_reader(officer, approver, company, caller, codes):
    from complaints.services import lifecycle, timeline
    from core.actors import SYSTEM

    at = database_now()
    ticket = make_ticket(company, reporter_subject=caller.subject_id, at=at)
    timeline.note(ticket, actor=SYSTEM, text="周敏来过前台", at=at)
    lifecycle.withdraw(ticket, actor=SYSTEM, reason="不再需要", at=at)
    request = wished(caller)
    approve(officer, approver, request, codes)
    execution.resume_all(at=database_now())
    assert state_of(request) == RequestState.VERIFYING
    page = officer.open(page_of(request))
    assert "周敏来过前台" in page
    task = MentionTask.objects.get()
    path = reverse("console:privacy_mention", args=[request.public_id, task.pk])
    assert approver.send(path, keep="0").status == 403
    officer.send(path, keep="0")
    execution.resume_all(at=database_now())
    assert state_of(request) == RequestState.ANSWERED
    assert "周敏来过前台" not in officer.open(page_of(request))


def test_a_mention_belongs_to_its_request(officer, caller):
    request = wished(caller)
    path = reverse("console:privacy_mention", args=[request.public_id, 999])
    assert officer.send(path, keep="0").status == 404


def test_what_must_stay_is_shown_with_ground_and_date(officer, caller, ticket, codes):
    request = wished(caller)
    verify(officer, request, codes)
    officer.send(page_of(request, "privacy_plan"))
    page = officer.open(page_of(request))
    assert "工单未办结" in page
    assert f"{request.holds.get().review_on:%Y-%m-%d}" in page
