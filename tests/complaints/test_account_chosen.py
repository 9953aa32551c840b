"""Who speaks for two key accounts says for which of them; and it is put right where it was not."""

import pytest

from complaints.enums import ClockKind, EventKind, Measure, Severity, State, Template
from complaints.models import Policy, RoutingRule, Ticket
from complaints.services import account_matters
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from notifications.models import Notice
from residents.enums import AccountTier
from residents.models import KeyAccount
from residents.services import accounts
from tests.complaints.conftest import minutes
from tests.complaints.test_key_account_matters import opened, speaking_for, told
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)


@pytest.fixture
def first(company):
    return opened(company, "KA1", [company.community])


@pytest.fixture
def second(company, first):
    return opened(company, "KA2", [company.community])


@pytest.fixture
def far(company):
    return opened(company, "KA3", [company.far_community])


@pytest.fixture
def person(first, second, far):
    person = speaking_for(first)
    for account in (second, far):
        accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)
    return person


@pytest.fixture
def matter(company, person):
    ticket = told(company, company.community, reporter_subject=person.subject_id)
    return Ticket.objects.for_acting().get(pk=ticket.pk)


@pytest.fixture
def dispatcher(company):
    return Actor.staff(company.dispatcher.holder_id)


def correct(ticket, account, actor, **fields):
    return account_matters.correct(ticket, actor=actor, account=account, at=LATER, **fields)


class TestWhenItIsTold:
    def test_it_is_of_the_one_that_was_said(self, company, person, first, second):
        chosen = accounts.chosen("KA2", person.subject_id, company.community)
        assert chosen == second
        ticket = told(
            company, company.community, reporter_subject=person.subject_id, account=chosen
        )
        assert (ticket.account, ticket.post) == (second, second.manager)
        unsaid = told(company, company.community, reporter_subject=person.subject_id)
        assert unsaid.account == first

    def test_under_a_number_they_had_before_too(self, company, person, second):
        from privacy.vault.services import subjects
        from tests.factories import make_person

        again = make_person("张三", "13912345678")
        subjects.merge(person.subject_id, into=again.subject_id, actor=SYSTEM, at=A_MORNING)
        assert accounts.chosen("KA2", again.subject_id, company.community) == second

    @pytest.mark.parametrize(
        ("code", "words"), [("KA3", "合同范围"), ("KA9", "联系人"), ("NONE", "联系人")]
    )
    def test_neither_one_that_does_not_reach_there_nor_another_s(
        self, company, person, code, words
    ):
        opened(company, "KA9", [company.community])
        with pytest.raises(InvalidInput) as refused:
            accounts.chosen(code, person.subject_id, company.community)
        assert words in str(refused.value.fields["account"])

    def test_nobody_speaks_for_none(self, company, first):
        with pytest.raises(InvalidInput):
            accounts.chosen("KA1", None, company.community)


class TestPuttingItRight:
    def test_it_goes_to_the_other_s_manager_and_history_keeps_both(
        self, matter, first, second, dispatcher
    ):
        assert (matter.account, matter.post) == (first, first.manager)
        corrected = correct(matter, second, dispatcher, note="是另一家公司的事")
        assert (corrected.account, corrected.post) == (second, second.manager)
        kept = matter.history.order_by("history_id").values_list("account_id", flat=True)
        assert [kept[0], kept[len(kept) - 1]] == [first.pk, second.pk]
        event = corrected.events.get(kind=EventKind.OF_ACCOUNT)
        assert (event.staff_id, event.visibility) == (dispatcher.staff_id, "internal")
        given = Notice.objects.filter(template=Template.TICKET_ASSIGNED, post=second.manager)
        assert given.count() == 1
        assert not Notice.objects.filter(template=Template.TICKET_OF_ACCOUNT).exists()

    def test_what_others_have_stays_there_and_the_manager_hears(
        self, company, person, first, second, dispatcher
    ):
        ticket = told(
            company, company.community, reporter_subject=person.subject_id,
            severity=Severity.SAFETY,
        )  # fmt: skip
        on_site = ticket.post
        assert on_site != first.manager
        corrected = correct(ticket, second, dispatcher)
        assert (corrected.account, corrected.post) == (second, on_site)
        heard = Notice.objects.filter(template=Template.TICKET_OF_ACCOUNT, post=second.manager)
        assert heard.count() == 1

    def test_under_the_same_policy_no_promise_moves(self, matter, second, dispatcher):
        due = dict(matter.clocks.live().values_list("kind", "due_at"))
        corrected = correct(matter, second, dispatcher)
        assert dict(corrected.clocks.live().values_list("kind", "due_at")) == due
        assert corrected.events.get(kind=EventKind.OF_ACCOUNT).reason_code == ""

    def test_under_another_one_it_counts_from_the_start(self, matter, second, dispatcher):
        KeyAccount.objects.filter(pk=second.pk).update(tier=AccountTier.GROUP_STRATEGIC)
        second.refresh_from_db()
        rule = RoutingRule.objects.filter(tier="").order_by("position").last()
        RoutingRule.objects.create(
            position=-1, tier=AccountTier.GROUP_STRATEGIC, role=rule.role, policy_code="safety"
        )
        corrected = correct(matter, second, dispatcher)
        assert corrected.policy.code == "safety"
        clock = corrected.clocks.get(kind=ClockKind.RESOLVE)
        assert clock.due_at == A_MORNING + minutes(240)
        assert clock.policy == Policy.objects.get(code="safety", version=corrected.policy.version)
        assert corrected.events.get(kind=EventKind.OF_ACCOUNT).reason_code == "counted_afresh"

    @pytest.mark.parametrize(("code", "words"), [("KA1", "已经是"), ("KA3", "合同范围")])
    def test_not_to_the_one_it_has_or_one_that_does_not_reach(
        self, matter, dispatcher, code, words
    ):
        with pytest.raises(InvalidInput) as refused:
            correct(matter, KeyAccount.objects.get(code=code), dispatcher)
        assert words in str(refused.value.fields["account"])

    def test_what_is_of_none_is_nothing_to_put_right(self, company, second, dispatcher):
        ticket = told(company, company.community)
        with pytest.raises(InvalidTransition):
            correct(ticket, second, dispatcher)

    def test_it_is_for_who_dispatches(self, company, matter, second):
        with pytest.raises(NotAllowed):
            correct(matter, second, Actor.staff(company.agent.holder_id))
        with pytest.raises(NotAllowed):
            correct(matter, second, SYSTEM)

    def test_and_only_while_it_is_to_be_solved(self, matter, second, dispatcher):
        Ticket.objects.filter(pk=matter.pk).update(state=State.RESOLVED, resolved_at=A_MORNING)
        with pytest.raises(InvalidTransition):
            correct(matter, second, dispatcher)

    def test_its_verb_has_a_word(self):
        assert str(Measure.ACCOUNT.label) == "更正大客户"
