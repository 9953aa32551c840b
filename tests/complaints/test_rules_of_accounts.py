"""A rule for key accounts alone whose policy is not in force: nobody can save it, and whose matter
it would refuse is refused before a post is locked for it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Policy, RoutingRule, Ticket
from complaints.services import catalogue, intake, policy_versions, routing, rules
from complaints.services.catalogue import PolicyUnknown
from core.actors import SYSTEM, Actor
from core.clock import database_now
from core.errors import InvalidInput
from residents.enums import AccountTier
from residents.models import KeyAccount, KeyAccountContact
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db

TIER = AccountTier.STANDARD


@pytest.fixture
def speaker(company):
    """Somebody who speaks for a key account, under whatever number they call."""
    manager = make_post("key_account_manager", company.group)
    account = KeyAccount.objects.create(code="KA1", name="某公司", tier=TIER, manager=manager)
    person = make_person(dwelling=company.dwelling)
    KeyAccountContact.objects.create(account=account, subject_id=person.subject_id)
    return Actor.reporter(person.subject_id)


@pytest.fixture
def to_come(company):
    """A policy whose first version comes into force in a month."""
    policy = policy_versions.in_force("inquiry", A_MORNING)
    first = policy_versions.renew(policy, effective_from=database_now() + dt.timedelta(days=30))
    Policy.objects.filter(pk=first.pk).update(code="to_come", version=1)
    return "to_come"


class TestSaving:
    @pytest.mark.parametrize(("code", "said"), [("to_come", "尚未生效"), ("no_such", "没有这个")])
    def test_is_refused_beside_the_policy(self, to_come, code, said):
        rule = RoutingRule(tier=TIER, policy_code=code)
        with pytest.raises(InvalidInput) as refused:
            rules.save(rule, actor=SYSTEM, at=database_now())
        assert list(refused.value.fields) == ["policy_code"]
        assert said in str(refused.value.fields["policy_code"][0])
        assert not RoutingRule.objects.filter(policy_code=code).exists()

    def test_by_the_administration_too(self, company, to_come):
        client = Client()
        client.force_login(make_post("administrator", company.group).holder)
        values = {"position": 5, "tier": TIER, "policy_code": to_come}
        answer = client.post("/admin/complaints/routingrule/add/", values)
        assert answer.context["adminform"].form.errors.keys() == {"policy_code"}

    def test_nor_does_the_administration_narrow_the_last_that_catches_everything(self, company):
        client = Client()
        client.force_login(make_post("administrator", company.group).holder)
        last = next(rule for rule in rules.in_order() if routing.catches_all(rule))
        values = {"position": last.position, "kind": "praise", "policy_code": last.policy_code}
        there = f"/admin/complaints/routingrule/{last.pk}/change/"
        assert "适用于所有工单" in client.post(there, values).content.decode()
        assert rules.something_catches()

    def test_once_it_is_in_force_it_is_taken(self, to_come):
        rule = RoutingRule(tier=TIER, policy_code=to_come)
        at = database_now() + dt.timedelta(days=31)
        assert rules.save(rule, actor=SYSTEM, at=at).pk


class TestTakingIn:
    @pytest.fixture
    def broken(self, company, to_come):
        """As somebody with a hand in the table would leave it."""
        make_ticket(company)
        RoutingRule.objects.create(position=1, tier=TIER, policy_code=to_come)
        return catalogue.current()

    def submit(self, company, actor):
        new = intake.NewTicket(
            "complaint", "noise", "app", "楼上装修太吵",
            dwelling=company.dwelling, reporter_subject=actor.subject_id,
        )  # fmt: skip
        return intake.submit(new, actor=actor, at=A_MORNING)

    def test_is_refused_before_a_post_is_locked_or_a_number_taken(self, company, speaker, broken):
        before = Ticket.objects.count()
        with CaptureQueriesContext(connection) as captured, pytest.raises(PolicyUnknown) as refused:
            self.submit(company, speaker)
        asked = [row["sql"] for row in captured]
        assert not [sql for sql in asked if "nextval" in sql or "FOR NO KEY UPDATE" in sql]
        assert "尚未生效" in str(refused.value)
        assert Ticket.objects.count() == before

    def test_once_somebody_mended_it_a_process_that_remembers_the_old_table_takes_it(
        self, company, speaker, broken
    ):
        RoutingRule.objects.filter(position=1).update(policy_code="inquiry")
        assert catalogue.remembered() is broken
        assert self.submit(company, speaker).policy.code == "inquiry"

    def test_everybody_else_reports_as_before(self, company, broken):
        other = Actor.reporter(make_person("李四", "13900001111").subject_id)
        assert self.submit(company, other).account is None
