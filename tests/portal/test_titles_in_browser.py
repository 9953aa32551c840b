"""The title of a page can be read to its end on a phone, also in the longer language."""

from __future__ import annotations

import pytest
from django.conf import settings

from core.clock import database_now
from tests.complaints.conftest import bring_to
from tests.factories import make_ticket
from tests.portal.conftest import sign_in_by_cookie

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUT_OFF = """({ scrollWidth, clientWidth, scrollHeight, clientHeight, innerText }) =>
  scrollWidth > clientWidth || scrollHeight > clientHeight ? innerText : ''"""


def test_none_is_cut_off(open_browser, at_home):
    company, person = at_home
    ticket = make_ticket(company, reporter_subject=person.subject_id, at=database_now())
    bring_to("resolved", ticket, at=database_now())
    context = open_browser()
    page = context.new_page()
    page.goto("/")
    sign_in_by_cookie(context, person)
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en"}
    context.add_cookies([{**cookie, "url": page.url}])
    cut_off = {}
    for address in [
        "/report/complaint/staff_conduct/",
        f"/tickets/{ticket.public_id}/",
        f"/tickets/{ticket.public_id}/do/reopen/",
        "/privacy/seen/",
        "/intellectual-property/?language=en",
    ]:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == "en", address
        if cut := page.locator(".porch__title").evaluate(CUT_OFF):
            cut_off[address] = cut
    assert cut_off == {}
