"""A resident's own data, corrected and deleted through pages alone, down to the certificate."""

from __future__ import annotations

import pytest

from tests.browser.conftest import plain, shoot, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

#: the worker looks for what was approved once a minute
CARRIED_OUT_SECONDS = 180
PHONE, WORDS = "13977770001", "门禁卡刷不开，我叫骆宾王，住三楼。"


def _calls_for_the_first_time(agent):
    """The agent writes the caller down and takes in what they say."""
    agent.keyboard.press("/")
    agent.keyboard.type(PHONE)
    agent.keyboard.press("Enter")
    agent.wait_for_selector("text=这个号码还没有登记")
    agent.fill("[name=name]", "骆宾王")
    agent.get_by_role("button", name="登记并受理").click()
    agent.wait_for_selector("#intake_body")
    agent.fill("#intake_body", WORDS)
    agent.select_option("#intake-category [name=category]", "security")
    agent.locator("#intake_community").press_sequentially("星河湾")
    offered = agent.locator("datalist option[value^='星河湾']").first
    agent.fill("#intake_community", offered.get_attribute("value"))
    agent.press("#intake_body", "Control+Enter")
    agent.wait_for_selector(".reference--hero")


def _proves(resident, people, button):
    """Reads back the code that went to the number on file."""
    before = people.codes()
    resident.get_by_role("button", name=button).click()
    resident.fill("[name=code]", people.new_code(before))
    resident.get_by_role("button", name="确认", exact=True).click()
    resident.wait_for_selector("text=最迟答复")
    return resident.url


def _is_approved(people, address):
    """One member of staff plans, another approves."""
    number = address.rstrip("/").rpartition("/")[2]
    officer, approver = people.staff("privacy"), people.staff("approver")
    officer.goto(f"/console/privacy/{number}/")
    officer.locator("form[action$='/plan/'] button").click()
    officer.wait_for_selector("form[action$='/plan/']", state="detached")
    assert officer.locator("form[action$='/approve/']").count() == 0
    approver.goto(f"/console/privacy/{number}/")
    shoot(approver, "privacy-approve")
    approver.locator("form[action$='/approve/'] button").click()
    approver.wait_for_selector("form[action$='/approve/']", state="detached")
    return approver


def test_a_resident_has_a_mistake_corrected_and_then_everything_deleted(people):
    agent = people.staff("agent")
    _calls_for_the_first_time(agent)
    resident = people.resident(PHONE)
    resident.goto("/tickets/")
    resident.get_by_text("门禁卡").first.click()
    resident.get_by_role("link", name="撤回").click()
    resident.locator("form .btn--danger").click()
    resident.wait_for_selector("text=已撤回")

    resident.goto("/privacy/correct/")
    resident.locator("[name=field][value=name]").check(force=True)
    resident.fill("[name=value]", "骆观光")
    address = _proves(resident, people, "下一步")
    _is_approved(people, address)
    resident.goto(address)
    until(resident, "已办结", seconds=CARRIED_OUT_SECONDS)
    shoot(resident, "resident-corrected")

    resident.goto("/privacy/delete/")
    resident.locator("[name=sure]").check()
    address = _proves(resident, people, "申请删除")
    approver = _is_approved(people, address)
    stranger = people.window(width=390, height=844)
    stranger.goto(address)
    until(stranger, "删除证明", seconds=CARRIED_OUT_SECONDS)
    assert "签名有效" in stranger.inner_text("body")
    shoot(stranger, "resident-certificate")

    resident.goto("/tickets/")
    assert "sign-in" in resident.url
    approver.goto(f"/console/privacy/{address.rstrip('/').rpartition('/')[2]}/certificate/")
    shoot(approver, "privacy-certificate")
    for word in ("骆宾王", "骆观光", PHONE):
        assert word not in plain(approver.inner_text("body"))
    agent.goto("/console/workbench/")
    agent.fill("[name=q]", PHONE)
    agent.press("[name=q]", "Enter")
    agent.wait_for_selector("text=这个号码还没有登记")
