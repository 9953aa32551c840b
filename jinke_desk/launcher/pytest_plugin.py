"""Where everything is installed, a skipped test is a failure: CI=true says so."""

from __future__ import annotations

import os

import pytest
from _pytest.terminal import TerminalReporter


def _skipped(session: pytest.Session) -> list[pytest.TestReport]:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if isinstance(reporter, TerminalReporter) else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    is_worker = hasattr(session.config, "workerinput")
    if os.environ.get("CI") == "true" and not is_worker and _skipped(session):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("CI") != "true" or not skipped:
        return
    terminalreporter.section("skipped, which fails the run because CI=true")
    for report in skipped:
        terminalreporter.line(report.nodeid)
