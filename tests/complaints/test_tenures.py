"""Who takes a post hears of what lies with it, once, whatever made them take it."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from complaints import tasks
from complaints.enums import Severity, State
from complaints.models import CallBack, Tenure
from complaints.services import lifecycle, parties, tenures
from core.actors import SYSTEM
from notifications import inbox, registry
from notifications.models import Message, Notice
from notifications.services.composing import compose
from organisation.models import Post
from organisation.services import posts, staff
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, StaffFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(60)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def newcomer():
    return StaffFactory(email="newcomer@example.com")


def appoint(post, holder, at=LATER):
    return posts.appoint(post, holder, actor=SYSTEM, at=at)


def told(post=None):
    found = Notice.objects.filter(template=tenures.POST_TAKEN)
    return list(found.values_list("post_id", "staff_id")) if post is None else found.get(post=post)


def sentence(notice):
    registry.load([notice])
    return registry.render(notice).subject


def test_nobody_is_told_who_was_there_when_it_came(company, ticket):
    assert tenures.look(LATER) == 0
    assert told() == []
    assert Tenure.objects.get(post=company.steward).staff == company.steward.holder


def test_a_call_back_of_a_vacant_post_is_told_to_who_takes_it(company, resident, newcomer):
    serious = make_ticket(company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id)
    bring_to(State.RESOLVED, serious)
    post = CallBack.objects.get().post
    appoint(post, None)
    assert tenures.look(LATER) == 0

    appoint(post, newcomer)
    assert tenures.look(LATER + HOUR) == 1

    assert told() == [(post.pk, newcomer.pk)]
    assert "0 张未解决工单、1 项待回访" in sentence(told(post))
    assert Message.objects.filter(staff=newcomer).count() == 1


def test_tickets_are_told_alike(company, ticket, newcomer):
    tenures.look(A_MORNING)
    appoint(company.steward, newcomer)
    assert tenures.look(LATER) == 1
    assert "1 张未解决工单、0 项待回访" in sentence(told(company.steward))
    message = Message.objects.get(staff=newcomer)
    assert "/console/work/" in compose(message, LATER).outgoing.body


def test_once_however_often_somebody_looks(company, ticket, newcomer):
    appoint(company.steward, newcomer)
    assert [tenures.look(LATER + minutes(n)) for n in range(3)] == [1, 0, 0]
    assert tasks.tell_new_holders() == 0
    call_command("sweep", "--once")
    assert told() == [(company.steward.pk, newcomer.pk)]


def test_a_post_without_anything_is_taken_in_silence(company, newcomer):
    tenures.look(A_MORNING)
    appoint(company.steward, newcomer)
    assert tenures.look(LATER) == 0
    assert Tenure.objects.filter(post=company.steward).count() == 2


def test_what_came_after_they_took_it_was_told_by_itself(company, newcomer):
    appoint(company.steward, newcomer)
    make_ticket(company, at=LATER)
    assert tenures.look(LATER) == 0


def test_a_stand_in_hears_and_who_comes_back_hears_of_what_came_meanwhile(
    company, ticket, newcomer
):
    tenures.look(A_MORNING)
    away_until = LATER + 24 * HOUR
    posts.stand_in(company.steward, newcomer, until=away_until, actor=SYSTEM, at=LATER)
    assert tenures.look(LATER) == 1
    assert told() == [(company.steward.pk, newcomer.pk)]

    # no door is used at the end of an absence
    assert tenures.look(away_until - minutes(1)) == 0
    assert tenures.look(away_until) == 0  # nothing new: they had heard of it before they went

    posts.stand_in(company.steward, newcomer, until=away_until + HOUR, actor=SYSTEM, at=away_until)
    assert tenures.look(away_until) == 0  # they had heard of it when they stood in before
    make_ticket(company, at=away_until + minutes(1))
    assert tenures.look(away_until + HOUR) == 1
    assert told()[-1] == (company.steward.pk, company.steward.holder_id)


def test_a_solved_matter_that_comes_back_is_told_to_who_comes_back(company, ticket, newcomer):
    tenures.look(A_MORNING)
    bring_to(State.RESOLVED, ticket)
    posts.stand_in(company.steward, newcomer, until=LATER + HOUR, actor=SYSTEM, at=LATER)
    tenures.look(LATER)
    lifecycle.reopen(ticket, actor=SYSTEM, reason="又坏了", at=LATER + minutes(1))
    assert tenures.look(LATER + HOUR) == 1
    assert told() == [(company.steward.pk, company.steward.holder_id)]


def test_a_late_looker_turns_nothing_back(company, ticket, newcomer):
    tenures.look(A_MORNING)
    posts.stand_in(company.steward, newcomer, until=LATER + HOUR, actor=SYSTEM, at=LATER)
    tenures.look(LATER)
    tenures.look(LATER + HOUR)
    before = Tenure.objects.filter(post=company.steward).count()
    assert tenures.look(LATER + HOUR - minutes(1)) == 0
    assert Tenure.objects.filter(post=company.steward).count() == before


def test_who_answers_for_the_post_no_more_reads_no_figures_of_it(company, ticket, newcomer):
    appoint(company.steward, newcomer)
    tenures.look(LATER)
    assert "1 张未解决工单" in sentence(told(company.steward))
    appoint(company.steward, StaffFactory(), at=LATER + HOUR)
    tenures.look(LATER + HOUR)
    mine = Notice.objects.get(template=tenures.POST_TAKEN, staff=newcomer)
    assert "0 张未解决工单" in sentence(mine)


def test_who_leaves_hands_it_to_the_stand_in(company, ticket, newcomer):
    tenures.look(A_MORNING)
    Post.objects.filter(pk=company.steward.pk).update(stand_in=newcomer)
    leaver = company.steward.holder
    staff.leave(leaver, on=dt.date(2026, 3, 4), actor=SYSTEM, at=LATER)
    assert tenures.look(LATER) == 1
    assert told() == [(company.steward.pk, newcomer.pk)]


def test_a_post_that_has_not_begun_or_has_ended_is_nobody_s(company, ticket, newcomer):
    tenures.look(A_MORNING)
    tomorrow = posts.local_date(A_MORNING) + dt.timedelta(days=1)
    Post.objects.filter(pk=company.steward.pk).update(holder=newcomer, valid_from=tomorrow)
    assert tenures.look(LATER) == 0
    assert tenures.look(A_MORNING + dt.timedelta(days=1)) == 1


def test_whom_a_matter_is_about_hears_nothing_of_it(company, newcomer):
    secret = make_ticket(company, category_code="staff_conduct", body="态度恶劣")
    tenures.look(A_MORNING)
    parties_before = secret.parties.count()
    secret.parties.bulk_create(parties.named(secret, {newcomer.pk}))
    assert secret.parties.count() == parties_before + 1
    appoint(secret.post, newcomer)
    assert tenures.look(LATER) == 0

    make_ticket(company, at=LATER - HOUR)
    other = Post.objects.get(pk=secret.post_id)
    Post.objects.filter(pk=other.pk).update(holder=StaffFactory())
    tenures.look(LATER)
    assert told()  # somebody else hears of both


def test_solved_ones_do_not_lie_with_anybody(company, ticket, newcomer):
    bring_to(State.RESOLVED, ticket)
    tenures.look(A_MORNING)
    appoint(company.steward, newcomer)
    assert tenures.look(LATER) == 0


def test_safety_waits_for_no_quiet_hour(company, newcomer):
    danger = make_ticket(company, severity=Severity.SAFETY)
    appoint(danger.post, newcomer)
    assert tenures.look(LATER) == 1
    assert compose(Message.objects.get(staff=newcomer), LATER).urgent


def test_it_says_so_in_english_and_shows_in_the_bell(company, ticket, newcomer):
    appoint(company.steward, newcomer)
    tenures.look(LATER)
    with translation.override("en"):
        (shown,) = inbox.of_staff(newcomer.pk)
    assert shown.rendered.values["tickets"] == "1"
    assert str(company.steward.unit.name) in shown.rendered.values["post"]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_post_as_for_three(company, count, django_assert_num_queries):
    for _ in range(count):
        unit_post = make_post("steward", company.other_community)
        make_ticket(company, dwelling=None, unit=company.other_community)
        appoint(unit_post, StaffFactory())
    with django_assert_num_queries(9):
        tenures.look(LATER)


@pytest.mark.django_db(transaction=True)
def test_who_answered_when_is_not_rewritten(company):
    tenures.look(A_MORNING)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_tenure SET since = now()")


def test_an_unfilled_post_is_noted_as_nobody_s(company):
    vacant = Post.objects.create(
        unit=company.community, role=company.steward.role, valid_from=dt.date(2020, 1, 1)
    )
    tenures.look(A_MORNING)
    assert Tenure.objects.get(post=vacant).staff is None
