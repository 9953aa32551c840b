"""What the form asks further, and which tickets may be the same."""

import datetime as dt
import re

import pytest

from complaints.enums import Kind, Protection
from complaints.models import Ticket
from complaints.suggestions import Candidate, suggest
from console import intake_questions
from core.actors import SYSTEM
from tests.console.calling import NEEDS, NEW, look_up, told
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db


class TestWhatTheFormAsks:
    def test_the_category_follows_the_words_until_somebody_chooses(self, agent, caller):
        values = told(look_up(agent), category="", body="电梯困人了")
        page = agent.send(NEEDS, **values)
        assert 'hx-swap-oob="true"' in page
        assert 'value="lifts" selected' in page
        assert 'name="suggested" value="lifts"' in page
        chosen = agent.send(NEEDS, **{**values, "category": "noise", "suggested": "lifts"})
        assert "hx-swap-oob" not in chosen
        moved = agent.send(
            NEEDS, **{**values, "category": "lifts", "suggested": "lifts", "body": "车位被占"}
        )
        assert 'value="parking" selected' in moved

    def test_a_matter_of_the_site_asks_for_the_place(self, agent, caller):
        values = told(look_up(agent))
        assert 'name="place"' not in agent.send(NEEDS, **values)
        assert 'name="place"' in agent.send(NEEDS, **{**values, "category": "lifts"})

    def test_a_known_home_needs_no_address(self, agent, caller):
        values = told(look_up(agent))
        assert 'name="community"' not in agent.send(NEEDS, **values)
        assert 'name="community"' in agent.send(NEEDS, **{**values, "home": "elsewhere"})

    def test_staff_conduct_asks_who_and_how_protected(self, agent, caller, company):
        page = agent.send(NEEDS, **told(look_up(agent), category="staff_conduct"))
        assert f'value="{company.steward.holder_id}"' in page
        assert 'name="protection" value="protected"' in page
        assert f'value="{company.far_steward.holder_id}"' not in page

    def test_what_was_not_asked_yet_is_asked_before_it_is_taken_in(self, agent, caller):
        """Without script nobody saw the further questions."""
        page = agent.send(NEW, **told(look_up(agent), category="staff_conduct"))
        assert page.status == 422
        assert "这类事项还要问几项" in page
        assert "楼上装修太吵" in page
        agent.send(NEW, **told(page, category="staff_conduct", protection="protected"))
        assert Ticket.objects.count() == 1

    def test_named_staff_are_kept_away(self, agent, caller, company):
        page = agent.send(NEEDS, **told(look_up(agent), category="staff_conduct"))
        asked = re.search(r'name="asked" value="([^"]+)"', page.text).group(1)
        named = company.steward.holder_id
        agent.send(
            NEW,
            **told(look_up(agent), category="staff_conduct", asked=asked, named_staff=[named],
                   protection="protected"),
        )  # fmt: skip
        ticket = Ticket.objects.get()
        assert list(ticket.parties.values_list("staff_id", flat=True)) == [named]
        assert ticket.reporter.protection == Protection.PROTECTED

    def test_an_anonymous_report_keeps_nobody(self, agent, caller):
        values = told(
            look_up(agent),
            kind="integrity",
            category="other",
            asked="named_staff protection",
            protection="anonymous",
        )
        agent.send(NEW, **values)
        assert Ticket.objects.get().reporter.subject_id is None

    def test_a_report_about_integrity_gives_its_number_and_nothing_else(self, agent, caller):
        values = told(
            look_up(agent),
            kind="integrity",
            category="other",
            asked="named_staff protection",
            protection="protected",
            body="收受回扣",
        )
        page = agent.send(NEW, **values)
        read = agent.open(page.url)
        assert read.status == 200
        assert "已转交专门部门" in read
        assert "收受回扣" not in read

    def test_a_number_that_somebody_else_took_in_is_not_read_back(self, company, agent, ticket):
        assert agent.open(f"/console/workbench/recorded/{ticket.reference}/").status == 200
        steward = Browser(company.steward.holder)
        assert steward.open(f"/console/workbench/recorded/{ticket.reference}/").status == 404

    @pytest.mark.parametrize(
        ("kind", "category", "questions"),
        [
            ("complaint", "noise", set()),
            ("complaint", "lifts", {"place"}),
            ("repair", "engineering.water", set()),
            ("complaint", "staff_conduct", {"named_staff", "protection"}),
            (Kind.INTEGRITY, "lifts", {"place", "named_staff", "protection"}),
            ("complaint", "", set()),
        ],
    )
    def test_questions_follow_from_kind_and_category(self, kind, category, questions):
        assert intake_questions.asked(kind, category) == questions


class TestWhatMayBeTheSame:
    def test_an_open_ticket_of_the_home_and_category_is_shown(self, agent, caller, company, ticket):
        page = agent.send(NEEDS, **told(look_up(agent)))
        assert "可能已经有人报过" in page
        assert f"/console/tickets/{ticket.public_id}/" in page

    def test_another_category_or_a_closed_one_is_not(self, agent, caller, company, ticket):
        assert "可能已经" not in agent.send(NEEDS, **told(look_up(agent), category="fees"))
        from complaints.services import lifecycle

        lifecycle.withdraw(ticket, actor=SYSTEM, at=A_MORNING, reason="撤回")
        assert "可能已经" not in agent.send(NEEDS, **told(look_up(agent)))

    def test_in_the_open_only_those_of_these_days(self, agent, company):
        from core.clock import database_now

        now = database_now()
        for days in (1, 10):
            make_ticket(
                company,
                dwelling=None,
                unit=company.community,
                category_code="lifts",
                body=f"{days} 天前",
                at=now - dt.timedelta(days=days),
            )
        page = agent.send(NEEDS, **told(agent.open(NEW), category="lifts", community="X1"))
        assert "1 天前" in page
        assert "10 天前" not in page


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("电梯困人了", ["lifts"]),
        ("水管漏水", ["water"]),
        ("没有关系的话", []),
        ("電梯 ELEVATOR", []),
    ],
)
def test_words_suggest_categories(text, codes):
    known = [Candidate("lifts", "电梯 困人"), Candidate("water", "水管 漏水"), Candidate("x", "")]
    assert suggest(text, known) == codes


def test_a_longer_keyword_and_a_part_of_the_tree_go_first():
    known = [
        Candidate("a", "水"),
        Candidate("b", "漏水"),
        Candidate("b.part", "漏水"),
        Candidate("c", "漏"),
    ]
    assert suggest("漏水", known) == ["b.part", "b", "a"]
