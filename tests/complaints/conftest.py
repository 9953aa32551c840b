"""A complaint on its way, and the people around it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from complaints.enums import Action, Basis, ClockKind, State, StepEffect, Tie
from complaints.models import LadderStep, Policy, PolicyDuration, Ticket
from complaints.services import call_backs, catalogue, intake, lifecycle, merging, returns
from complaints.services.intake import NewTicket
from core.actors import SYSTEM, Actor
from organisation.models import Role
from organisation.services import posts
from tests.complaints.pictures import evidence_of
from tests.factories import A_MORNING, make_person, make_post, make_ticket


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


#: what leads from an assigned ticket to each state, with the system as doer
ROADS = {
    State.RECEIVED: ("return",),
    State.ASSIGNED: (),
    State.ACCEPTED: ("accept",),
    State.IN_PROGRESS: ("accept", "start"),
    State.WAITING_RESIDENT: ("accept", "start", "wait_resident"),
    State.WAITING_SUPPLIER: ("accept", "start", "wait_supplier"),
    State.RESOLVED: ("accept", "start", "resolve"),
    State.CALL_BACK: ("accept", "start", "resolve", "call_back"),
    State.REOPENED: ("accept", "start", "resolve", "reopen"),
    State.CLOSED: ("accept", "start", "resolve", "close"),
    State.WITHDRAWN: ("withdraw",),
    State.REJECTED: ("reject",),
}

EXTRA = {
    "resolve": {"reply": "已处理完毕"},
    "reopen": {"reason": "没有解决"},
    "withdraw": {"reason": "住户来电撤回"},
    "reject": {"reason_code": "out_of_scope", "reply": "请向城管反映：12319"},
}


def act(ticket, verb, *, actor=SYSTEM, at=None, **fields):
    """One step of a ticket's life by its name in the workflow."""
    values = {**EXTRA.get(verb, {}), **fields}
    at = at or A_MORNING + minutes(1)
    if verb in (Action.WAIT_RESIDENT, Action.WAIT_SUPPLIER):
        values = {"on": Action(verb), "text": "请补充照片", **fields}
        return lifecycle.wait(ticket, actor=actor, at=at, **values)
    if verb == Action.RETURN:  # whoever has the ticket says that it is not theirs
        doer = Actor.staff(ticket.post.holder_id) if actor == SYSTEM else actor
        shown = evidence_of(doer, at)
        values = {
            "reason_code": "wrong_place", "note": "不在本小区", "draft_id": shown, **fields
        }  # fmt: skip
        return returns.return_to_dispatch(ticket, actor=doer, at=at, **values)
    if verb == Action.CALL_BACK:
        return call_backs.order(ticket, actor=actor, at=at)
    if verb == Action.CONFIRM:
        values = {"result": "satisfied", **fields}
        return call_backs.record(ticket, actor=_duty_officer(at), at=at, **values)
    if verb == Action.MERGE:
        main = NewTicket(
            ticket.kind, ticket.category.code, "hotline", "同一件事", unit=ticket.unit,
            severity=ticket.severity,
        )  # fmt: skip
        other = Ticket.objects.for_acting().get(pk=intake.submit(main, actor=SYSTEM, at=at).pk)
        return merging.merge(ticket, other=other, actor=_duty_officer(at), at=at)
    if verb == Tie.UNMERGE:
        return merging.unmerge(ticket, actor=_duty_officer(at), at=at)
    return getattr(lifecycle, verb)(ticket, actor=actor, at=at, **values)


def _duty_officer(at):
    """Some things are not for the system to do."""
    return Actor.staff(posts.duty_queue(at=at).holder_id)


def bring_to(state, ticket, *, actor=SYSTEM, at=None):
    for verb in ROADS[state]:
        ticket = act(ticket, verb, actor=actor, at=at)
    return ticket


def give_segments(code, duration=120):
    """The policy gives each holder so many minutes of the wall; its region's manager takes over an
    hour later."""
    policy = Policy.objects.get(code=code)
    PolicyDuration.objects.create(
        policy=policy, clock_kind=ClockKind.SEGMENT, duration_minutes=duration, basis=Basis.WALL
    )
    LadderStep.objects.bulk_create(
        LadderStep(
            policy=policy,
            clock_kind=ClockKind.SEGMENT,
            level=level,
            percent=None,
            after_minutes=after,
            role=Role.objects.get(code=role),
            effect=effect,
        )
        for level, after, role, effect in (
            (1, 0, "project_manager", StepEffect.INFORM),
            (2, 60, "region_general_manager", StepEffect.TAKE_OVER),
        )
    )
    catalogue._kept = None
    return policy


@pytest.fixture
def resident(company):
    person = make_person(dwelling=company.dwelling)
    return Actor.reporter(person.subject_id)


@pytest.fixture
def stranger(company):
    return Actor.reporter(make_person("李四", "13900001111").subject_id)


@pytest.fixture
def ticket(company, resident):
    return make_ticket(company, reporter_subject=resident.subject_id)


@pytest.fixture
def staff(company):
    """Actors by the post they hold."""
    company.supervisor = make_post("hotline_supervisor", company.group)
    company.inspector = make_post("discipline_inspector", company.group)
    company.privacy_officer = make_post("privacy_officer", company.group)
    company.privacy_approver = make_post("privacy_approver", company.group)
    company.security = make_post("security_lead", company.community)
    names = (
        "agent supervisor dispatcher duty executive region_head region_manager manager steward "
        "engineer security inspector privacy_officer privacy_approver other_steward far_steward"
    )
    return SimpleNamespace(
        **{name: Actor.staff(getattr(company, name).holder_id) for name in names.split()}
    )
