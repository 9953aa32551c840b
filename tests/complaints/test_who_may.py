"""State × action × role, against a table typed by hand.

The ticket is an ordinary complaint of the company's community; the steward holds its post. What
is not in the table is refused.
"""

import pytest

from complaints import policies
from complaints.enums import Action, Entry, Kind, Severity, State
from complaints.models import Ticket, TicketParty
from core.actors import SYSTEM
from tests.complaints.conftest import ROADS, bring_to
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

#: what the state allows at all, in the order of the answer
STATE_ALLOWS = {
    "assigned": "assign accept withdraw reject reply note add urge",
    "accepted": "assign start withdraw reply note add urge",
    "in_progress": ("assign wait_resident wait_supplier resolve withdraw reply note add urge"),
    "waiting_resident": "resume resolve withdraw reply note add",
    "waiting_supplier": "resume resolve withdraw reply note add urge",
    "resolved": "reopen close reply note add rate",
    "reopened": "assign accept withdraw reply note add urge",
    "closed": "reopen reply note rate",
    "withdrawn": "note",
    "rejected": "reply note",
}

HANDLING = "accept start wait_resident wait_supplier resume resolve reply note"
FOR_THE_CALLER = "reopen withdraw add urge"

#: what a role may do in its own area, whatever the state
ROLE_MAY = {
    "agent": f"reply note {FOR_THE_CALLER}",
    "supervisor": f"reply note {FOR_THE_CALLER} assign reject close",
    "dispatcher": f"reply note {FOR_THE_CALLER} assign reject",
    # holds the ticket's post: neither closes nor withdraws it
    "steward": f"{HANDLING} reopen add urge",
    "engineer": HANDLING,
    "security": HANDLING,
    "manager": f"{HANDLING} {FOR_THE_CALLER} assign reject close",
    "region_head": f"{HANDLING} {FOR_THE_CALLER} assign reject close",
    "region_manager": "reply note assign reject close",
    "executive": "reply note assign reject",
    "duty": f"{HANDLING} {FOR_THE_CALLER} assign reject close",
    "inspector": "",
    "privacy_officer": "",
    "privacy_approver": "",
    "other_steward": "",
    "far_steward": "",
    "resident": "reopen close withdraw add urge rate",
    "stranger": "",
}


def expected(role, state):
    mine = set(ROLE_MAY[role].split())
    return [verb for verb in STATE_ALLOWS[state].split() if verb in mine]


@pytest.fixture
def everyone(staff, resident, stranger):
    staff.resident, staff.stranger = resident, stranger
    return staff


@pytest.mark.parametrize("state", STATE_ALLOWS)
def test_each_role_is_offered_what_the_table_says(ticket, everyone, state):
    ticket = bring_to(State(state), ticket)
    offered = {role: policies.allowed_actions(getattr(everyone, role), ticket) for role in ROLE_MAY}
    assert offered == {role: expected(role, state) for role in ROLE_MAY}


def test_the_table_has_every_state_a_ticket_can_reach():
    assert set(STATE_ALLOWS) == {state.value for state in ROADS}
    assert set(State) - set(ROADS) == {State.RECEIVED, State.MERGED, State.CALL_BACK}


def test_an_unrouted_and_a_merged_ticket(ticket, everyone):
    Ticket.objects.filter(pk=ticket.pk).update(state=State.RECEIVED)
    received = Ticket.objects.get(pk=ticket.pk)
    assert policies.allowed_actions(everyone.dispatcher, received) == [
        "assign", "withdraw", "reject", "reply", "note", "add", "urge",
    ]  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(
        state=State.MERGED, next_step_at=None, ended_at=A_MORNING
    )
    merged = Ticket.objects.get(pk=ticket.pk)
    assert policies.allowed_actions(everyone.duty, merged) == []


def test_the_system_does_everything_but_rate_and_close_what_is_serious(company, ticket):
    resolved = bring_to(State.RESOLVED, ticket)
    assert policies.allowed_actions(SYSTEM, resolved) == ["reopen", "close", "reply", "note", "add"]
    serious = make_ticket(company, severity=Severity.SERIOUS)
    serious = bring_to(State.RESOLVED, serious)
    assert "close" not in policies.allowed_actions(SYSTEM, serious)


def test_the_resident_does_not_close_what_is_serious(company, everyone):
    serious = make_ticket(
        company, severity=Severity.SAFETY, reporter_subject=everyone.resident.subject_id
    )
    serious = bring_to(State.RESOLVED, serious)
    assert policies.allowed_actions(everyone.resident, serious) == ["reopen", "add", "rate"]


def test_who_resolved_it_does_not_close_it(ticket, everyone):
    ticket = bring_to(State.RESOLVED, ticket, actor=everyone.manager)
    assert "close" not in policies.allowed_actions(everyone.manager, ticket)
    assert "close" in policies.allowed_actions(everyone.region_head, ticket)


def test_who_is_named_may_do_nothing(ticket, everyone, company):
    for post in (company.steward, company.manager):
        TicketParty.objects.create(ticket=ticket, staff=post.holder, role="named")
    assert policies.allowed_actions(everyone.steward, ticket) == []
    assert policies.allowed_actions(everyone.manager, ticket) == []
    assert policies.allowed_actions(everyone.engineer, ticket) != []


GATED = {
    Kind.INTEGRITY: {
        # who receives such reports has no right to take one back or to send it on
        "inspector": ["accept", "reply", "note"],
    },
    Kind.PRIVACY: {
        # answering and ending it are steps of the request, not of its ticket
        "privacy_officer": ["accept", "note", "add"],
        "privacy_approver": ["note"],
    },
}


@pytest.mark.parametrize("kind", GATED)
def test_a_gated_kind_is_for_its_own_people_alone(company, everyone, kind):
    gated = make_ticket(company, kind=kind, category_code="other", actor=SYSTEM)
    # nobody of those asked holds the post
    Ticket.objects.filter(pk=gated.pk).update(post=company.duty)
    gated = Ticket.objects.get(pk=gated.pk)
    roles = [role for role in ROLE_MAY if role not in ("resident", "stranger")]
    offered = {role: policies.allowed_actions(getattr(everyone, role), gated) for role in roles}
    assert {role: verbs for role, verbs in offered.items() if verbs} == GATED[kind]


@pytest.mark.parametrize("state", STATE_ALLOWS)
def test_nobody_ends_or_answers_a_privacy_request_on_its_ticket(company, everyone, state):
    ticket = make_ticket(
        company,
        kind=Kind.PRIVACY,
        category_code="other",
        actor=SYSTEM,
        reporter_subject=everyone.resident.subject_id,
    )
    ticket = bring_to(State(state), ticket)
    offered = {
        verb
        for role in ROLE_MAY
        for verb in policies.allowed_actions(getattr(everyone, role), ticket)
        if role != "resident"
    }
    harmless = {"accept", "start", "wait_resident", "wait_supplier", "resume", "note", "add"}
    assert offered <= harmless
    assert set(policies.allowed_actions(everyone.resident, ticket)) <= {"withdraw", "add"}


@pytest.mark.parametrize("verb", [*Action, *Entry])
def test_every_verb_is_somebody_s(verb):
    known = {word for words in ROLE_MAY.values() for word in words.split()}
    assert verb.value in known


def test_what_is_offered_costs_one_statement_beside_the_ticket(
    ticket, everyone, django_assert_num_queries
):
    ticket = Ticket.objects.for_acting().get(pk=ticket.pk)
    with django_assert_num_queries(1):
        policies.allowed_actions(everyone.manager, ticket)
    with django_assert_num_queries(0):
        policies.allowed_actions(everyone.resident, ticket)
