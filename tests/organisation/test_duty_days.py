"""No day is left without a duty officer, however posts end one after the other."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from organisation.services import posts, staff
from organisation.services.posts import DutyQueueEmpty
from tests.factories import A_MORNING, Company, make_post

pytestmark = pytest.mark.django_db

NEW_YEAR = dt.date(2027, 1, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def second(company: Company):
    return make_post("duty_officer", company.group)


def test_two_end_on_the_same_day_or_one_before_the_other(company: Company, second):
    posts.end(company.duty, on=NEW_YEAR, actor=SYSTEM, at=A_MORNING)
    for on in (NEW_YEAR - DAY, NEW_YEAR, NEW_YEAR + DAY):
        with pytest.raises(DutyQueueEmpty):
            posts.end(second, on=on, actor=SYSTEM, at=A_MORNING)


def test_one_takes_over_on_the_day_the_other_ends(company: Company):
    make_post("duty_officer", company.group, valid_from=NEW_YEAR)
    posts.end(company.duty, on=NEW_YEAR, actor=SYSTEM, at=A_MORNING)
    company.duty.refresh_from_db()
    assert company.duty.valid_until == NEW_YEAR


def test_a_day_between_two_is_a_gap(company: Company):
    make_post("duty_officer", company.group, valid_from=NEW_YEAR + DAY)
    with pytest.raises(DutyQueueEmpty):
        posts.end(company.duty, on=NEW_YEAR, actor=SYSTEM, at=A_MORNING)


def test_who_is_to_come_is_counted_on(company: Company):
    """Their leaving today empties the queue on New Year's Day."""
    coming = make_post("duty_officer", company.group, valid_from=NEW_YEAR)
    posts.end(company.duty, on=NEW_YEAR, actor=SYSTEM, at=A_MORNING)
    with pytest.raises(DutyQueueEmpty):
        staff.leave(coming.holder, on=A_MORNING.date(), actor=SYSTEM, at=A_MORNING)


def test_what_ends_some_day_already_is_changed_without_a_word(company: Company):
    type(company.duty).objects.filter(pk=company.duty.pk).update(valid_until=NEW_YEAR)
    company.duty.refresh_from_db()
    successor = make_post("steward", company.community).holder
    post = posts.appoint(company.duty, successor, actor=SYSTEM, at=A_MORNING)
    assert post.holder == successor


def test_an_empty_queue_keeps_nobody_who_has_no_part_in_it(company: Company):
    type(company.duty).objects.filter(pk=company.duty.pk).update(holder=None, stand_in=None)
    gone = company.steward.holder
    staff.leave(gone, on=A_MORNING.date(), actor=SYSTEM, at=A_MORNING)
    gone.refresh_from_db()
    assert not gone.is_active
