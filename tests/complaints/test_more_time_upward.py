"""Who is asked for more time where nobody upward may decide: somebody hears, and somebody can."""

import datetime as dt

import pytest

from complaints import policies, queues
from complaints.enums import ExtensionState, Kind, State
from complaints.models import Extension, Ticket
from complaints.queues import Asker
from complaints.services import extensions
from complaints.services.extensions import NobodyToGrant
from core.actors import Actor
from notifications.models import Notice
from organisation.models import Post, Role
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, StaffFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

AT = A_MORNING + minutes(30)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def working(ticket):
    return bring_to(State.IN_PROGRESS, ticket)


@pytest.fixture
def nobody_upward(company, staff):
    """Whoever could decide, from the site to the top, is away and left nobody in charge."""
    able = Post.objects.filter(role__permissions__contains=["tickets.extend"])
    able.update(holder_absent_until=AT + HOUR)


def ask(ticket, actor, at=AT):
    return extensions.ask(
        ticket, actor=actor, minutes=60, reason_code="spare_parts", note="阀门明天到", at=at
    )


def told():
    rows = Notice.objects.filter(template="ticket_extend_asked")
    return list(rows.values_list("post_id", flat=True))


def granted(ticket, actor, at=AT):
    extensions.grant(ticket, actor=actor, at=at)
    return Extension.objects.get(ticket=ticket).state == ExtensionState.GRANTED


def listed(actor):
    extensions_asked = queues.QUEUES["extensions"]
    return list(extensions_asked.pick(Ticket.objects.visible_to(actor), Asker(actor, (), AT)))


def test_the_duty_queue_hears_and_decides(company, working, staff, nobody_upward):
    asked = ask(working, staff.steward)
    assert told() == [company.duty.pk]
    assert listed(staff.duty) == [asked]
    assert "grant_extension" in policies.allowed_actions(staff.duty, asked)
    assert granted(asked, staff.duty, at=AT + 2 * HOUR)


def test_of_several_at_the_top_the_duty_post_is_asked(company, working, staff):
    """A supervisor and an executive could decide as well, and were there before it."""
    Post.objects.filter(pk__in=[company.manager.pk, company.region_head.pk]).update(holder=None)
    Post.objects.filter(pk=company.region_manager.pk).update(holder=None)
    Post.objects.filter(pk=company.duty.pk).update(role=company.executive.role)
    late = make_post("duty_officer", company.group)
    ask(working, staff.steward)
    assert told() == [late.pk]


def test_where_the_duty_officer_works_on_it_the_executive_decides(company, staff, working):
    for post in (company.manager, company.region_head, company.region_manager, company.supervisor):
        Post.objects.filter(pk=post.pk).update(holder=None)
    asked = ask(working, staff.duty)
    assert told() == [company.executive.pk]
    assert granted(asked, staff.executive)


def test_who_has_the_ticket_is_not_asked_though_another_asks(company, working, staff):
    """They could not decide: it is theirs."""
    for post in (company.manager, company.region_head, company.region_manager, company.supervisor):
        Post.objects.filter(pk=post.pk).update(holder=None)
    Post.objects.filter(pk=company.executive.pk).update(holder_absent_until=AT + HOUR)
    Ticket.objects.filter(pk=working.pk).update(post=company.duty)
    ask(working, staff.steward)
    assert told() == [company.executive.pk]


@pytest.mark.parametrize(
    ("until", "asked_of"), [(AT - HOUR, "manager"), (AT + HOUR, "region_head")]
)
def test_who_stands_in_for_the_holder_is_not_asked_until_that_is_over(
    company, working, staff, until, asked_of
):
    Post.objects.filter(pk=company.steward.pk).update(
        stand_in=company.manager.holder, holder_absent_until=until
    )
    ask(working, staff.engineer)
    assert told() == [getattr(company, asked_of).pk]


def test_a_vacant_duty_post_collects_it(company, working, staff):
    Post.objects.filter(role__permissions__contains=["tickets.extend"]).update(holder=None)
    asked = ask(working, staff.steward)
    assert told() == [company.duty.pk]
    newcomer = StaffFactory()
    Post.objects.filter(pk=company.duty.pk).update(holder=newcomer)
    assert listed(newcomer.actor) == [asked]


def test_with_nobody_at_all_the_handler_is_told_so_and_nothing_is_asked(company, working, staff):
    able = Post.objects.filter(role__permissions__contains=["tickets.extend"])
    able.update(valid_until=dt.date(2020, 1, 1))
    with pytest.raises(NobodyToGrant) as refused:
        ask(working, staff.steward)
    assert "任命" in str(refused.value)
    assert not Extension.objects.exists()
    assert told() == []


class TestAMatterThatOnlySomeMaySee:
    """The row that would leak: a report of integrity, which the manager on the spot must not know
    of, although they grant more time for everything else."""

    @pytest.fixture
    def report(self, company, staff):
        return bring_to(State.IN_PROGRESS, make_ticket(company, kind=Kind.INTEGRITY))

    def test_another_inspector_is_asked_and_decides(self, company, staff, report):
        second = make_post("discipline_inspector", company.group)
        asked = ask(report, staff.inspector)
        assert told() == [second.pk]
        other = Actor.staff(second.holder_id)
        assert listed(other) == [asked]
        for actor in (staff.inspector, staff.manager, staff.duty, staff.executive):
            assert "grant_extension" not in policies.allowed_actions(actor, asked)
        assert granted(asked, other)

    def test_without_another_the_duty_queue_hears_of_the_number(self, company, staff, report):
        """It can have a second inspector appointed, and reads nothing."""
        asked = ask(report, staff.inspector)
        assert told() == [company.duty.pk]
        assert listed(staff.duty) == []
        assert policies.allowed_actions(staff.duty, asked) == []
        second = make_post("discipline_inspector", company.group)
        other = Actor.staff(second.holder_id)
        assert granted(asked, other)


def test_a_role_that_could_not_open_it_is_not_asked(company, working, staff):
    blind = Role.objects.create(
        code="blind", name="审批", name_en="Approver", permissions=["tickets.extend"]
    )
    make_post(blind.code, company.community)
    Post.objects.filter(pk=company.manager.pk).update(holder=None)
    ask(working, staff.steward)
    assert told() == [company.region_head.pk]
