"""What, where, say and show: three steps to a number and a promise."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.enums import Channel, Kind, Protection, State, TextRole
from complaints.models import Attachment, Ticket
from organisation.models import Dwelling
from privacy.vault.models import ConsentEvent
from tests.complaints.pictures import jpeg
from tests.factories import make_person
from tests.portal.conftest import client_of

pytestmark = pytest.mark.django_db

ADDRESS = "/report/complaint/noise/"
PICTURE = jpeg().getvalue()


def photo(name="a.jpg", data=PICTURE):
    return SimpleUploadedFile(name, data, "image/jpeg")


@pytest.fixture
def where(company):
    return {"place": "home", "home": str(company.dwelling.public_id), "detail": "厨房水槽下面"}


@pytest.fixture
def said(where):
    body = "楼上装修太吵，午休时间也在施工"
    return {**where, "step": "say", "body": body, "idempotency_key": str(uuid.uuid4())}


def test_the_kinds_and_their_categories_are_links(resident):
    home = resident.get("/").content.decode()
    assert 'href="/report/complaint/"' in home
    about = resident.get("/report/complaint/").content.decode()
    assert f'href="{ADDRESS}"' in about
    assert "privacy/" not in re.findall(r'href="/report/complaint/([^"]+)"', about)


@pytest.mark.parametrize(
    "address",
    [
        "/report/integrity/",
        "/report/nothing/",
        "/report/complaint/nothing/",
        "/report/complaint/privacy/",
        "/report/praise/staff_conduct/",
    ],
)
def test_what_is_not_offered_is_not_there(resident, address):
    assert resident.get(address).status_code == 404


def test_a_request_about_personal_data_has_its_own_page(resident):
    answer = resident.get("/report/privacy/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/privacy/")


def test_the_second_step_names_the_home_and_asks_for_the_place(resident, company):
    page = resident.get(ADDRESS).content.decode()
    assert f'value="{company.dwelling.public_id}"' in page
    assert "1-101" in page


def test_the_third_step_carries_what_the_second_said(resident, where):
    page = resident.post(ADDRESS, {**where, "step": "where"}).content.decode()
    assert 'name="body"' in page
    assert 'name="detail" value="厨房水槽下面"' in page


def test_a_report_becomes_a_ticket_of_the_resident(resident, said, person, company):
    response = resident.post(ADDRESS, said)
    ticket = Ticket.objects.get()
    assert response["Location"] == f"/tickets/{ticket.public_id}/sent/"
    assert (ticket.kind, ticket.channel, ticket.state) == (
        Kind.COMPLAINT,
        Channel.PORTAL,
        State.ASSIGNED,
    )
    assert (ticket.dwelling, ticket.unit) == (company.dwelling, company.community)
    assert ticket.reporter.subject_id == person.subject_id
    assert ticket.texts.get(role=TextRole.PLACE).body == "厨房水槽下面"
    assert ticket.texts.get(role=TextRole.BODY).body == said["body"]


@pytest.mark.parametrize(
    ("place", "dwelling", "building"),
    [("home", True, True), ("building", False, True), ("estate", False, False)],
)
def test_the_place_decides_what_the_ticket_names(
    resident, said, company, place, dwelling, building
):
    resident.post(ADDRESS, {**said, "place": place})
    ticket = Ticket.objects.get()
    assert ticket.unit == company.community
    assert (ticket.dwelling is not None) == dwelling
    assert (ticket.building is not None) == building


def test_the_home_of_somebody_else_cannot_be_named(resident, said, company):
    other = Dwelling.objects.create(building=company.building, room="9-909")
    response = resident.post(ADDRESS, {**said, "home": str(other.public_id)})
    assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_of_two_homes_one_is_chosen(said, company):
    other = Dwelling.objects.create(building=company.building, room="2-202")
    both = make_person("王五", "13700001111", company.dwelling)
    from core.actors import SYSTEM
    from residents.services import people
    from tests.factories import A_MORNING

    people.move_in(both.subject_id, other, "owner", actor=SYSTEM, at=A_MORNING)
    client = client_of(both)
    page = client.get(ADDRESS).content.decode()
    assert "1-101" in page
    assert "2-202" in page
    client.post(ADDRESS, {**said, "home": str(other.public_id)})
    assert Ticket.objects.get().dwelling == other


def test_who_has_no_home_is_told_what_to_do(company):
    client = client_of(make_person("赵六", "13600001111"))
    page = client.get(ADDRESS).content.decode()
    assert "还没有登记您的房屋" in page
    assert "<form" not in page.partition('id="content"')[2]


def test_nothing_typed_is_lost_by_a_mistake(resident, said):
    response = resident.post(ADDRESS, {**said, "body": "  ", "detail": "七楼"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "请填写“说一说”。" in page
    assert 'name="detail" value="七楼"' in page
    assert not Ticket.objects.exists()


def test_a_form_sent_twice_is_one_ticket(resident, said):
    first, second = resident.post(ADDRESS, said), resident.post(ADDRESS, said)
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_a_form_sent_again_with_other_words_is_not_taken_for_the_first(resident, said):
    resident.post(ADDRESS, said)
    response = resident.post(ADDRESS, {**said, "body": "另一件事"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "这份表单已经提交过" in page
    assert "另一件事" in page
    assert said["idempotency_key"] not in page
    assert Ticket.objects.count() == 1


def test_photos_come_with_the_report_without_their_place(resident, said):
    resident.post(ADDRESS, {**said, "photos": [photo(), photo("b.jpg")]})
    photos = Attachment.objects.filter(event__ticket=Ticket.objects.get())
    assert photos.count() == 2
    for each in photos:
        assert b"CanaryPhone" not in each.file.open().read()


def test_a_photo_that_is_none_keeps_the_others_and_all_words(resident, said, actor):
    files = [photo(), photo("virus.jpg", b"MZ this is no picture")]
    response = resident.post(ADDRESS, {**said, "photos": files})
    assert response.status_code == 422
    page = response.content.decode()
    assert "virus.jpg" in page
    assert said["body"] in page
    draft = re.search(r'name="draft" value="([^"]+)"', page).group(1)
    assert page.count("/photos/") == 2  # the picture and its thumbnail
    again = {**said, "idempotency_key": str(uuid.uuid4()), "draft": draft}
    assert resident.post(ADDRESS, again).status_code == 302
    assert Attachment.objects.filter(event__ticket=Ticket.objects.get()).count() == 1


def test_a_draft_of_somebody_else_is_of_no_use(resident, neighbour, said):
    refused = {**said, "photos": [photo(), photo("x.jpg", b"no picture")]}
    page = neighbour.post(ADDRESS, refused).content.decode()
    draft = re.search(r'name="draft" value="([^"]+)"', page).group(1)
    resident.post(ADDRESS, {**said, "draft": draft})
    assert not Ticket.objects.exists()
    assert Attachment.objects.get().event is None


def test_a_resident_may_ask_for_protection_against_the_site(resident, said):
    resident.post(ADDRESS, {**said, "protected": "on"})
    assert Ticket.objects.get().reporter.protection == Protection.PROTECTED


def test_handling_rests_on_the_contract_and_records_no_consent(resident, said, where):
    page = resident.post(ADDRESS, {**where, "step": "where"}).content.decode()
    assert "不需要另外同意" in page
    assert 'href="/policy/1/"' in page
    resident.post(ADDRESS, said)
    assert not ConsentEvent.objects.exists()


def test_after_sending_the_number_and_the_promise_are_read_out(resident, said):
    page = resident.get(resident.post(ADDRESS, said)["Location"]).content.decode()
    ticket = Ticket.objects.get()
    number = re.sub(r"<[^>]+>", "", page.partition("reference--hero")[2].partition("</p>")[0])
    assert ticket.reference in number.replace(" ", "")
    assert "X1" in page  # the community whose steward answers
    assert "前答复您" in page
    assert "时限按工作时间计算" in page
    assert 'data-draft-done="report-say"' in page


def test_safety_is_answered_round_the_clock_and_told_to_call(resident, said, settings):
    settings.HOTLINE_NUMBER = "400 123 4567"
    page = resident.get("/report/repair/engineering.gas/").content.decode()
    assert 'href="tel:4001234567"' in page
    sent = resident.post("/report/repair/engineering.gas/", said)["Location"]
    page = resident.get(sent).content.decode()
    assert "时限按工作时间计算" not in page
    assert 'href="tel:119"' in page
