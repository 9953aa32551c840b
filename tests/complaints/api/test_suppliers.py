"""Suppliers over the API."""

import pytest
from django.test import Client

from core.clock import database_now
from tests.factories import SupplierContractFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LIST = "/api/v1/suppliers/"


def signed_in(post):
    client = Client()
    client.force_login(post.holder)
    return client


def send(client, address, **body):
    return client.post(address, body, content_type="application/json")


@pytest.fixture
def contract(company):
    return SupplierContractFactory(unit=company.community)


@pytest.fixture
def buyer(company):
    return signed_in(make_post("procurement_manager", company.group))


@pytest.fixture
def manager(company):
    return signed_in(company.manager)


def test_a_lead_reads_those_of_the_own_scope(company, manager, contract):
    SupplierContractFactory(unit=company.far_community)
    assert [row["code"] for row in manager.get(LIST).json()["results"]] == [contract.supplier.code]
    assert signed_in(company.steward).get(LIST).status_code == 403


def test_the_list_is_paged_by_code(buyer, company):
    for code in ("S-2", "S-1", "S-3"):
        send(buyer, LIST, code=code, name=code, service="greening")
    first = buyer.get(LIST, {"size": 2}).json()
    assert [row["code"] for row in first["results"]] == ["S-1", "S-2"]
    second = buyer.get(LIST, {"size": 2, "cursor": first["next"]}).json()
    assert [row["code"] for row in second["results"]] == ["S-3"]
    assert (second["next"], first["previous"]) == (None, None)
    assert buyer.get(LIST, {"cursor": "x"}).json()["code"] == "cursor_invalid"


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_many(company, manager, count, django_assert_num_queries):
    for _place in range(count):
        SupplierContractFactory(unit=company.community)
    with django_assert_num_queries(3):
        assert len(manager.get(LIST).json()["results"]) == count
    with django_assert_num_queries(6):
        assert len(manager.get(f"{LIST}figures/").json()["results"]) == count


def test_one_elsewhere_is_not_there(company, contract):
    other = signed_in(company.other_manager)
    assert other.get(f"{LIST}{contract.supplier.code}/").status_code == 404


def test_from_registering_to_a_bar(buyer, company):
    made = send(buyer, LIST, code="S-9", name="绿源", service="greening")
    assert made.status_code == 201
    terms = {"unit": "X1", "from_on": "2026-01-01", "until_on": "2030-01-01"}
    signed = send(buyer, f"{LIST}S-9/contracts/", number="HT-9", **terms)
    assert signed.json()["contracts"][0]["unit"] == "X1"
    proposed = send(buyer, f"{LIST}S-9/grade-changes/", grade="unqualified", reason="safety")
    number = proposed.json()["grade_changes"][0]["id"]
    decide = f"{LIST}S-9/grade-changes/{number}/decide/"
    assert send(buyer, decide, decision="approved").status_code == 403
    decided = send(signed_in(company.executive), decide, decision="approved")
    assert decided.json()["barred_until"] is not None
    refused = send(buyer, f"{LIST}S-9/contracts/", number="HT-10", **terms)
    assert refused.json()["code"] == "supplier_barred"
    assert refused.status_code in (400, 409)


def test_figures_and_an_unknown_period(manager, company, contract):
    at = database_now()
    make_ticket(company, category_code="supplier", supplier=contract.supplier, at=at)
    (row,) = manager.get(f"{LIST}figures/").json()["results"]
    assert (row["contract"], row["complaints"], row["trend"]) == (contract.number, 1, 1)
    assert manager.get(f"{LIST}figures/", {"period": "soon"}).status_code == 400


def test_a_ticket_names_its_supplier_on_creation(company, contract):
    from complaints.models import TicketSupplier

    body = {
        "kind": "complaint",
        "category": "supplier",
        "channel": "site_visit",
        "body": "保洁没来",
        "unit": "X1",
        "supplier": contract.supplier.code,
    }
    agent = signed_in(company.agent)
    answer = agent.post(
        "/api/v1/tickets/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert answer.status_code == 201
    assert TicketSupplier.objects.get().supplier == contract.supplier


def test_a_supplier_without_a_contract_there_is_refused_beside_its_field(company):
    elsewhere = SupplierContractFactory(unit=company.far_community)
    body = {
        "kind": "complaint", "category": "supplier", "channel": "site_visit", "body": "保洁没来",
        "unit": "X1", "supplier": elsewhere.supplier.code,
    }  # fmt: skip
    answer = signed_in(company.agent).post(
        "/api/v1/tickets/", body, content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )  # fmt: skip
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "supplier"
    assert "没有有效合同" in error["detail"]
