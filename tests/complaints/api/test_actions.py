"""Acting by API: allowed actions, preconditions, and what a resident never reads."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from complaints.models import Attachment, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(resident, company):
    answer = resident.report(dwelling=str(company.dwelling.public_id))
    return Ticket.objects.get(public_id=answer.json()["id"])


def _version(caller, ticket):
    return caller.get(f"/api/v1/tickets/{ticket.public_id}/").json()["version"]


def _do(caller, ticket, action, **body):
    return caller.act(ticket.public_id, action, _version(caller, ticket), **body)


def test_the_whole_way_from_report_to_close(resident, steward, made):
    for action, body in [("accept", {}), ("start", {}), ("resolve", {"text": "已劝止。"})]:
        answer = _do(steward, made, action, **body)
        assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == "resolved"
    assert _do(resident, made, "rate", handling=5, outcome=4).status_code == 200
    assert _do(resident, made, "close").json()["state"] == "closed"
    assert _do(resident, made, "reopen", text="又开始了").json()["state"] == "reopened"


def test_who_is_refused_reads_the_next_step_and_may_object(resident, steward, dispatcher, made):
    done = _do(dispatcher, made, "reject", reason_code="public_authority", text="属市政道路。")
    assert done.json()["state"] == "rejected"
    rows = resident.get(f"/api/v1/tickets/{made.public_id}/timeline/").json()["results"]
    assert "12345" in rows[-1]["next_step"]
    assert {row["next_step"] for row in rows[:-1]} == {""}
    assert _do(resident, made, "reopen", text="是小区里的路").json()["state"] == "reopened"


def test_what_a_service_refuses_is_said_of_the_field_that_was_sent(dispatcher, made):
    answer = _do(dispatcher, made, "name", text="没有此人")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["text"]


def test_allowed_actions_are_those_that_work(resident, steward, made):
    shown = steward.get(f"/api/v1/tickets/{made.public_id}/").json()["allowed_actions"]
    assert "accept" in shown
    assert "resolve" not in shown
    refused = _do(steward, made, "resolve", text="早了")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")


def test_a_stale_page_is_told_and_changes_nothing(steward, made):
    old = _version(steward, made)
    steward.act(made.public_id, "accept", old)
    stale = steward.act(made.public_id, "note", old, text="内部")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert stale.json()["version"] == old + 1
    made.refresh_from_db()
    assert made.version == old + 1


def test_an_action_without_a_version_is_refused(steward, made):
    answer = steward.post(f"/api/v1/tickets/{made.public_id}/actions/accept/", {})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


def test_a_useless_field_of_an_action_is_named(steward, made):
    answer = _do(steward, made, "accept", reason_code="duplicate")
    assert [error["field"] for error in answer.json()["errors"]] == ["reason_code"]


def test_an_action_that_needs_words_says_so(resident, steward, made):
    answer = _do(steward, made, "reply")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["text"]


def test_a_resident_reads_no_internal_note_and_no_name_of_staff(resident, steward, made, company):
    assert _do(steward, made, "note", text="业主情绪激动，注意安全").status_code == 200
    assert _do(steward, made, "reply", text="管家今天上门。").status_code == 200
    timeline = resident.get(f"/api/v1/tickets/{made.public_id}/timeline/")
    text = timeline.content.decode()
    assert "管家今天上门" in text
    assert "情绪激动" not in text
    assert company.steward.holder.name not in text
    inside = steward.get(f"/api/v1/tickets/{made.public_id}/timeline/").content.decode()
    assert "情绪激动" in inside


def test_a_resident_may_not_do_what_staff_do(resident, made):
    answer = _do(resident, made, "accept")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_an_unknown_action_does_not_exist(steward, made):
    assert _do(steward, made, "explode").status_code == 404


def _photo():
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "金丝雀"
    Image.new("RGB", (800, 600), "orange").save(buffer, "JPEG", exif=exif)
    buffer.seek(0)
    buffer.name = "IMG_0001.jpg"
    return buffer


def test_a_photo_travels_with_the_report_and_loses_its_metadata(resident, stranger, company):
    draft = resident.post("/api/v1/drafts/", headers={"Idempotency-Key": "d1"}).json()
    upload = resident.post(
        f"/api/v1/drafts/{draft['id']}/photos/", {"photo": _photo()}, format="multipart"
    )
    assert upload.status_code == 201, upload.json()
    made = resident.report(dwelling=str(company.dwelling.public_id), draft=draft["id"]).json()
    entries = resident.get(f"/api/v1/tickets/{made['id']}/timeline/").json()["results"]
    (photo,) = entries[0]["photos"]
    picture = resident.get(photo["url"])
    data = b"".join(picture.streaming_content)
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(data)).size == (800, 600)
    assert "金丝雀".encode() not in data
    assert stranger.get(photo["url"]).status_code == 404


def test_a_photo_that_is_sent_again_is_the_one_that_is_there(resident, company):
    draft = resident.post("/api/v1/drafts/", headers={"Idempotency-Key": "d1"}).json()

    def send(photo, key="p1"):
        return resident.post(
            f"/api/v1/drafts/{draft['id']}/photos/", {"photo": photo}, format="multipart",
            headers={"Idempotency-Key": key},
        )  # fmt: skip

    first, again = send(_photo()), send(_photo())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    other = io.BytesIO()
    Image.new("RGB", (80, 60), "blue").save(other, "JPEG")
    other.seek(0)
    other.name = "IMG_0001.jpg"
    assert send(other).status_code == 422
    assert Attachment.objects.count() == 1
    assert send(_photo(), key="p2").status_code == 201
    assert Attachment.objects.count() == 2


def test_what_is_no_picture_is_refused_in_words(resident):
    draft = resident.post("/api/v1/drafts/", headers={"Idempotency-Key": "d1"}).json()
    fake = io.BytesIO(b"GIF89a<script>alert(1)</script>")
    fake.name = "photo.jpg"
    answer = resident.post(
        f"/api/v1/drafts/{draft['id']}/photos/", {"photo": fake}, format="multipart"
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "photo"
