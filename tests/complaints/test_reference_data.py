"""What is shipped: the tree, the promises and the ladder of engine.md, typed here again."""

import pytest

from complaints import reference_data
from complaints.models import Category, LadderStep, Policy, PolicyDuration, RoutingRule
from complaints.services import catalogue
from organisation.models import Role
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

CODES = """
engineering engineering.water engineering.electric engineering.heating engineering.gas security
cleaning greening parking lifts noise neighbours fees renovation public_facilities environment
staff_conduct integrity intellectual_property supplier privacy community_services moving_in
transport legal_documents welfare education health employment consumer housing other uncategorised
""".split()

PROMISES = {
    "safety": ((5, "wall"), (15, "wall"), (240, "wall")),
    "complaint_serious": ((5, "wall"), (30, "working"), (450, "working")),
    "complaint_ordinary": ((5, "wall"), (60, "working"), (1350, "working")),
    "repair_urgent": ((5, "wall"), (30, "wall"), (1440, "wall")),
    "repair_ordinary": ((5, "wall"), (120, "working"), (900, "working")),
    "inquiry": ((5, "wall"), (450, "working"), (1350, "working")),
    "key_account": ((5, "wall"), (15, "wall"), (1440, "wall")),
    "ip_notice": ((5, "wall"), (1440, "wall"), (4500, "working")),
    "privacy_request": ((5, "wall"), (450, "working"), (4500, "working")),
}

LADDER = [
    (0, 80, None, None, "inform"),
    (1, None, 0, "project_manager", "inform"),
    (2, None, 240, "region_service_head", "co_own"),
    (3, None, 1440, "region_general_manager", "take_over"),
    (4, None, 2880, "group_executive", "take_over"),
]

#: of key accounts: what the department does not solve in time is the region's
ACCOUNT_LADDER = {
    kind: [
        (0, 80, None, None, "inform"),
        (1, None, 0, "region_service_head", effect),
        (2, None, 240, "region_general_manager", "co_own"),
        (3, None, 1440, "group_executive", "take_over"),
    ]
    for kind, effect in (("first_response", "inform"), ("resolve", "take_over"))
}


def test_the_category_tree_is_complete_and_bilingual():
    found = {category.code: category for category in Category.objects.select_related("parent")}
    assert set(found) == set(CODES)
    for code, category in found.items():
        assert category.name
        assert category.name_en.isascii()
        above = code.rpartition(".")[0]
        assert (category.parent.code if category.parent else "") == above


def test_every_category_finds_a_role_that_may_handle_tickets():
    known = catalogue.current()
    handling = set(
        Role.objects.filter(permissions__contains=["tickets.handle"]).values_list("code", flat=True)
    )
    for category in known.categories.values():
        assert known.role_of(category) in handling, category.code


def test_the_promises():
    found = {}
    for policy in Policy.objects.all():
        rows = {row.clock_kind: row for row in policy.durations.all()}
        found[policy.code] = tuple(
            (rows[kind].duration_minutes, rows[kind].basis)
            for kind in ("acknowledge", "first_response", "resolve")
        )
    assert found == PROMISES


def test_the_ladder_hangs_on_first_response_and_resolution_of_each():
    columns = ("level", "percent", "after_minutes", "role__code", "effect")
    for code in PROMISES:
        for kind in ("first_response", "resolve"):
            steps = LadderStep.objects.filter(policy__code=code, clock_kind=kind)
            ladder = ACCOUNT_LADDER[kind] if code == "key_account" else LADDER
            assert list(steps.order_by("level").values_list(*columns)) == ladder
        assert not LadderStep.objects.filter(policy__code=code, clock_kind="acknowledge").exists()


def counts():
    models = (Category, Policy, PolicyDuration, LadderStep, RoutingRule)
    return [model.objects.count() for model in models]


def test_loading_again_adds_nothing_and_takes_nothing_back():
    before = counts()
    Category.objects.filter(code="noise").update(name="噪声", active=False)
    RoutingRule.objects.filter(position=620).update(policy_code="complaint_serious")
    PolicyDuration.objects.filter(policy__code="safety", clock_kind="resolve").update(
        duration_minutes=120
    )
    reference_data.load(A_MORNING)
    assert counts() == before
    assert Category.objects.get(code="noise").name == "噪声"
    assert RoutingRule.objects.get(position=620).policy_code == "complaint_serious"
    assert PolicyDuration.objects.filter(duration_minutes=120, clock_kind="resolve").exists()


def test_what_is_missing_is_added():
    RoutingRule.objects.filter(position=620).delete()
    reference_data.load(A_MORNING)
    assert RoutingRule.objects.get(position=620).policy_code == "complaint_ordinary"


def test_the_demo_climbs_the_whole_ladder_in_three_minutes(company):
    assert not Policy.objects.filter(code="demo_minutes").exists()
    reference_data.load_demo_policy()
    ticket = make_ticket(company)
    clock = ticket.clocks.get(kind="first_response")
    assert ticket.policy.code == "demo_minutes"
    due = (clock.due_at - A_MORNING).total_seconds()
    steps = LadderStep.objects.filter(policy=ticket.policy, clock_kind="first_response")
    moments = [
        due * step.percent / 100 if step.percent else due + 60 * step.after_minutes
        for step in steps.order_by("level")
    ]
    assert moments == [30, 60, 120, 180, 180]
