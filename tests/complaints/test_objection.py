"""A reporter nobody knows objects, by their code, to how a report ended."""

import pytest

from complaints import policies
from complaints.enums import ClockKind, ClockState, EventKind, Protection, State, Visibility
from complaints.models import Attachment, SealedFragment, Ticket, TicketEvent
from complaints.reading import timeline as read_timeline
from complaints.services import follow_up, integrity, lifecycle, open_reports, photos
from complaints.services.integrity import Report
from complaints.services.open_reports import OpenReport
from core.actors import NOBODY, Actor
from core.errors import InvalidInput, NotAllowed
from notifications.models import Message, Notice
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.pictures import jpeg
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)
AFTER = A_MORNING + minutes(60)


@pytest.fixture
def told(company, staff):
    report = Report(unit=company.region, body="项目经理收受装修公司回扣")
    return integrity.report_anonymously(report, at=A_MORNING)


@pytest.fixture
def holder(told):
    return follow_up.open_with(follow_up.issue(told, at=LATER))[1]


@pytest.fixture
def rejected(told, staff):
    return lifecycle.reject(
        told, actor=staff.inspector, reason_code="not_verifiable", reply="请补充时间", at=LATER
    )


def test_a_rejected_report_is_taken_up_again_like_a_resident_s(rejected, holder, company):
    assert policies.allowed_actions(holder, rejected) == ["reopen"]
    reopened = lifecycle.reopen(rejected, actor=holder, reason="三月五日，在会所", at=AFTER)
    assert (reopened.state, reopened.cycle, reopened.post) == (
        State.REOPENED,
        2,
        company.inspector,
    )
    assert reopened.next_step_at is not None
    clock = reopened.clocks.get(kind=ClockKind.FIRST_RESPONSE, cycle=2)
    assert (clock.state, clock.started_at) == (ClockState.RUNNING, AFTER)
    told_posts = Notice.objects.filter(template="ticket_reopened").values_list("post_id", flat=True)
    assert list(told_posts) == [company.inspector.pk]
    assert "三月五日" in "".join(entry.text() for entry in read_timeline(reopened, holder))


def test_nothing_of_it_tells_who_it_was(rejected, holder, staff):
    reopened = lifecycle.reopen(rejected, actor=holder, reason="打 13812345678 问我", at=AFTER)
    event = reopened.events.get(kind=EventKind.REOPENED)
    assert (event.actor_kind, event.staff_id, event.machine_id, event.visibility) == (
        "reporter",
        None,
        None,
        Visibility.PUBLIC,
    )
    assert (reopened.reporter.subject_id, reopened.reporter.protection) == (
        None,
        Protection.ANONYMOUS,
    )
    assert reopened.history.first().history_user_id is None
    assert not Notice.objects.filter(subject_id__isnull=False).exists()
    assert not Message.objects.filter(subject_id__isnull=False).exists()
    assert not SealedFragment.objects.exists()  # there is no key of a person to seal it with
    assert "13812345678" not in "".join(entry.text() for entry in read_timeline(reopened, holder))
    for stranger in (staff.manager, staff.agent, staff.duty):
        assert not TicketEvent.objects.visible_to(stranger).filter(ticket=reopened).exists()


def test_so_is_one_that_was_said_to_be_done(told, holder):
    ended = bring_to(State.RESOLVED, told, at=LATER)
    assert policies.allowed_actions(holder, ended) == ["reopen", "add"]
    assert lifecycle.reopen(ended, actor=holder, reason="没有处理", at=AFTER).cycle == 2


def test_a_photo_comes_along(rejected, holder):
    draft = photos.open_draft(actor=NOBODY, at=AFTER).public_id
    photos.upload(draft, jpeg(), actor=NOBODY, at=AFTER)
    reopened = lifecycle.reopen(rejected, actor=holder, reason="见照片", draft_id=draft, at=AFTER)
    assert Attachment.objects.get().event == reopened.events.get(kind=EventKind.REOPENED)


def test_it_wants_words(rejected, holder):
    with pytest.raises(InvalidInput) as refused:
        lifecycle.reopen(rejected, actor=holder, reason=" ", at=AFTER)
    assert list(refused.value.fields) == ["reason"]


def test_neither_another_code_nor_nobody_objects(rejected, company):
    other = integrity.report_anonymously(Report(unit=company.region, body="另一件"), at=A_MORNING)
    for stranger in (Actor.code_holder(other.pk), NOBODY):
        with pytest.raises(NotAllowed):
            lifecycle.reopen(rejected, actor=stranger, reason="我来", at=AFTER)


def test_whoever_it_names_is_kept_away_from_it(rejected, holder, company):
    company.inspector.holder.name = "郑观澜"
    company.inspector.holder.save()
    reopened = lifecycle.reopen(rejected, actor=holder, reason="郑观澜压下了举报", at=AFTER)
    inspector = Actor.staff(company.inspector.holder_id)
    assert not Ticket.objects.visible_to(inspector).filter(pk=reopened.pk).exists()
    assert reopened.post == company.duty


def test_of_the_environment_words_of_danger_raise_it(company, staff):
    report = OpenReport(company.community, kind="complaint", body="河道有异味", place="东门")
    ticket = open_reports.report(report, at=A_MORNING)
    ticket = lifecycle.reject(
        ticket, actor=staff.dispatcher, reason_code="out_of_scope", reply="请找水务局", at=LATER
    )
    holder = Actor.code_holder(ticket.pk)
    reopened = lifecycle.reopen(ticket, actor=holder, reason="现在燃气泄漏，很浓", at=AFTER)
    assert (reopened.state, reopened.severity) == (State.REOPENED, "safety")
