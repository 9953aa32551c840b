"""Words of danger at intake: safety is proposed, the agent decides, and nothing typed is lost."""

import re

import pytest
from django.urls import reverse

from complaints.enums import EventKind
from complaints.models import Ticket
from core.clock import database_now
from tests.console.calling import NEEDS, NEW, look_up, told
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def act(ticket, verb):
    return reverse("console:act", args=[ticket.public_id, verb])


ENTRAPMENT = {"body": "电梯困人了，里面有老人", "category": "lifts"}
PROPOSED = "可能危及人身安全：建议按“安全”级别"


def told_of_danger(page, **fields):
    return told(page, **{**ENTRAPMENT, **fields})


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1)


def ticked(page):
    box = re.search(r'<input type="checkbox" name="safety"[^>]*>', page.text).group()
    return " checked" in box


def decision(ticket):
    found = ticket.events.filter(kind=EventKind.GRADED).values_list("reason_code", "staff_id")
    return list(found)


class TestWhileTyping:
    def test_safety_is_proposed_ticked_with_the_word_that_was_found(self, agent, caller):
        page = agent.send(NEEDS, **told_of_danger(look_up(agent)))
        assert PROPOSED in page
        assert "提到“困人”（有人被困）" in page
        assert ticked(page)
        assert 'data-chord="z"' in page
        assert "safety" in hidden(page, "asked").split()

    def test_a_tick_that_was_taken_away_stays_away(self, agent, caller):
        shown = told_of_danger(look_up(agent), asked="place safety")
        assert not ticked(agent.send(NEEDS, **shown))
        assert ticked(agent.send(NEEDS, **shown, safety="on"))

    @pytest.mark.parametrize(
        "fields",
        [
            {"body": "昨天电梯困人，已经放出来了"},
            {"severity": "safety"},
            {"body": "有煤气味", "category": "engineering.gas"},
            {"kind": "praise"},
        ],
    )
    def test_nothing_is_proposed_where_there_is_nothing_to_decide(self, agent, caller, fields):
        page = agent.send(NEEDS, **told_of_danger(look_up(agent), **fields))
        assert PROPOSED not in page
        assert "safety" not in hidden(page, "asked").split()


class TestTakingIn:
    def test_a_proposal_that_was_shown_and_left_is_logged_at_once(self, agent, caller, company):
        values = told_of_danger(look_up(agent), asked="place safety", safety="on")
        agent.send(NEW, **values)
        ticket = Ticket.objects.get()
        assert (ticket.severity, ticket.policy.code) == ("safety", "safety")
        assert decision(ticket) == [("accepted", company.agent.holder_id)]

    def test_without_script_it_is_asked_once_and_one_press_accepts(self, agent, caller):
        page = agent.send(NEW, **told_of_danger(look_up(agent)))
        assert page.status == 422
        assert not Ticket.objects.exists()
        assert "“困人”可能危及人身安全。请确认是否按“安全”级别" in page
        assert "里面有老人" in page
        assert ticked(page)
        agent.send(NEW, **told_of_danger(page, safety="on"))
        assert Ticket.objects.get().severity == "safety"

    def test_without_script_one_answer_declines(self, agent, caller, company):
        page = agent.send(NEW, **told_of_danger(look_up(agent)))
        agent.send(NEW, **told_of_danger(page))
        ticket = Ticket.objects.get()
        assert ticket.severity == "urgent"
        assert decision(ticket) == [("declined", company.agent.holder_id)]

    def test_a_tick_taken_away_is_asked_about_once_more_and_no_more(self, agent, caller):
        shown = told_of_danger(look_up(agent), asked="place safety", severity="ordinary")
        page = agent.send(NEW, **shown)
        assert page.status == 422
        assert not ticked(page)
        typing_on = agent.send(NEEDS, **told_of_danger(page))
        assert "confirmed" in hidden(typing_on, "asked").split()
        agent.send(NEW, **told_of_danger(page, severity="ordinary"))
        assert Ticket.objects.get().severity == "ordinary"

    def test_what_was_chosen_as_safety_by_hand_asks_nothing(self, agent, caller):
        agent.send(NEW, **told_of_danger(look_up(agent), severity="safety"))
        ticket = Ticket.objects.get()
        assert (ticket.severity, decision(ticket)) == ("safety", [])

    def test_colleagues_read_on_the_timeline_what_was_decided(self, agent, steward, caller):
        page = agent.send(NEW, **told_of_danger(look_up(agent)))
        agent.send(NEW, **told_of_danger(page))
        ticket = Ticket.objects.get()
        page = steward.open(reverse("console:ticket", args=[ticket.public_id]))
        assert "系统建议安全级别，未采纳" in page


class TestCorrecting:
    @pytest.fixture
    def ticket(self, agent, caller):
        page = agent.send(NEW, **told_of_danger(look_up(agent)))
        agent.send(NEW, **told_of_danger(page))
        return Ticket.objects.get()

    def test_the_page_raises_and_lowers_with_a_reason(self, ticket, steward, manager):
        address = reverse("console:ticket", args=[ticket.public_id])
        raising, lowering = act(ticket, "raise_severity"), act(ticket, "lower_severity")
        assert "提高级别" in steward.open(address)
        steward.send(
            raising, version=ticket.version, severity="safety", reason_code="danger", text=""
        )
        raised = Ticket.objects.get()
        assert (raised.severity, raised.policy.code) == ("safety", "safety")
        page = manager.open(lowering)
        assert re.search(r'name="severity" value="urgent"[^>]*checked', page.text)
        said = {"version": raised.version, "severity": "urgent", "reason_code": "false_alarm"}
        assert manager.send(lowering, **said, text="").status == 422
        manager.send(lowering, **said, text="现场没有人被困")
        assert Ticket.objects.get().severity == "urgent"
        shown = manager.open(address)
        assert "级别由“安全”改为“紧急”：误报，现场没有危险" in shown
        assert "现场没有人被困" in shown
        assert Ticket.objects.get().next_step_at > database_now()


def test_a_severity_form_that_is_sent_again_after_the_end_of_the_scale_is_answered(agent, company):
    """Somebody else made it a matter of safety meanwhile: what was typed is there, and why not."""
    ticket = make_ticket(company, severity="safety")
    answer = agent.send(
        f"/console/tickets/{ticket.public_id}/raise_severity/",
        severity="safety", reason_code="danger", text="现场有烟", version=ticket.version,
    )  # fmt: skip
    assert answer.status in (409, 412, 422)
    assert "现场有烟" in answer
