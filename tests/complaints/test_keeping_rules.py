"""What is asked of rules and clocks beside the pages: the command, the task, readiness."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from complaints.health import some_rule_catches_all
from complaints.models import RoutingRule
from complaints.services import recomputation, rules
from complaints.tasks import recompute_clocks
from core.actors import SYSTEM
from core.errors import NotAllowed
from core.services import jobs
from tests.complaints.test_recomputation import prepare, put_in_force
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC)


class TestTheDryRunCommand:
    def test_says_why_who_and_when(self, company, capsys):
        call_command("dry_run_routing", category="noise", unit="X1")
        said = capsys.readouterr().out
        assert "rule 100: no, by kind" in said
        assert "rule 620: yes" in said
        assert f"post {company.steward.pk} (steward of X1)" in said
        assert "resolve: due" in said

    def test_of_an_existing_ticket(self, company, capsys):
        ticket = make_ticket(company, named_staff=[company.steward.holder_id])
        call_command("dry_run_routing", reference=ticket.reference)
        assert "project_manager of X1" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "options", [{}, {"unit": "X9", "category": "noise"}, {"reference": "1234567890"}]
    )
    def test_what_is_not_there_is_refused_in_words(self, company, options):
        with pytest.raises(CommandError):
            call_command("dry_run_routing", **options)


def test_readiness_says_when_nothing_catches_everything(company):
    assert some_rule_catches_all() == "ok"
    RoutingRule.objects.filter(position=9000).update(kind="praise")
    assert some_rule_catches_all() != "ok"


def test_a_manager_of_a_region_changes_no_rule(company):
    first = rules.in_order()[0]
    actor = company.region_manager.holder.actor
    for change in (
        lambda: rules.save(first, actor=actor, at=NOW),
        lambda: rules.move(first, 2, actor=actor, at=NOW),
        lambda: rules.remove(first, actor=actor, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_new_rules_keep_their_order_when_there_is_no_room_before_the_catch_all(company):
    RoutingRule.objects.filter(position=9000).update(position=721)
    made = [
        rules.save(RoutingRule(kind=kind, policy_code="safety"), actor=SYSTEM, at=NOW)
        for kind in ("praise", "inquiry")
    ]
    assert [rule.pk for rule in rules.in_order()[-3:-1]] == [rule.pk for rule in made]


def test_the_task_moves_clocks_and_leaves_the_work_to_who_is_at_it(company):
    make_ticket(company)
    put_in_force(prepare())
    assert recompute_clocks() == 1
    assert recompute_clocks() == 0
    assert recomputation.pending() == []


def test_the_task_comes_back_later_when_another_is_at_it(company, monkeypatch):
    def busy():
        raise jobs.JobIsRunning

    monkeypatch.setattr(recomputation, "run", busy)
    assert recompute_clocks() == 0
