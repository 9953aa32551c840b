"""Staff write what everybody may read, and somebody else publishes it."""

import pytest

from complaints.models import PublicSummary
from core.clock import database_now
from tests.console.conftest import Browser
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

LIST = "/console/environment/"


@pytest.fixture
def dust(company, caller):
    return make_ticket(
        company,
        category_code="environment",
        body="工地扬尘",
        reporter_subject=caller.subject_id,
        at=database_now(),
    )


def test_written_by_one_published_by_another(steward, manager, dust, client):
    ticket = f"/console/tickets/{dust.public_id}/"
    assert f"{LIST}{dust.public_id}/write/" in steward.open(ticket)
    steward.send(f"{LIST}{dust.public_id}/write/", raised="扬尘", done="加盖防尘网")
    summary = PublicSummary.objects.get()
    assert "加盖防尘网" in manager.open(LIST)
    assert steward.send(f"{LIST}{summary.public_id}/publish/").status == 403
    manager.send(f"{LIST}{summary.public_id}/publish/")
    assert "加盖防尘网" in client.get("/community/X1/environment/").content.decode()
    manager.send(f"{LIST}{summary.public_id}/take_back/")
    assert "加盖防尘网" not in client.get("/community/X1/environment/").content.decode()


def test_the_name_of_the_reporter_is_refused_beside_the_field(steward, dust):
    page = steward.send(f"{LIST}{dust.public_id}/write/", raised="扬尘", done="周敏反映的扬尘")
    assert page.status == 422
    assert "公开的文字里不能有" in page
    assert "周敏反映的扬尘" in page


def test_another_region_s_summary_is_not_there(company, steward, dust):
    steward.send(f"{LIST}{dust.public_id}/write/", raised="扬尘", done="加盖防尘网")
    summary = PublicSummary.objects.get()
    far = Browser(company.other_manager.holder)
    assert "加盖防尘网" not in far.open(LIST)
    assert far.send(f"{LIST}{summary.public_id}/publish/").status == 404


def test_the_month_of_each_community_leads_to_its_list_and_page(manager, dust):
    page = manager.open(LIST)
    assert "category=environment&amp;community=X1" in page
    assert 'href="/community/X1/environment/"' in page
    assert "工地扬尘" in manager.open(
        "/console/workbench/", show="all", category="environment", community="X1"
    )


def test_the_coordination_is_written_on_the_ticket(steward, dust):
    address = f"/console/tickets/{dust.public_id}/coordinate/"
    assert "与谁协调" in steward.open(address)
    steward.send(address, reason_code="street_office", text="街道答应复查")
    assert "与街道与社区协调" in steward.open(f"/console/tickets/{dust.public_id}/")
