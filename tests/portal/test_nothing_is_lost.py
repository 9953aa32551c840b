"""A form that comes back because something is missing keeps the photos that came with it."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.enums import EventKind, State
from complaints.models import Attachment, Draft, Ticket
from complaints.services import lifecycle, photos
from core.actors import SYSTEM
from core.clock import database_now
from core.services import unnamed
from tests.complaints.conftest import bring_to
from tests.complaints.pictures import jpeg
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

KEPT = "已保留 1 张照片"
#: where nobody says who they are
PUBLIC = ["/intellectual-property/", "/community/X1/environment/report/", "/integrity/"]


def photo():
    return SimpleUploadedFile("a.jpg", jpeg().getvalue(), "image/jpeg")


def draft_in(page):
    return re.search(r'name="draft" value="([0-9a-f-]+)"', page.content.decode()).group(1)


@pytest.fixture
def my_ticket(company, person):
    return make_ticket(company, reporter_subject=person.subject_id, at=database_now())


@pytest.mark.parametrize(("verb", "state"), [("add", State.RECEIVED), ("reopen", State.RESOLVED)])
def test_of_what_a_resident_adds_or_objects(resident, my_ticket, verb, state):
    if verb == "reopen":
        bring_to(state, my_ticket, at=database_now())
    address = f"/tickets/{my_ticket.public_id}/do/{verb}/"
    page = resident.post(address, {"text": " ", "photos": [photo()]})
    assert page.status_code == 422
    assert "已保留的照片" in page.content.decode()
    key = str(uuid.uuid4())
    resident.post(address, {"text": "见照片", "draft": draft_in(page), "idempotency_key": key})
    kind = {"add": EventKind.ADDED, "reopen": EventKind.REOPENED}[verb]
    assert Attachment.objects.get().event == my_ticket.events.get(kind=kind)


def test_of_a_report(resident, company):
    told = {
        "step": "say", "place": "estate", "home": str(company.dwelling.public_id), "body": "",
    }  # fmt: skip
    address = "/report/complaint/noise/"
    page = resident.post(address, {**told, "photos": [photo()]})
    assert page.status_code == 422
    assert "已保留的照片" in page.content.decode()
    resident.post(address, {**told, "body": "太吵", "draft": draft_in(page)})
    assert Attachment.objects.get().event.ticket == Ticket.objects.get()


@pytest.mark.parametrize("address", PUBLIC)
def test_of_who_is_not_known(client, company, address):
    page = client.post(address, {"body": " ", "photos": [photo()]})
    assert page.status_code == 422
    assert KEPT in page.content.decode()
    assert str(Draft.objects.get().public_id) in page.content.decode()


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("body", ["", "{}"])
def test_what_says_nothing_at_all_is_told_what_is_missing(client, company, address, body):
    page = client.post(address, body, content_type="application/json")
    assert page.status_code == 422
    assert page.context["form"].errors["body"]
    assert not Draft.objects.exists()


def test_what_nobody_sends_is_counted_before_it_is_kept(company, monkeypatch):
    monkeypatch.setitem(unnamed.MOST, "integrity_report", 1)
    for kept in (True, False):
        page = Client().post("/integrity/", {"body": " ", "photos": [photo()]})
        assert page.status_code == 422
        assert (KEPT in page.content.decode()) == kept
    assert Draft.objects.count() == 1


def test_a_resident_who_opened_many_drafts_is_told_beside_the_photos(
    resident, my_ticket, monkeypatch
):
    monkeypatch.setattr(photos, "DRAFTS_PER_DAY", 0)
    address = f"/tickets/{my_ticket.public_id}/do/add/"
    page = resident.post(address, {"text": " ", "photos": [photo()]})
    assert page.status_code == 422
    (told,) = page.context["form"].errors["photos"]
    assert "操作过于频繁" in told
    assert re.search(r"\d\d:\d\d 之后可以再试", told)
    assert not Attachment.objects.exists()


def test_what_is_too_long_is_not_cut_off_by_the_browser_but_told(resident, my_ticket):
    address = f"/tickets/{my_ticket.public_id}/do/add/"
    form = resident.get(address).content.decode()
    assert "maxlength" not in re.search(r"<textarea[^>]*>", form).group()
    page = resident.post(address, {"text": "长" * 5_001})
    assert page.status_code == 422
    assert "长" * 5_001 in page.content.decode()
    assert "5001" in page.content.decode()


def test_who_is_waited_for_sees_what_to_press(resident, my_ticket):
    bring_to(State.WAITING_RESIDENT, my_ticket, at=database_now())
    page = resident.get(f"/tickets/{my_ticket.public_id}/").content.decode()
    assert re.search(r'class="btn btn--primary" href="[^"]*/do/add/"', page)


def test_who_is_refused_reads_on_top_what_can_be_done(resident, my_ticket):
    lifecycle.reject(
        my_ticket, actor=SYSTEM, reason_code="not_verifiable", reply="请补充", at=database_now()
    )
    page = resident.get(f"/tickets/{my_ticket.public_id}/").content.decode()
    assert "不同意可以重新打开" in page.split("row-actions")[0]
