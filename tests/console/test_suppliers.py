"""The pages of suppliers: figures per contract, the list behind each, grades, follow-up."""

import datetime as dt
import re

import pytest

from complaints.models import SupplierFollowUp, Ticket, TicketSupplier
from core.clock import database_now
from organisation.models import GradeChange, Supplier, SupplierContract
from organisation.services.posts import local_date
from privacy.vault.models import RevealLog
from tests.console.conftest import Browser
from tests.factories import SupplierContractFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LIST = "/console/suppliers/"


@pytest.fixture
def contract(company):
    return SupplierContractFactory(unit=company.community)


@pytest.fixture
def complaint(company, contract):
    return make_ticket(
        company,
        category_code="supplier",
        supplier=contract.supplier,
        body="保洁两周没来",
        at=database_now(),
    )


@pytest.fixture
def buyer(company):
    return Browser(make_post("procurement_manager", company.group).holder)


@pytest.fixture
def executive(company):
    return Browser(company.executive.holder)


def card(contract):
    return f"{LIST}{contract.supplier.code}/"


def test_a_project_lead_sees_numbers_and_the_list_behind_each(manager, contract, complaint):
    page = manager.open(LIST)
    behind = f"{LIST}contracts/{contract.number}/complaints/"
    assert behind in page
    assert "保洁两周没来" in manager.open(behind)
    assert manager.open(f"{LIST}contracts/{contract.number}/nothing/").status == 404


def test_only_who_may_follow_up_is_led_to_the_measures(manager, buyer, contract):
    measures = f"{LIST}contracts/{contract.number}/"
    assert measures in manager.open(card(contract))
    assert buyer.open(measures).status == 403
    page = buyer.open(card(contract))
    assert contract.number in page
    assert measures not in page


def test_the_list_of_a_number_keeps_scope(company, contract, complaint):
    other = Browser(company.other_manager.holder)
    assert contract.supplier.name not in other.open(LIST)
    assert other.open(f"{LIST}contracts/{contract.number}/complaints/").status == 404
    assert other.open(card(contract)).status == 404
    assert Browser(company.steward.holder).open(LIST).status == 403


def test_what_is_no_period_is_this_month(manager, contract, complaint):
    assert "complaints/" in manager.open(LIST, period="soon")
    assert "complaints/" not in manager.open(LIST, period="2025-1q")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_contract_as_for_three(
    company, manager, count, django_assert_num_queries
):
    for _place in range(count):
        SupplierContractFactory(unit=company.community)
    with django_assert_num_queries(8):
        manager.open(LIST)


def test_the_lists_are_paged(company, manager, buyer, contract, complaint, monkeypatch):
    monkeypatch.setattr("console.views.suppliers.SIZE", 1)
    other = SupplierContractFactory(unit=company.community)
    first = manager.open(LIST)
    assert contract.supplier.name in first
    assert other.supplier.name not in first
    second = manager.open(LIST + first.context["following"])
    assert other.supplier.name in second
    assert (
        manager.open(LIST + second.context["previous"]).context["rows"][0]["contract"] == contract
    )
    assert manager.open(LIST, after="x", idle="x").status == 200
    for number in (1, 2):
        said = {"code": f"S-90{number}", "name": f"闲置{number}", "service": "cleaning"}
        buyer.send(f"{LIST}new/", **said)
    page = buyer.open(LIST)
    assert "闲置1" in page
    assert "闲置2" in buyer.open(LIST + page.context["idle_following"])


def test_a_supplier_is_registered_and_given_a_contract(buyer, company):
    made = buyer.send(f"{LIST}new/", code="S-900", name="绿源保洁", service="cleaning")
    assert made.url == f"{LIST}S-900/"
    wanted = {"number": "HT-900", "community": "X1", "from_on": "2026-01-01"}
    refused = buyer.send(f"{LIST}S-900/contract/", **wanted, until_on="2025-01-01")
    assert refused.status == 422
    assert 'value="HT-900"' in refused
    buyer.send(f"{LIST}S-900/contract/", **wanted, until_on="2028-01-01")
    assert SupplierContract.objects.get().unit == company.community


def test_a_code_that_is_taken_is_told_beside_its_field(buyer, contract):
    said = {"code": contract.supplier.code, "name": "别家", "service": "cleaning"}
    page = buyer.send(f"{LIST}new/", **said)
    assert page.status == 422
    assert "此编号已有供应商使用" in page
    assert 'value="别家"' in page


@pytest.mark.parametrize("code", ["new", "contracts", "figures"])
def test_a_code_that_is_a_word_of_an_address_is_refused(buyer, code):
    """Its page would be another one."""
    page = buyer.send(f"{LIST}new/", code=f" {code} ", name="绿源", service="cleaning")
    assert page.status == 422
    assert "系统保留字" in page
    assert 'value="绿源"' in page


def test_one_proposes_and_another_approves(buyer, executive, contract):
    buyer.send(f"{card(contract)}grade/", grade="unqualified", reason="complaints")
    change = GradeChange.objects.get()
    assert "待批准的评级" in executive.open(card(contract))
    executive.send(f"{card(contract)}decide/{change.pk}/", decision="approved")
    assert Supplier.objects.get().grade == "unqualified"
    page = buyer.open(card(contract))
    assert "不能签新合同" in page
    assert "登记合同" not in page


def test_a_contact_is_masked_until_a_reason_is_logged(buyer, manager, contract):
    buyer.send(f"{card(contract)}contact/", name="赵明", phone="13912340000")
    page = buyer.open(card(contract))
    assert "139****0000" in page
    assert "赵明" not in page
    contact = contract.supplier.contacts.get()
    address = f"{card(contract)}contacts/{contact.pk}/reveal/"
    assert buyer.send(address, which="0", reason="").status == 422
    assert not RevealLog.objects.exists()
    assert "139 1234 0000" in buyer.send(address, which="0", reason="call_back")
    assert RevealLog.objects.count() == 1
    assert "139****" not in manager.open(card(contract))


def test_a_measure_is_written_and_done(manager, company, contract):
    address = f"{LIST}contracts/{contract.number}/"
    soon = (database_now().date() + dt.timedelta(days=20)).isoformat()
    said = {"measure": "每周抽查两次", "owner": company.steward.pk, "due_on": soon}
    manager.send(address, **said)
    assert "每周抽查两次" in manager.open(address)
    assert "1 项未完成" in manager.open(LIST)
    entry = SupplierFollowUp.objects.get()
    manager.send(f"{address}done/{entry.pk}/")
    assert "写措施" in manager.open(LIST)
    late = manager.send(address, **{**said, "measure": "太晚了", "due_on": "2020-01-01"})
    assert late.status == 422
    assert "太晚了" in late


def test_the_intake_asks_which_supplier(agent, company, contract):
    page = agent.send(
        "/console/workbench/needs/", kind="complaint", category="supplier", community="X1"
    )
    assert contract.supplier.name in page
    assert contract.supplier.name not in agent.send(
        "/console/workbench/needs/", kind="complaint", category="noise", community="X1"
    )
    agent.send(
        "/console/workbench/new/",
        kind="complaint",
        category="supplier",
        community="X1",
        body="保洁没来",
        channel="hotline",
        supplier=contract.supplier.pk,
        asked="supplier",
    )
    assert TicketSupplier.objects.get().ticket == Ticket.objects.get()


def test_of_one_whose_contract_is_over_it_says_so(agent, company, contract):
    last_day = local_date(database_now()) - dt.timedelta(days=1)
    contract.until_on = last_day + dt.timedelta(days=1)
    contract.save()
    running = SupplierContractFactory(unit=company.community).supplier.name
    said = {"kind": "complaint", "category": "supplier", "community": "X1"}
    page = agent.send("/console/workbench/needs/", **said)
    assert f"{contract.supplier.name}（合同到 {last_day} 已结束）" in page
    assert f">{running}<" in page
    said |= {"body": "上周的保洁没来", "channel": "hotline", "asked": "supplier"}
    agent.send("/console/workbench/new/", **said, supplier=contract.supplier.pk)
    assert TicketSupplier.objects.get().supplier == contract.supplier


def test_waiting_asks_which_supplier(company, steward, contract):
    from complaints.enums import State
    from tests.complaints.conftest import bring_to

    ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
    address = f"/console/tickets/{ticket.public_id}/wait_supplier/"
    assert contract.supplier.name in steward.open(address)
    until = (database_now() + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    said = {"until": until, "text": "等配件", "version": ticket.version}
    refused = steward.send(address, **said)
    assert refused.status == 422
    assert "请选择等哪一家" in refused
    steward.send(address, **said, supplier=contract.supplier.pk)
    assert TicketSupplier.objects.get().role == "awaited"


def test_a_number_with_a_slash_breaks_no_page(buyer, manager, company, contract):
    SupplierContract.objects.update(number="HT/2026/01")
    Supplier.objects.update(code="B/7")
    page = manager.open(LIST)
    assert "HT/2026/01" in page
    (measures,) = set(re.findall(r'href="(/console/suppliers/contracts/[^"?]+)', page.text))
    assert "HT/2026/01" in manager.open(measures)
    (supplier,) = set(re.findall(r'href="(/console/suppliers/B[^"?]+)', page.text))
    assert buyer.send(f"{supplier}contact/", name="赵明", phone="13912340000").url == supplier
    assert "139****0000" in buyer.open(supplier)
