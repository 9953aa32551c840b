"""A notice about rights by API: what it says, and its steps as actions of the ticket."""

import pytest

from complaints.enums import State
from complaints.models import Ticket
from complaints.services import ip_notices
from core.actors import Actor
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to
from tests.complaints.test_ip_notices import LATER, notice
from tests.factories import A_MORNING, machine_caller, make_machine_key, make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def counsel(company):
    return make_post("legal_counsel", company.group).holder


@pytest.fixture
def legal(counsel):
    return staff_caller(counsel)


@pytest.fixture
def working(company, counsel):
    taken = ip_notices.take(notice(), at=A_MORNING)
    return bring_to(State.IN_PROGRESS, taken, actor=Actor.staff(counsel.pk), at=LATER)


def there(ticket):
    return f"/api/v1/tickets/{ticket.public_id}/ip-notice/"


def version(ticket):
    return Ticket.objects.get(pk=ticket.pk).version


def act(legal, ticket, verb, **body):
    return legal.act(ticket.public_id, verb, version=version(ticket), **body)


def test_it_goes_step_by_step(legal, working):
    shown = legal.get(there(working)).json()
    assert (shown["right"], shown["forwarded_at"]) == ("摄影作品《江岸》", None)
    early = act(legal, working, "counter", text="没有侵权")
    assert early.status_code == 409
    assert act(legal, working, "forward", text="已转送活动负责人").status_code == 200
    assert act(legal, working, "counter", text="没有侵权").status_code == 200
    waiting = legal.get(there(working)).json()
    assert waiting["wait_until"] is not None
    soon = act(legal, working, "decide", reason_code="upheld", text="已撤下")
    assert [each["field"] for each in soon.json()["errors"]] == ["reason_code"]
    done = act(legal, working, "decide", reason_code="before_court", text="已起诉")
    assert done.status_code == 200, done.json()
    assert legal.get(there(working)).json()["decided_at"] is not None


def test_of_two_the_second_is_told(legal, working):
    seen = version(working)
    legal.act(working.public_id, "forward", version=seen, text="已转送")
    late = legal.act(working.public_id, "forward", version=seen, text="已转送")
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")


def test_who_gave_it_is_masked(legal, working):
    answer = legal.get(there(working))
    said = answer.content.decode()
    assert "林一舟" not in said
    assert "13911112222" not in said
    assert answer.json()["holder"]["contact"].endswith("2222")


def test_who_may_not_see_it_knows_nothing_of_it(company, steward, resident, legal, working):
    machine = machine_caller(make_machine_key("legal.view"))
    for caller in (steward, resident):
        assert caller.get(there(working)).status_code == 404
    assert machine.get(there(working)).status_code == 403
    assert legal.get(there(make_ticket(company))).status_code == 404
