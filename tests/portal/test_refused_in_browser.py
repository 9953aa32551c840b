"""A page whose form is refused: the mistake stands in words beside its field, nothing typed is
lost, the reader is led there, and the page is as readable as it was."""

from __future__ import annotations

import pytest

from complaints.services import timeline
from core.actors import SYSTEM
from core.clock import database_now
from tests import page_faults
from tests.complaints.conftest import bring_to
from tests.factories import make_ticket
from tests.portal.conftest import sign_in_by_cookie

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def refused(context, address, typed, name, button):
    """What is wrong with the page after the button was pressed."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(address)
    form = page.locator("main form").filter(has=page.locator(f"[name={name}]")).first
    for field, words in typed.items():
        form.locator(f"[name={field}]").fill(words)
    form.get_by_role("button", name=button, exact=True).click()
    form.locator(".field__error").first.wait_for()
    return [
        *page_faults.of_refusal(form, name, typed),
        *page_faults.of(page),
        *page_faults.in_the_dark(page),
        *page_faults.when_narrow(page),
    ]


def test_anybody_is_told_what_is_missing(open_browser, at_home):
    context = open_browser()
    found = {
        address: refused(context, address, typed, name, button)
        for address, typed, name, button in (
            ("/sign-in/", {"phone": "1381234"}, "phone", "获取验证码"),
            ("/follow/", {"code": "ABCD"}, "code", "查看"),
            ("/integrity/", {"about": "项目经理"}, "body", "匿名提交"),
            ("/intellectual-property/", {"right": "商标", "contact": "12"}, "holder", "提交通知"),
            ("/community/X1/environment/report/", {"place": "西门"}, "body", "提交"),
        )
    }
    assert {address: faults for address, faults in found.items() if faults} == {}


def test_a_resident_is_told_what_is_missing(open_browser, at_home):
    company, person = at_home
    resolved = make_ticket(company, reporter_subject=person.subject_id, at=database_now())
    timeline.reply(resolved, actor=SYSTEM, text="今晚上门", at=database_now())
    bring_to("resolved", resolved, at=database_now())
    here = f"/tickets/{resolved.public_id}"
    context = open_browser()
    context.new_page().goto("/policy/")
    sign_in_by_cookie(context, person)
    found = {
        address: refused(context, address, typed, name, button)
        for address, typed, name, button in (
            (f"{here}/", {"text": "还行"}, "handling", "提交评价"),
            (f"{here}/do/reopen/", {}, "text", "没解决，重新打开"),
            ("/privacy/correct/", {}, "value", "下一步"),
            ("/privacy/delete/", {}, "sure", "申请删除"),
        )
    }
    assert {address: faults for address, faults in found.items() if faults} == {}
