"""A number in what is said is sealed under its reporter's key, which lies in another database: that
one is asked before a post or a ticket is locked, so that nobody waits for it behind a row."""

from contextlib import ExitStack

import pytest
from django.db import connections

from complaints.enums import Action, Relation, State
from complaints.models import SealedFragment
from complaints.services import (
    extensions,
    intake,
    lifecycle,
    linking,
    merging,
    supervision,
    timeline,
)
from complaints.services.intake import NewTicket
from core.actors import SYSTEM, Actor
from privacy.vault.names import KEYS_ALIAS
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db(databases=["default", KEYS_ALIAS])

SAID = "请打 13800001234 找我"
LATER = A_MORNING + minutes(30)
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


def in_state(state):
    return lambda ticket: bring_to(state, ticket)


@pytest.fixture
def acts(company, resident, officer):
    """By name: what leads there, and the act."""
    main = make_ticket(company)
    steward, head = company.steward.holder.actor, company.region_head.holder.actor
    caller = Actor.reporter(resident.subject_id)
    asking = {"minutes": 60, "reason_code": "spare_parts", "note": SAID}
    waiting = {"on": Action.WAIT_RESIDENT, "text": SAID}
    new, working = in_state(State.ASSIGNED), in_state(State.IN_PROGRESS)
    return {
        "note": (new, lambda t: timeline.note(t, actor=SYSTEM, text=SAID, at=LATER)),
        "add": (new, lambda t: timeline.add(t, actor=caller, text=SAID, at=LATER)),
        "assign": (
            new,
            lambda t: lifecycle.assign(t, actor=SYSTEM, post=company.engineer, note=SAID, at=LATER),
        ),
        "wait": (working, lambda t: lifecycle.wait(t, actor=SYSTEM, at=LATER, **waiting)),
        "resolve": (working, lambda t: act(t, "resolve", reply=SAID, at=LATER)),
        "reopen": (
            in_state(State.RESOLVED),
            lambda t: act(t, "reopen", reason=SAID, at=LATER),
        ),
        "withdraw": (new, lambda t: act(t, "withdraw", reason=SAID, at=LATER)),
        "reject": (new, lambda t: act(t, "reject", reply=SAID, at=LATER)),
        "merge": (
            new,
            lambda t: merging.merge(t, other=main, actor=officer, at=LATER, reason=SAID),
        ),
        "link": (
            new,
            lambda t: linking.link(
                t, other=main, relation=Relation.RELATES_TO, actor=officer, at=LATER, note=SAID
            ),
        ),
        "extension": (working, lambda t: extensions.ask(t, actor=steward, at=LATER, **asking)),
        "supervise": (new, lambda t: supervision.supervise(t, actor=head, at=LATER, note=SAID)),
    }


NAMES = (
    "note", "add", "assign", "wait", "resolve", "reopen", "withdraw", "reject", "merge", "link",
    "extension", "supervise",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_act(told, acts, asked, name):
    before, doing = acts[name]
    ticket = before(told)
    asked.clear()
    doing(ticket)
    assert first_the_key(asked)


def test_what_holds_no_number_asks_for_no_key(told, asked):
    asked.clear()
    timeline.note(told, actor=SYSTEM, text="已联系，三天后再来", at=LATER)
    assert "key" not in asked
