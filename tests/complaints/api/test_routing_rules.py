"""Routing rules by API: the table as the page shows it, changed by who read all of it."""

import pytest

from complaints.models import RoutingRule
from complaints.services import rules
from privacy.vault.enums import LedgerKind
from privacy.vault.models import LedgerEntry
from tests.complaints.api.conftest import staff_caller
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db

AT = "/api/v1/routing/rules/"
NEW = {"kind": "complaint", "category": "noise", "policy": "safety"}


@pytest.fixture
def keeper(company):
    return staff_caller(make_post("administrator", company.group).holder)


def read():
    return {"If-Match": f'"{rules.tag(rules.in_order())}"'}


def fields(answer):
    return {each["field"] for each in answer.json()["errors"]}


def test_the_table_is_read_in_its_order_with_its_tag(keeper, company):
    answer = keeper.get(AT)
    rows = answer.json()["results"]
    assert [row["id"] for row in rows] == [rule.pk for rule in rules.in_order()]
    assert (rows[0]["place"], rows[-1]["catches_all"]) == (1, True)
    assert answer.headers["ETag"] == f'"{answer.json()["tag"]}"'


def test_a_rule_is_added_changed_moved_and_removed(keeper, company):
    made = keeper.post(AT, NEW, headers=read())
    assert made.status_code == 201, made.json()
    row = made.json()["results"][-2]
    assert (row["category"], row["policy"], row["unit"]) == ("noise", "safety", "")
    here = f"{AT}{row['id']}/"
    changed = keeper.put(here, {**NEW, "unit": "X1", "role": "steward"}, headers=read()).json()
    assert (changed["results"][-2]["unit"], changed["results"][-2]["role"]) == ("X1", "steward")
    first = keeper.post(f"{here}move/", {"place": 1}, headers=read()).json()["results"]
    assert [each["id"] for each in first][:1] == [row["id"]]
    assert sorted(each["position"] for each in first) == [each["position"] for each in first]
    assert make_ticket(company).policy.code == "safety"
    end = keeper.post(f"{here}move/", {"place": 9_999}, headers=read()).json()["results"]
    assert end[-1]["id"] == row["id"]
    gone = keeper.delete(here, headers=read())
    assert gone.status_code == 200
    assert not RoutingRule.objects.filter(pk=row["id"]).exists()


def test_each_change_is_in_the_ledger_by_who_made_it(keeper, company):
    row = keeper.post(AT, NEW, headers=read()).json()["results"][-2]
    keeper.put(f"{AT}{row['id']}/", NEW, headers=read())
    keeper.post(f"{AT}{row['id']}/move/", {"place": 1}, headers=read())
    keeper.post(f"{AT}{row['id']}/move/", {"place": 1}, headers=read())
    keeper.delete(f"{AT}{row['id']}/", headers=read())
    entries = LedgerEntry.objects.filter(kind=LedgerKind.ROUTING_CHANGED).order_by("pk")
    assert [each.reason_code for each in entries] == ["added", "changed", "moved", "removed"]
    assert all(each.actor_kind == "staff" and each.actor_id for each in entries)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"policy": "nothing"}, {"policy"}),
        ({"category": "no.such"}, {"category"}),
        ({"kind": "nonsense"}, {"kind"}),
        ({"unit": "X9", "role": "nobody"}, {"unit", "role"}),
        ({"role": "privacy_officer"}, {"role"}),
        ({"colour": "red"}, {"colour"}),
    ],
)
def test_a_mistake_is_named_by_its_field_and_nothing_changes(keeper, company, changes, named):
    before = read()
    answer = keeper.post(AT, {**NEW, **changes}, headers=before)
    assert answer.status_code == 400
    assert fields(answer) == named
    assert read() == before


def test_of_two_editors_the_second_is_told(keeper, company):
    seen, first = read(), rules.in_order()[0]
    keeper.post(AT, NEW, headers=seen)
    for late in (
        keeper.post(AT, NEW, headers=seen),
        keeper.put(f"{AT}{first.pk}/", NEW, headers=seen),
        keeper.post(f"{AT}{first.pk}/move/", {"place": 3}, headers=seen),
        keeper.delete(f"{AT}{first.pk}/", headers=seen),
    ):
        assert late.status_code == 412, late.json()
        assert late.json()["code"] == "stale_version"
        assert late.json()["tag"] == keeper.get(AT).json()["tag"]
    assert rules.in_order()[0] == first


def test_who_read_nothing_changes_nothing(keeper, company):
    assert keeper.post(AT, NEW).status_code == 428


def test_the_last_that_catches_everything_stays(keeper, company):
    last = rules.in_order()[-1]
    for answer in (
        keeper.delete(f"{AT}{last.pk}/", headers=read()),
        keeper.put(f"{AT}{last.pk}/", NEW, headers=read()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_would_catch")


def test_a_rule_that_is_not_there(keeper, company):
    assert keeper.put(f"{AT}99999999/", NEW, headers=read()).status_code == 404
    assert keeper.delete(f"{AT}99999999/", headers=read()).status_code == 404


def test_others_may_not(company, steward, resident):
    first = rules.in_order()[0]
    regional = staff_caller(make_post("administrator", company.region).holder)
    assert regional.get(AT).status_code == 200
    for caller in (steward, resident, regional):
        assert caller.post(AT, NEW, headers=read()).status_code == 403
        assert caller.delete(f"{AT}{first.pk}/", headers=read()).status_code == 403
    assert steward.get(AT).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_costs_the_same_for_many(keeper, company, count, django_assert_num_queries):
    for _ in range(count):
        keeper.post(AT, {**NEW, "unit": "X1", "role": "steward"}, headers=read())
    with django_assert_num_queries(3):
        keeper.get(AT)
