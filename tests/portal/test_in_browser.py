"""Residents' pages in a real browser: a report from a phone with and without script, and every page
readable by everybody."""

from __future__ import annotations

import pytest

from complaints.models import Attachment, Ticket
from complaints.services import timeline
from core.actors import SYSTEM
from core.clock import database_now
from tests import page_faults
from tests.complaints.conftest import bring_to
from tests.complaints.pictures import encoded, image
from tests.factories import make_ticket
from tests.portal.conftest import PHONE, code_in, sign_in_by_cookie

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, codes):
    page.goto("/sign-in/")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码").fill(code_in(codes))
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="投诉").wait_for()


def as_far_as_the_last_step(page):
    page.get_by_role("link", name="投诉").click()
    page.get_by_role("link", name="噪音").click()
    page.get_by_label("具体位置").fill("7 楼电梯口")
    page.get_by_role("button", name="下一步").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_reports_from_a_phone(open_browser, at_home, codes, scripts):
    page = open_browser(scripts=scripts).new_page()
    sign_in(page, codes)
    as_far_as_the_last_step(page)
    page.get_by_label("说一说").fill("楼上装修太吵")
    photo = encoded(image((2400, 1600))).getvalue()
    page.get_by_label("照片").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    if scripts:
        page.locator(".photos__item canvas").wait_for()
    page.get_by_role("button", name="提交").click()
    page.get_by_text("前答复您").wait_for()

    ticket = Ticket.objects.get()
    assert ticket.reference in "".join(page.locator(".reference--hero").inner_text().split())
    # drawn anew: to 1,600 px by the browser, else to 2,048 px by the desk
    assert Attachment.objects.get().width == (1600 if scripts else 2048)


def test_what_was_typed_survives_a_closed_tab_and_ends_when_it_is_sent(
    open_browser, at_home, codes
):
    context = open_browser()
    page = context.new_page()
    sign_in(page, codes)
    as_far_as_the_last_step(page)
    page.get_by_label("说一说").fill("楼上装修太吵，已经一周了")
    page.close()

    page = context.new_page()
    page.goto("/")
    as_far_as_the_last_step(page)
    assert page.get_by_label("说一说").input_value() == "楼上装修太吵，已经一周了"
    page.get_by_role("button", name="提交").click()
    page.get_by_text("前答复您").wait_for()
    page.goto("/")
    as_far_as_the_last_step(page)
    assert page.get_by_label("说一说").input_value() == ""


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_axe_finds_nothing_and_nothing_sticks_out(open_browser, at_home, width, scheme):
    company, person = at_home
    resolved, waiting = (_ticket(company, person) for _ in range(2))
    bring_to("resolved", resolved, at=database_now())
    bring_to("waiting_resident", waiting, at=database_now())
    context = open_browser(width, color_scheme=scheme)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
    strangers = ["/", "/sign-in/", "/policy/"]
    found = {address: _faults(context, address) for address in strangers}
    sign_in_by_cookie(context, person)
    for address in [
        "/",
        "/report/complaint/",
        "/report/complaint/noise/",
        "/report/repair/engineering.gas/",
        "/tickets/",
        *(f"/tickets/{ticket.public_id}/" for ticket in (resolved, waiting)),
        f"/tickets/{waiting.public_id}/sent/",
        f"/tickets/{waiting.public_id}/do/add/",
        f"/tickets/{resolved.public_id}/do/reopen/",
        "/privacy/",
        "/privacy/seen/",
        "/privacy/correct/",
        "/privacy/delete/",
        "/my/",
        "/my/notices/",
    ]:
        found[address] = _faults(context, address)
    assert {address: faults for address, faults in found.items() if faults} == {}
    assert [said for said in complaints if said.startswith(("error", "warning"))] == []


def _ticket(company, person):
    ticket = make_ticket(company, reporter_subject=person.subject_id, at=database_now())
    timeline.reply(ticket, actor=SYSTEM, text="今晚上门", at=database_now())
    return ticket


def _faults(context, address):
    page = context.pages[0] if context.pages else context.new_page()
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    assert page.url.endswith(address), f"{address} leads to {page.url}"
    return [*page_faults.of(page), *page_faults.when_narrow(page)]


def test_the_page_of_the_api_shows_its_operations_under_the_strict_policy(open_browser):
    page = open_browser(1440).new_page()
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto("/api/v1/docs/")
    page.wait_for_selector("text=A device raises an alarm")  # it draws what is in sight alone
    assert [each for each in refused if "script" in each] == []
