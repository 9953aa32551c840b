from __future__ import annotations

import datetime as dt

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import NotAllowed
from organisation import access
from organisation.models import Post, Staff
from organisation.readiness import duty_queue
from organisation.services import expiry, posts, staff
from privacy.vault.models import LedgerEntry
from tests.factories import A_MORNING, Company, StaffFactory, make_post

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 4)


class TestLeaving:
    def test_rights_end_and_the_post_is_vacant(self, company: Company):
        person = company.manager.holder

        staff.leave(person, on=TODAY, actor=SYSTEM, at=A_MORNING)

        assert not access.has(person.actor, "tickets.view")
        assert posts.nearest(company.community, "project_manager", at=A_MORNING) is None
        assert Post.objects.get(pk=company.manager.pk).holder == person
        assert LedgerEntry.objects.filter(kind="permission_changed").exists()

    def test_only_those_who_manage_the_organisation_say_so(self, company: Company):
        with pytest.raises(NotAllowed):
            staff.leave(
                company.steward.holder,
                on=TODAY,
                actor=company.manager.holder.actor,
                at=A_MORNING,
            )

    def test_names_are_overwritten_two_years_later_and_the_row_stays(self, company: Company):
        gone = StaffFactory(
            name="王五", work_phone="02368001234", is_active=False, left_on=dt.date(2024, 3, 3)
        )
        recent = StaffFactory(name="赵六", is_active=False, left_on=dt.date(2024, 4, 1))
        working = StaffFactory(name="钱七")

        assert staff.overwrite_departed(before=dt.date(2024, 3, 4)) == 1
        assert staff.overwrite_departed(before=dt.date(2024, 3, 4)) == 0

        gone.refresh_from_db()
        assert (gone.username, gone.name) == (f"departed-{gone.pk}", "已离职员工")
        assert (gone.email, gone.work_phone) == ("", "")
        assert not gone.has_usable_password()
        assert set(Staff.objects.filter(pk__in=[recent.pk, working.pk]).values_list("name")) == {
            ("赵六",),
            ("钱七",),
        }


def test_what_is_kept_for_a_time_is_ended(company: Company, client):
    now = timezone.now()
    client.force_login(company.agent.holder)
    client.session.save()
    Session.objects.update(expire_date=now - dt.timedelta(minutes=1))
    client.force_login(company.steward.holder)
    for username, days in (("old", 366), ("new", 364)):
        attempt = AccessAttempt.objects.create(
            username=username, user_agent="", failures_since_start=1, get_data="", post_data=""
        )
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=now - dt.timedelta(days=days)
        )

    assert expiry.delete_expired(now) == 2

    assert Session.objects.count() == 1
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["new"]


class TestTheDutyQueueIsWatched:
    def test_it_is_named_with_who_holds_it(self, company: Company, capsys):
        call_command("check_duty_queue")
        assert company.duty.holder.name in capsys.readouterr().out
        assert duty_queue() == "ok"

    def test_an_empty_one_is_said_aloud(self, company: Company):
        company.duty.holder.is_active = False
        company.duty.holder.save()
        with pytest.raises(CommandError, match="无人任职"):
            call_command("check_duty_queue")
        assert duty_queue() != "ok"

    def test_without_a_company_it_is_empty_too(self):
        with pytest.raises(CommandError):
            call_command("check_duty_queue")

    def test_a_vacant_duty_post_degrades_but_does_not_stop_the_desk(
        self, company, client, settings
    ):
        settings.METRICS_TOKEN = "t0ken"
        Post.objects.filter(pk=company.duty.pk).update(holder=None)
        answer = client.get("/readyz", headers={"Authorization": "Bearer t0ken"}).json()
        assert answer["parts"]["duty_queue"] != "ok"


def test_a_post_of_the_region_is_no_duty_queue(company: Company):
    regional = make_post("duty_officer", company.region)
    company.duty.holder.is_active = False
    company.duty.holder.save()
    posts.appoint(regional, None, actor=SYSTEM, at=A_MORNING)
    assert not posts.duty_queue_is_filled(at=A_MORNING)
