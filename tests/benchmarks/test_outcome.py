"""What counts as kept, missed and suspect, by hand-made rounds."""

from __future__ import annotations

import pytest

from benchmarks import options, report
from benchmarks.driver import Sample
from benchmarks.figures import quantile
from benchmarks.outcome import Check, Figure, Outcome, of_floor, statements, times_slower


def figure(*rounds, side="ours"):
    return Figure(side, "requests/s", rounds)


def outcome(*checks):
    return Outcome("work", (figure(1.0),), checks)


class TestChecks:
    def test_a_ratio_is_taken_round_by_round(self):
        """A slow minute slows both: 30 of 100 and 90 of 300 are the same."""
        check = of_floor("create", figure(30, 90, 60), figure(100, 300, 100), 0.25)
        assert check.rounds == (0.3, 0.3, 0.6)
        assert (check.value, check.missed, check.suspect) == (0.3, False, False)

    def test_below_its_goal_it_is_missed(self):
        assert of_floor("create", figure(59), figure(100), 0.6).missed
        assert not of_floor("create", figure(60), figure(100), 0.6).missed

    @pytest.mark.parametrize(("ours", "suspect"), [(120, False), (121, True)])
    def test_faster_than_the_floor_is_suspect(self, ours, suspect):
        assert of_floor("create", figure(ours), figure(100), 0.6).suspect is suspect

    def test_growth_is_how_many_times_longer_it_takes(self):
        check = times_slower("page", figure(50), figure(100), 1.3)
        assert (check.value, check.missed, check.suspect) == (2.0, True, False)

    def test_a_count_may_reach_its_limit(self):
        assert not statements("page", 4, 4).missed
        assert statements("page", 5, 4).missed


class TestReport:
    def test_failures_name_what_was_missed(self):
        checks = [statements("page, statements", 5, 4), of_floor("page", figure(9), figure(9), 0.5)]
        assert report.failures([outcome(*checks)], quick=False) == [
            "page, statements: 5.00, goal ≤ 4"
        ]

    def test_at_toy_sizes_only_counts_are_judged(self):
        slow, many = of_floor("page", figure(1), figure(9), 0.5), statements("statements", 5, 4)
        assert len(report.failures([outcome(slow, many)], quick=False)) == 2
        assert report.failures([outcome(slow, many)], quick=True) == ["statements: 5.00, goal ≤ 4"]

    def test_a_miss_prints_all_its_rounds(self):
        missed = of_floor("page", figure(1, 2, 4), figure(10, 10, 10), 0.5)
        text = report.table([outcome(missed)])
        assert "MISSED" in text
        assert "rounds: 0.10 0.20 0.40" in text

    def test_what_is_suspect_says_so(self):
        assert "suspect" in report.table([outcome(of_floor("page", figure(9), figure(3), 0.5))])

    def test_the_file_holds_every_round_and_verdict(self, tmp_path):
        missed = of_floor("page", figure(1, 2, 4), figure(10, 10, 10), 0.5)
        path = report.write({"at": "now"}, [outcome(missed)], tmp_path)
        assert '"missed": true' in path.read_text()
        assert '"rounds": [' in path.read_text()


class TestFigures:
    def test_of_samples(self):
        samples = [Sample(n, 2.0, 0.010, 0.020, 0.1, n * 0.004, n * 0.002) for n in (100, 300, 200)]
        found = Figure.of_requests("ours", samples)
        assert (found.median, found.best) == (100.0, 150.0)
        assert (found.p50_ms, found.p95_ms) == (10.0, 20.0)
        assert found.web_cpu_ms == pytest.approx(4.0)
        assert found.postgres_cpu_ms == pytest.approx(2.0)

    def test_quantiles_are_values_that_occurred(self):
        assert quantile([4, 1, 3, 2], 0.5) == 3
        assert quantile([4, 1, 3, 2], 0.95) == 4
        assert quantile([], 0.5) != quantile([], 0.5)  # nan


class TestOptions:
    def test_quick_sizes_can_be_changed(self):
        given = options.parse(["--quick", "--tickets", "900", "--only", "queue"])
        assert (given.size.tickets, given.size.residents, given.works) == (900, 400, ("queue",))

    @pytest.mark.parametrize(
        "arguments", [["--rounds", "2"], ["--tickets", "100"], ["--only", "nothing"]]
    )
    def test_what_cannot_be_measured_is_refused_in_words(self, arguments, capsys):
        with pytest.raises(SystemExit) as refused:
            options.parse(arguments)
        assert refused.value.code == 2
        assert "error" in capsys.readouterr().err


def test_a_check_without_floor_is_never_suspect():
    assert not Check("idle", 1, (0.1,), at_least=True).suspect
