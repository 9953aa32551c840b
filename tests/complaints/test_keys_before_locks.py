"""A number in what is said is sealed under its reporter's key, which lies in another database: that
one is asked before a post or a ticket is locked, so that nobody waits for it behind a row."""

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import connections

from complaints.api.actions import WIRING, perform
from complaints.enums import (
    Action,
    ClockKind,
    Entry,
    EventKind,
    Measure,
    Relation,
    Remedy,
    State,
)
from complaints.models import CorrectiveAction, SealedFragment, Ticket, TicketReporter
from complaints.services import (
    extensions,
    grading,
    intake,
    ip_notices,
    merging,
    records,
    remedies,
    timeline,
)
from complaints.services.intake import NewTicket
from core.actors import SYSTEM, Actor
from privacy.vault.names import KEYS_ALIAS
from residents.services import accounts
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.pictures import evidence_of
from tests.complaints.test_ip_notices import notice
from tests.complaints.test_key_account_matters import opened, speaking_for
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db(databases=["default", KEYS_ALIAS])

SAID = "请打 13800001234 找我"
SOON, LATER = A_MORNING + minutes(5), A_MORNING + minutes(30)
DUE = dt.date(2026, 3, 10)
KEYS = ("KA1", "KA2")
LOCKS = ("FOR UPDATE", "FOR NO KEY UPDATE")


@pytest.fixture
def asked():
    """What either database was asked, in order: a key, or a lock of a row."""
    seen: list[str] = []

    def noting(alias):
        def wrapper(execute, sql, params, many, context):
            if alias == KEYS_ALIAS:
                seen.append("key")
            elif any(words in sql for words in LOCKS):
                seen.append("lock")
            return execute(sql, params, many, context)

        return wrapper

    with ExitStack() as stack:
        for alias in ("default", KEYS_ALIAS):
            stack.enter_context(connections[alias].execute_wrapper(noting(alias)))
        yield seen


@pytest.fixture
def resident(company):
    return make_person("张三", "13912345678", company.dwelling)


@pytest.fixture
def told(company, resident):
    return make_ticket(company, reporter_subject=resident.subject_id)


@pytest.fixture
def officer(company):
    return make_post("duty_officer", company.group).holder.actor


def first_the_key(asked):
    return asked[0] == "key" and "lock" in asked and asked.count("key") == 1


def test_an_intake(company, resident, asked):
    new = NewTicket(
        "complaint", "noise", "hotline", SAID, dwelling=company.dwelling,
        reporter_subject=resident.subject_id,
    )  # fmt: skip
    asked.clear()
    intake.submit(new, actor=SYSTEM, at=A_MORNING)
    assert first_the_key(asked)
    assert SealedFragment.objects.exists()


@dataclass
class Ready:
    """A ticket on which an act is possible, who does it, and what it asks for beside words."""

    ticket: Ticket
    actor: Actor
    fields: dict[str, Any] = field(default_factory=dict)


class World:
    """What leads to each act that says something, by its verb."""

    def __init__(self, company, told, resident, officer):
        self.company, self.told, self.resident, self.officer = company, told, resident, officer
        self.caller = Actor.reporter(resident.subject_id)
        self.steward, self.manager, self.head, self.dispatcher = (
            Actor.staff(post.holder_id)
            for post in (
                company.steward, company.manager, company.region_head, company.dispatcher
            )
        )  # fmt: skip

    def ready_for(self, verb) -> Ready:
        if plain := self.plainly().get(verb):
            state, actor, fields = plain
            ready = Ready(bring_to(state, self.told), actor, fields)
        else:
            ready = getattr(self, f"for_{verb.name.lower()}")()
        return replace(ready, ticket=Ticket.objects.for_acting().get(pk=ready.ticket.pk))

    def plainly(self):
        """Those that need no more than a state."""
        new, working, done = State.ASSIGNED, State.IN_PROGRESS, State.RESOLVED
        asked = {"minutes": 60, "reason_code": "spare_parts"}
        planned = {"root_cause": "equipment.upkeep", "due_on": DUE}
        return {
            Action.ASSIGN: (new, SYSTEM, {"post": self.company.engineer.pk}),
            Action.WAIT_RESIDENT: (working, SYSTEM, {}),
            Action.WAIT_SUPPLIER: (working, SYSTEM, {}),
            Action.RESOLVE: (working, SYSTEM, {}),
            Action.REOPEN: (done, SYSTEM, {}),
            Action.WITHDRAW: (new, SYSTEM, {}),
            Action.REJECT: (new, SYSTEM, {"reason_code": "out_of_scope"}),
            Entry.REPLY: (new, SYSTEM, {}),
            Entry.NOTE: (new, SYSTEM, {}),
            Entry.ADD: (new, self.caller, {}),
            Entry.URGE: (new, self.caller, {}),
            Entry.RATE: (done, self.caller, {"handling": 5, "outcome": 4}),
            Measure.ASK_EXTENSION: (working, self.steward, asked),
            Measure.SUPERVISE: (new, self.head, {}),
            Measure.RAISE: (new, self.steward, {"severity": "serious", "reason_code": "worse"}),
            Measure.RECORD_CALL: (State.CALL_BACK, self.officer, {"result": "satisfied"}),
            Remedy.PLAN: (new, self.manager, {**planned, "post": self.company.engineer.pk}),
        }

    def for_return(self):
        return Ready(self.told, self.steward, {
            "reason_code": "wrong_place", "draft": evidence_of(self.steward, LATER),
        })  # fmt: skip

    def for_coordinate(self):
        dust = make_ticket(
            self.company, category_code="environment", reporter_subject=self.resident.subject_id
        )
        return Ready(dust, self.steward, {"reason_code": "street_office"})

    def for_acknowledge(self):
        """It has come up to the region."""
        clock = self.told.clocks.get(kind=ClockKind.RESOLVE)
        records.new_event(
            self.told, EventKind.ESCALATED, actor=SYSTEM, at=A_MORNING, clock=clock, level=1,
            effect="inform", post=self.company.region_head,
        ).save()  # fmt: skip
        Ticket.objects.filter(pk=self.told.pk).update(level=1)
        return Ready(self.told, self.head)

    for_take_over = for_give_back = for_acknowledge

    def for_grant_extension(self):
        working = bring_to(State.IN_PROGRESS, self.told)
        asked = {"minutes": 60, "reason_code": "spare_parts", "note": "配件明天到"}
        return Ready(extensions.ask(working, actor=self.steward, at=SOON, **asked), self.manager)

    for_refuse_extension = for_grant_extension

    def for_lower(self):
        grave = grading.raise_severity(
            self.told, actor=self.steward, severity="serious", reason_code="worse", at=SOON
        )
        return Ready(grave, self.dispatcher, {"severity": "ordinary", "reason_code": "eased"})

    def for_account(self):
        first, second = (opened(self.company, code, [self.company.community]) for code in KEYS)
        person = speaking_for(first, "13912345679")
        accounts.add_contact(second, person.subject_id, actor=SYSTEM, at=A_MORNING)
        ticket = make_ticket(
            self.company, dwelling=None, unit=self.company.community,
            reporter_subject=person.subject_id,
        )  # fmt: skip
        return Ready(ticket, self.dispatcher, {"account": second.code})

    def for_merge(self):
        return Ready(self.told, self.officer, {"other": make_ticket(self.company).reference})

    def for_unmerge(self):
        main = make_ticket(self.company)
        return Ready(
            merging.merge(self.told, other=main, actor=self.officer, at=SOON), self.officer
        )

    def for_link(self):
        ready = self.for_merge()
        ready.fields["relation"] = Relation.RELATES_TO.value
        return ready

    def for_forward(self):
        """Whoever gives notice of a right is nobody's reporter; here it is one, who has a key."""
        legal = Actor.staff(make_post("legal_counsel", self.company.group).holder_id)
        ticket = ip_notices.take(notice(), at=A_MORNING)
        TicketReporter.objects.update_or_create(
            ticket=ticket, defaults={"subject_id": self.resident.subject_id}
        )
        return Ready(bring_to(State.IN_PROGRESS, ticket, actor=legal, at=SOON), legal)

    def for_counter(self):
        taken = self.for_forward()
        ip_notices.forward(taken.ticket, actor=taken.actor, text="已转送", at=SOON)
        return taken

    def for_decide(self):
        return replace(self.for_counter(), fields={"reason_code": "upheld"})


@pytest.fixture
def world(company, told, resident, officer):
    return World(company, told, resident, officer)


#: the words of this one are names, which nobody keeps
NOT_SAID = {Entry.NAME}
SAYING = [
    verb
    for verb, wiring in WIRING.items()
    if "text" in (*wiring.needs, *wiring.may) and verb not in NOT_SAID
]


@pytest.mark.parametrize("verb", SAYING)
def test_an_act(world, asked, verb):
    """Each that takes words: one that is new has to say here what leads to it."""
    ready = world.ready_for(verb)
    fields, version = {"text": SAID, **ready.fields}, ready.ticket.version
    asked.clear()
    perform(ready.ticket, verb, fields, actor=ready.actor, version=version, at=LATER)
    assert first_the_key(asked)


#: by whom, at an address of its own
STEPS = {
    Remedy.HAND_OVER: ("manager", remedies.hand_over),
    Remedy.COMPLETE: ("engineer", remedies.complete),
    Remedy.VERIFY: ("manager", remedies.verify),
    Remedy.RETURN: ("manager", remedies.send_back),
}


@pytest.mark.parametrize("verb", [verb for verb in Remedy if verb not in WIRING])
def test_a_step_of_a_corrective_action(company, told, asked, verb):
    manager, engineer = (
        Actor.staff(getattr(company, name).holder_id) for name in ("manager", "engineer")
    )
    remedies.plan(
        told, actor=manager, owner=company.engineer, root_cause="equipment.upkeep", due_on=DUE,
        text="每月检查", at=A_MORNING,
    )  # fmt: skip
    action = CorrectiveAction.objects.get()
    if verb in (Remedy.VERIFY, Remedy.RETURN):
        action = remedies.complete(action, actor=engineer, text="已换", at=SOON)
    who, step = STEPS[verb]
    fields = {
        Remedy.HAND_OVER: {"owner": company.steward}, Remedy.RETURN: {"due_on": DUE}
    }.get(verb, {})  # fmt: skip
    doer = manager if who == "manager" else engineer
    asked.clear()
    step(action, actor=doer, text=SAID, at=LATER, **fields)
    assert first_the_key(asked)


def test_what_holds_no_number_asks_for_no_key(told, asked):
    asked.clear()
    timeline.note(told, actor=SYSTEM, text="已联系，三天后再来", at=LATER)
    assert "key" not in asked
