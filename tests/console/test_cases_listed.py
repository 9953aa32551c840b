"""The list of a sample leads into a case those who inspect, and nobody else to a refusal."""

import pytest

from tests.console.test_rounds import inspector, manager  # noqa: F401  # fixtures of the tests here
from tests.quality.conftest import answered, drawn_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(quarter):
    answered(quarter.a, 3)
    return drawn_round(quarter)


def links(browser, drawn):
    page = browser.open(f"/console/rounds/{drawn.public_id}/cases/")
    assert "第 1 件" in page
    return "/console/cases/" in page


def test_an_inspector_is_led_to_each_case(inspector, drawn):  # noqa: F811
    assert links(inspector, drawn)


def test_who_planned_the_round_sees_how_far_it_is(manager, drawn):  # noqa: F811
    assert not links(manager, drawn)
    assert manager.open(f"/console/cases/{drawn.cases.first().public_id}/").status == 403
