"""The process keeps categories, rules and policies, and notices every change of another one."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from complaints.models import (
    CatalogueStamp,
    Category,
    LadderStep,
    Policy,
    PolicyDuration,
    RoutingRule,
)
from complaints.services import catalogue, policy_versions
from complaints.services.catalogue import PolicyUnknown
from core.actors import SYSTEM
from core.errors import InvalidInput
from organisation.models import WorkCalendar
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db


def statements():
    with CaptureQueriesContext(connection) as captured:
        catalogue.current()
    return len(captured)


def test_unchanged_it_costs_one_statement():
    catalogue.current()
    assert statements() == 1


def changed_category():
    Category.objects.filter(code="noise").update(severity="urgent")


def changed_rule():
    RoutingRule.objects.filter(position=620).update(policy_code="inquiry")


def deleted_rule():
    RoutingRule.objects.filter(position=620).delete()


def changed_duration():
    PolicyDuration.objects.filter(policy__code="safety").update(duration_minutes=7)


def changed_step():
    LadderStep.objects.filter(level=0).update(percent=50)


def changed_policy():
    Policy.objects.filter(code="safety").update(name="安全")


@pytest.mark.parametrize(
    "change",
    [changed_category, changed_rule, deleted_rule, changed_duration, changed_step, changed_policy],
)
def test_a_change_of_whatever_part_is_read(change):
    before = catalogue.current()
    change()
    after = catalogue.current()
    assert after is not before
    assert after.stamp != before.stamp


def test_a_change_that_was_rolled_back_is_not_believed():
    before = catalogue.current()
    with transaction.atomic():
        Category.objects.filter(code="noise").update(severity="safety")
        assert catalogue.current().category("noise").severity == "safety"
        transaction.set_rollback(True)
    assert catalogue.current().category("noise").severity == "ordinary"
    assert catalogue.current().stamp == before.stamp


def test_without_a_stamp_nothing_is_taken_for_known():
    CatalogueStamp.objects.all().delete()
    catalogue.current()
    assert statements() > 1


def test_an_unknown_and_a_retired_category_are_refused():
    Category.objects.filter(code="noise").update(active=False)
    for code in ("noise", "no.such"):
        with pytest.raises(InvalidInput):
            catalogue.current().category(code)


class TestVersions:
    def test_the_newest_in_force_counts(self):
        old = Policy.objects.get(code="safety")
        new = Policy.objects.create(
            code="safety",
            version=2,
            name="x",
            name_en="x",
            calendar=old.calendar,
            effective_from=A_MORNING,
        )
        found = catalogue.current()
        assert found.terms("safety", A_MORNING).policy == new
        assert found.terms("safety", A_MORNING - dt.timedelta(seconds=1)).policy == old

    def test_an_unknown_policy_says_so(self):
        with pytest.raises(PolicyUnknown):
            catalogue.current().terms("nonsense", A_MORNING)
        with pytest.raises(PolicyUnknown):
            catalogue.current().terms("safety", dt.datetime(1999, 1, 1, tzinfo=dt.UTC))

    def test_a_new_calendar_makes_a_new_version_with_the_same_promises(self):
        old = Policy.objects.get(code="complaint_ordinary")
        calendar = old.calendar
        newer = WorkCalendar.objects.create(
            code=calendar.code, version=calendar.version + 1, name="x", created_at=A_MORNING
        )
        assert (
            policy_versions.follow_calendars(A_MORNING) == Policy.objects.filter(version=1).count()
        )
        new = Policy.objects.get(code="complaint_ordinary", version=2)
        assert (new.calendar, new.effective_from) == (newer, A_MORNING)
        for part in ("durations", "ladder"):
            columns = [
                field.attname
                for field in getattr(new, part).model._meta.fields
                if field.name not in ("id", "policy")
            ]
            assert sorted(getattr(new, part).values_list(*columns), key=str) == sorted(
                getattr(old, part).values_list(*columns), key=str
            )
        assert policy_versions.follow_calendars(A_MORNING) == 0

    def test_what_is_applied_after_a_calendar_came_between_is_the_newest(self):
        """Else the next calendar would renew the promises from before it."""
        old = Policy.objects.get(code="complaint_ordinary")
        promised = [
            PolicyDuration(
                clock_kind=each.clock_kind,
                duration_minutes=each.duration_minutes + 7,
                basis=each.basis,
            )
            for each in old.durations.all()
        ]
        draft = policy_versions.prepare(old.code, promised, [], actor=SYSTEM, at=A_MORNING)
        calendar = WorkCalendar.objects.create(
            code=old.calendar.code, version=old.calendar.version + 1, name="x", created_at=A_MORNING
        )
        policy_versions.follow_calendars(A_MORNING)
        applied = policy_versions.apply(
            draft, moves_open_clocks=False, actor=SYSTEM, at=A_MORNING + dt.timedelta(minutes=1)
        )
        assert (applied.version, applied.calendar) == (4, calendar)
        assert applied in policy_versions.newest()
