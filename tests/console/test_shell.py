"""What rail and workbench count and list by SQL that is kept is what they would say without."""

from __future__ import annotations

import pytest

from complaints import queues
from complaints.enums import Kind, Severity, State
from complaints.models import CallBack, Ticket
from complaints.queues import QUEUES, Asker
from complaints.services import escalation
from console import bench, shell
from console.counting import counts_of
from core.actors import SYSTEM, Actor
from core.clock import database_now
from notifications import inbox
from organisation.auth import PostBackend
from organisation.models import Role
from residents.enums import AccountTier
from residents.models import KeyAccount
from tests.complaints.conftest import bring_to, minutes
from tests.factories import StaffFactory, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(company):
    """Of every kind of list something, here and elsewhere: late and gone up, lying with posts and
    owned beside them, to be called back, of an account, confidential, and about somebody."""
    caller = make_person("周敏", "13812345678", company.dwelling).subject_id
    make_post("discipline_inspector", company.group)
    known = {"reporter_subject": caller}
    for unit in (company.community, company.other_community, company.far_community):
        late = make_ticket(company, dwelling=None, unit=unit)
        make_ticket(company, dwelling=None, unit=unit, kind=Kind.REPAIR)
    escalation.sweep(late.clocks.get(kind="first_response").due_at + minutes(300))
    bring_to(State.CALL_BACK, make_ticket(company, **known))
    handled = make_ticket(company, severity=Severity.SERIOUS, **known)
    bring_to(State.RESOLVED, handled, actor=Actor.staff(company.manager.holder_id))
    account = KeyAccount.objects.create(
        code="KA1",
        name="重庆某公司",
        tier=AccountTier.GROUP_STRATEGIC,
        manager=make_post("key_account_manager", company.group),
    )
    account.communities.add(company.community)
    bring_to(State.RESOLVED, make_ticket(company, account=account, **known))
    make_ticket(company, kind=Kind.INTEGRITY, category_code="other", actor=SYSTEM)
    make_ticket(company, named_staff=[company.steward.holder_id])


def everybody(company):
    """Of each role somebody near, somebody further up, and somebody who serves two places."""
    for role in Role.objects.order_by("code"):
        for units in (
            [company.community],
            [company.region],
            [company.group],
            [company.other_community, company.far_community],
        ):
            person = StaffFactory()
            for unit in units:
                make_post(role.code, unit, person)
            yield f"{role.code} of {units}", person
    for name in ("agent", "manager", "region_head", "region_manager", "steward", "duty"):
        yield name, getattr(company, name).holder
    yield "nobody", StaffFactory()


def signed_in(person):
    return PostBackend().get_user(person.pk)


def posts_of(user):
    return [post.pk for post in user.posts_in_force]


def test_everybody_is_told_the_length_of_their_lists(company, matters):
    lengths = set()
    for who, person in everybody(company):
        user = signed_in(person)
        actor, posts = user.actor, posts_of(user)
        lists = {
            "work": queues.work_of(actor, posts).filter(state__in=queues.TO_DO),
            "escalated": queues.escalated_to(actor, posts),
            "call_backs": CallBack.objects.callable_by(actor, database_now()),
        }
        expected = {name: rows.count() for name, rows in lists.items()} if posts else {}
        expected[shell.BELL] = inbox.unread(user.pk).count()
        assert counts_of(shell.rows(user, shell.COUNTED)) == expected, who
        lengths |= set(expected.items())
    # otherwise nothing would have been told apart
    assert {name for name, length in lengths if length} == {*shell.COUNTED, shell.BELL}


def test_everybody_is_shown_their_first_pages(company, matters):
    at = database_now()
    for who, person in everybody(company):
        user = signed_in(person)
        asker = Asker(user.actor, tuple(posts_of(user)), at)
        for code, queue in QUEUES.items():
            seen = Ticket.objects.visible_to(user.actor)
            expected = list(queue.pick(seen, asker).order_by(*queue.order)[: bench.SIZE])
            shown = bench._first_page(queue, asker).rows
            assert shown == expected, (who, code)
            counted = counts_of({code: bench._size(bench._SIZED[code], asker)})
            assert counted[code] == len(expected), (who, code)


def test_only_what_a_place_needs_is_counted(company):
    user = signed_in(company.manager.holder)
    assert set(shell.rows(user, {"work"})) == {"work", shell.BELL}
    assert set(shell.rows(signed_in(StaffFactory()), shell.COUNTED)) == {shell.BELL}


def test_the_sql_of_a_count_is_made_once_for_all_communities(company):
    for question in shell.COUNTED.values():
        question._of.cache_clear()
    for post in (company.manager, company.other_manager):
        counts_of(shell.rows(signed_in(post.holder), shell.COUNTED))
    made = {name: each._of.cache_info().misses for name, each in shell.COUNTED.items()}
    assert made == {"work": 1, "escalated": 1, "call_backs": 1}
