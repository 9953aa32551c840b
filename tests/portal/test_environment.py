"""The public page of a community: read by anybody, written to by anybody, about nobody."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.enums import Channel
from complaints.models import PublicSummary, Ticket
from complaints.services import summaries
from core.actors import Actor
from core.clock import database_now
from tests.complaints.pictures import jpeg
from tests.factories import make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db

CHANNEL = "/community/X1/environment/"


@pytest.fixture
def told():
    return {
        "kind": "complaint",
        "body": "西门外工地扬尘",
        "place": "西门",
        "idempotency_key": str(uuid.uuid4()),
    }


@pytest.fixture
def published(company, person):
    ticket = make_ticket(
        company,
        category_code="environment",
        body="我家 1-101 窗台全是灰",
        reporter_subject=person.subject_id,
        at=database_now(),
    )
    steward, manager = (Actor.staff(post.holder_id) for post in (company.steward, company.manager))
    summary = summaries.write(
        ticket, raised="西门扬尘", done="加盖防尘网", actor=steward, at=database_now()
    )
    return summaries.publish(summary, actor=manager, at=database_now())


def test_what_was_published_is_read_by_anybody_and_nothing_else(client, company, published, person):
    page = client.get(CHANNEL).content.decode()
    assert "西门扬尘" in page
    assert "加盖防尘网" in page
    for private in ("窗台全是灰", "1-101", "张三丰", published.ticket.reference):
        assert not says(page, private)
    for staff in (company.steward.holder.name, company.manager.holder.name):
        assert staff not in page
    assert not client.get(CHANNEL).cookies


def test_a_summary_that_waits_is_not_there(client, published):
    PublicSummary.objects.update(published_by=None, published_at=None)
    assert "西门扬尘" not in client.get(CHANNEL).content.decode()


@pytest.mark.parametrize("address", ["/community/R1/environment/", "/community/NO/environment/"])
def test_only_communities_have_one(client, company, address):
    assert client.get(address).status_code == 404


def test_anybody_raises_a_matter_and_follows_it(client, company, told):
    photo = SimpleUploadedFile("a.jpg", jpeg().getvalue(), "image/jpeg")
    page = client.post(f"{CHANNEL}report/", {**told, "photos": [photo]}).content.decode()
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", page).group()
    ticket = Ticket.objects.get()
    assert (ticket.unit, ticket.channel) == (company.community, Channel.WEB)
    followed = client.post("/follow/", {"code": code}).content.decode()
    assert "1 张照片" in followed
    assert "纪检" not in followed


def test_what_is_missing_is_told_and_nothing_typed_is_lost(client, company, told):
    page = client.post(f"{CHANNEL}report/", {**told, "body": ""})
    assert page.status_code == 422
    assert 'value="西门"' in page.content.decode()


def test_the_sheet_carries_the_code_of_the_channel(client, company, settings):
    settings.PUBLIC_URL = "https://desk.example.org"
    sheet = client.get(f"{CHANNEL}poster/").content.decode()
    assert "https://desk.example.org/community/X1/environment/" in sheet
    picture = client.get(f"{CHANNEL}qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")
