"""The main job end to end, through pages and API only: no row is written, no clock is turned and no
sweep is called by the tests."""

from __future__ import annotations

import json
import re
import signal
import time
import uuid

import pytest

from core import reference
from demo import accounts
from tests.browser.conftest import plain, shoot, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

#: the demo's policy in minutes goes with complaints about noise
LADDER_SECONDS = 240


def _log_complaint(page, words):
    """What an agent does while the caller speaks, by keyboard."""
    page.keyboard.press("/")
    page.keyboard.type(accounts.RESIDENT_PHONE)
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=body], .choice")
    if page.locator("[name=body]").count() == 0:
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=body], a[data-key=n]")
    if page.locator("[name=body]").count() == 0:
        page.keyboard.press("n")
        page.wait_for_selector("[name=body]")
    page.fill("[name=body]", words)
    page.select_option("#intake-category [name=category]", "noise")
    page.focus("[name=body]")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=请念给住户")
    return _number_on(page)


def _until_it_came_up(page, number):
    """What came up last is the last of its pages."""
    deadline = time.monotonic() + LADDER_SECONDS
    while time.monotonic() < deadline:
        page.goto("/console/escalated/")
        while number not in plain(page.inner_text("main")):
            following = page.locator("a[rel=next]")
            if following.count() == 0:
                break
            page.goto(following.get_attribute("href"))
        else:
            return
        page.wait_for_timeout(5_000)
    raise AssertionError(f"{number!r} did not come up:\n{page.inner_text('body')[:2000]}")


def _number_on(page):
    """The reference that the page reads back in large digits."""
    shown = page.locator(".empty--good").inner_text()
    number = re.sub(r"\D", "", re.search(r"\d[\d\s]{8,}\d", shown).group())[:10]
    reference.parse(number)
    return number


def _open_ticket(page, number):
    page.goto("/console/workbench/")
    page.fill("[name=q]", number)
    page.press("[name=q]", "Enter")
    page.wait_for_url(lambda url: "/tickets/" in url)


def test_a_call_goes_up_the_ladder_by_worker_and_beat(people, desk):
    """The sweeper is off: what comes, comes from Celery."""
    desk.signal(signal.SIGSTOP, "manage.py", "sweeper")
    try:
        agent = people.staff("agent")
        number = _log_complaint(agent, "楼上一直在敲墙，孩子睡不着。")
        shoot(agent, "agent-logged")
        manager = people.staff("manager")
        _until_it_came_up(manager, number)
        shoot(manager, "manager-escalated")
        _open_ticket(manager, number)
        until(manager, "超时", seconds=30)
        shoot(manager, "ticket-late")
    finally:
        desk.signal(signal.SIGCONT, "manage.py", "sweeper")


def test_a_call_goes_up_the_ladder_by_the_sweeper_without_redis(people, desk):
    """Redis is frozen: what comes, comes from the sweeper, and intake goes on."""
    agent = people.staff("agent")
    desk.signal_redis(signal.SIGSTOP)
    try:
        number = _log_complaint(agent, "隔壁装修电钻声太大。")
        manager = people.staff("manager")
        _until_it_came_up(manager, number)
    finally:
        desk.signal_redis(signal.SIGCONT)


def test_a_resident_reports_by_phone_page_and_it_is_solved(people):
    resident = people.resident()
    resident.goto("/")
    resident.get_by_role("link", name=re.compile("^投诉")).first.click()
    resident.get_by_role("link", name=re.compile("停车")).first.click()
    resident.get_by_role("button", name="下一步").click()
    resident.fill("[name=body]", "我的车位被一辆外来车占了两天。")
    shoot(resident, "resident-report")
    resident.get_by_role("button", name="提交").click()
    resident.wait_for_selector("text=工单号")
    shoot(resident, "resident-sent")
    number = _number_on(resident)
    address = resident.get_by_role("link", name="查看进度").get_attribute("href")
    resident.goto(address)

    steward = people.staff("steward", width=390, height=844)
    steward.goto("/console/workbench/")
    _open_ticket(steward, number)
    for name in ("接单", "开始处理"):
        steward.get_by_role("button", name=re.compile(name)).first.click()
        steward.wait_for_timeout(500)
    shoot(steward, "steward-at-work")
    steward.get_by_role("link", name=re.compile("解决")).first.click()
    steward.fill("#resolve_text", "已联系车主挪车，并加装地锁。")
    steward.locator("form", has=steward.locator("#resolve_text")).locator(
        "button.btn--strong"
    ).click()
    steward.wait_for_selector("text=解决：已完成")

    resident.goto(address)
    resident.wait_for_selector("text=已联系车主挪车")
    shoot(resident, "resident-solved")
    for field, stars in (("handling", "5"), ("outcome", "4")):
        resident.locator(f"[name={field}][value='{stars}']").check(force=True)
    resident.get_by_role("button", name=re.compile("评价")).first.click()
    resident.goto(address)
    resident.get_by_role("button", name=re.compile("已解决|办结|确认")).first.click()
    resident.wait_for_selector("text=已办结")


def test_a_resident_reports_by_api(people, desk, chrome):
    api = chrome.new_context(base_url=desk.url).request
    before = people.codes()
    asked = api.post("/api/v1/auth/otp/", data={"phone": accounts.RESIDENT_PHONE}).json()
    code = people.new_code(before)
    token = api.post("/api/v1/auth/token/", data={"id": asked["id"], "code": code}).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    me = api.get("/api/v1/me/", headers=headers).json()
    body = {
        "kind": "repair",
        "category": "engineering.electric",
        "body": "楼道灯坏了",
        "dwelling": me["homes"][0]["dwelling"],
    }
    first = api.post("/api/v1/tickets/", data=json.dumps(body), headers={
        **headers, "Content-Type": "application/json"})  # fmt: skip
    again = api.post("/api/v1/tickets/", data=json.dumps(body), headers={
        **headers, "Content-Type": "application/json"})  # fmt: skip
    assert (first.status, again.status) == (201, 201)
    assert first.json() == again.json()
    steward = people.staff("agent")
    _open_ticket(steward, first.json()["reference"])
    assert "楼道灯坏了" in steward.inner_text("body")


def test_staff_are_told_by_mail_too(people):
    """After the ladders above: what was late has reached the mailboxes of those it was told."""
    assert "上报第 1 级" in people.messages()
