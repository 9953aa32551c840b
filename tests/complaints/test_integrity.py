"""Reports about integrity: who sees them, who could shield the people named, and what leaks."""

import datetime as dt
import re

import pytest

from complaints import policies
from complaints.enums import Channel, EventKind, Kind, PartyRole, Protection, State
from complaints.models import FollowUpCode, TextEntry, Ticket, TicketEvent, TicketReporter
from complaints.querysets import GATED
from complaints.reading import timeline as read_timeline
from complaints.services import follow_up, integrity, lifecycle, naming, timeline
from complaints.services.integrity import Report
from core.actors import NOBODY, Actor
from core.errors import InvalidInput, NotAllowed
from notifications.models import Notice
from organisation.models import Role
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, StaffFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)
OTHERS = (
    "agent supervisor dispatcher duty executive region_head region_manager manager steward "
    "engineer security privacy_officer privacy_approver"
).split()


@pytest.fixture
def told(company, staff):
    """What somebody told without saying who they are."""
    report = Report(unit=company.region, body="项目经理收受装修公司回扣", about="X1 小区项目经理")
    return integrity.report_anonymously(report, at=A_MORNING)


def report_about(company, *names, **fields):
    values = {"kind": Kind.INTEGRITY, "category_code": "integrity", "body": "收受回扣", **fields}
    return make_ticket(company, named_staff=[one.pk for one in names], **values)


class TestNobody:
    def test_the_report_has_no_reporter_and_goes_to_the_discipline_inspection(self, told, company):
        assert (told.kind, told.channel, told.state) == (
            Kind.INTEGRITY,
            Channel.WEB,
            State.ASSIGNED,
        )
        assert told.reporter.subject_id is None
        assert told.reporter.protection == Protection.ANONYMOUS
        assert told.post == company.inspector

    def test_its_event_says_reporter_and_no_more(self, told):
        event = told.events.get(kind=EventKind.RECEIVED)
        assert (event.actor_kind, event.staff_id, event.machine_id) == ("reporter", None, None)

    def test_whom_it_is_about_stands_before_what_happened(self, told):
        body = told.texts.get(role="body").body
        assert told.texts.get(role="summary").body == "项目经理收受装修公司回扣"
        assert body.startswith("涉及：X1 小区项目经理\n\n项目经理收受")

    def test_nothing_told_is_refused(self, company, staff):
        with pytest.raises(InvalidInput):
            integrity.report_anonymously(
                Report(unit=company.region, body=" ", about="某人"), at=A_MORNING
            )

    def test_a_code_opens_this_report_and_no_other(self, told, company, staff):
        other = integrity.report_anonymously(
            Report(unit=company.region, body="另一件"), at=A_MORNING
        )
        code = follow_up.issue(told, at=A_MORNING)
        ticket, holder = follow_up.open_with(code)
        assert ticket == told
        assert list(Ticket.objects.visible_to(holder)) == [told]
        assert not TextEntry.objects.visible_to(holder).filter(ticket=other).exists()

    def test_only_its_keyed_hash_is_kept(self, told):
        code = follow_up.issue(told, at=A_MORNING)
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
        kept = bytes(FollowUpCode.objects.get().code_hash)
        assert len(kept) == 32
        assert code.replace("-", "").encode() not in kept

    def test_it_is_read_however_it_was_written_down(self, told):
        code = follow_up.issue(told, at=A_MORNING)
        for typed in (code.lower(), code.replace("-", " "), code.replace("0", "o"), f" {code} "):
            assert follow_up.open_with(typed)[0] == told

    def test_a_wrong_code_opens_nothing(self, told):
        follow_up.issue(told, at=A_MORNING)
        with pytest.raises(follow_up.CodeUnknown):
            follow_up.open_with("0000-0000-0000-0000")

    def test_its_holder_reads_answers_and_no_note(self, told, staff):
        ticket = bring_to(State.IN_PROGRESS, told, actor=staff.inspector, at=LATER)
        ticket = timeline.reply(ticket, actor=staff.inspector, text="已立案核查", at=LATER)
        timeline.note(ticket, actor=staff.inspector, text="疑似内部人员举报", at=LATER)
        _found, holder = follow_up.open_with(follow_up.issue(told, at=LATER))
        read = "".join(entry.text() for entry in read_timeline(told, holder))
        assert "已立案核查" in read
        assert "疑似内部" not in read

    def test_its_holder_adds_to_what_is_in_hand_and_does_nothing_else(self, told, staff):
        _found, holder = follow_up.open_with(follow_up.issue(told, at=LATER))
        assert policies.allowed_actions(holder, told) == ["add"]
        added = timeline.add(told, actor=holder, text="还有一次在三月", at=LATER)
        assert added.events.filter(kind=EventKind.ADDED, actor_kind="reporter").count() == 1
        with pytest.raises(NotAllowed):
            lifecycle.withdraw(added, actor=holder, at=LATER)

    def test_its_holder_does_nothing_with_another_ticket(self, told, company, ticket):
        _found, holder = follow_up.open_with(follow_up.issue(told, at=LATER))
        assert policies.allowed_actions(holder, ticket) == []
        with pytest.raises(NotAllowed):
            timeline.add(ticket, actor=holder, text="混进来", at=LATER)

    def test_who_has_no_code_sees_nothing(self, told):
        assert not Ticket.objects.visible_to(NOBODY).exists()
        assert policies.allowed_actions(NOBODY, told) == []


class TestOthers:
    """The rows that would leak: a report of each kind of reporter, near to everybody."""

    @pytest.fixture
    def reports(self, company, staff, resident, told):
        return [
            told,
            report_about(company, reporter_subject=resident.subject_id),
            report_about(company, dwelling=None, unit=company.community, protection="anonymous"),
        ]

    @pytest.mark.parametrize("who", OTHERS)
    def test_see_find_and_count_nothing(self, reports, staff, who):
        actor = getattr(staff, who)
        for rows in (Ticket, TicketEvent, TextEntry):
            assert not rows.objects.visible_to(actor).exists(), rows
        assert not TicketReporter.objects.visible_to(actor).exists()
        assert not Ticket.objects.visible_to(actor).matching("回扣", actor).exists()
        assert not Ticket.objects.visible_to(actor).filter(reference=reports[0].reference).exists()

    def test_hear_of_nothing(self, reports, company):
        told_posts = set(Notice.objects.values_list("post_id", flat=True)) - {None}
        assert told_posts == {company.inspector.pk}

    def test_who_took_it_in_does_not_see_it_afterwards(self, company, staff):
        ticket = report_about(company, channel="letter", protection="anonymous")
        assert ticket.events.get(kind=EventKind.RECEIVED).staff_id == staff.agent.staff_id
        assert not Ticket.objects.visible_to(staff.agent).exists()
        assert policies.allowed_actions(staff.agent, ticket) == []

    def test_the_category_alone_makes_it_an_integrity_report(self, company, staff):
        ticket = make_ticket(company, category_code="integrity", body="收受回扣")
        assert ticket.kind == Kind.INTEGRITY
        assert not Ticket.objects.visible_to(staff.manager).exists()

    def test_the_inspector_sees_all_three(self, reports, staff):
        assert Ticket.objects.visible_to(staff.inspector).count() == 3

    def test_they_are_given_to_nobody_who_may_not_see_them(self, told, staff, company):
        for post in (company.steward, company.duty, company.region_head):
            with pytest.raises(InvalidInput):
                lifecycle.assign(told, actor=staff.inspector, post=post, at=LATER)

    def test_an_inspector_of_another_region_sees_nothing(self, told, company):
        far = make_post("discipline_inspector", company.other_region)
        assert not Ticket.objects.visible_to(Actor.staff(far.holder_id)).exists()

    def test_without_an_inspector_it_goes_to_duty_and_not_to_the_site(self, company):
        ticket = report_about(company)
        assert ticket.post == company.duty
        assert not Ticket.objects.visible_to(Actor.staff(company.duty.holder_id)).exists()


class TestWhoIsNamed:
    @pytest.fixture
    def second(self, company, staff):
        return make_post("discipline_inspector", company.group)

    def who_sees(self, ticket, *posts):
        return [
            Ticket.objects.visible_to(Actor.staff(post.holder_id)).filter(pk=ticket.pk).exists()
            for post in posts
        ]

    def test_an_inspector_who_is_named_neither_gets_nor_sees_it(self, company, second):
        ticket = report_about(company, company.inspector.holder)
        assert ticket.post == second
        assert self.who_sees(ticket, company.inspector, second) == [False, True]

    def test_an_inspector_who_stands_in_the_words_of_nobody_neither(self, company, second):
        company.inspector.holder.name = "郑观澜"
        company.inspector.holder.save()
        ticket = integrity.report_anonymously(
            Report(unit=company.region, body="纪检的郑观澜压下了举报"), at=A_MORNING
        )
        assert ticket.post == second
        assert self.who_sees(ticket, company.inspector, second) == [False, True]

    def test_an_inspector_who_also_leads_the_person_named_is_kept_away(self, company, second):
        make_post("region_general_manager", company.region, company.inspector.holder)
        ticket = report_about(company, company.steward.holder)
        assert ticket.post == second
        connected = ticket.parties.get(role=PartyRole.CONNECTED)
        assert connected.staff_id == company.inspector.holder_id
        assert self.who_sees(ticket, company.inspector, second) == [False, True]

    def test_one_who_leads_another_region_is_not(self, company, second):
        make_post("region_general_manager", company.other_region, company.inspector.holder)
        ticket = report_about(company, company.steward.holder)
        assert self.who_sees(ticket, company.inspector, second) == [True, True]

    def test_nor_one_with_a_post_that_leads_nobody(self, company, second):
        make_post("engineer", company.group, company.inspector.holder)
        ticket = report_about(company, company.steward.holder)
        assert self.who_sees(ticket, company.inspector) == [True]

    def test_an_inspector_who_shares_a_post_with_the_person_named_is_kept_away(
        self, company, second
    ):
        company.steward.stand_in = company.inspector.holder
        company.steward.save()
        ticket = report_about(company, company.steward.holder)
        assert self.who_sees(ticket, company.inspector, second) == [False, True]

    def test_leaders_who_see_no_integrity_report_are_no_party(self, company, second):
        ticket = report_about(company, company.steward.holder)
        assert list(ticket.parties.values_list("role", flat=True)) == [PartyRole.NAMED]

    def test_an_ordinary_complaint_has_no_connected_people(self, company, second):
        make_post("region_general_manager", company.region, company.inspector.holder)
        ticket = make_ticket(company, named_staff=[company.steward.holder_id])
        assert not ticket.parties.filter(role=PartyRole.CONNECTED).exists()


class TestNaming:
    """The inspector writes down whom words turn out to mean."""

    @pytest.fixture
    def second(self, company, told):
        return make_post("discipline_inspector", company.group)

    def test_they_are_kept_away_and_the_timeline_says_so_inside(self, told, company, staff):
        named = naming.name(
            told, actor=staff.inspector, names=company.manager.holder.name, at=LATER
        )
        assert list(named.parties.values_list("staff_id", flat=True)) == [company.manager.holder_id]
        event = named.events.get(kind=EventKind.NAMED)
        assert event.visibility == "internal"
        assert named.post == company.inspector

    def test_who_has_it_gives_it_up_when_they_are_named(self, told, company, staff, second):
        named = naming.name(
            told, actor=staff.inspector, names=company.inspector.holder.name, at=LATER
        )
        assert named.post == second
        assert not Ticket.objects.visible_to(staff.inspector).exists()
        assert Notice.objects.filter(post=second).exists()

    def test_so_do_those_who_lead_whom_is_named(self, told, company, staff, second):
        make_post("region_general_manager", company.region, company.inspector.holder)
        named = naming.name(
            told, actor=staff.inspector, names=company.steward.holder.name, at=LATER
        )
        assert named.post == second
        assert not Ticket.objects.visible_to(staff.inspector).exists()

    def test_two_of_one_name_are_both_kept_away(self, told, staff):
        pair = [StaffFactory(name="王强"), StaffFactory(name="王强")]
        named = naming.name(told, actor=staff.inspector, names="王强", at=LATER)
        assert set(named.parties.values_list("staff_id", flat=True)) == {one.pk for one in pair}

    def test_naming_twice_changes_nothing_more(self, told, company, staff):
        name = company.manager.holder.name
        once = naming.name(told, actor=staff.inspector, names=name, at=LATER)
        twice = naming.name(once, actor=staff.inspector, names=f"{name}、{name}", at=LATER)
        assert twice.parties.count() == 1

    @pytest.mark.parametrize("names", ["", " 、", "没有此人"])
    def test_nobody_or_somebody_unknown_is_refused(self, told, staff, names):
        with pytest.raises(InvalidInput) as refused:
            naming.name(told, actor=staff.inspector, names=names, at=LATER)
        assert "names" in refused.value.fields

    def test_of_a_report_it_is_for_inspectors_alone(self, told, staff, company):
        with pytest.raises(NotAllowed):
            naming.name(told, actor=staff.duty, names=company.steward.holder.name, at=LATER)


def test_the_ladder_of_a_late_report_stays_among_inspectors(told, company):
    from complaints.services import escalation

    escalation.sweep(A_MORNING + dt.timedelta(days=20))
    posts = set(told.events.filter(kind=EventKind.ESCALATED).values_list("post_id", flat=True))
    assert posts == {company.inspector.pk}


def test_every_gated_kind_has_a_role_that_sees_it(db):
    for permission in GATED.values():
        assert Role.objects.filter(permissions__contains=[permission]).exists()
