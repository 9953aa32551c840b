"""Who sees which requests, and in which order."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console import privacy_words
from core import health
from privacy.rights.enums import RequestKind, RequestState
from privacy.vault.registry import holdings
from privacy.vault.services import destructions
from tests.console.test_privacy import LIST, approve, page_of, state_of, verify, wished
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_the_list_puts_what_is_due_first_on_top_and_ended_ones_apart(officer, approver, company):
    first = wished(make_person("甲某", "13811110001"))
    second = wished(make_person("乙某", "13811110002"))
    gone = wished(make_person("丙某", "13811110003"))
    approver.send(page_of(gone, "privacy_refuse"), reason_code="not_on_file", reply="未持有")
    page = officer.open(LIST)
    assert page.text.index(page_of(first)) < page.text.index(page_of(second))
    assert page_of(gone) not in page
    ended = officer.open(LIST, show="ended")
    assert page_of(gone) in ended
    assert page_of(first) not in ended


def test_a_cursor_that_is_nonsense_shows_the_first_page(officer, caller):
    request = wished(caller)
    assert page_of(request) in officer.open(LIST, after="nonsense", show="nonsense")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_long_it_is(
    officer, company, count, django_assert_num_queries
):
    for number in range(count):
        wished(make_person("某人", f"1381111000{number}"))
    officer.open(LIST)
    with django_assert_num_queries(STATEMENTS_OF_THE_LIST):
        assert officer.open(LIST).status == 200


#: session, person with grants, time; counts, requests, clocks, rungs; posts, unread notices
STATEMENTS_OF_THE_LIST = 8


def test_the_rail_leads_officers_here_and_their_day_begins_here(officer):
    assert officer.open("/console/").url == LIST
    assert f'href="{LIST}"' in officer.open(LIST)


def test_every_holding_has_a_name_on_the_page():
    assert {holding.name for holding in holdings()} == set(privacy_words.HOLDINGS)


def test_a_dead_broker_does_not_stop_an_approval(
    officer, approver, caller, codes, monkeypatch, django_capture_on_commit_callbacks
):
    from kombu.exceptions import OperationalError

    from console import doorbell

    rung = []

    def dead(**options):
        rung.append(options)
        raise OperationalError("nobody there")

    monkeypatch.setattr(doorbell.resume_erasures, "apply_async", dead)
    request = wished(caller)
    with django_capture_on_commit_callbacks(execute=True):
        answer = approve(officer, approver, request, codes)
    assert answer.status == 302
    assert len(rung) == 1
    assert state_of(request) == RequestState.APPROVED


def test_a_desk_that_missed_a_destruction_is_not_ready(client, monkeypatch, settings):
    settings.METRICS_TOKEN = "t0ken"
    monkeypatch.setattr(destructions, "lag", lambda: {"default": 0, "keys": 2})
    answer = client.get("/readyz", headers={"Authorization": "Bearer t0ken"})
    assert answer.status_code == 503
    assert answer.json()["parts"]["destructions"] == "keys is off by 2"
    monkeypatch.undo()
    assert health._questions["destructions"][0]() == "ok"


def test_the_ticket_of_a_request_leads_to_its_page_and_offers_no_other_way_to_end_it(
    officer, caller
):
    pending = wished(caller)
    page = officer.open(reverse("console:ticket", args=[pending.ticket.public_id]))
    assert reverse("console:privacy_request", args=[pending.public_id]) in page
    for verb in ("resolve", "reject", "withdraw", "reply", "assign"):
        assert f"/{pending.ticket.public_id}/{verb}/" not in page
        answer = officer.send(
            reverse("console:act", args=[pending.ticket.public_id, verb]), text="x", reply="x"
        )
        assert answer.status in (403, 422), verb
    pending.ticket.refresh_from_db()
    assert pending.ticket.state == "assigned"


@pytest.mark.parametrize(("number", "warned"), [("13900002222", True), ("13900003333", False)])
def test_the_approver_is_warned_of_a_number_that_signs_in_somebody_else(
    officer, approver, caller, codes, number, warned
):
    make_person("王五", "13900002222")
    request = wished(caller, RequestKind.CORRECT, field="phone", value=number)
    verify(officer, request, codes)
    for browser in (officer, approver):
        page = browser.open(page_of(request))
        assert ("这个号码现在登录着另一位住户的账号" in page) is warned
        assert "王五" not in page
