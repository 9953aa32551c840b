"""Where messages lead: paths that are written out, so that who sends them loads no page."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from complaints.services import telling, tenures
from notifications import registry
from notifications.models import Notice


def full(name, *args):
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, args=args)


@pytest.mark.parametrize(("area", "to_staff"), [("console", True), ("portal", False)])
def test_a_ticket_s_page_is_where_its_route_is(area, to_staff):
    ticket = SimpleNamespace(public_id=uuid4())
    notice = Notice(object_kind=telling.OBJECT, subject_id=None if to_staff else uuid4())
    assert registry.link(notice, ticket) == full(f"{area}:ticket", ticket.public_id)


def test_what_lies_with_a_post_is_read_in_its_work():
    notice = Notice(object_kind=tenures.OBJECT)
    assert registry.link(notice, SimpleNamespace()) == full("console:work")


def test_notices_and_wishes_are_where_their_routes_are():
    pages = {
        (to_staff, page(to_staff=to_staff))
        for to_staff in (True, False)
        for page in (registry.notices_page, registry.wishes_page)
    }
    assert pages == {
        (True, full("console:notices")),
        (True, full("console:preferences")),
        (False, full("portal:notices")),
        (False, full("portal:account")),
    }
