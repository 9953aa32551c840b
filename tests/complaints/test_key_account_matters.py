"""Which matters are a key account's own, and that its manager hears of those that go elsewhere."""

import pytest

from complaints.enums import Channel, Kind, Protection, Severity, Template
from complaints.models import RoutingRule, Ticket
from complaints.services import catalogue
from complaints.services.intake import NewTicket, submit
from complaints.services.routing import NoRuleMatches
from core.actors import SYSTEM, Actor
from notifications.models import Notice
from organisation.models import Post
from privacy.vault.services import subjects
from residents.enums import AccountTier
from residents.models import KeyAccount
from residents.services import accounts
from tests.factories import A_MORNING, make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company):
    return opened(company, "KA1", [company.community])


@pytest.fixture
def person(account):
    return speaking_for(account)


def opened(company, code, communities):
    return accounts.create(
        code, "重庆某公司", tier=AccountTier.STANDARD, actor=SYSTEM, communities=communities,
        manager=make_post("key_account_manager", company.group),
    )  # fmt: skip


def speaking_for(account, phone="13812345678"):
    person = make_person("张三", phone)
    accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)
    return person


def told(company, unit, **fields):
    values = {"kind": Kind.COMPLAINT, "category_code": "noise", **fields}
    new = NewTicket(channel=Channel.HOTLINE, body="吵", unit=unit, **values)
    return submit(new, actor=SYSTEM, at=A_MORNING)


class TestItsCommunities:
    def of(self, company, unit, person):
        return told(company, unit, reporter_subject=person.subject_id).account

    def test_what_somebody_reports_there_is_the_account_s(self, company, account, person):
        assert self.of(company, company.community, person) == account

    def test_what_they_report_at_home_is_their_own(self, company, account, person):
        ticket = told(company, company.other_community, reporter_subject=person.subject_id)
        assert ticket.account is None
        assert ticket.post != account.manager

    def test_what_is_above_them_all_is_the_account_s(self, company, account, person):
        assert self.of(company, company.region, person) == account
        assert self.of(company, company.other_region, person) is None

    def test_an_account_of_a_region_has_all_below_it(self, company):
        account = opened(company, "KA2", [company.region])
        assert self.of(company, company.community, speaking_for(account)) == account

    def test_one_that_names_none_has_all(self, company):
        account = opened(company, "KA2", [])
        assert self.of(company, company.far_community, speaking_for(account)) == account

    def test_of_two_accounts_the_one_that_is_there(self, company, account, person):
        other = opened(company, "KA2", [company.other_community])
        accounts.add_contact(other, person.subject_id, actor=SYSTEM, at=A_MORNING)
        assert self.of(company, company.community, person) == account
        assert self.of(company, company.other_community, person) == other

    def test_under_a_number_they_had_before_too(self, company, account, person):
        again = make_person("张三", "13912345678")
        subjects.merge(person.subject_id, into=again.subject_id, actor=SYSTEM, at=A_MORNING)
        assert self.of(company, company.community, again) == account
        assert self.of(company, company.other_community, again) is None

    def test_over_its_own_line_it_is_the_account_s_wherever_it_is(self, company, account):
        """The line belongs to the company: whoever calls there calls for it."""
        assert told(company, company.far_community, account=account).account == account


class TestItsManager:
    def heard(self, post=None):
        found = Notice.objects.filter(template=Template.TICKET_OF_ACCOUNT)
        return list(found.values_list("post_id", flat=True))

    def test_hears_of_a_matter_of_safety_that_goes_to_the_site_once(self, company, account):
        ticket = told(company, company.community, account=account, severity=Severity.SAFETY)
        assert ticket.post != account.manager
        assert self.heard() == [account.manager_id]
        on_site = Notice.objects.filter(template=Template.TICKET_ASSIGNED)
        assert list(on_site.values_list("post_id", flat=True)) == [ticket.post_id]
        seen = type(ticket).objects.visible_to(Actor.staff(account.manager.holder_id))
        assert ticket in seen

    def test_is_not_told_twice_of_what_they_handle(self, company, account):
        ticket = told(company, company.community, account=account)
        assert ticket.post == account.manager
        assert self.heard() == []

    def test_hears_nothing_of_what_names_them_but_another_does(self, company, account):
        other = make_post("key_account_manager", company.group)
        told(
            company, company.community, account=account, severity=Severity.SAFETY,
            named_staff=[account.manager.holder_id],
        )  # fmt: skip
        assert self.heard() == [other.pk]

    def test_who_is_gone_is_stood_in_for(self, company, account):
        other = make_post("key_account_manager", company.group)
        Post.objects.filter(pk=account.manager_id).update(holder=None)
        told(company, company.community, account=account, severity=Severity.SAFETY)
        assert self.heard() == [other.pk]

    def test_of_other_people_s_matters_nobody_is_told(self, company, account):
        told(company, company.community, severity=Severity.SAFETY)
        assert self.heard() == []

    def test_what_is_nobody_s_account_s_is_told_to_no_manager(self, company, account):
        told(
            company, company.community, account=account, severity=Severity.SAFETY,
            protection=Protection.ANONYMOUS,
        )  # fmt: skip
        assert self.heard() == []

    def test_costs_others_no_statement(self, company, account, django_assert_num_queries):
        """The statement for the manager is asked of accounts' matters alone."""
        told(company, company.community, severity=Severity.SAFETY)
        with django_assert_num_queries(2):
            told(company, company.community, severity=Severity.SAFETY)
        assert KeyAccount.objects.count() == 1


class TestWhereRulesAreForAccountsAlone:
    """Without a rule that catches everything, what is foreseen for nobody is refused."""

    @pytest.fixture(autouse=True)
    def only(self, account):
        RoutingRule.objects.exclude(tier=AccountTier.STANDARD).delete()
        catalogue.current()  # the process knows them

    def test_an_account_s_matter_is_taken_in(self, company, account, person):
        ticket = told(company, company.community, reporter_subject=person.subject_id)
        assert (ticket.account, ticket.post) == (account, account.manager)
        assert ticket.policy.code == "key_account"

    def test_also_by_a_process_that_remembers_other_rules(self, company, account, person):
        RoutingRule.objects.update(tier=AccountTier.GROUP_STRATEGIC)
        KeyAccount.objects.update(tier=AccountTier.GROUP_STRATEGIC)
        ticket = told(company, company.community, reporter_subject=person.subject_id)
        assert (ticket.account, ticket.policy.code) == (account, "key_account")

    @pytest.mark.parametrize("where", ["other_community", "other_region"])
    def test_what_is_their_own_is_refused_as_anybody_s(self, company, account, person, where):
        with pytest.raises(NoRuleMatches):
            told(company, getattr(company, where), reporter_subject=person.subject_id)
        assert not Ticket.objects.exists()

    def test_and_what_is_nobody_s_account_s(self, company, account, person):
        for fields in ({}, {"account": account, "protection": Protection.ANONYMOUS}):
            with pytest.raises(NoRuleMatches):
                told(company, company.community, **fields)
