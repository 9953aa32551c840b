"""The first matching rule decides role and policy; the nearest filled post upward gets it."""

from dataclasses import replace

import pytest

from complaints.enums import Channel, Kind, Severity
from complaints.models import Category, RoutingRule
from complaints.services import catalogue, routing
from complaints.services.routing import Facts, NoRuleMatches
from organisation.models import Post, Role
from residents.enums import AccountTier
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(company):
    def build(**fields):
        code = fields.pop("category", "noise")
        values = {
            "kind": Kind.COMPLAINT,
            "category": Category.objects.get(code=code),
            "severity": Severity.ORDINARY,
            "channel": Channel.HOTLINE,
            "tier": "",
            "unit": company.community,
        }
        return Facts(**{**values, **fields})

    return build


@pytest.mark.parametrize(
    ("fields", "position", "policy"),
    [
        ({"kind": Kind.PRIVACY, "severity": Severity.SAFETY}, 100, "privacy_request"),
        ({"kind": Kind.INTEGRITY}, 110, "complaint_serious"),
        ({"severity": Severity.SAFETY}, 200, "safety"),
        ({"severity": Severity.SAFETY, "tier": AccountTier.STANDARD}, 200, "safety"),
        ({"tier": AccountTier.GROUP_STRATEGIC}, 300, "key_account"),
        ({"tier": AccountTier.REGION_STRATEGIC}, 310, "key_account"),
        ({"tier": AccountTier.STANDARD, "kind": Kind.REPAIR}, 320, "key_account"),
        ({"kind": Kind.IP_NOTICE}, 400, "ip_notice"),
        ({"kind": Kind.INCIDENT}, 500, "repair_urgent"),
        ({"kind": Kind.REPAIR, "severity": Severity.SERIOUS}, 510, "repair_urgent"),
        ({"kind": Kind.REPAIR, "severity": Severity.URGENT}, 520, "repair_urgent"),
        ({"kind": Kind.REPAIR}, 530, "repair_ordinary"),
        ({"severity": Severity.SERIOUS}, 600, "complaint_serious"),
        ({"severity": Severity.URGENT}, 610, "complaint_serious"),
        ({}, 620, "complaint_ordinary"),
        ({"kind": Kind.INQUIRY}, 700, "inquiry"),
        ({"kind": Kind.SUGGESTION}, 710, "inquiry"),
        ({"kind": Kind.PRAISE, "severity": Severity.SERIOUS}, 720, "inquiry"),
    ],
)
def test_the_shipped_rules(facts, fields, position, policy):
    rule = routing.first_match(catalogue.current().rules, facts(**fields))
    assert (rule.position, rule.policy_code) == (position, policy)


def test_every_kind_and_severity_has_a_rule_and_its_policy(facts):
    known = catalogue.current()
    for kind in Kind:
        for severity in Severity:
            rule = routing.first_match(known.rules, facts(kind=kind, severity=severity))
            assert known.terms(rule.policy_code, A_MORNING).durations


class TestMatching:
    def test_a_category_matches_its_parts_and_no_namesake(self, facts):
        rule = RoutingRule(category_code="engineering", policy_code="x")
        assert routing.matches(rule, facts(category="engineering"))
        assert routing.matches(rule, facts(category="engineering.gas"))
        longer = Category(code="engineering_two", name="x", name_en="x")
        assert not routing.matches(rule, replace(facts(), category=longer))

    def test_a_unit_matches_its_subtree(self, facts, company):
        rule = RoutingRule(unit=company.region, policy_code="x")
        assert routing.matches(rule, facts(unit=company.community))
        assert not routing.matches(rule, facts(unit=company.far_community))

    @pytest.mark.parametrize(
        "narrowing", [{"channel": Channel.EMAIL}, {"kind": Kind.REPAIR}, {"tier": "standard"}]
    )
    def test_one_field_that_differs_is_enough(self, facts, narrowing):
        assert not routing.matches(RoutingRule(policy_code="x", **narrowing), facts())

    def test_without_any_rule_it_says_so(self, facts):
        with pytest.raises(NoRuleMatches):
            routing.first_match([], facts())


class TestThePost:
    @pytest.mark.parametrize(
        ("category", "kind", "post"),
        [
            ("noise", Kind.COMPLAINT, "steward"),
            ("engineering.water", Kind.REPAIR, "engineer"),
            ("lifts", Kind.REPAIR, "engineer"),
            ("staff_conduct", Kind.COMPLAINT, "manager"),
            ("privacy", Kind.COMPLAINT, "region_head"),
            # nobody leads the order there: the manager answers for the site
            ("parking", Kind.COMPLAINT, "manager"),
        ],
    )
    def test_follows_from_the_category(self, company, category, kind, post):
        ticket = make_ticket(company, category_code=category, kind=kind)
        assert ticket.post == getattr(company, post)

    def test_a_rule_s_role_comes_first(self, company):
        RoutingRule.objects.create(
            position=1,
            category_code="noise",
            role=Role.objects.get(code="engineer"),
            policy_code="inquiry",
        )
        ticket = make_ticket(company)
        assert (ticket.post, ticket.policy.code) == (company.engineer, "inquiry")

    def test_a_vacant_one_is_passed_over(self, company):
        Post.objects.filter(pk=company.steward.pk).update(holder=None)
        at_the_city = make_post("steward", company.city)
        assert make_ticket(company).post == at_the_city

    def test_where_nobody_is_the_duty_queue_has_it(self, company):
        Post.objects.filter(role__code__in=["steward", "project_manager"]).update(holder=None)
        assert make_ticket(company).post == company.duty


def test_a_rule_that_changes_counts_from_the_next_ticket_on(company):
    assert make_ticket(company).policy.code == "complaint_ordinary"
    RoutingRule.objects.filter(position=620).update(policy_code="complaint_serious")
    assert make_ticket(company).policy.code == "complaint_serious"
