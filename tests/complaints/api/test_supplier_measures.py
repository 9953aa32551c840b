"""What is done about a contract, and whom one calls, by API."""

import datetime as dt

import pytest
from django.test import Client

from complaints.models import SupplierFollowUp
from core.clock import database_now
from organisation.models import SupplierContact
from organisation.services.posts import local_date
from tests.factories import SupplierContractFactory, machine_caller, make_machine_key, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(company):
    return SupplierContractFactory(unit=company.community)


@pytest.fixture
def manager(company):
    return signed_in(company.manager)


@pytest.fixture
def buyer(company):
    return signed_in(make_post("procurement_manager", company.group))


def signed_in(post):
    client = Client()
    client.force_login(post.holder)
    return client


def there(contract):
    return f"/api/v1/suppliers/contracts/{contract.number}/measures/"


def contacts(contract):
    return f"/api/v1/suppliers/{contract.supplier.code}/contacts/"


def measure(company, **changes):
    due_on = local_date(database_now()) + dt.timedelta(days=7)
    said = {"measure": "约谈现场负责人", "owner": company.steward.pk, "due_on": due_on.isoformat()}
    return {**said, **changes}


def send(client, address, body, key="k"):
    headers = {"Idempotency-Key": key}
    return client.post(address, body, content_type="application/json", headers=headers)


def fields(answer):
    return [each["field"] for each in answer.json()["errors"]]


def test_a_measure_is_written_once_and_done_once(company, manager, contract):
    offered = [each["id"] for each in manager.get(there(contract)).json()["owners"]]
    assert company.steward.pk in offered
    made = send(manager, there(contract), measure(company, period="2026-1q"))
    assert made.status_code == 201, made.json()
    again = send(manager, there(contract), measure(company, period="2026-1q"))
    assert again.json() == made.json()
    [row] = manager.get(there(contract)).json()["results"]
    assert (row["period"], row["owner"], row["done_at"]) == ("2026-1q", str(company.steward), None)
    done = manager.post(f"{there(contract)}{row['id']}/done/")
    assert done.json()["done_at"] is not None
    assert manager.post(f"{there(contract)}{row['id']}/done/").status_code == 409
    assert SupplierFollowUp.objects.get().done_by == company.manager.holder


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"measure": " "}, "measure"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"owner": 99_999_999}, "owner"),
        ({"period": "soon"}, "period"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_mistake_is_named(company, manager, contract, changes, named):
    answer = send(manager, there(contract), measure(company, **changes))
    assert (answer.status_code, fields(answer)) == (400, [named])
    far = send(manager, there(contract), measure(company, owner=company.far_steward.pk), "far")
    assert fields(far) == ["owner"]
    assert not SupplierFollowUp.objects.exists()


def test_a_key_is_asked_for(company, manager, contract):
    body = measure(company)
    answer = manager.post(there(contract), body, content_type="application/json")
    assert fields(answer) == ["Idempotency-Key"]


def test_who_analyses_elsewhere_or_nothing_is_refused(company, manager, contract):
    send(manager, there(contract), measure(company))
    entry = SupplierFollowUp.objects.get()
    elsewhere, steward = signed_in(company.other_manager), signed_in(company.steward)
    machine = machine_caller(make_machine_key("suppliers.analyse", unit_codes=["X2"]))
    for caller, status in ((elsewhere, 404), (steward, 403), (machine, 404)):
        assert caller.get(there(contract)).status_code == status
        assert caller.post(f"{there(contract)}{entry.pk}/done/").status_code == status
    assert send(elsewhere, there(contract), measure(company), "x").status_code == 404


def test_a_contact_is_sealed_and_read_masked(buyer, contract):
    body = {"name": "赵明", "phone": "13912340000"}
    made = buyer.post(contacts(contract), body, content_type="application/json")
    assert made.status_code == 201
    assert buyer.get(contacts(contract)).json() == made.json()
    assert "13912340000" not in made.content.decode()
    assert made.json()[0]["phone"].endswith("0000")
    wrong = buyer.post(
        contacts(contract), {"name": "赵明", "phone": "x"}, content_type="application/json"
    )
    assert (wrong.status_code, fields(wrong)) == (400, ["phone"])
    assert SupplierContact.objects.count() == 1


def test_who_does_not_manage_suppliers_reads_no_contact(company, manager, contract):
    for caller in (manager, signed_in(company.steward)):
        assert caller.get(contacts(contract)).status_code == 403
        assert caller.post(contacts(contract)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_many(
    company, manager, contract, count, django_assert_num_queries
):
    for number in range(count):
        send(manager, there(contract), measure(company), f"k{number}")
    with django_assert_num_queries(6):
        assert len(manager.get(there(contract)).json()["results"]) == count
