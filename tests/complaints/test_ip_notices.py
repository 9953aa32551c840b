"""A notice about intellectual property, from the form to the decision."""

import datetime as dt

import pytest

from complaints import policies
from complaints.enums import EventKind, Kind, State
from complaints.models import IpNotice, Ticket
from complaints.reading import timeline as read_timeline
from complaints.services import escalation, follow_up, ip_notices, lifecycle
from complaints.services.ip_notices import NewNotice
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from privacy.vault.registry import registry
from privacy.vault.services import sealing
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_post

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)
DAY = dt.timedelta(days=1)


def notice(**fields):
    values = {
        "right_kind": "copyright",
        "right": "摄影作品《江岸》",
        "holder": "林一舟",
        "contact": "13911112222",
        "location": "https://desk.example.org/a",
        "body": "未经许可使用我的照片",
        "in_good_faith": True,
        **fields,
    }
    return NewNotice(**values)


@pytest.fixture
def counsel(company):
    return make_post("legal_counsel", company.group)


@pytest.fixture
def legal(counsel):
    return Actor.staff(counsel.holder_id)


@pytest.fixture
def taken(company, counsel):
    return ip_notices.take(notice(), at=A_MORNING)


@pytest.fixture
def forwarded(taken, legal):
    working = bring_to(State.IN_PROGRESS, taken, actor=legal, at=LATER)
    return ip_notices.forward(working, actor=legal, text="已转送活动负责人", at=LATER)


def decide(ticket, legal, outcome="upheld", at=LATER):
    return ip_notices.decide(ticket, actor=legal, reason_code=outcome, text="已删除图片", at=at)


class TestTaking:
    def test_it_goes_to_legal_with_who_gave_it_under_seal(self, taken, counsel):
        assert (taken.kind, taken.post) == (Kind.IP_NOTICE, counsel)
        row = IpNotice.objects.get()
        opened = sealing.reveal_many(
            [
                (row.subject_id, ip_notices.HOLDER, row.holder_sealed),
                (row.subject_id, ip_notices.CONTACT, row.contact_sealed),
            ]
        )
        assert opened == ["林一舟", "+8613911112222"]
        assert "林一舟".encode() not in bytes(row.holder_sealed)
        assert not Ticket.objects.filter(texts__body__contains="林一舟").exists()

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"in_good_faith": False}, "in_good_faith"),
            ({"right": " "}, "right"),
            ({"holder": ""}, "holder"),
            ({"location": ""}, "location"),
            ({"contact": "12"}, "contact"),
            ({"contact": " "}, "contact"),
            ({"contact": "lin@"}, "contact"),
            ({"right_kind": "nothing"}, "right_kind"),
        ],
    )
    def test_what_the_law_wants_is_asked_for(self, company, counsel, fields, wrong):
        with pytest.raises(InvalidInput) as refused:
            ip_notices.take(notice(**fields), at=A_MORNING)
        assert set(refused.value.fields) == {wrong}
        assert not Ticket.objects.exists()

    def test_a_right_holder_may_have_a_mailbox_and_no_telephone(self, company, counsel):
        long = f"{'r' * 60}@{'d' * 60}.example.com"
        for written, kept, shown in (
            (" Lin@Example.com ", "lin@example.com", "l***@example.com"),
            (long, long, f"r***@{'d' * 60}.example.com"),
        ):
            row = ip_notices.take(notice(contact=written), at=A_MORNING).ip_notice
            said = sealing.reveal(row.subject_id, ip_notices.CONTACT, row.contact_sealed)
            assert said == kept
            assert ip_notices.masked_holder(row).contact == shown

    def test_who_gave_it_is_erased_and_the_notice_stays(self, taken):
        class Plan:
            def holds(self, model, pk):
                return False

        row = IpNotice.objects.get()
        holding = registry.holdings["complaints.ip_notices"]
        (copied,) = holding.export((row.subject_id,))
        assert (copied["holder"], copied["contact"]) == ("林一舟", "+8613911112222")
        assert holding.erase((row.subject_id,), Plan()) == 1
        assert holding.verify((row.subject_id,), ()) == 0
        row.refresh_from_db()
        assert (row.holder_sealed, row.contact_sealed, row.right) == (
            None,
            None,
            "摄影作品《江岸》",
        )


class TestSteps:
    def test_forwarding_is_the_first_response(self, forwarded, legal):
        assert forwarded.clocks.get(kind="first_response").state == "kept"
        assert forwarded.events.filter(kind=EventKind.FORWARDED, visibility="public").exists()
        with pytest.raises(InvalidTransition):
            ip_notices.forward(forwarded, actor=legal, text="再转一次", at=LATER)

    def test_nothing_is_countered_or_decided_before_it_was_forwarded(self, taken, legal):
        working = bring_to(State.IN_PROGRESS, taken, actor=legal, at=LATER)
        with pytest.raises(InvalidTransition):
            ip_notices.counter(working, actor=legal, text="不侵权", at=LATER)
        with pytest.raises(InvalidTransition):
            decide(working, legal)

    def test_without_a_counter_notice_it_is_decided_at_once(self, forwarded, legal):
        done = decide(forwarded, legal)
        assert done.state == State.RESOLVED
        assert done.events.get(kind=EventKind.DECIDED).reason_code == "upheld"
        closed = lifecycle.close(
            done, actor=Actor.staff(make_post("legal_counsel", done.unit).holder_id), at=LATER
        )
        assert closed.state == State.CLOSED

    def test_a_counter_notice_gives_fifteen_days_in_which_no_clock_runs(self, forwarded, legal):
        waiting = ip_notices.counter(forwarded, actor=legal, text="有授权书", at=LATER)
        assert waiting.state == State.WAITING_RESIDENT
        clock = waiting.clocks.get(kind="resolve")
        assert (clock.state, clock.pause_ends_at) == ("paused", LATER + 15 * DAY)
        with pytest.raises(InvalidInput) as refused:
            decide(waiting, legal, "not_upheld", at=LATER + 15 * DAY - minutes(1))
        assert set(refused.value.fields) == {"reason_code"}
        done = decide(waiting, legal, "not_upheld", at=LATER + 15 * DAY)
        assert done.state == State.RESOLVED

    def test_the_sweep_ends_the_wait_and_tells_legal(self, forwarded, legal, counsel):
        ip_notices.counter(forwarded, actor=legal, text="有授权书", at=LATER)
        escalation.sweep(LATER + 14 * DAY)
        assert Ticket.objects.get().state == State.WAITING_RESIDENT
        escalation.sweep(LATER + 15 * DAY + minutes(1))
        assert Ticket.objects.get().state == State.IN_PROGRESS
        assert forwarded.events.filter(kind=EventKind.RESUMED, post=counsel).exists()

    def test_who_has_gone_to_court_need_not_be_waited_for(self, forwarded, legal):
        waiting = ip_notices.counter(forwarded, actor=legal, text="有授权书", at=LATER)
        assert decide(waiting, legal, "before_court").state == State.RESOLVED

    def test_who_gave_the_notice_reads_each_step_by_code(self, forwarded, legal):
        ip_notices.counter(forwarded, actor=legal, text="有授权书", at=LATER)
        ticket, holder = follow_up.open_with(follow_up.issue(forwarded, at=LATER))
        said = "".join(entry.text() for entry in read_timeline(ticket, holder))
        assert "已转送活动负责人" in said
        assert "有授权书" in said

    def test_the_steps_are_of_notices_and_of_who_handles_them(self, taken, ticket, legal, staff):
        working = bring_to(State.IN_PROGRESS, taken, actor=legal, at=LATER)
        assert {"forward", "counter", "decide"} <= set(policies.allowed_actions(legal, working))
        other = bring_to(State.IN_PROGRESS, ticket)
        assert "forward" not in policies.allowed_actions(staff.steward, other)
        with pytest.raises(NotAllowed):
            ip_notices.forward(working, actor=staff.agent, text="转送", at=LATER)

    def test_an_outcome_that_is_not_listed_is_refused(self, forwarded, legal):
        with pytest.raises(InvalidInput):
            decide(forwarded, legal, "maybe")


def test_who_gave_it_objects_by_code_and_it_is_decided_anew(forwarded, legal):
    decided = decide(forwarded, legal, outcome="not_upheld")
    holder = follow_up.open_with(follow_up.issue(decided, at=LATER))[1]
    assert "reopen" in policies.allowed_actions(holder, decided)
    again = lifecycle.reopen(decided, actor=holder, reason="照片的底片在我这里", at=LATER + DAY)
    assert (again.state, again.cycle) == (State.REOPENED, 2)
    again = lifecycle.accept(again, actor=legal, at=LATER + DAY)
    again = lifecycle.start(again, actor=legal, at=LATER + DAY)
    assert decide(again, legal, at=LATER + DAY).state == State.RESOLVED
