"""Every state × every action × every role: what the service does, what the API answers and what
`allowed_actions` promises are one and the same, and what `workflow_table` says.

The API is asked for every cell whose state knows the action; where it does not, on behalf of two
roles, since a state refuses whoever asks. Its answer is the service's, done or refused. Where it
was not asked, or said "not there" before the service was, the service is asked itself: for whom the
ticket is not there, one act tells as much by API as all of them.
"""

import datetime as dt
import itertools
from contextlib import nullcontext

import pytest
from django.db import connection, transaction
from rest_framework.test import APIRequestFactory, force_authenticate

from complaints import policies, rights
from complaints.api.views import ActionView, TicketView
from complaints.enums import Action, EventKind, State
from complaints.models import CoOwnership, Extension, Supervision, Ticket, TicketClock
from complaints.services import (
    call_backs,
    decisions,
    extensions,
    grading,
    ip_notices,
    lifecycle,
    linking,
    merging,
    naming,
    records,
    remedies,
    returns,
    supervision,
    timeline,
)
from core.actors import SYSTEM, Actor
from core.errors import DeskError
from core.models import MachineKey
from organisation import access
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.pictures import evidence_of
from tests.complaints.test_ip_notices import notice
from tests.complaints.workflow_table import (
    BESIDE_THE_HANDLER,
    DECIDED,
    ELSEWHERE,
    MAY,
    OTHER_MATTERS,
    PRESSED,
    QUIET,
    ROLE_NAMES,
    VERBS,
    expected,
)
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AT = A_MORNING + minutes(30)


def services(company, other):
    """Each action as its service does it, with all it asks for."""
    return {
        "assign": lambda t, a: lifecycle.assign(t, actor=a, post=company.engineer, at=AT),
        "accept": lambda t, a: lifecycle.accept(t, actor=a, at=AT),
        "start": lambda t, a: lifecycle.start(t, actor=a, at=AT),
        "wait_resident": lambda t, a: lifecycle.wait(
            t, actor=a, on=Action.WAIT_RESIDENT, text="请补充", at=AT
        ),
        "wait_supplier": lambda t, a: lifecycle.wait(t, actor=a, on=Action.WAIT_SUPPLIER, at=AT),
        "resume": lambda t, a: lifecycle.resume(t, actor=a, at=AT),
        "resolve": lambda t, a: lifecycle.resolve(t, actor=a, reply="好了", at=AT),
        "return": lambda t, a: returns.return_to_dispatch(
            t, actor=a, reason_code="wrong_place", note="不在本小区", at=AT
        ),
        "call_back": lambda t, a: call_backs.order(t, actor=a, at=AT),
        "reopen": lambda t, a: lifecycle.reopen(t, actor=a, reason="没好", at=AT),
        "close": lambda t, a: lifecycle.close(t, actor=a, at=AT),
        "withdraw": lambda t, a: lifecycle.withdraw(t, actor=a, reason="不用了", at=AT),
        "reject": lambda t, a: lifecycle.reject(
            t, actor=a, reason_code="out_of_scope", reply="请拨 12345", at=AT
        ),
        "reply": lambda t, a: timeline.reply(t, actor=a, text="马上到", at=AT),
        "note": lambda t, a: timeline.note(t, actor=a, text="备忘", at=AT),
        "add": lambda t, a: timeline.add(t, actor=a, text="还有", at=AT),
        "urge": lambda t, a: timeline.urge(t, actor=a, at=AT),
        "rate": lambda t, a: timeline.rate(t, actor=a, handling=5, outcome=4, at=AT),
        "take_over": lambda t, a: decisions.take_over(t, actor=a, at=AT),
        "acknowledge": lambda t, a: decisions.acknowledge(t, actor=a, at=AT),
        "give_back": lambda t, a: decisions.give_back(t, actor=a, order="明天办完", at=AT),
        "ask_extension": lambda t, a: extensions.ask(
            t, actor=a, minutes=60, reason_code="access", note="约到明天", at=AT
        ),
        "grant_extension": lambda t, a: extensions.grant(t, actor=a, at=AT),
        "refuse_extension": lambda t, a: extensions.refuse(t, actor=a, note="人手够", at=AT),
        "supervise": lambda t, a: supervision.supervise(t, actor=a, at=AT),
        "raise_severity": lambda t, a: grading.raise_severity(
            t, actor=a, severity="serious", reason_code="worse", at=AT
        ),
        "end_supervision": lambda t, a: supervision.end(t, actor=a, at=AT),
        "record_call": lambda t, a: call_backs.record(t, actor=a, result="satisfied", at=AT),
        "merge": lambda t, a: merging.merge(t, actor=a, other=other, at=AT),
        "unmerge": lambda t, a: merging.unmerge(t, actor=a, at=AT),
        "link": lambda t, a: linking.link(t, actor=a, other=other, relation="relates_to", at=AT),
        "plan_action": lambda t, a: remedies.plan(
            t, actor=a, root_cause="process.missing", owner=company.engineer,
            due_on=AT.date() + dt.timedelta(days=9), text="写一份规定", at=AT,
        ),
        "name": lambda t, a: naming.name(t, actor=a, names=company.far_steward.holder.name, at=AT),
    }  # fmt: skip


BODIES = {
    "wait_resident": {"text": "请补充"},
    "resolve": {"text": "好了"},
    "return": {"text": "不在本小区", "reason_code": "wrong_place"},
    "reopen": {"text": "没好"},
    "withdraw": {"text": "不用了"},
    "reject": {"text": "请拨 12345", "reason_code": "out_of_scope"},
    "reply": {"text": "马上到"},
    "note": {"text": "备忘"},
    "add": {"text": "还有"},
    "rate": {"handling": 5, "outcome": 4},
    "give_back": {"text": "明天办完"},
    "ask_extension": {"text": "约到明天", "reason_code": "access", "minutes": 60},
    "refuse_extension": {"text": "人手够"},
    "raise_severity": {"severity": "serious", "reason_code": "worse"},
    "record_call": {"result": "satisfied"},
}


def bodies(company, other):
    return {
        **BODIES,
        "assign": {"post": company.engineer.pk},
        "merge": {"other": other.reference},
        "link": {"other": other.reference, "relation": "relates_to"},
        "name": {"text": company.far_steward.holder.name},
        "plan_action": {
            "root_cause": "process.missing",
            "post": company.engineer.pk,
            "due_on": f"{AT.date() + dt.timedelta(days=9)}",
            "text": "写一份规定",
        },
    }


DONE = 200
#: what right and state refuse is said by the service; what is out of scope, also of the other
#: ticket that an act names, is not there before it is asked
SAID_BY_THE_SERVICE = {403, 409}
SAID_BEFORE_THE_SERVICE = {None, 404, 400}
NAMES_ANOTHER = {"merge", "link"}


class User:
    """Somebody signed in, as the API knows them."""

    is_authenticated = is_active = True
    pk = None

    def __init__(self, actor):
        self.actor = actor


@pytest.fixture
def world(company, monkeypatch):
    """The company with every role filled, and one person of each; the API's clock stands at AT."""
    monkeypatch.setattr("complaints.api.views.database_now", lambda: AT)
    _plan_lightly(monkeypatch)
    holders = {}
    for role in ROLE_NAMES:
        at_home = {"steward", "engineer", "security_lead", "project_manager"}
        in_region = {"region_service_head", "region_general_manager"}
        unit = (
            company.community
            if role in at_home
            else company.region
            if role in in_region
            else company.group
        )
        if role == "dispatcher":
            holders[role] = company.dispatcher.holder
        else:
            holders[role] = make_post(role, unit).holder
    reporter = make_person(dwelling=company.dwelling)
    key = MachineKey.objects.create(
        key_id="m1",
        name="外部系统",
        secret_sha256=b"-",
        scopes=["tickets.view", "tickets.note", "tickets.create"],
        unit_codes=[company.community.code],
        created_at=A_MORNING,
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
    )
    actors = {role: Actor.staff(holder.pk) for role, holder in holders.items()}
    actors |= {
        "handler": Actor.staff(company.steward.holder_id),
        "reporter": Actor.reporter(reporter.subject_id),
        "stranger": Actor.reporter(make_person("李四", "13900001111").subject_id),
        "steward_elsewhere": Actor.staff(company.far_steward.holder_id),
        "machine": Actor.machine(key.pk),
        "system": SYSTEM,
    }
    ticket = make_ticket(company, reporter_subject=reporter.subject_id)
    other = make_ticket(company, body="也是这件事", reporter_subject=reporter.subject_id)
    actors["code_holder"] = Actor.code_holder(ticket.pk)
    actors["holder_of_another_code"] = Actor.code_holder(other.pk)
    holders["co_owner"] = make_post("region_general_manager", company.region).holder
    actors["co_owner"] = Actor.staff(holders["co_owner"].pk)
    assert ticket.post == company.steward
    return company, actors, ticket, holders, Ticket.objects.for_acting().get(pk=other.pk)


def _plan_lightly(monkeypatch):
    """The driver forgets with every rollback what it prepared, and here each cell ends in one: what
    is planned anew each time is joined in the order in which it is written."""
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL join_collapse_limit = 1")


def _bring(ticket, state, other, actors):
    if state != State.MERGED:
        return bring_to(State(state), ticket)
    return merging.merge(ticket, other=other, actor=actors["duty_officer"], at=A_MORNING)


def _press(ticket, actors, holders):
    """As the services would leave it; where no promise runs, nothing is asked for."""
    Ticket.objects.filter(pk=ticket.pk).update(level=1)
    clock = TicketClock.objects.filter(ticket=ticket, kind="resolve").order_by("-cycle")[0]
    event = records.new_event(
        ticket, EventKind.EXTEND_ASKED, actor=actors["handler"], at=A_MORNING, clock=clock
    )
    event.save()
    Extension.objects.create(
        ticket=ticket, clock=clock, reason_code="access", minutes=60, basis="working",
        asked=event, asked_by_id=actors["handler"].staff_id,
    )  # fmt: skip
    beside = holders["co_owner"].posts.get()
    told = records.new_event(
        ticket, EventKind.ESCALATED, actor=SYSTEM, at=A_MORNING, clock=clock, level=1,
        effect="co_own", post=beside,
    )  # fmt: skip
    told.save()
    CoOwnership.objects.create(ticket=ticket, post=beside, cycle=ticket.cycle, since=told)
    head = holders["region_service_head"]
    Supervision.objects.create(
        ticket=ticket, post=head.posts.get(), staff=head, started_at=A_MORNING
    )


def refused(act, ticket, actor):
    """Whether the service says no, and for a reason of state or right."""
    try:
        act(ticket, actor)
    except DeskError as error:
        return error.code in {"not_allowed", "invalid_transition"} | REASONS
    return False


#: words in which a service says what else stands in the way
REASONS = {
    "call_back_missing",
    "asked_already", "nothing_asked", "nothing_to_extend", "supervised_already", "not_supervised",
    "called_back_already",
}  # fmt: skip

requests = APIRequestFactory()
_action = ActionView.as_view()
_ticket = TicketView.as_view()


def by_api(verb, ticket, actor, body, *, undone):
    """The status of the answer. A refusal undoes itself; what is to succeed is undone around it."""
    request = requests.post("/", body, format="json", headers={"If-Match": f'"{ticket.version}"'})
    force_authenticate(request, User(actor))
    with transaction.atomic() if undone else nullcontext():
        status = _action(request, public_id=ticket.public_id, action=verb).status_code
        if undone:
            transaction.set_rollback(True)
    expected = {DONE, 404, *SAID_BY_THE_SERVICE, *([400] if verb in NAMES_ANOTHER else ())}
    assert status in expected, (verb, status)
    return status


def shown_by_api(ticket, actor):
    """What the ticket says that one may do; None for whom it is not there."""
    request = requests.get("/")
    force_authenticate(request, User(actor))
    answer = _ticket(request, public_id=ticket.public_id)
    return set(answer.data["allowed_actions"]) if answer.status_code == DONE else None


#: what only these two are asked of the API: a state refuses whoever asks
ASKS_ALL = {"handler", "duty_officer"}
#: what the pressure touches
MOVED = set(f"{DECIDED} ask_extension supervise".split())
CASES = [*itertools.product(QUIET, ["quiet"]), *itertools.product(PRESSED, ["pressed"])]


@pytest.mark.parametrize(("state", "situation"), CASES)
def test_service_api_and_promise_are_what_the_table_says(world, state, situation):
    company, actors, ticket, holders, other = world
    ticket = _bring(ticket, state, other, actors)
    if situation == "pressed":
        _press(ticket, actors, holders)
    ticket = Ticket.objects.for_acting().get(pk=ticket.pk)
    acts, said = services(company, other), bodies(company, other)
    known = {*QUIET[state].split(), *PRESSED.get(state, "").split()}
    wrong = []
    for role, actor in actors.items():
        wanted = expected(state, role, situation)
        with access.remembering():
            shown = shown_by_api(ticket, actor)
            offered = set(policies.allowed_actions(actor, ticket)), shown or set()
            if offered != (wanted, wanted):
                wrong.append((role, "is offered", *(found ^ wanted for found in offered)))
            by_role = known if shown is not None else {"note"}
            for verb in _asked(acts, role, situation):
                opened = verb in wanted
                status = None
                if verb in by_role or role in ASKS_ALL:
                    body = _shown(said.get(verb, {}), verb, actor)
                    status = by_api(verb, ticket, actor, body, undone=opened)
                    if (status == DONE) != opened:
                        wrong.append((role, verb, "by the API"))
                if status in SAID_BEFORE_THE_SERVICE and not refused(acts[verb], ticket, actor):
                    wrong.append((role, verb, "by the service"))
    assert wrong == []


def _shown(body, verb, actor):
    """What is returned is shown in a photo."""
    if verb != "return" or actor.staff_id is None:
        return body
    return {**body, "draft": str(evidence_of(actor, AT))}


def _asked(acts, role, situation):
    """Under pressure, what it touches, and all of it for whom it puts beside the handler."""
    if situation == "quiet" or role in BESIDE_THE_HANDLER:
        return acts
    return [verb for verb in acts if verb in MOVED]


def test_the_table_knows_every_state_action_and_role():
    assert set(QUIET) == {state.value for state in State}
    assert set(ROLE_NAMES) < set(MAY)
    typed = {word for words in (*QUIET.values(), *PRESSED.values()) for word in words.split()}
    # satisfied at a call-back is said with `record_call`
    assert {verb.value for verb in VERBS} - {Action.CONFIRM.value} - ELSEWHERE <= typed
    assert set(VERBS) >= set(rights.OFFERED)


def _other_matter(company, which):
    if which == "notice":
        return ip_notices.take(notice(), at=A_MORNING)
    if which == "serious":
        return make_ticket(company, severity="serious")
    kind = {"kind": "integrity"} if which == "integrity" else {}
    return make_ticket(company, category_code=which, actor=SYSTEM, **kind)


@pytest.mark.parametrize("verb", OTHER_MATTERS)
def test_the_steps_of_other_matters(world, verb):
    company, actors, *_ = world
    which, who, knowing, refusing = OTHER_MATTERS[verb]
    ticket = _other_matter(company, which)
    for state in (*knowing.split(), *refusing.split()):
        Ticket.objects.filter(pk=ticket.pk).update(state=state, **_marks(state))
        found = Ticket.objects.for_acting().get(pk=ticket.pk)
        offered = {
            role for role, actor in actors.items() if verb in policies.allowed_actions(actor, found)
        }
        assert offered == (who if state in knowing.split() else set()), state


def _marks(state):
    ended = state in ("closed", "withdrawn")
    return {
        "next_step_at": None if ended else AT,
        "ended_at": A_MORNING if ended else None,
        "resolved_at": A_MORNING if state in ("resolved", "closed") else None,
    }
