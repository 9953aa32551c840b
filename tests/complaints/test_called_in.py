"""What is told over the telephone: the line says whose it is, and the call is dealt with."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from complaints.enums import Channel, Kind, Protection
from complaints.models import Ticket
from complaints.services import dry_run
from complaints.services.intake import NewTicket, submit
from core.actors import SYSTEM
from organisation.models import Post
from privacy.vault.services import subjects
from residents.enums import AccountTier
from residents.services import accounts, devices, handles
from tests.complaints.api.conftest import Caller, staff_caller
from tests.factories import A_MORNING, make_call, make_person, make_post

pytestmark = pytest.mark.django_db

LINE = "02368001234"


@pytest.fixture
def account(company):
    return accounts.create(
        "K1",
        "重庆数据谷",
        tier=AccountTier.GROUP_STRATEGIC,
        manager=make_post("key_account_manager", company.group),
        communities=[company.community],
        line_number=LINE,
        actor=SYSTEM,
    )


@pytest.fixture
def desktop(company):
    return staff_caller(company.agent.holder)


@pytest.fixture
def call(company, account):
    return make_call(company.agent.holder, called=LINE)


def told(desktop, company, call, **body):
    said = {"unit": company.community.code, "channel": "hotline", "call": str(call.public_id)}
    return desktop.report(**{**said, **body})


class TestByTheApi:
    def test_the_line_says_whose_ticket_it_is(self, desktop, company, call, account):
        assert told(desktop, company, call).status_code == 201
        ticket = Ticket.objects.get()
        assert (ticket.account, ticket.post) == (account, account.manager)
        assert desktop.get("/api/v1/calls/current/").json() == {"calls": []}
        shown = desktop.get(f"/api/v1/tickets/{ticket.public_id}/").json()
        assert shown["account"]["code"] == "K1"

    def test_who_told_it_is_kept_with_the_call(self, desktop, company, call):
        make_person("张三", "13812345678", company.dwelling)
        (shown,) = desktop.get("/api/v1/calls/current/").json()["calls"]
        told(desktop, company, call, reporter=shown["callers"][0]["handle"])
        call.refresh_from_db()
        assert call.subject_id == Ticket.objects.get().reporter.subject_id

    def test_a_call_of_somebody_else_is_refused_beside_its_field(self, company, call):
        other = staff_caller(make_post("hotline_agent", company.group).holder)
        answer = told(other, company, call)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "call"
        assert not Ticket.objects.exists()

    def test_a_second_matter_of_the_call_is_the_account_s_too(
        self, desktop, company, call, account
    ):
        assert told(desktop, company, call).status_code == 201
        assert told(desktop, company, call, body="还有一件：门禁坏了").status_code == 201
        assert [ticket.account for ticket in Ticket.objects.all()] == [account, account]

    def test_a_call_in_which_nobody_gave_a_name_tells_nothing_more(self, desktop, company, call):
        make_post("discipline_inspector", company.group)
        nameless = {"kind": Kind.INTEGRITY, "category": "integrity", "protection": "anonymous"}
        assert told(desktop, company, call, **nameless).status_code == 201
        answer = told(desktop, company, call)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "call"
        call.refresh_from_db()
        assert call.subject_id is None

    def test_a_resident_names_no_call(self, company, call):
        resident, device = Caller(), make_person(dwelling=company.dwelling)
        token = devices.issue(device.subject_id, at=timezone.now()).token
        resident.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        answer = resident.report(call=str(call.public_id))
        assert answer.json()["errors"][0]["field"] == "call"

    def test_a_call_is_put_away(self, desktop, company, call):
        other = staff_caller(make_post("hotline_agent", company.group).holder)
        address = f"/api/v1/calls/{call.public_id}/put-away/"
        assert other.post(address).status_code == 404
        assert desktop.post(address).status_code == 204
        assert desktop.get("/api/v1/calls/current/").json() == {"calls": []}
        assert desktop.post(address).status_code == 404


class TestWhoSpeaksForIt:
    def test_is_added_and_removed_by_the_api(self, company, account):
        person = make_person("张三", "13812345678", company.dwelling)
        desk, handle = staff_caller(account.manager.holder), handles.handle_of(person.subject_id)
        address = f"/api/v1/key-accounts/{account.code}/contacts/"
        for _ in range(2):
            shown = desk.post(address, {"caller": handle}, format="json").json()["results"]
            assert [each["name"] for each in shown] == ["张三"]
        assert desk.get(address).json()["results"][0]["do_not_call"] is False
        assert desk.delete(address, {"caller": handle}, format="json").json() == {"results": []}

    def test_is_changed_by_whom_it_concerns_alone(self, company, account):
        person = make_person("张三", "13812345678", company.dwelling)
        body = {"caller": handles.handle_of(person.subject_id)}
        address = f"/api/v1/key-accounts/{account.code}/contacts/"
        reader, agent = staff_caller(company.executive.holder), staff_caller(company.agent.holder)
        assert reader.get(address).status_code == 200
        assert reader.post(address, body, format="json").status_code == 403
        assert agent.post(address, body, format="json").status_code == 403
        assert not account.contacts.exists()


class TestAReportOfIntegrity:
    def test_is_no_account_s_whichever_line_it_came_over(self, desktop, company, call, account):
        make_post("discipline_inspector", company.group)
        person = make_person("张三", "13812345678")
        accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)
        told(desktop, company, call, kind=Kind.INTEGRITY, category="integrity")
        assert Ticket.objects.get().account is None

    def test_in_nobody_s_name_leaves_no_line_with_its_call(self, desktop, company, call):
        make_post("discipline_inspector", company.group)
        told(
            desktop, company, call,
            kind=Kind.INTEGRITY, category="integrity", protection=Protection.ANONYMOUS,
        )  # fmt: skip
        call.refresh_from_db()
        assert (call.line, call.number_index, call.subject_id) == ("", None, None)


class TestItsManager:
    def submit(self, company, **fields):
        new = NewTicket(
            kind=Kind.COMPLAINT, category_code="noise", channel=Channel.HOTLINE, body="吵",
            unit=company.community, **fields,
        )  # fmt: skip
        return submit(new, actor=company.agent.holder.actor, at=A_MORNING)

    def test_gets_it_although_another_has_less_to_do(self, company, account):
        make_post("key_account_manager", company.group)
        nearer = make_post("key_account_manager", company.region)
        person = make_person("张三", "13812345678")
        accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)
        for _ in range(2):
            ticket = self.submit(company, reporter_subject=person.subject_id)
            assert ticket.post == account.manager
        run = dry_run.of_ticket(Ticket.objects.acting_on(ticket.pk), at=A_MORNING)
        assert run.post == account.manager != nearer

    def test_who_is_named_or_gone_gets_nothing(self, company, account):
        other = make_post("key_account_manager", company.group)
        named = self.submit(company, account=account, named_staff=[account.manager.holder_id])
        assert named.post == other
        Post.objects.filter(pk=account.manager_id).update(valid_until=dt.date(2020, 1, 1))
        assert self.submit(company, account=account).post == other

    def test_a_person_merged_into_another_speaks_on(self, company, account):
        known, again = make_person("张三", "13812345678"), make_person("张三", "13912345678")
        accounts.add_contact(account, known.subject_id, actor=SYSTEM, at=A_MORNING)
        subjects.merge(known.subject_id, into=again.subject_id, actor=SYSTEM, at=A_MORNING)
        assert self.submit(company, reporter_subject=again.subject_id).account == account


def test_a_reporter_that_nobody_named_is_refused_beside_the_field(desktop, company, call):
    answer = told(desktop, company, call, reporter="nobody")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "reporter"
    assert not Ticket.objects.exists()
