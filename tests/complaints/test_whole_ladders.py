"""The administration keeps no version of a policy whose ladder could not be climbed as a whole, and
says which level of which clock is wrong."""

import datetime as dt

import pytest
from django.test import Client

from complaints.models import LadderStep, Policy
from complaints.services import policy_versions
from core.clock import database_now
from organisation.models import Role
from privacy.vault.models import LedgerEntry
from tests.complaints.escalation.world import make_policy
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(company):
    client = Client()
    client.force_login(make_post("administrator", company.group).holder)
    return client


@pytest.fixture
def policy(company):
    """Not in force yet: 80 % warns, then four levels from due on; two days long."""
    made = make_policy()
    for kind in ("acknowledge", "first_response"):
        made.durations.get_or_create(
            clock_kind=kind, defaults={"duration_minutes": 60, "basis": "wall"}
        )
    Policy.objects.filter(pk=made.pk).update(effective_from=database_now() + dt.timedelta(days=1))
    return Policy.objects.get(pk=made.pk)


def sent(policy, **changes):
    """What the page sends as it stands, with some fields otherwise."""
    local = policy.effective_from
    values = {
        "name": policy.name,
        "name_en": policy.name_en,
        "calendar": policy.calendar_id,
        "effective_from_0": local.strftime("%Y-%m-%d"),
        "effective_from_1": local.strftime("%H:%M:%S"),
    }
    parts = {
        "durations": (policy.durations.order_by("clock_kind"), DURATION),
        "ladder": (policy.ladder.order_by("clock_kind", "level"), STEP),
    }
    for prefix, (rows, fields) in parts.items():
        values[f"{prefix}-TOTAL_FORMS"] = values[f"{prefix}-INITIAL_FORMS"] = len(rows)
        for place, row in enumerate(rows):
            said = {"id": row.pk, "policy": policy.pk, **{f: getattr(row, f) for f in fields}}
            values |= {f"{prefix}-{place}-{name}": value for name, value in said.items()}
    return {name: "" if value is None else value for name, value in {**values, **changes}.items()}


DURATION = ("clock_kind", "duration_minutes", "basis")
STEP = ("clock_kind", "level", "percent", "after_minutes", "role_id", "effect")


def save(admin, policy, **changes):
    values = sent(policy, **changes)
    values = {name.replace("-role_id", "-role"): value for name, value in values.items()}
    return admin.post(f"/admin/complaints/policy/{policy.pk}/change/", values)


def problems(answer):
    """Of the ladder as a whole, as they are read."""
    return [
        str(each) for each in answer.context["inline_admin_formsets"][1].formset.non_form_errors()
    ]


def test_as_it_stands_it_is_saved_and_noted_in_the_ledger(admin, policy):
    before = LedgerEntry.objects.count()
    answer = save(admin, policy, **{"durations-0-duration_minutes": 7})
    assert answer.status_code == 302
    assert policy.durations.get(clock_kind="acknowledge").duration_minutes == 7
    entry = LedgerEntry.objects.order_by("pk").last()
    assert (LedgerEntry.objects.count(), entry.reason_code) == (before + 1, "changed")


def test_a_level_before_the_one_below_it(admin, policy):
    answer = save(admin, policy, **{"ladder-3-after_minutes": 5})
    assert answer.status_code == 200
    assert problems(answer) == ["解决时限 3 级：后一级不能早于前一级。"]
    assert policy.ladder.get(level=3).after_minutes == 1440
    assert "5" in answer.content.decode()


def test_a_ladder_of_a_clock_that_runs_for_no_time(admin, policy):
    first = policy.ladder.order_by("level").first()
    values = {
        "ladder-TOTAL_FORMS": 6,
        "ladder-5-policy": policy.pk,
        "ladder-5-clock_kind": "segment",
        "ladder-5-level": 0,
        "ladder-5-percent": 80,
        "ladder-5-effect": first.effect,
    }
    assert problems(save(admin, policy, **values)) == [
        "分段时限 0 级：没有时长的时限不能有升级阶梯。"
    ]
    assert LadderStep.objects.filter(policy=policy).count() == 5


def test_a_role_that_could_not_open_what_reaches_it(admin, policy):
    engineer = Role.objects.get(code="engineer").pk
    answer = save(admin, policy, **{"ladder-1-role_id": engineer})
    assert problems(answer) == ["解决时限 1 级：此岗位不能接收升级上报。"]


def test_a_clock_that_every_policy_has(admin, policy):
    answer = save(admin, policy, **{"durations-1-clock_kind": "call_back"})
    assert problems(answer) == ["首响时限：请填写时长。"]


def test_it_comes_into_force_later_than_now(admin, policy):
    answer = save(admin, policy, effective_from_0="2020-01-01")
    assert answer.context["adminform"].form.errors.keys() == {"effective_from"}
    assert Policy.objects.get(pk=policy.pk).effective_from == policy.effective_from


def test_what_is_shipped_could_be_saved(company):
    shipped = Policy.objects.prefetch_related("durations", "ladder__role")
    assert shipped
    for policy in shipped:
        policy_versions.check(list(policy.durations.all()), list(policy.ladder.all()))


def test_what_is_wrong_by_itself_stands_beside_it(admin, policy):
    """And is not said twice."""
    answer = save(admin, policy, **{"ladder-2-percent": 50})
    assert answer.status_code == 200
    assert problems(answer) == []
    forms = answer.context["inline_admin_formsets"][1].formset.forms
    assert [bool(form.errors) for form in forms] == [False, False, True, False, False]
