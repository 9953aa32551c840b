"""Two who have read the same settings and save in the same moment: one of them is told."""

import datetime as dt

import pytest

from complaints.models import LadderStep, Policy, PolicyDuration, RoutingRule
from complaints.services import calendar_versions, policy_versions, rules
from core.actors import SYSTEM
from organisation.enums import DayKind
from organisation.models import WorkCalendar
from organisation.services.calendars import OwnDay
from tests.complaints.races.together import at_once, codes
from tests.factories import A_MORNING, Company

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

CODE = "complaint_ordinary"


@pytest.fixture
def company(transactional_db):
    return Company()


def test_of_two_who_add_a_rule_one_reads_the_table_again(company):
    seen = rules.tag(rules.in_order())

    def add(kind):
        rule = RoutingRule(kind=kind, policy_code="safety")
        return lambda: rules.save(rule, actor=SYSTEM, at=A_MORNING, seen=seen)

    outcomes = at_once(add("praise"), add("inquiry"))
    assert codes(outcomes) == ["done", "stale_version"]
    places = [rule.position for rule in rules.in_order()]
    assert places == sorted(set(places))


def test_of_two_who_prepare_a_version_one_looks_at_the_other_s(company):
    seen = policy_versions.tag(CODE)

    def prepare(minutes):
        wanted = {"acknowledge": 5, "first_response": 60, "resolve": minutes}
        parts = [
            PolicyDuration(clock_kind=kind, duration_minutes=long, basis="wall")
            for kind, long in wanted.items()
        ]
        ladder = [LadderStep(clock_kind="resolve", level=0, percent=80, effect="inform")]
        by = {"actor": SYSTEM, "at": A_MORNING, "seen": seen}
        return lambda: policy_versions.prepare(CODE, parts, ladder, **by).pk

    assert codes(at_once(prepare(900), prepare(800))) == ["done", "stale_version"]
    assert Policy.objects.filter(code=CODE, effective_from=None).count() == 1


def test_of_two_who_give_a_unit_days_one_is_told(company):
    seen = calendar_versions.tag(company.community)

    def override(day):
        days = [OwnDay(dt.date(2026, 4, day), DayKind.HOLIDAY, "社区日")]
        by = {"actor": SYSTEM, "at": A_MORNING, "seen": seen}
        return lambda: calendar_versions.override(company.community, days, **by).pk

    assert codes(at_once(override(22), override(23))) == ["done", "stale_version"]
    assert WorkCalendar.objects.filter(unit=company.community).count() == 1
