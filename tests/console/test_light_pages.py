"""What the pages of the daily work weigh, and what they ask of the databases."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from benchmarks.statements import noted
from complaints.models import Ticket
from complaints.services import escalation, timeline
from console import escalations
from console.views import escalated
from core.actors import Actor
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db(databases="__all__")

MOST_HTML = 60 * 1024
#: what production adds to the name of each file, so that it may be kept for ever
HASH = len(".0123456789ab")
MOST_SCRIPT_AND_STYLE = 100 * 1024
LISTED = 32
#: as many words as a line has room for
TOLD = "已与装修公司约定明早九点复工，夜间不再施工，物业安排秩序员巡查并回告住户。" * 3


@pytest.fixture
def told(company, ticket):
    """A ticket with ten entries that people wrote."""
    doer = Actor.staff(company.agent.holder_id)
    for number in range(5):
        timeline.reply(ticket, actor=doer, text=f"师傅十点到，请留人在家 {number}", at=A_MORNING)
        timeline.note(ticket, actor=doer, text=f"钥匙在前台 {number}", at=A_MORNING)
    return ticket


@pytest.fixture
def full_list(company):
    """More tickets than a list shows at once, of no home, so that they are nobody's repeats."""
    return [
        make_ticket(
            company,
            body=f"电梯停了 {number}，请尽快来人处理一下",
            dwelling=None,
            unit=company.community,
        )
        for number in range(LISTED)
    ]


@pytest.fixture
def came_up(company, full_list):
    """As far as it goes, and of what is shown first as much tried as is told of one matter."""
    doer = Actor.staff(company.steward.holder_id)
    for ticket in full_list[: escalated.SIZE]:
        for _line in range(escalations.LINES):
            timeline.note(ticket, actor=doer, text=TOLD, at=A_MORNING)
    escalation.sweep(A_MORNING + dt.timedelta(days=30))


def pages_of(ticket):
    return {
        "agent": [reverse("console:ticket", args=[ticket.public_id]), reverse("console:workbench")],
        "manager": [
            reverse("console:ticket", args=[ticket.public_id]),
            reverse("console:escalated"),
        ],
        "executive": [reverse("console:escalated")],
        "steward": [reverse("console:ticket", args=[ticket.public_id]), reverse("console:work")],
    }


def weight_of(page):
    return len(page.encode()) + HASH * page.count(settings.STATIC_URL)


def test_the_pages_of_the_daily_work_are_light(company, told, came_up):
    weights = {
        (who, address.replace(str(told.public_id), "…")): weight_of(
            Browser(getattr(company, who).holder).open(address).text
        )
        for who, addresses in pages_of(told).items()
        for address in addresses
    }
    assert {name: each for name, each in weights.items() if each > MOST_HTML} == {}


def test_what_came_up_is_told_page_by_page(company, came_up):
    executive, told = Browser(company.executive.holder), []
    address = reverse("console:escalated")
    while address:
        page = executive.open(address).text
        told += re.findall(r'id="case-(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1) if following else ""
    assert sorted(told) == sorted(Ticket.objects.values_list("reference", flat=True))


def test_script_and_style_of_a_page_weigh_less_than_a_hundred_kilobytes(agent, ticket):
    page = agent.open(reverse("console:ticket", args=[ticket.public_id])).text
    asked = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+\.(?:js|css))"', page)
    assert len(asked) > 1
    weight = 0
    for address in asked:
        path = finders.find(address.removeprefix(settings.STATIC_URL).replace("%40", "@"))
        weight += len(gzip.compress(Path(path).read_bytes()))
    assert weight < MOST_SCRIPT_AND_STYLE


@pytest.mark.parametrize("count", [1, 3])
def test_a_ticket_page_asks_the_same_however_much_was_written(agent, company, ticket, count):
    doer = Actor.staff(company.agent.holder_id)
    for _number in range(count):
        timeline.note(ticket, actor=doer, text="备忘", at=A_MORNING)
    address = reverse("console:ticket", args=[ticket.public_id])
    agent.open(address)
    with noted() as asked:
        agent.open(address)
    of_keys = [each for each in asked if each.database != "default"]
    assert (len(asked) - len(of_keys), len(of_keys)) == (17, 2)
