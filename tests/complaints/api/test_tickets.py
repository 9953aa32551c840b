"""Reporting and reading by API: idempotent, scoped, in words."""

from __future__ import annotations

import uuid

import pytest

from complaints.models import Ticket
from core import reference
from core.actors import SYSTEM
from organisation.models import Post
from privacy.vault.services import subjects
from residents.models import Occupancy
from tests.factories import A_MORNING, make_person, make_unit

pytestmark = pytest.mark.django_db


def test_a_resident_reports_and_gets_a_number(resident, company):
    answer = resident.report(dwelling=str(company.dwelling.public_id))
    assert answer.status_code == 201
    assert set(answer.json()) == {
        "id", "reference", "state", "severity", "safety_suspected", "received_at",
    }  # fmt: skip
    assert answer.json()["safety_suspected"] is None
    reference.parse(answer.json()["reference"])
    ticket = Ticket.objects.get(public_id=answer.json()["id"])
    assert (ticket.unit, ticket.channel) == (company.community, "app")


def test_danger_is_answered_by_its_kind_and_a_resident_does_not_wait(resident, agent, company):
    told = {"category": "lifts", "body": "电梯困人了，里面有老人"}
    theirs = resident.report(dwelling=str(company.dwelling.public_id), **told).json()
    assert theirs["severity"] == "safety"
    assert theirs["safety_suspected"] == {"kind": "entrapment", "acute": True}
    assert "困人" not in str(theirs)
    ours = agent.report(unit=company.community.code, **told).json()
    assert (ours["severity"], ours["safety_suspected"]["kind"]) == ("urgent", "entrapment")
    ticket = Ticket.objects.get(public_id=ours["id"])
    raised = agent.act(
        ticket.public_id, "raise_severity", 1, severity="safety", reason_code="danger"
    )
    assert raised.json()["severity"] == "safety"


def test_the_same_key_gets_the_first_answer_and_makes_one_ticket(resident, company):
    where = str(company.dwelling.public_id)
    first = resident.report(key="once", dwelling=where)
    again = resident.report(key="once", dwelling=where)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(resident, company):
    where = str(company.dwelling.public_id)
    resident.report(key="once", dwelling=where)
    other = resident.report(key="once", dwelling=where, body="另一件事")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


def test_a_key_of_one_caller_is_not_the_key_of_another(resident, agent, company):
    resident.report(key="once", dwelling=str(company.dwelling.public_id))
    other = agent.report(key="once", unit=company.community.code, body="来电投诉")
    assert other.status_code == 201
    assert Ticket.objects.count() == 2


def test_without_a_key_nothing_is_created_and_the_answer_says_what_to_do(resident, company):
    answer = resident.post("/api/v1/tickets/", {"category": "noise", "body": "吵"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Ticket.objects.exists()


def test_an_unknown_field_is_named(resident, company):
    answer = resident.report(dwelling=str(company.dwelling.public_id), colour="red")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["colour"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "no_such"),
        ("kind", "gossip"),
        ("body", ""),
        ("dwelling", str(uuid.UUID(int=7))),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_created(resident, company, field, value):
    body = {"dwelling": str(company.dwelling.public_id), field: value}
    answer = resident.report(**body)
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not Ticket.objects.exists()


def test_a_privacy_request_is_no_ticket_and_the_right_door_is_named(resident, company):
    answer = resident.report(
        kind="privacy", category="privacy", dwelling=str(company.dwelling.public_id)
    )
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] == "kind"
    assert "/privacy/requests/" in str(error)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("severity", "safety"), ("reporter", "somebody")])
def test_a_resident_does_not_decide_what_staff_decide(resident, company, field, value):
    answer = resident.report(dwelling=str(company.dwelling.public_id), **{field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_a_dwelling_of_somebody_else_cannot_be_named(stranger, company):
    answer = stranger.report(dwelling=str(company.dwelling.public_id))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "dwelling"


def test_who_moved_out_reports_there_no_more(resident, company):
    Occupancy.objects.filter(subject=resident.person.subject_id).update(until_on="2026-03-05")
    where = str(company.dwelling.public_id)
    assert resident.report(dwelling=where).status_code == 400
    assert resident.report(unit=company.community.code).status_code == 400
    assert resident.get("/api/v1/communities/").json()["results"] == []


@pytest.mark.parametrize("name", ["communities", "categories"])
def test_reference_lists_are_paged(agent, company, name):
    whole = agent.get(f"/api/v1/{name}/", {"size": 100}).json()["results"]
    found, cursor = [], None
    while cursor or not found:
        asked = {"size": 2, **({"cursor": cursor} if cursor else {})}
        page = agent.get(f"/api/v1/{name}/", asked).json()
        found, cursor = found + page["results"], page["next"]
    assert [row["code"] for row in found] == [row["code"] for row in whole]
    assert len(found) > 2


@pytest.mark.parametrize("count", [1, 3])
def test_communities_cost_the_same_for_many(agent, company, count, django_assert_num_queries):
    for number in range(count):
        make_unit(f"N{number}", parent=company.city)
    with django_assert_num_queries(4):
        assert agent.get("/api/v1/communities/").json()["results"]


def test_a_home_under_an_earlier_number_is_ones_own(stranger, company):
    known = make_person("张三", "13700003333", company.dwelling)
    subjects.merge(known.subject_id, into=stranger.person.subject_id, actor=SYSTEM, at=A_MORNING)
    assert stranger.report(dwelling=str(company.dwelling.public_id)).status_code == 201
    assert stranger.report(unit=company.community.code).status_code == 201


def test_a_ticket_of_somebody_else_does_not_exist(resident, stranger, company):
    public_id = resident.report(dwelling=str(company.dwelling.public_id)).json()["id"]
    for address in ("", "timeline/"):
        answer = stranger.get(f"/api/v1/tickets/{public_id}/{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert stranger.act(public_id, "withdraw").status_code == 404
    assert stranger.get("/api/v1/tickets/").json()["results"] == []


def test_staff_of_another_community_see_nothing_of_it(resident, company):
    from tests.complaints.api.conftest import staff_caller

    public_id = resident.report(dwelling=str(company.dwelling.public_id)).json()["id"]
    far = staff_caller(company.far_steward.holder)
    assert far.get(f"/api/v1/tickets/{public_id}/").status_code == 404
    assert far.get("/api/v1/tickets/").json()["results"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_one_ticket_costs_three_and_its_timeline_four_however_long(
    resident, steward, company, count, django_assert_num_queries
):
    public_id = resident.report(dwelling=str(company.dwelling.public_id)).json()["id"]
    page = f"/api/v1/tickets/{public_id}/"
    for version in range(1, count + 1):
        assert steward.act(public_id, "note", version, text="备忘").status_code == 200
    with django_assert_num_queries(3):  # session; person with grants; ticket with clocks
        assert steward.get(page).json()["version"] == count + 1
    with django_assert_num_queries(4):  # session; person with grants; ticket; events with texts
        assert len(steward.get(f"{page}timeline/").json()["results"]) == 2 + count


def test_a_right_that_ends_is_gone_with_the_next_request(resident, steward, company):
    public_id = resident.report(dwelling=str(company.dwelling.public_id)).json()["id"]
    assert "reply" in steward.get(f"/api/v1/tickets/{public_id}/").json()["allowed_actions"]
    role = company.steward.role
    role.permissions = [one for one in role.permissions if one != "tickets.reply"]
    role.save()
    assert "reply" not in steward.get(f"/api/v1/tickets/{public_id}/").json()["allowed_actions"]
    assert steward.act(public_id, "reply", text="马上到").status_code == 403
    Post.objects.filter(pk=company.steward.pk).update(holder=company.other_steward.holder)
    assert steward.get(f"/api/v1/tickets/{public_id}/").status_code == 404


def test_a_list_costs_the_same_for_one_row_and_three(
    resident, steward, company, django_assert_num_queries
):
    where = str(company.dwelling.public_id)
    resident.report(dwelling=where)
    steward.get("/api/v1/tickets/")
    with django_assert_num_queries(4):
        assert len(steward.get("/api/v1/tickets/").json()["results"]) == 1
    resident.report(dwelling=where)
    resident.report(dwelling=where)
    with django_assert_num_queries(4):
        assert len(steward.get("/api/v1/tickets/").json()["results"]) == 3


def test_pages_follow_each_other_without_gap_or_repeat(resident, steward, company):
    for _ in range(5):
        resident.report(dwelling=str(company.dwelling.public_id))
    seen, cursor = [], ""
    while cursor is not None:
        query = f"?size=2&cursor={cursor}" if cursor else "?size=2"
        page = steward.get(f"/api/v1/tickets/{query}").json()
        seen += [row["id"] for row in page["results"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 5
    back = steward.get(f"/api/v1/tickets/?size=2&cursor={page['previous']}").json()
    assert [row["id"] for row in back["results"]] == seen[2:4]


@pytest.mark.parametrize("query", ["cursor=nonsense", "cursor=W10", "size=0", "colour=red"])
def test_a_wrong_query_is_refused_in_words(steward, query):
    answer = steward.get(f"/api/v1/tickets/?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_ticket_is_found_by_its_reference_as_read_over_the_telephone(resident, agent, company):
    made = resident.report(dwelling=str(company.dwelling.public_id)).json()
    resident.report(dwelling=str(company.dwelling.public_id))
    typed = reference.pretty(made["reference"])
    found = agent.get("/api/v1/tickets/", {"q": typed}).json()["results"]
    assert [row["id"] for row in found] == [made["id"]]


def test_a_ticket_is_found_by_two_characters_of_its_text(resident, agent, company):
    where = str(company.dwelling.public_id)
    made = resident.report(dwelling=where, body="电梯困人，请马上来").json()
    resident.report(dwelling=where, body="楼道灯不亮")
    found = agent.get("/api/v1/tickets/", {"q": "困人"}).json()["results"]
    assert [row["id"] for row in found] == [made["id"]]


def test_a_create_takes_at_most_ten_statements_on_both_databases(resident, company):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    where = str(company.dwelling.public_id)
    resident.report(dwelling=where)
    with (
        CaptureQueriesContext(connections["default"]) as main,
        CaptureQueriesContext(connections["keys"]) as keys,
    ):
        assert resident.report(dwelling=where).status_code == 201
    statements = [
        query["sql"]
        for query in (*main.captured_queries, *keys.captured_queries)
        if "SAVEPOINT" not in query["sql"]
    ]
    assert len(statements) <= 10, "\n".join(statement[:150] for statement in statements)
