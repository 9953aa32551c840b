"""Skips what this machine cannot run and says why; with CI=true every skip is a failure."""

from __future__ import annotations

import os

import pytest
from _pytest.terminal import TerminalReporter

from jinke_desk.launcher import browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if browser.find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=browser.MISSING))


def _forbidden_skips(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or not isinstance(reporter, TerminalReporter):
        return []
    skipped: list[pytest.TestReport] = reporter.stats.get("skipped", [])
    return skipped


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _forbidden_skips(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    if skipped := _forbidden_skips(config):
        terminalreporter.section("skipped, which fails the run because CI=true")
        for report in skipped:
            terminalreporter.line(report.nodeid)
