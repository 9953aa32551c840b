"""Of which of two key accounts a matter is: asked in the intake, put right on the ticket's page,
and both by the API."""

import pytest
from rest_framework.test import APIClient

from complaints.models import Ticket
from core.actors import SYSTEM
from residents.enums import AccountTier
from residents.services import accounts, handles
from tests.console.calling import NEW, look_up, told
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

ASKED = "代表哪个大客户"


def opened(company, code, name, communities):
    return accounts.create(
        code, name, tier=AccountTier.STANDARD, actor=SYSTEM, communities=communities,
        manager=make_post("key_account_manager", company.group),
    )  # fmt: skip


@pytest.fixture
def both(company, caller):
    found = [
        opened(company, "KA1", "重庆数据谷", [company.community]),
        opened(company, "KA2", "江北商业", [company.community]),
    ]
    for account in found:
        accounts.add_contact(account, caller.subject_id, actor=SYSTEM, at=A_MORNING)
    return found


def test_who_speaks_for_two_is_asked_for_which(agent, both):
    page = look_up(agent)
    for words in (ASKED, "重庆数据谷", "江北商业", "没有说，按地点判断"):
        assert words in page
    agent.send(NEW, **told(page, account="KA2"))
    assert Ticket.objects.get().account == both[1]


def test_what_nobody_said_follows_from_the_place(agent, both):
    agent.send(NEW, **told(look_up(agent)))
    assert Ticket.objects.get().account == both[0]


def test_of_one_account_nobody_is_asked(agent, company, caller):
    account = opened(company, "KA1", "重庆数据谷", [company.community])
    accounts.add_contact(account, caller.subject_id, actor=SYSTEM, at=A_MORNING)
    assert ASKED not in look_up(agent)


def test_what_does_not_fit_is_told_beside_the_field_and_nothing_is_lost(
    agent, company, both, caller
):
    far = opened(company, "KA3", "远郊酒店", [company.far_community])
    accounts.add_contact(far, caller.subject_id, actor=SYSTEM, at=A_MORNING)
    page = agent.send(NEW, **told(look_up(agent), account="KA3"))
    assert page.status == 422
    assert "合同范围不包括这里" in page
    assert "楼上装修太吵" in page
    assert not Ticket.objects.exists()


def test_it_is_put_right_from_the_page(company, both):
    first, second = both
    ticket = make_ticket(company, account=first)
    page = f"/console/tickets/{ticket.public_id}/correct_account/"
    dispatcher = Browser(company.dispatcher.holder)
    form = dispatcher.open(page)
    assert "江北商业" in form
    assert ">重庆数据谷</option>" not in form.text
    done = dispatcher.send(page, account=second.pk, text="另一家", version=ticket.version)
    assert done.status == 302
    ticket.refresh_from_db()
    assert ticket.account == second
    assert "更正大客户" in dispatcher.open(f"/console/tickets/{ticket.public_id}/")
    manager = Browser(company.manager.holder)
    history = manager.open(f"/console/tickets/{ticket.public_id}/history/")
    assert "重庆数据谷" in history
    assert "江北商业" in history


def test_whoever_corrects_what_a_colleague_just_corrected_reads_that(company, both):
    first, second = both
    ticket = make_ticket(company, account=first)
    page = f"/console/tickets/{ticket.public_id}/correct_account/"
    dispatcher = Browser(company.dispatcher.holder)
    sent = {"account": second.pk, "text": "另一家", "version": ticket.version}
    assert dispatcher.send(page, **sent).status == 302
    late = dispatcher.send(page, **sent)
    assert late.status == 412
    assert "此工单刚刚被他人更新" in late
    again = dispatcher.send(page, **sent | {"version": late.context["ticket"].version})
    assert again.status == 422
    assert "已经是这个大客户的事项" in again


def test_where_there_is_no_account_nothing_is_offered(company):
    ticket = make_ticket(company)
    page = Browser(company.dispatcher.holder).open(f"/console/tickets/{ticket.public_id}/")
    assert "correct_account" not in page


class TestByTheApi:
    def desktop(self, staff):
        client = APIClient()
        client.force_login(staff)
        return client

    def test_it_is_said_on_creation(self, company, both, caller):
        agent = self.desktop(company.agent.holder)
        body = {
            "kind": "complaint", "category": "noise", "body": "吵", "unit": "X1",
            "channel": "hotline", "reporter": handles.handle_of(caller.subject_id),
        }  # fmt: skip

        def send(key, **fields):
            headers = {"Idempotency-Key": key}
            return agent.post("/api/v1/tickets/", {**body, **fields}, "json", headers=headers)

        assert send("account-1", account="KA2").status_code == 201
        assert Ticket.objects.get().account == both[1]
        opened(company, "KA9", "别家", [company.community])
        refused = send("account-2", account="KA9")
        assert refused.status_code == 400
        assert [each["field"] for each in refused.json()["errors"]] == ["account"]

    def test_and_put_right(self, company, both):
        first, second = both
        ticket = make_ticket(company, account=first)
        dispatcher = self.desktop(company.dispatcher.holder)
        address = f"/api/v1/tickets/{ticket.public_id}/actions/correct_account/"

        def send(key, **fields):
            headers = {"Idempotency-Key": key, "If-Match": f'"{ticket.version}"'}
            return dispatcher.post(address, fields, "json", headers=headers)

        assert send("right-1", account="NONE").status_code == 400
        done = send("right-2", account=second.code, text="另一家")
        assert done.status_code == 200, done.json()
        assert done.json()["account"]["code"] == "KA2"
