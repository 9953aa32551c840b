"""The public page of reports about integrity knows nobody and keeps nothing of them."""

import logging
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from complaints.enums import EventKind
from complaints.models import Attachment, Draft, Ticket
from complaints.services import photos, timeline
from core.actors import Actor
from core.clock import database_now
from core.models import LimitWindow
from core.services import unnamed
from tests.complaints.pictures import jpeg
from tests.factories import make_post

pytestmark = pytest.mark.django_db

PAGE, FOLLOW = "/integrity/", "/follow/"
CODE = r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}"


@pytest.fixture
def inspector(company):
    return make_post("discipline_inspector", company.group)


@pytest.fixture
def told(company, inspector):
    return {
        "unit": company.region.pk,
        "about": "X1 项目经理",
        "body": "收受装修公司回扣",
        "idempotency_key": str(uuid.uuid4()),
    }


def code_on(page):
    return re.search(CODE, page.content.decode()).group()


def test_anybody_reports_and_reads_the_answer(client, told, inspector):
    code = code_on(client.post(PAGE, told))
    timeline.reply(
        Ticket.objects.get(),
        actor=Actor.staff(inspector.holder_id),
        text="已立案",
        at=database_now(),
    )
    page = client.post(FOLLOW, {"code": code})
    assert page.status_code == 200
    assert "已立案" in page.content.decode()


def test_who_reports_adds_later(client, told):
    code = code_on(client.post(PAGE, told))
    more = {"code": code, "text": "还有一次", "idempotency_key": str(uuid.uuid4())}
    page = client.post(FOLLOW, more)
    assert "已补充" in page.content.decode()
    client.post(FOLLOW, more)
    assert Ticket.objects.get().events.filter(kind=EventKind.ADDED).count() == 1


def test_sending_twice_makes_one_report_and_shows_a_code_each_time(client, told):
    codes = {code_on(client.post(PAGE, told)) for _ in range(2)}
    assert (Ticket.objects.count(), len(codes)) == (1, 2)


@pytest.mark.parametrize("address", [PAGE, FOLLOW])
def test_the_pages_set_no_cookie_and_are_never_kept(company, address):
    answer = Client(enforce_csrf_checks=True).get(address)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_a_browser_without_any_cookie_may_send(told):
    bare = Client(enforce_csrf_checks=True)
    answer = bare.post(PAGE, told)
    assert answer.status_code == 200
    assert not answer.cookies


def test_no_code_stands_in_an_address(client, told):
    page = client.post(PAGE, told).content.decode()
    code = re.search(CODE, page).group()
    assert all(code not in address for address in re.findall(r'(?:href|action)="([^"]*)"', page))


class TestWhoIsSignedInElsewhere:
    def test_a_resident_s_device_is_not_even_read(self, resident, told, django_assert_num_queries):
        from residents.models import DeviceToken

        before = list(DeviceToken.objects.values())
        resident.post(PAGE, told)
        assert list(DeviceToken.objects.values()) == before
        assert Ticket.objects.get().reporter.subject_id is None

    def test_a_member_of_staff_leaves_no_number_in_the_log(self, company, told, caplog):
        staff = Client()
        staff.force_login(company.agent.holder)
        with caplog.at_level(logging.INFO):
            staff.post(PAGE, told)
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        assert lines, "the request is logged"
        assert all(line.get("user_id") is None for line in lines)
        event = Ticket.objects.get().events.get(kind=EventKind.RECEIVED)
        assert event.staff_id is None


class TestPhotos:
    def send(self, client, told, **exif):
        photo = SimpleUploadedFile("IMG_0001.jpg", jpeg(**exif).getvalue(), "image/jpeg")
        return client.post(PAGE, {**told, "photos": [photo]})

    def test_they_come_along_without_what_the_camera_wrote(self, client, told):
        self.send(client, told)
        kept = Attachment.objects.get()
        assert kept.event.ticket == Ticket.objects.get()
        with Image.open(kept.file) as picture:
            assert not picture.getexif()
        assert "IMG_0001" not in kept.file.name

    def test_they_survive_a_mistake_in_the_form(self, client, told):
        page = self.send(client, {**told, "body": " "})
        assert page.status_code == 422
        assert "已保留 1 张照片" in page.content.decode()
        client.post(PAGE, {**told, "draft": str(Draft.objects.get().public_id)})
        assert Attachment.objects.get().event.ticket == Ticket.objects.get()

    def test_a_file_that_is_no_picture_is_refused_beside_its_field(self, client, told):
        bad = SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")
        page = client.post(PAGE, {**told, "photos": [bad]})
        assert page.status_code == 422
        assert "收受装修公司回扣" in page.content.decode()
        assert not Ticket.objects.exists()

    def test_those_of_nobody_are_nobody_else_s(self, client, told, resident):
        good = SimpleUploadedFile("a.jpg", jpeg().getvalue(), "image/jpeg")
        bad = SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")
        page = client.post(PAGE, {**told, "photos": [good, bad]}).content.decode()
        draft = Draft.objects.get()
        assert str(draft.public_id) in page
        assert "已保留 1 张照片" in page
        seen = Attachment.objects.in_drafts_of(Actor.staff(1))
        assert not seen.exists()
        client.post(PAGE, {**told, "draft": str(draft.public_id)})
        assert Attachment.objects.get().event is not None


def test_the_eleventh_report_within_an_hour_says_when_to_come_back(client, told):
    for n in range(10):
        client.post(PAGE, {**told, "body": f"第 {n} 件", "idempotency_key": str(uuid.uuid4())})
    page = client.post(PAGE, {**told, "idempotency_key": str(uuid.uuid4())})
    assert page.status_code == 429
    assert "收受装修公司回扣" in page.content.decode()
    assert "127.0.0.1" not in str(LimitWindow.objects.values())


def test_the_photos_of_others_do_not_stand_in_the_way(told, monkeypatch):
    """Nobody is told from anybody: a limit of one's own would be the limit of all."""
    monkeypatch.setitem(unnamed.MOST, "integrity_report", 1_000)
    monkeypatch.setattr(photos, "PHOTOS_PER_HOUR", 2)
    monkeypatch.setattr(photos, "DRAFTS_PER_DAY", 2)
    for _ in range(3):
        page = Client().post(
            PAGE, {**told, "idempotency_key": str(uuid.uuid4()), "photos": [jpeg()]}
        )
        assert page.status_code == 200
    assert Attachment.objects.filter(event__isnull=False).count() == 3


def test_more_photos_than_are_taken_are_not_even_read(client, told, monkeypatch):
    monkeypatch.setattr(photos, "read_picture", None)
    page = client.post(PAGE, {**told, "photos": [jpeg() for _ in range(10)]})
    assert page.status_code == 422
    assert "一次最多上传 9 张照片" in page.content.decode()


def test_many_addresses_share_a_drawer():
    drawers = {unnamed.drawer(f"10.{n // 256}.{n % 256}.1") for n in range(20_000)}
    assert max(drawers) < unnamed.DRAWERS
    assert len(drawers) > 3_900


def test_a_wrong_code_and_an_empty_form_are_told_beside_the_field(client, inspector):
    page = client.post(FOLLOW, {"code": "1111-1111-1111-1111"})
    assert page.status_code == 422
    assert "没有这个查询码" in page.content.decode()
    assert client.post(FOLLOW, {"code": ""}).status_code == 422
